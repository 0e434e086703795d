"""Proving sealed files: a receipt is given only when every frame was opened."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, BinaryIO, cast

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from contract.envelope import TamperedError, opened, opened_prefix, whole_length

Openers = Mapping[str, X25519PrivateKey]
_Opening = Callable[[BinaryIO, Openers], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found in a sealed file whose every frame opened."""

    size_bytes: int  # sealed
    sha256: str  # sealed, hex
    content_bytes: int


class _Counted(io.RawIOBase):
    """Passes bytes on, and sums what went by."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = 0
        self.summed = sha256()

    def read(self, size: int = -1, /) -> bytes:
        block = self._file.read(size)
        self.size += len(block)
        self.summed.update(block)
        return block


def prove(path: Path, keys: Openers, *, may_be_cut: bool = False) -> Proof:
    """Open every frame of a file, and give its size and digest; EnvelopeError if one does not open.

    `may_be_cut` allows that the final frame is missing, as after a crash of its writer; even then
    every byte must belong to a frame that opens.
    """
    try:
        return _proof(path, keys, opened)
    except TamperedError:
        if not may_be_cut:
            raise
    with path.open("rb") as file:
        if whole_length(file) != path.stat().st_size:
            raise TamperedError("bytes after the last whole frame")
    return _proof(path, keys, opened_prefix)


def _proof(path: Path, keys: Openers, opening: _Opening) -> Proof:
    content = 0
    with path.open("rb") as file:
        counted = _Counted(file)
        for data in opening(cast("BinaryIO", counted), keys):
            content += len(data)
        if file.read(1):
            raise TamperedError("bytes after the last frame")
    return Proof(counted.size, counted.summed.hexdigest(), content)
