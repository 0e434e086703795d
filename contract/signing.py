"""Signed documents: Ed25519 over canonical JSON, prefixed by what the document is for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from contract.canonical import b64, canonical, unb64

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class SignatureRefusedError(ValueError):
    """The document was not signed by whom we trust."""


def signed(purpose: str, body: Mapping[str, Any], key: Ed25519PrivateKey) -> bytes:
    """`{"body": ..., "kid": ..., "sig": ...}`; the signature covers purpose, a zero byte, body."""
    kid = key_id(key.public_key().public_bytes_raw())
    signature = key.sign(purpose.encode() + b"\x00" + canonical(dict(body)))
    return canonical({"body": dict(body), "kid": kid, "sig": b64(signature)})


def verified(purpose: str, document: bytes, trusted: Mapping[str, bytes]) -> dict[str, Any]:
    """The body, if one of the trusted public keys (kid -> 32 bytes) signed it for this purpose."""
    try:
        fields = json.loads(document)
        body, kid, signature = dict(fields["body"]), str(fields["kid"]), unb64(fields["sig"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SignatureRefusedError(f"not a signed {purpose}") from error
    if kid not in trusted:
        raise SignatureRefusedError(f"{purpose} signed by {kid}, whom we do not trust")
    # 6 MB, for which the icon would wait: imported by whoever has something to check.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 -- as said
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 -- as said
        Ed25519PublicKey,
    )

    key = Ed25519PublicKey.from_public_bytes(trusted[kid])
    try:
        key.verify(signature, purpose.encode() + b"\x00" + canonical(body))
    except InvalidSignature as error:
        raise SignatureRefusedError(f"the signature of this {purpose} is wrong") from error
    return body


def key_id(public: bytes) -> str:
    """A key's name: the first 16 hex digits of its SHA-256."""
    return sha256(public).hexdigest()[:16]
