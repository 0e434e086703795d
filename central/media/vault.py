"""Files that central makes itself, sealed at rest: fixed frames, so that any range can be read.

Same envelope as a segment's. Every frame but the last holds FRAME bytes, so a byte's place on
disk follows from its place in the content, and playing a range opens only the frames it touches;
each is authentic by itself, and the last one proves that nothing was cut.
"""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.media import disk
from contract.envelope import (
    Header,
    Recipient,
    Sealer,
    TamperedError,
    opened_frame,
    read_header,
    unwrap,
)

FRAME = 64 * 1024  # bytes of content
_OVERHEAD = 8 + 16  # length and checksum, tag
_STORED = FRAME + _OVERHEAD


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file as it was sealed."""

    path: Path
    content_bytes: int
    content_sha256: str
    size_bytes: int  # as on disk
    sha256: str  # as on disk


def seal(
    path: Path, content: Iterable[bytes], meta: Mapping[str, Any], recipients: Sequence[Recipient]
) -> Sealed:
    """Write the pieces to a sealed file, durably; what stood at `path` before is replaced."""
    sealer = Sealer({**meta, "frame": FRAME}, recipients, secrets.token_bytes(32))
    of_content, of_file = sha256(), sha256(sealer.header)
    length = 0
    draft = path.with_name(path.name + ".draft")
    disk.make_folder(path.parent)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(sealer.header)
        for piece, last in _cut(content):
            frame = sealer.seal(piece, final=last)
            of_content.update(piece)
            of_file.update(frame)
            length += len(piece)
            file.write(frame)
        disk.sync(file)
        size = file.tell()
    draft.replace(path)
    disk.sync_folder(path.parent)
    return Sealed(path, length, of_content.hexdigest(), size, of_file.hexdigest())


def _cut(content: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Pieces of exactly FRAME bytes, and the last one, which may be shorter."""
    held = bytearray()
    for piece in content:
        held += piece
        while len(held) > FRAME:
            yield bytes(held[:FRAME]), False
            del held[:FRAME]
    yield bytes(held), True


def _fixed(header: Header) -> Header:
    if header.meta.get("frame") != FRAME:
        raise TamperedError("not a file with fixed frames")
    return header


class Vault:
    """One sealed file, opened for reading at any place. Not for two threads at once.

    FileNotFoundError if it is gone, EnvelopeError if it is not whole or not ours.
    """

    def __init__(self, path: Path, keys: Mapping[str, X25519PrivateKey]) -> None:
        self._file: BinaryIO = path.open("rb")
        try:
            self._header = _fixed(read_header(self._file))
            self._dek = unwrap(self._header, keys)
            body = os.fstat(self._file.fileno()).st_size - self._header.size
            self._frames = max(1, -(-body // _STORED))
            self.size = body - self._frames * _OVERHEAD  # bytes of content
            self._held = (-1, b"")
            self._frame(self._frames - 1)  # nothing was cut off
        except BaseException:
            self._file.close()
            raise

    @property
    def meta(self) -> Mapping[str, Any]:
        """What its writer said of it; authentic."""
        return self._header.meta

    def read_range(self, start: int, end: int) -> Iterator[bytes]:
        """The content from `start` up to, not including, `end`, in pieces."""
        end = min(end, self.size)
        while start < end:
            counter, skip = divmod(start, FRAME)
            piece = self._frame(counter)[skip : skip + end - start]
            yield piece
            start += len(piece)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _frame(self, counter: int) -> bytes:
        if self._held[0] != counter:
            self._file.seek(self._header.size + counter * _STORED)
            last = counter == self._frames - 1
            frame = self._file.read(_STORED)
            self._held = (
                counter,
                opened_frame(self._header, self._dek, counter, frame, final=last),
            )
        return self._held[1]


class VaultStream(io.RawIOBase):
    """A vault as a file object, for libraries that want one."""

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self._vault = vault
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._vault.size}
        self._place = max(0, base[whence] + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def read(self, size: int = -1) -> bytes:
        end = self._vault.size if size < 0 else self._place + size
        data = b"".join(self._vault.read_range(self._place, end))
        self._place += len(data)
        return data
