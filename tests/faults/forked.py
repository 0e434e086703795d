"""Programs that fork themselves for each order, seen from outside; and strace on one of them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from bench.stage.display import untouched

ROOT = Path(__file__).parents[2]
KILL: signal.Signals = getattr(signal, "SIGKILL", signal.SIGTERM)  # not on Windows, as strace
HALT: signal.Signals = getattr(signal, "SIGSTOP", signal.SIGTERM)
GO_ON: signal.Signals = getattr(signal, "SIGCONT", signal.SIGTERM)
PATIENCE = 60.0  # seconds; the machine may be slow

# Every call that says a file's name or works on an open file; strace passes over those that this
# machine does not have (?).
_CALLS = (
    "open openat creat mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat "
    "symlink symlinkat write writev pwrite64 pwritev pwritev2 truncate ftruncate fallocate fsync "
    "fdatasync sync_file_range chmod fchmod fchmodat chown fchown read readv pread64 preadv lseek "
    "stat lstat newfstatat fstat statx statfs fstatfs getdents64 access faccessat faccessat2 "
    "readlink flock close sendfile copy_file_range mmap"
)
_TRACED = ",".join(f"?{name}" for name in _CALLS.split())
_CHANGING = frozenset(
    [
        "mkdir",
        "rmdir",
        "unlink",
        "rename",
        "write",
        "pwrite64",
        "ftruncate",
        "fallocate",
        "fsync",
        "fdatasync",
    ]
)
_LINE = re.compile(r"(\w+)\((.*)")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}")


class GoneError(Exception):
    """The program ended before it said what was waited for."""


@dataclass(frozen=True, slots=True)
class Point:
    """One call to the file system, in one thread of a program."""

    thread: int  # its place among the program's threads
    call: str
    number: int  # of this call in this thread, from 1
    path: str

    def __str__(self) -> str:
        where = f" in thread {self.thread}" if self.thread else ""
        return f"{self.call} {self.number}{where}: {self.path}"


@dataclass
class Fork:
    """One run of a prepared program."""

    prepared: Prepared
    pid: int = 0
    threads: list[int] = field(default_factory=list)
    heard: list[Mapping[str, Any]] = field(default_factory=list)
    status: int | None = None  # of its exit; minus a signal

    def until(self, said: str) -> Mapping[str, Any]:
        """Wait for this word; GoneError if it ends first."""
        while True:
            for one in self.heard:
                if one["said"] == said:
                    return one
            if self.status is not None:
                raise GoneError(f"ended with {self.status} before it said {said}: {self.why}")
            self._hear()

    def wait(self) -> int:
        """Until it ended; its exit status."""
        while self.status is None:
            self._hear()
        return self.status

    def alive(self) -> bool:
        """Whether it has not ended."""
        while self.status is None and self.prepared.speaks():
            self._hear()
        return self.status is None

    def go(self) -> None:
        """Let one that was held begin."""
        os.kill(self.pid, GO_ON)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Signal it, and wait."""
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, how)
        return self.wait()

    @property
    def sent(self) -> bool:
        """Of an uploader: whether nothing waits any more."""
        return [one["rc"] for one in self.all("rc")] == [0]

    @property
    def refused(self) -> bool:
        """Whether it ended because the system refused it something, and not by a fault in it."""
        last = self.why.strip().rpartition("\n")[2]
        return last.startswith(("OSError", "PermissionError"))

    @property
    def why(self) -> str:
        """What it said when it failed."""
        return "".join(str(one["why"]) for one in self.heard if one["said"] == "failed")

    def all(self, said: str) -> list[Mapping[str, Any]]:
        """Every word of this kind so far."""
        return [one for one in self.heard if one["said"] == said]

    def _hear(self) -> None:
        one = self.prepared.line()
        if one["said"] == "ended":
            self.status = one["status"]
        else:
            self.pid = one["child"] if one["said"] == "held" else one["pid"]
            self.heard.append(one)


