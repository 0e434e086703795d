"""Where a film is put together: a file object to write to, sealed to a key that nobody keeps.

An MP4 is written from front to back, but for its first box header, which is mended at the end. So
the first block stays in memory and all others go to an unnamed temporary file, each sealed as
soon as it is full. Memory is bounded however long the film is, and no clear picture reaches the
disk; if the process dies, the key is gone with it.
"""

from __future__ import annotations

import io
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_BLOCK = 256 * 1024  # bytes
_TAG = 16


class Scratch(io.RawIOBase):
    """Written in order; only the first block may be written again. Then read in order, twice."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # closed by close()
        self._aead = AESGCM(secrets.token_bytes(32))
        self._head = bytearray()
        self._tail = bytearray()  # the block that is not yet full
        self._blocks = 0  # sealed ones
        self._place = 0

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return len(self._head) + self._blocks * _BLOCK + len(self._tail)

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self.size}
        self._place = base[whence] + offset
        return self._place

    def write(self, data: object) -> int:
        piece = memoryview(data)  # type: ignore[arg-type]  # whatever has a buffer
        length = len(piece)
        if self._place < _BLOCK:
            part = piece[: _BLOCK - self._place]
            if self._place > len(self._head):
                raise io.UnsupportedOperation("a hole in a film")
            self._head[self._place : self._place + len(part)] = part
            self._place += len(part)
            piece = piece[len(part) :]
        if piece:
            if self._place != self.size:
                raise io.UnsupportedOperation("only the first block may be written again")
            self._tail += piece
            self._place += len(piece)
            while len(self._tail) >= _BLOCK:
                self._file.write(self._aead.encrypt(self._nonce(), bytes(self._tail[:_BLOCK]), b""))
                self._blocks += 1
                del self._tail[:_BLOCK]
        return length

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """What was written, from `start` up to, not including, `end`."""
        while start < end:
            counter, skip = divmod(start, _BLOCK)
            piece = bytes(self._block(counter)[skip : skip + end - start])
            yield piece
            start += len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _block(self, counter: int) -> bytes | bytearray:
        if counter == 0:
            return self._head
        if counter - 1 == self._blocks:
            return self._tail
        self._file.seek((counter - 1) * (_BLOCK + _TAG))
        sealed = self._file.read(_BLOCK + _TAG)
        return self._aead.decrypt((counter - 1).to_bytes(12), sealed, b"")

    def _nonce(self) -> bytes:
        return self._blocks.to_bytes(12)
