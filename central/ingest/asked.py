"""What the headers of an upload's requests say; 400 for those that cannot be understood."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from central.wire import Refused, Request, wrong
from contract import protocol

ALGORITHMS = ("sha256", "sha1")


@dataclass(frozen=True, slots=True)
class Promise:
    """What the bytes of one request must hash to."""

    algorithm: str
    digest: bytes


def number(request: Request, header: str) -> int:
    """A number of bytes, as a header says it."""
    text = request.headers.get(header, "")
    if not text.isdecimal() or len(text) > 18:  # noqa: PLR2004 - digits of a 64-bit number
        raise Refused(wrong(400, "malformed", f"{header} is not a number"))
    return int(text)


def key(request: Request) -> str:
    """The Idempotency-Key, or what a plain tus client says in its metadata."""
    if key := request.headers.get("idempotency-key"):
        return key
    metadata: dict[str, str] = {}
    for pair in request.headers.get("upload-metadata", "").split(","):
        name, _, coded = pair.strip().partition(" ")
        try:
            metadata[name] = base64.b64decode(coded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Refused(wrong(400, "malformed", "Upload-Metadata is not base64")) from error
    if not metadata.get("recording_id") or not metadata.get("filename"):
        raise Refused(wrong(400, "malformed", "Idempotency-Key is missing"))
    return f"{metadata['recording_id']}/{metadata['filename']}"


def promised_file(request: Request) -> str:
    """Repr-Digest (RFC 9530) as hex; "" if there is none."""
    value = request.headers.get("repr-digest", "")
    try:
        return protocol.parse_digest(value) if value else ""
    except ValueError as error:
        raise Refused(wrong(400, "malformed", f"Repr-Digest: {error}")) from error


def promised_bytes(request: Request) -> Promise | None:
    """Content-Digest (RFC 9530) or Upload-Checksum (tus); the former, if both are there."""
    try:
        if value := request.headers.get("content-digest"):
            return Promise("sha256", bytes.fromhex(protocol.parse_digest(value)))
        if value := request.headers.get("upload-checksum"):
            algorithm, _, coded = value.partition(" ")
            promise = Promise(algorithm, base64.b64decode(coded, validate=True))
        else:
            return None
    except ValueError as error:
        raise Refused(wrong(400, "malformed", f"the digest: {error}")) from error
    if promise.algorithm not in ALGORITHMS:
        raise Refused(wrong(400, "checksum-algorithm", f"known: {', '.join(ALGORITHMS)}"))
    return promise
