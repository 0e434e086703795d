"""kill -9 at every call to the file system while the client's recorder films a real screen.

The recorder is the client's own capture thread with its encoder and its syncing, on a display of
Xvfb whose picture changes. strace itself is the witness of what was written: after the next start
each segment has every byte that the system had taken, and plays to its end.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bench.crash import Lane, lane
from bench.evidence import PlayError, kept
from bench.recorder import KEY_ID, words
from bench.stage.display import untouched
from contract.manifest import from_json
from tests.faults.forked import PATIENCE, ROOT, missing
from tests.faults.table import Row
from uploader.spool import Spool

NAME = "kill-client"
SHORT = 3
LONG = 0
_SECONDS = 1.5  # of recording, before it is asked to end
_CALLS = "openat,mkdir,write,fsync,close,rename,unlink,ftruncate,newfstatat,chmod,flock,getdents64"
_LINE = re.compile(r"(\d+) +(\w+)\((.*)")
_WRITTEN = re.compile(r"write\(\d+<([^>]*/(\d{3}\.seg))>.* = (\d+)$")


@dataclass(frozen=True, slots=True)
class _Point:
    """One call of one thread."""

    thread: int | None  # its place among those that there were before the recording; None: later
    call: str
    number: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """One recording, as strace saw it."""

    log: str
    key: X25519PrivateKey
    threads: list[int]  # that there were before it


def run(rounds: int, folder: Path) -> Row:
    row = Row(NAME, skipped=missing())
    if row.skipped:
        return row
    with lane(folder / "lane") as display:
        points = _points(_recorded(folder / "counted", display, None), folder / "counted")
        row.figures = {"calls": len(points)}
        step = max(1.0, len(points) / rounds) if rounds else 1.0
        for number in range(int(len(points) / step)):
            _kill(row, points[int(number * step)], folder / f"spool-{number}", display)
    return row


def _points(seen: _Seen, spool: Path) -> list[_Point]:
    """Every call that touches the spool."""
    made = Counter[tuple[str, str]]()
    found: dict[_Point, None] = {}
    for line in seen.log.splitlines():
        if match := _LINE.match(line):
            thread, call, rest = match.groups()
            made[thread, call] += 1
            if str(spool) in rest:
                known = int(thread) in seen.threads
                place = seen.threads.index(int(thread)) if known else None
                found[_Point(place, call, made[thread, call])] = None
    return [*found]


def _kill(row: Row, at: _Point, spool: Path, display: Lane) -> None:
    seen = _recorded(spool, display, at)
    log, key, call, count = seen.log, seen.key, at.call, at.number
    place = _place(log, call, spool)
    point = f"{call} {count}: {place or 'outside the spool'}"
    if not place:
        row.figures["outside the spool"] = row.figures.get("outside the spool", 0) + 1
    if "killed by SIGKILL" not in log:
        row.figures["not reached"] = row.figures.get("not reached", 0) + 1
    written = Counter[str]()
    for line in log.splitlines():
        if match := _WRITTEN.search(line):
            written[match[2]] += int(match[3])
    row.add(point, [])
    row.recordings += 1
    files = Spool(spool, ballast_bytes=0, reserve_bytes=0)
    try:
        kept(files, {KEY_ID: key})
    except (PlayError, OSError, ValueError) as error:
        row.damaged += 1
        row.failures.append(f"{point}: {error}")
        return
    here = {
        f"{segment.index:03}.seg": segment.size
        for recording_id in files.waiting()
        for segment in from_json(files.manifest_bytes(recording_id)).segments
    }
    for name, size in written.items():
        if here.get(name, 0) != size:
            row.lost += 1
            row.failures.append(f"{point}: {name} has {here.get(name, 0)} bytes of {size}")


def _place(log: str, call: str, spool: Path) -> str:
    """The file at which it died; "" if another thread came to that number elsewhere."""
    ends = (" = ?", "<unfinished ...>")
    cut = [line for line in log.splitlines() if f"{call}(" in line and line.endswith(ends)]
    found = re.findall(re.escape(str(spool)) + r'(/?[^">]*)', cut[-1]) if cut else []
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", found[0]) or "/" if found else ""


def _recorded(spool: Path, display: Lane, at: _Point | None) -> _Seen:
    """Record for a moment, traced from before the recording is opened; it dies `at` that call.

    The thread that is to die is traced alone, for strace counts each thread's calls; all of them
    where it is not there yet, and where nothing is to die.
    """
    key = X25519PrivateKey.generate()
    log = spool.with_suffix(".strace")
    env = {**untouched(), "DISPLAY": display.display, "PYTHONPATH": str(ROOT)}
    env.pop("WAYLAND_DISPLAY", None)
    with spool.with_suffix(".log").open("ab") as errors:
        recorder = subprocess.Popen(
            [sys.executable, "-m", "bench.recorder", str(spool)],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert recorder.stdin is not None
    assert recorder.stdout is not None
    recorder.stdout.readline()  # it is ready
    threads = sorted(int(task.name) for task in Path(f"/proc/{recorder.pid}/task").iterdir())
    whom = ["-f", "-p", str(recorder.pid)]
    if at is not None:
        if at.thread is not None:
            whom = ["-p", str(threads[at.thread])]
        whom += ["-e", f"inject={at.call}:signal=KILL:when={at.number}"]
    strace = subprocess.Popen(
        [
            *("strace", "-y", "-s", "300", "-o", str(log)),
            *("-e", f"trace={_CALLS}", *whom),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert strace.stderr is not None
    strace.stderr.readline()
    try:
        recorder.stdin.write(words(key))
        recorder.stdin.flush()
        time.sleep(_SECONDS)  # it films
        recorder.stdin.close()
    except BrokenPipeError:
        pass  # it is dead already
    recorder.stdout.read()
    recorder.stdout.close()
    recorder.wait(PATIENCE)
    strace.communicate(timeout=PATIENCE)
    return _Seen(log.read_text(encoding="utf-8", errors="replace"), key, threads)
