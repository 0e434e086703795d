"""Bytes that come in, behind what is there: the next are received while the last are written."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from io import FileIO
from typing import Protocol, Self

from central.media import disk
from central.wire import in_thread

_HELD = 64 * 1024 * 1024  # bytes in memory, of all that comes in together
_MOST_AT_ONCE = 512 * 1024  # bytes written in one go
_LEAST_AT_ONCE = 64 * 1024
_REMEMBERED = 20_000  # uploads; a sum has some 200 bytes


class Sum(Protocol):
    """A digest that is being reckoned; what `hashlib` makes."""

    def update(self, data: bytes, /) -> None:
        """More bytes."""

    def digest(self) -> bytes:
        """Of all so far."""

    def hexdigest(self) -> str:
        """The same, hex."""

    def copy(self) -> Sum:
        """One that goes on by itself."""


class Sums:
    """The SHA-256 of each upload as far as it came, so that a whole file is not read once more.

    Only a saving: a sum is used where it ends exactly at the file's end, and without one (after a
    start, or a write that failed) the file is read. The receipt never rests on it.
    """

    def __init__(self) -> None:
        self._reached: OrderedDict[str, tuple[int, Sum]] = OrderedDict()

    def take(self, upload_id: str, offset: int) -> Sum | None:
        """The sum of the first `offset` bytes, no longer held here; None if it is not known."""
        reached, summed = self._reached.pop(upload_id, (0, None))
        if offset == 0:
            return hashlib.sha256()
        return summed if reached == offset else None

    def keep(self, upload_id: str, offset: int, summed: Sum) -> None:
        """It covers the first `offset` bytes, all of which are in the file."""
        self._reached[upload_id] = (offset, summed)
        if len(self._reached) > _REMEMBERED:
            self._reached.popitem(last=False)


class Appending:
    """One body on its way into a file; for `async with`, whose end writes all that is held.

    Nothing else may use the file meanwhile.
    """

    _under_way = 0  # of all in this process: they share the memory

    def __init__(self, file: FileIO, start: int, sums: Sequence[Sum]) -> None:
        """`file` stands behind its first `start` bytes; `sums` are told of what is written."""
        self._file = file
        self._start = start
        self._sums = sums
        self._pieces: list[bytes] = []
        self._size = 0
        self._writing: asyncio.Future[None] | None = None
        self.offset = start  # at the end, the file's size
        self.intact = True  # all that came was written, and is in the sums

    async def __aenter__(self) -> Self:
        """Begin."""
        Appending._under_way += 1
        return self

    async def __aexit__(self, *error: object) -> None:
        """Write what is held, whatever became of the request.

        Not after an OSError: it would stand in the place of what is missing.
        """
        Appending._under_way -= 1
        await self._join()
        if self._pieces and self.intact:
            self._begin()
            await self._join()

    async def add(self, piece: bytes) -> None:
        """Take these bytes; waits only while two lots are held already. OSError of the disk."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= max(_LEAST_AT_ONCE, min(_MOST_AT_ONCE, _HELD // 2 // self._under_way)):
            await self._join()
            self._begin()

    async def drop(self) -> None:
        """None of it is to stay: the file is cut back, durably."""
        self._pieces, self._size, self.intact = [], 0, False
        await self._join()
        await in_thread(_cut_back, self._file, self._start)
        self.offset = self._start

    def _begin(self) -> None:
        pieces, size = self._pieces, self._size
        self._pieces, self._size = [], 0
        self._writing = asyncio.ensure_future(in_thread(_write, self._file, pieces, self._sums))
        self.offset += size

    async def _join(self) -> None:
        """A thread cannot be called off: even who is cancelled must know when it has ended."""
        writing = self._writing
        if writing is None:
            return
        try:
            await asyncio.shield(writing)
        except OSError:
            self.intact = False
            raise
        finally:
            if writing.done():
                self._writing = None


def _write(file: FileIO, pieces: list[bytes], sums: Sequence[Sum]) -> None:
    # In one piece: between two steps the thread would have to wait for the loop's each time.
    lot = b"".join(pieces)
    rest = memoryview(lot)
    while rest:
        rest = rest[file.write(rest) :]
    for summed in sums:
        summed.update(lot)


def _cut_back(file: FileIO, length: int) -> None:
    file.truncate(length)
    disk.sync(file)
