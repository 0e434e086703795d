"""Where a film is put together: a file object to write to, sealed to a key that nobody keeps.

FFmpeg writes an MP4 from front to back, and goes back to fill in the sizes of its boxes. So the
content lies in an unnamed temporary file in blocks, each sealed by itself, and one of them is open
in memory. Memory is bounded however long the film is, and no clear picture reaches the disk; if
the process dies, the key is gone with it.
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
    """Written and read at any place, without holes."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # closed by close()
        self._aead = AESGCM(secrets.token_bytes(32))
        self._nonces: list[bytes] = []  # of the blocks on disk; a block sealed anew has a new one
        self._sealed = 0  # how often a block was sealed: no nonce is used twice
        self._number = 0  # of the block in memory
        self._block = bytearray()
        self._changed = False
        self._place = 0
        self.size = 0  # bytes written

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
        if self._place > self.size:
            raise io.UnsupportedOperation("a hole in a film")
        length = len(piece)
        while piece:
            number, skip = divmod(self._place, _BLOCK)
            self._take(number)
            part = piece[: _BLOCK - skip]
            self._block[skip : skip + len(part)] = part
            self._changed = True
            self._place += len(part)
            self.size = max(self.size, self._place)
            piece = piece[len(part) :]
        return length

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """What was written, from `start` up to, not including, `end`."""
        while start < end:
            number, skip = divmod(start, _BLOCK)
            self._take(number)
            piece = bytes(self._block[skip : skip + end - start])
            yield piece
            start += len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _take(self, number: int) -> None:
        """Have this block in memory."""
        if number == self._number:
            return
        if self._changed:
            self._put_back()
        self._number = number
        self._block = bytearray()
        if number < len(self._nonces):
            self._file.seek(number * (_BLOCK + _TAG))
            sealed = self._file.read(_BLOCK + _TAG)
            self._block += self._aead.decrypt(self._nonces[number], sealed, b"")

    def _put_back(self) -> None:
        nonce = self._sealed.to_bytes(12)
        self._sealed += 1
        self._file.seek(self._number * (_BLOCK + _TAG))
        self._file.write(self._aead.encrypt(nonce, bytes(self._block), b""))
        self._nonces[self._number :] = [nonce, *self._nonces[self._number + 1 :]]
        self._changed = False
