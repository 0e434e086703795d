"""The sealed file: AES-256-GCM frames under a key that only central can unwrap.

    "TWREEL01" | u32 length | fixed part, JSON | u32 length | recipients, JSON | frame | frame ...
    frame = u32 length of ciphertext | u32 CRC-32 of ciphertext | ciphertext

Numbers are big-endian. A frame's nonce is seven zero bytes, u32 counter, u8 final; its additional
data is SHA-256("TWREEL01" | u32 length | fixed part) | u32 counter. So a cut, a swap or a repeat
of frames shows, and the last frame tells complete from cut. The recipients are not covered:
central can wrap the key anew without touching a frame. The CRC finds the last whole frame without
any key. Every file has its own key (DEK); it is wrapped with HPKE (RFC 9180, base mode) for each
recipient. See docs/formats.md.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, BinaryIO
from zlib import crc32

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from contract.canonical import b64, canonical, unb64

MAGIC = b"TWREEL01"
ALGORITHM = "hpke-x25519-sha256-aes256gcm"
MAX_FRAME = 4 * 1024 * 1024  # bytes of plaintext
_MAX_HEADER = 64 * 1024
_TAG = 16
_DEK = 32  # bytes of a file's own key
_U32 = struct.Struct(">I")
_FRAME = struct.Struct(">II")
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A public key of central's that a file is sealed to."""

    kid: str
    public: bytes  # X25519, 32 bytes


class EnvelopeError(ValueError):
    """The file is not what its writer sealed."""


class WrongKeyError(EnvelopeError):
    """None of our keys opens this file."""


class TamperedError(EnvelopeError):
    """A frame does not open under the file's key."""


class Sealer:
    """Turns pieces of plaintext into the bytes of a sealed file, in order.

    `dek` is 32 random bytes, used for this file alone and kept in memory only.
    """

    def __init__(
        self, meta: Mapping[str, Any], recipients: Sequence[Recipient], dek: bytes
    ) -> None:
        if not recipients:
            raise ValueError("no recipient: nobody could ever open this file")
        fixed = canonical({"suite": "aes-256-gcm", "meta": dict(meta)})
        fixed_part = MAGIC + _U32.pack(len(fixed)) + fixed
        self._bound = sha256(fixed_part).digest()
        wrapped = canonical(
            [
                {
                    "alg": ALGORITHM,
                    "kid": recipient.kid,
                    "enc": b64(
                        _SUITE.encrypt(
                            dek,
                            X25519PublicKey.from_public_bytes(recipient.public),
                            info=_info(recipient.kid, self._bound),
                        )
                    ),
                }
                for recipient in recipients
            ]
        )
        self.header = fixed_part + _U32.pack(len(wrapped)) + wrapped
        self._aead = AESGCM(dek)
        self._counter = 0
        self._closed = False

    def seal(self, data: bytes, *, final: bool = False) -> bytes:
        """One frame; at most MAX_FRAME bytes. Nothing may follow a final one."""
        if self._closed:
            raise ValueError("the file is already closed")
        if len(data) > MAX_FRAME:
            raise ValueError(f"a frame of {len(data)} bytes; at most {MAX_FRAME}")
        self._closed = final
        sealed = self._aead.encrypt(
            _nonce(self._counter, final=final), data, _bound(self._bound, self._counter)
        )
        self._counter += 1
        return _FRAME.pack(len(sealed), crc32(sealed)) + sealed


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a sealed file."""

    meta: Mapping[str, Any]
    wrapped: Sequence[Mapping[str, str]]
    bound: bytes
    size: int  # bytes, up to the first frame


def read_header(stream: BinaryIO) -> Header:
    """Read and check the head; EnvelopeError if it is not one."""
    if stream.read(len(MAGIC)) != MAGIC:
        raise EnvelopeError("not a sealed file")
    fixed = _block(stream)
    recipients = _block(stream)
    try:
        meta = dict(json.loads(fixed)["meta"])
        wrapped = [
            {"alg": str(one["alg"]), "kid": str(one["kid"]), "enc": str(one["enc"])}
            for one in json.loads(recipients)
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EnvelopeError("the header cannot be read") from error
    size = len(MAGIC) + 2 * _U32.size + len(fixed) + len(recipients)
    return Header(meta, wrapped, sha256(MAGIC + _U32.pack(len(fixed)) + fixed).digest(), size)


def unwrap(header: Header, keys: Mapping[str, X25519PrivateKey]) -> bytes:
    """The file's own key; WrongKeyError if none of ours fits."""
    for one in header.wrapped:
        key = keys.get(one["kid"])
        if key is None or one["alg"] != ALGORITHM:
            continue
        try:
            dek = _SUITE.decrypt(unb64(one["enc"]), key, info=_info(one["kid"], header.bound))
        except (InvalidTag, ValueError) as error:
            raise WrongKeyError(f"key {one['kid']} does not open this file") from error
        if len(dek) != _DEK:  # AES would take a shorter one, and be weaker than promised
            raise EnvelopeError(f"the file's own key has {len(dek)} bytes, not {_DEK}")
        return dek
    known = ", ".join(one["kid"] for one in header.wrapped)
    raise WrongKeyError(f"sealed to {known or 'nobody'}, and we hold none of these keys")


