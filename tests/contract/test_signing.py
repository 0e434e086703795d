from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.signing import SignatureRefusedError, key_id, signed, verified

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()
TRUSTED = {key_id(PUBLIC): PUBLIC}


def test_what_was_signed_is_read() -> None:
    assert verified("receipt", signed("receipt", {"a": "ü"}, KEY), TRUSTED) == {"a": "ü"}


def test_a_signature_for_one_purpose_does_not_serve_another() -> None:
    with pytest.raises(SignatureRefusedError, match="wrong"):
        verified("policy", signed("receipt", {"a": 1}, KEY), TRUSTED)


def test_a_changed_body_is_refused() -> None:
    document = json.loads(signed("receipt", {"size": 1}, KEY))
    document["body"]["size"] = 2
    with pytest.raises(SignatureRefusedError, match="wrong"):
        verified("receipt", json.dumps(document).encode(), TRUSTED)


def test_a_stranger_is_refused_even_under_a_trusted_name() -> None:
    stranger = Ed25519PrivateKey.generate()
    document = json.loads(signed("receipt", {}, stranger))
    with pytest.raises(SignatureRefusedError, match="do not trust"):
        verified("receipt", json.dumps(document).encode(), TRUSTED)
    document["kid"] = key_id(PUBLIC)
    with pytest.raises(SignatureRefusedError, match="wrong"):
        verified("receipt", json.dumps(document).encode(), TRUSTED)


@given(st.binary())
def test_rubbish_is_refused(document: bytes) -> None:
    with pytest.raises(SignatureRefusedError):
        verified("receipt", document, TRUSTED)
