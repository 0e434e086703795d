"""Parts of a file: as a request's body, and their digests, which are reckoned ahead."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from typing import BinaryIO, Self

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


class Digests:
    """The SHA-256 of a file's slices, hex. The next one is reckoned while one is on its way.

    For `with`. They are of what lies in the file now, whatever its whole digest should be.
    """

    def __init__(self, path: str) -> None:
        """No thread is begun before there is something to reckon ahead."""
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="digest")
        self._ahead: tuple[int, int, Future[str]] | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *error: object) -> None:
        """Let the thread end."""
        self._thread.shutdown(cancel_futures=True)

    def of(self, offset: int, length: int) -> str:
        """Of these bytes. OSError if the file cannot be read."""
        if self._ahead is not None and self._ahead[:2] == (offset, length):
            return self._ahead[2].result()
        return self._reckoned(offset, length)

    def expect(self, offset: int, length: int) -> None:
        """These are likely to be asked for next."""
        self._ahead = (offset, length, self._thread.submit(self._reckoned, offset, length))

    def _reckoned(self, offset: int, length: int) -> str:
        summed = sha256()
        with open(self._path, "rb", buffering=0) as content:
            for piece in FileSlice(content, offset, length, block=_READ):
                summed.update(piece)
        return summed.hexdigest()
