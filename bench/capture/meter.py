"""What processes cost, read from Linux: CPU time to the nanosecond, wake-ups, memory."""

from __future__ import annotations

import socket
import struct
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_CREDENTIALS = struct.Struct("3i")  # process, user, group: struct ucred
_ELSEWHERE = "this is read from Linux"
_TICKS = 100.0  # a second, of /proc/<pid>/stat: USER_HZ on every Linux that Python runs on


@dataclass(frozen=True, slots=True)
class Reading:
    """What some processes have used up so far."""

    cpu: Mapping[int, float]  # seconds, by process id
    wakes: Mapping[tuple[int, int], int]  # by process and thread id
    children: float  # seconds, of children that have ended


@dataclass(frozen=True, slots=True)
class Use:
    """What they used up between two readings."""

    cpu: float  # seconds
    wakes: int


def cpu_seconds(pid: int) -> float:
    """Of all threads of a process, ended ones too; OSError if it has ended itself."""
    if sys.platform != "linux":
        raise OSError(_ELSEWHERE)
    # clock_getcpuclockid(3): the id of another process's clock is made from its process id.
    return time.clock_gettime((~pid << 3) | 2)


def owner_of(path: str) -> int:
    """The id of the process that listens on a Unix socket."""
    if sys.platform != "linux":
        raise OSError(_ELSEWHERE)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.connect(path)
        told = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(told)[0])


def family(roots: Iterable[int], *, without: Iterable[int] = ()) -> list[int]:
    """The processes given and all that descend from them, but for some and what descends there."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            fields = _stat(int(entry.name))
            if fields:
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    shut = set(without)
    found: list[int] = []
    waiting = [pid for pid in roots if pid not in shut]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += [child for child in parents.get(pid, ()) if child not in shut]
    return found


def read(pids: Iterable[int]) -> Reading:
    """Now; a process that has just ended is left out."""
    cpu: dict[int, float] = {}
    wakes: dict[tuple[int, int], int] = {}
    children = 0.0
    for pid in pids:
        fields = _stat(pid)
        try:
            cpu[pid] = cpu_seconds(pid)
            threads = [int(entry.name) for entry in Path(f"/proc/{pid}/task").iterdir()]
        except OSError:
            continue
        if fields:
            children += (int(fields[13]) + int(fields[14])) / _TICKS
        wakes |= {(pid, thread): _wakes(pid, thread) for thread in threads}
    return Reading(cpu, wakes, children)


def used(before: Reading, after: Reading) -> Use:
    """Between the two."""
    cpu = sum(spent - before.cpu.get(pid, 0.0) for pid, spent in after.cpu.items())
    wakes = sum(count - before.wakes.get(thread, 0) for thread, count in after.wakes.items())
    return Use(cpu + max(0.0, after.children - before.children), wakes)


def memory_mb(pids: Iterable[int]) -> float:
    """Proportional set size of all together, in MB (10^6 bytes)."""
    return sum(_pss_kib(pid) for pid in pids) * 1024 / 1e6


def own_mb(pids: Iterable[int]) -> float:
    """Memory that no other process could share, in MB: what it asked for itself."""
    return sum(_field(Path(f"/proc/{pid}/smaps_rollup"), "Anonymous:") for pid in pids) * 1024 / 1e6


def _pss_kib(pid: int) -> int:
    return _field(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")


def _wakes(pid: int, thread: int) -> int:
    """How often a thread went to sleep of its own accord, and so was woken."""
    return _field(Path(f"/proc/{pid}/task/{thread}/status"), "voluntary_ctxt_switches:")


def _field(path: Path, name: str) -> int:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0  # it has ended
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat behind the name: state, parent, ...; empty if it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
