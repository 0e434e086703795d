"""Room kept back, so that a full disk still takes the end of a recording."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from uploader.spool import durable

logger = logging.getLogger(__name__)

_NAME = "ballast"
_BLOCK = 1 << 20  # bytes


class Ballast:
    """A file that is given up when the disk is full, and laid in again when there is room."""

    def __init__(self, root: Path, *, size: int, reserve: int) -> None:
        self._path = root / _NAME
        self._size = size  # bytes, a multiple of 1 MiB
        self._reserve = reserve  # bytes that must be free besides

    def lay_in(self) -> None:
        """Make the file, if the disk has room enough for it."""
        if not self._size or self._complete() or self._free() < self._size + 2 * self._reserve:
            return
        try:
            with open(self._path, "wb", opener=durable.private) as file:
                # chance, so that no file system can compress it
                file.writelines(os.urandom(_BLOCK) for _ in range(self._size // _BLOCK))
        except OSError as error:
            if not durable.no_room(error):
                raise
            self.give_up()

    def give_up(self) -> bool:
        """Free its room; False if there was none to free."""
        try:
            freed = self._path.stat().st_size
            self._path.unlink()
        except OSError:
            return False
        logger.warning("the disk is full: the spool's ballast was given up, %s bytes", freed)
        return freed > 0

    def room(self) -> bool:
        """Whether recording may go on: the ballast is there, or there is room for it."""
        free = self._free()
        return free >= self._reserve and (self._complete() or free >= self._size + self._reserve)

    def _complete(self) -> bool:
        try:
            return self._path.stat().st_size == self._size
        except FileNotFoundError:
            return not self._size

    def _free(self) -> int:
        return shutil.disk_usage(self._path.parent).free
