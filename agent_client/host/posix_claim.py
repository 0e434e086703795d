"""The only client of a state folder, by `flock`: Linux and macOS."""

from __future__ import annotations

import os
import sys
from typing import Self

if sys.platform != "win32":
    import fcntl


class PosixClaim:
    """A lock on `client.lock`; the system drops it when the process ends, however it ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: str) -> Self | None:
        """The claim, or None if another process has it. OSError if the folder is not ours."""
        if sys.platform != "win32":
            path = os.path.join(folder, "client.lock")
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
            return cls(descriptor)
        raise OSError("Windows has no flock")

    def release(self) -> None:
        """Let another client start."""
        os.close(self._descriptor)
