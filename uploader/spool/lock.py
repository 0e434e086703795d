"""One client and one uploader for each spool: a lock that dies with its process."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


# What the system says of a lock that another process holds; Windows says the second, Wine nothing.
_TAKEN = frozenset({errno.EWOULDBLOCK, errno.EACCES, errno.EAGAIN, 0})


class AlreadyRunningError(RuntimeError):
    """Another process holds this lock."""


class InstanceLock:
    """Held from construction until `close`, or until the process ends in whatever way.

    AlreadyRunningError if another process holds it; OSError if the disk does not have it.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            if error.errno not in _TAKEN:
                raise
            raise AlreadyRunningError(f"another process holds {path.name}") from error

    def close(self) -> None:
        """Let others have it; safe to call twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
