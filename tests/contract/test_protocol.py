from __future__ import annotations

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.protocol import (
    RECEIPT_PURPOSE,
    EnrolmentToken,
    Receipt,
    issue,
    parse_digest,
    read_receipt,
    repr_digest,
    segment_name,
)
from contract.signing import SignatureRefusedError, key_id, signed

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()
TRUSTED = {key_id(PUBLIC): PUBLIC}
RECEIPT = Receipt("0192f0c4-5a6b-7c8d-9e0f-a1b2c3d4e5f6", "ab" * 32, 5, "2026-11-22T06:18:00Z")


def test_a_receipt_says_what_central_signed() -> None:
    assert read_receipt(issue(RECEIPT, KEY), TRUSTED) == RECEIPT


def test_a_receipt_by_a_stranger_is_refused() -> None:
    with pytest.raises(SignatureRefusedError):
        read_receipt(issue(RECEIPT, Ed25519PrivateKey.generate()), TRUSTED)


def test_a_receipt_that_is_not_durable_is_refused() -> None:
    body = {"recording_id": "x", "sha256": "y", "size": 1, "stored_at": "z", "durable": False}
    with pytest.raises(SignatureRefusedError, match="durable"):
        read_receipt(signed(RECEIPT_PURPOSE, body, KEY), TRUSTED)
    del body["size"]
    with pytest.raises(SignatureRefusedError):
        read_receipt(signed(RECEIPT_PURPOSE, body | {"durable": True}, KEY), TRUSTED)


@given(st.binary(min_size=32, max_size=32))
def test_a_digest_header_is_read_back(digest: bytes) -> None:
    assert parse_digest(repr_digest(digest.hex())) == digest.hex()
    assert parse_digest(f"sha-512=:AAAA:, {repr_digest(digest.hex())}") == digest.hex()


@pytest.mark.parametrize(
    "value", ["", "sha-256=abc", "sha-256=:AAAA:", "md5=:AAAA:", "sha-256=:!:"]
)
def test_a_header_without_sha256_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"sha-256|base64"):
        parse_digest(value)


def test_an_enrolment_token_is_bound_to_the_root_key() -> None:
    token = EnrolmentToken.parse(str(EnrolmentToken(sha256(PUBLIC).hexdigest(), "made-up")))
    assert token.fits(PUBLIC)
    assert not token.fits(bytes(32))
    assert token.secret == "made-up"


@pytest.mark.parametrize("text", ["", "TR1..x", "TR1.AAAA.x", "TR2." + "A" * 43 + ".x", "a.b.c.d"])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"TR1|base64|padded|characters"):
        EnrolmentToken.parse(text)


def test_segments_sort_by_name() -> None:
    assert [segment_name(i) for i in (0, 12, 999)] == ["000.seg", "012.seg", "999.seg"]
