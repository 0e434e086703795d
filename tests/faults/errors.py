"""Calls to the file system that fail: which errors each call may give, once and for good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.faults.forked import Point

# A call that only reads fails when the medium does; one that names a file may be forbidden as well,
# and one that changes something may find the disk full or read-only.
_NAMING = {"newfstatat", "statx", "access", "faccessat2", "readlink", "statfs", "getdents64"}
_NEW = {"openat", "mkdir", "rename", "renameat2"}
_CHANGING = _NEW | {"rmdir", "unlink", "unlinkat", "chmod", "fchmod"}
_FILLING = _NEW | {"write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "fallocate"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A call that fails."""

    point: Point
    error: str  # EIO, ...
    for_good: bool  # every call of this kind from there on, not only this one

    @property
    def inject(self) -> str:
        """As strace wants it."""
        when = f"{self.point.number}{'+' if self.for_good else ''}"
        return f"{self.point.call}:error={self.error}:when={when}"

    def __str__(self) -> str:
        return f"{self.error} {'for good' if self.for_good else 'once'} at {self.point}"


def faults(points: Sequence[Point]) -> list[Fault]:
    """Every error that may come at each of these."""
    return [
        Fault(point, error, for_good)
        for point in points
        for error in _errors(point.call)
        for for_good in (False, True)
    ]


def sample(every: Sequence[Fault], rounds: int, seed: int) -> Iterator[Fault]:
    """So many of them, over the whole run, of every kind; all, if `rounds` is 0.

    Looks are left out then: that a file cannot be looked at is seldom what breaks.
    """
    if not rounds or rounds >= len(every):
        yield from every
        return
    chosen = [one for one in every if one.point.call in _CHANGING | _FILLING]
    step = len(chosen) / rounds
    yield from (chosen[int(step * number + seed % step)] for number in range(rounds))


def _errors(call: str) -> list[str]:
    errors = ["EIO"]
    if call in _FILLING:
        errors.append("ENOSPC")
    if call in _CHANGING:
        errors.append("EROFS")
    if call in _CHANGING | _NAMING:
        errors.append("EACCES")
    return errors