def opened(stream: BinaryIO, keys: Mapping[str, X25519PrivateKey]) -> Iterator[bytes]:
    """The plaintext, frame by frame; each is authentic when it is handed out.

    TamperedError at the first frame that does not open, and at the end if the final one is missing.
    """
    header = read_header(stream)
    aead = AESGCM(unwrap(header, keys))
    final = False
    counter = 0
    for sealed in _frames(stream):
        if final:
            raise TamperedError("data after the final frame")
        data, final = _opened(aead, header.bound, counter, sealed)
        counter += 1
        yield data
    if not final:
        raise TamperedError(f"cut after frame {counter}: the final one is missing")


def opened_prefix(stream: BinaryIO, keys: Mapping[str, X25519PrivateKey]) -> Iterator[bytes]:
    """As `opened`, but a file that was cut yields what is whole, and then ends quietly."""
    header = read_header(stream)
    aead = AESGCM(unwrap(header, keys))
    for counter, sealed in enumerate(_frames(stream, cut=True)):
        yield _opened(aead, header.bound, counter, sealed)[0]


def opened_frame(header: Header, dek: bytes, counter: int, frame: bytes, *, final: bool) -> bytes:
    """The plaintext of one frame, wherever it stands in its file; `frame` is all of its bytes.

    TamperedError if it is not that frame, or if it is not, or wrongly, the file's last.
    """
    sealed = next(_frames(io.BytesIO(frame)), b"")
    try:
        return AESGCM(dek).decrypt(
            _nonce(counter, final=final), sealed, _bound(header.bound, counter)
        )
    except InvalidTag as error:
        raise TamperedError(f"frame {counter} does not open") from error


def whole_length(stream: BinaryIO) -> int:
    """How many bytes, from the start, are a header and whole frames; needs no key.

    0 if not even the header is whole.
    """
    try:
        length = read_header(stream).size
    except EnvelopeError:
        return 0
    for sealed in _frames(stream, cut=True):
        length += _FRAME.size + len(sealed)
    return length


def _opened(aead: AESGCM, bound: bytes, counter: int, sealed: bytes) -> tuple[bytes, bool]:
    for final in (False, True):
        try:
            data = aead.decrypt(_nonce(counter, final=final), sealed, _bound(bound, counter))
        except InvalidTag:
            continue
        return data, final
    raise TamperedError(f"frame {counter} does not open")


def _frames(stream: BinaryIO, *, cut: bool = False) -> Iterator[bytes]:
    while head := stream.read(_FRAME.size):
        if len(head) == _FRAME.size:
            length, checksum = _FRAME.unpack(head)
            if _TAG <= length <= MAX_FRAME + _TAG:
                sealed = stream.read(length)
                if len(sealed) == length and crc32(sealed) == checksum:
                    yield sealed
                    continue
        if cut:
            return
        raise TamperedError("a frame is torn")


def _block(stream: BinaryIO) -> bytes:
    head = stream.read(_U32.size)
    length = _U32.unpack(head)[0] if len(head) == _U32.size else _MAX_HEADER + 1
    block = stream.read(length) if length <= _MAX_HEADER else b""
    if len(block) != length:
        raise EnvelopeError("the header is cut or too long")
    return block


def _info(kid: str, bound: bytes) -> bytes:
    return b"twinreel/seg/v1|" + kid.encode() + b"|" + bound


def _nonce(counter: int, *, final: bool) -> bytes:
    return struct.pack(">7xIB", counter, final)


def _bound(bound: bytes, counter: int) -> bytes:
    return bound + _U32.pack(counter)
