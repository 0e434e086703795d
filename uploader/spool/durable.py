"""Files that survive a power cut: written, then synced, then named, then the folder synced.

Windows has no sync of folders; there a rename is durable once NTFS has logged it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_BINARY: int = getattr(os, "O_BINARY", 0)  # Windows would turn line ends
_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700
_NO_ROOM = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})

# Antivirus holds a new file for a moment (WinError 5, 32, 33); in all about 2.5 seconds.
_WINDOWS_WAITS_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.75, 1.0)


class AppendedFile:
    """A new file that only grows, each time by the whole piece or not at all."""

    def __init__(self, path: Path, make_room: Callable[[], bool]) -> None:
        self._descriptor = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | _BINARY, _PRIVATE_FILE
        )
        self._make_room = make_room
        self.size = 0  # bytes

    def append(self, piece: bytes) -> None:
        """Write it all. On a full disk, make room and write again; OSError leaves no torn end."""
        try:
            self._written(piece)
        except OSError as error:
            if not no_room(error) or not self._make_room():
                raise
            self._written(piece)
        self.size += len(piece)

    def sync(self) -> None:
        """Return when it would survive a power cut."""
        sync(self._descriptor)

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _written(self, piece: bytes) -> None:
        try:
            _write_all(self._descriptor, piece)
        except OSError:
            os.ftruncate(self._descriptor, self.size)
            raise


def private(path: str, flags: int) -> int:
    """An opener for `open`: files that it makes are this user's alone."""
    return os.open(path, flags, _PRIVATE_FILE)


def no_room(error: OSError) -> bool:
    """Whether the disk, or the user's share of it, is full."""
    return error.errno in _NO_ROOM


def sync(descriptor: int) -> None:
    """Flush to the disk's own platters or cells; on macOS fsync alone does not."""
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 - not on Windows

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def sync_folder(path: Path) -> None:
    """Make the names in it durable."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def private_folder(path: Path) -> None:
    """Make it, if need be, for this user alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.mkdir(path, _PRIVATE_FOLDER)
    except FileExistsError:
        if sys.platform != "win32":
            os.chmod(path, _PRIVATE_FOLDER)
    else:
        sync_folder(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """The file has the old content or the new one, never part of it."""
    draft = path.with_name(path.name + ".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, _PRIVATE_FILE)
    try:
        _write_all(descriptor, content)
        sync(descriptor)
    finally:
        os.close(descriptor)
    rename(draft, path)


def append_line(path: Path, line: bytes) -> None:
    """Add a line and sync; a line that a crash tore before is ended first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY, _PRIVATE_FILE)
    try:
        size = os.fstat(descriptor).st_size
        if size:
            os.lseek(descriptor, size - 1, os.SEEK_SET)
            if os.read(descriptor, 1) != b"\n":
                line = b"\n" + line
        _write_all(descriptor, line + b"\n")
        sync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def rename(source: Path, target: Path) -> None:
    """Give it a new name, durably."""
    for attempt in _patiently():
        with attempt:
            os.replace(source, target)
    sync_folder(target.parent)
    if source.parent != target.parent:
        sync_folder(source.parent)


def remove(path: Path) -> None:
    """Remove a file; one that is gone already is fine."""
    for attempt in _patiently():
        with attempt, contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def remove_folder(path: Path) -> None:
    """Remove an empty folder, durably; one that is gone already is fine."""
    for attempt in _patiently():
        with attempt, contextlib.suppress(FileNotFoundError):
            os.rmdir(path)
    sync_folder(path.parent)


def truncate(path: Path, size: int) -> None:
    """Cut it to so many bytes, durably."""
    descriptor = os.open(path, os.O_RDWR | _BINARY)
    try:
        os.ftruncate(descriptor, size)
        sync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _patiently() -> Iterator[contextlib.AbstractContextManager[None]]:
    """Attempts at something that antivirus may be in the way of; the last one raises."""
    waits = _WINDOWS_WAITS_SECONDS if sys.platform == "win32" else ()
    for wait in waits:
        attempt = _Attempt()
        yield attempt
        if attempt.done:
            return
        time.sleep(wait)
    yield contextlib.nullcontext()


class _Attempt(contextlib.AbstractContextManager[None]):
    def __init__(self) -> None:
        self.done = False

    def __exit__(self, kind: object, error: object, traceback: object) -> bool:
        self.done = error is None
        return isinstance(error, PermissionError)
