"""Parts of a file: as a request's body, and their digests."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from uploader.core import FREELY, Pace

_SMALLEST_BLOCK = 16 * 1024  # bytes
_LARGEST_BLOCK = 256 * 1024
_BLOCKS = 64  # of a chunk, where the bounds allow it
_READ = 1024 * 1024


def block_size(chunk: int) -> int:
    """How many bytes to hand to the network at once, by the chunks that it takes quickly.

    Each block must leave within the connect timeout of ten seconds: the smallest at 13 kbit/s. A
    link that slows down makes smaller chunks, and so smaller blocks.
    """
    return min(max(chunk // _BLOCKS, _SMALLEST_BLOCK), _LARGEST_BLOCK)


class FileSlice:
    """Some bytes of an open file, as a request's body; each time from its beginning."""

    def __init__(
        self,
        file: BinaryIO,
        offset: int,
        length: int,
        pace: Pace = FREELY,
        *,
        block: int = _SMALLEST_BLOCK,
    ) -> None:
        """`length` bytes from `offset` on, `block` at once, as fast as `pace` lets them go."""
        self._file = file
        self._offset = offset
        self._length = length
        self._pace = pace
        self._block = block

    def __len__(self) -> int:
        """How many bytes the request says it has."""
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        """Block by block."""
        self._file.seek(self._offset)
        left = self._length
        while left and (piece := self._file.read(self._pace.take(min(self._block, left)))):
            left -= len(piece)
            yield piece


def digest(content: BinaryIO, offset: int, length: int) -> str:
    """The SHA-256 of these bytes, hex, as they lie in the file now."""
    summed = sha256()
    for piece in FileSlice(content, offset, length, block=_READ):
        summed.update(piece)
    return summed.hexdigest()