class Prepared:
    """A program in tests/faults/programs. It does one thing at a time."""

    def __init__(self, name: str, *arguments: str, log: Path) -> None:
        """What it prints goes to `log`."""
        ours, theirs = socket.socketpair()
        with theirs, log.open("ab") as printed:
            self._program = subprocess.Popen(
                [
                    *(sys.executable, "-m", f"tests.faults.programs.{name}"),
                    str(theirs.fileno()),
                    *arguments,
                ],
                cwd=ROOT,
                env=untouched(),  # other tests may have told theirs where central is
                pass_fds=[theirs.fileno()],
                stdin=subprocess.PIPE,
                stdout=printed,
                stderr=printed,
                text=True,
            )
        self._socket = ours
        self._read = b""
        self._prepared = False

    def start(self, **order: object) -> Fork:
        """Have it begin. With `held=True` it stops at once, to be traced."""
        assert self._program.stdin is not None
        if not self._prepared:
            self.line()
            self._prepared = True
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        fork = Fork(self)
        if order.get("held"):
            fork.threads = fork.until("threads")["threads"]
            fork.until("held")
        return fork

    def run(self, **order: object) -> Fork:
        """Have it begin, and wait for its end."""
        fork = self.start(**order)
        fork.wait()
        return fork

    def speaks(self) -> bool:
        """Whether there is something to hear now."""
        return b"\n" in self._read or bool(select.select([self._socket], [], [], 0)[0])

    def line(self) -> Mapping[str, Any]:
        """The next thing that was said."""
        deadline = time.monotonic() + PATIENCE
        while b"\n" not in self._read:
            ready, _, _ = select.select([self._socket], [], [], max(0, deadline - time.monotonic()))
            came = self._socket.recv(65536) if ready else b""
            if not came:
                raise GoneError("the prepared program is silent" if not ready else "it ended")
            self._read += came
        line, _, self._read = self._read.partition(b"\n")
        said: Mapping[str, Any] = json.loads(line)
        return said

    def close(self) -> None:
        """No more orders."""
        assert self._program.stdin is not None
        self._program.stdin.close()
        self._socket.close()
        self._program.wait(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Strace:
    """strace on one thread of a fork that is held; then the fork goes on."""

    def __init__(
        self, fork: Fork, log: Path, thread: int = 0, inject: str = "", *, go: bool = True
    ) -> None:
        """`go`: at once. `inject`: `fsync:signal=KILL:when=3`, `write:error=EIO:when=2+`, or ""."""
        more = ["-e", f"inject={inject}"] if inject else []
        self._log = log
        self._thread = thread
        self._program = subprocess.Popen(
            [
                *("strace", "-y", "-s", "300", "-o", str(log)),
                *("-p", str(fork.threads[thread]), "-e", f"trace={_TRACED}", *more),
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._program.stderr is not None
        said = self._program.stderr.readline()
        if "attached" not in said:
            fork.end(KILL)
            raise GoneError(f"strace: {said.strip()}")
        if go:
            fork.go()

    def ended(self) -> None:
        """The program is gone, or let it go on without: no fault from here on."""
        if self._program.poll() is None:
            self._program.terminate()
        self._program.communicate(timeout=PATIENCE)

    def points(self, *folders: Path) -> list[Point]:
        """Every call, in order, that touched something in these folders."""
        made: Counter[str] = Counter()
        found = []
        for line in self._log.read_text(encoding="utf-8", errors="replace").splitlines():
            if (match := _LINE.match(line)) is None:
                continue
            call, rest = match.groups()
            made[call] += 1
            for folder in folders:
                if names := re.findall(re.escape(str(folder)) + r'(/?[^">]*)', rest):
                    path = " -> ".join(dict.fromkeys(_ID.sub("ID", name) or "/" for name in names))
                    found.append(Point(self._thread, call, made[call], path))
                    break
        return found


def missing() -> str:
    """Why no call can be traced on this machine; "" if it can."""
    if sys.platform != "linux":
        return "strace is for Linux"
    return "" if shutil.which("strace") else "strace is not installed"


def spread(points: Sequence[Point], rounds: int, seed: int) -> Iterator[Point]:
    """All the points; or so many (0: all) of those at which something changes, over the whole run.

    To die at a call that only looks is to die before the next one that changes something.
    """
    if not rounds or rounds >= len(points):
        yield from points
        return
    chosen = [one for one in points if one.call in _CHANGING]
    step = len(chosen) / rounds
    yield from (chosen[int(step * number + seed % step)] for number in range(rounds))
