"""What an administrator wrote, on Linux and macOS."""

from __future__ import annotations

import errno
import os
import stat
import sys

if sys.platform != "win32":
    ADMINISTRATOR = 0  # root's number

    _MOST_BYTES = 4096
    _OTHERS = stat.S_IWGRP | stat.S_IWOTH

    def by_administrator(path: str) -> bytes:
        """The file's beginning; nothing if there is none. PermissionError if it is not root's."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return b""
        try:
            found = os.fstat(descriptor)
            others = found.st_uid != ADMINISTRATOR or found.st_mode & _OTHERS
            if others or not stat.S_ISREG(found.st_mode):
                raise PermissionError(errno.EPERM, "no administrator's file", path)
            return os.read(descriptor, _MOST_BYTES)
        finally:
            os.close(descriptor)
