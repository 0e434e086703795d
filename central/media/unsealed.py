"""A sealed file as a stream that media libraries can read: unsealed in memory, piece by piece.

Nothing clear touches the disk. The sealed bytes are hashed on the way, so that what was used is
provably what was received, even where a desk's crash left a file without its final frame.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from contract.envelope import TamperedError, opened_prefix


class _Hashing(io.RawIOBase):
    """Passes reads on and hashes them; reads happen in order and never overlap."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("rb")
        self.digest = sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data

    def close(self) -> None:
        self._file.close()
        super().close()


class Unsealed(io.RawIOBase):
    """The content of a sealed file, from start to end.

    `expected` is the SHA-256 of the sealed file, hex: when the end is reached and it differs, the
    last read raises TamperedError.
    """

    def __init__(self, path: Path, keys: Mapping[str, X25519PrivateKey], expected: str) -> None:
        super().__init__()
        self._expected = expected
        self._source = _Hashing(path)
        self._pieces = opened_prefix(self._source, keys)  # type: ignore[arg-type]  # reads alone
        self._held = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(1 << 16), b""))
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                self._check()
                return b""
            self._held = memoryview(piece)
        data = bytes(self._held[:size])
        self._held = self._held[size:]
        return data

    def close(self) -> None:
        self._source.close()
        super().close()

    def _check(self) -> None:
        self._source.read()  # what may follow the last whole frame belongs to the file as well
        if self._source.digest.hexdigest() != self._expected:
            raise TamperedError("the file is not the one that was received")
