"""The vectors that other implementations test against are true of this one."""

from __future__ import annotations

import json
from decimal import Decimal
from io import BytesIO
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from contract import envelope, manifest, policy, protocol, selection, signing
from tests.contract.make_vectors import PATH, example_manifest, example_policy


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    return dict(json.loads(PATH.read_text(encoding="utf-8")))


def test_selection(vectors: dict[str, Any]) -> None:
    for one in vectors["selection"]:
        decision = selection.decide(one["call_id"], Decimal(one["percentage"]), one["salt"])
        assert (decision.bucket, decision.selected) == (one["bucket"], one["selected"])


def test_envelope(vectors: dict[str, Any]) -> None:
    one = vectors["envelope"]
    key = X25519PrivateKey.from_private_bytes(bytes.fromhex(one["private_key"]))
    keys = {signing.key_id(key.public_key().public_bytes_raw()): key}
    sealed = bytes.fromhex(one["sealed"])
    assert [data.hex() for data in envelope.opened(BytesIO(sealed), keys)] == one["frames"]
    header = envelope.read_header(BytesIO(sealed))
    assert envelope.unwrap(header, keys).hex() == one["dek"]
    writer = envelope.Sealer(
        header.meta,
        [envelope.Recipient("k", key.public_key().public_bytes_raw())],
        bytes.fromhex(one["dek"]),
    )
    last = len(one["frames"]) - 1
    frames = [writer.seal(bytes.fromhex(f), final=i == last) for i, f in enumerate(one["frames"])]
    assert sealed[header.size :] == b"".join(frames)


def test_manifest(vectors: dict[str, Any]) -> None:
    text = vectors["manifest"]["json"].encode()
    assert manifest.from_json(text) == example_manifest()
    assert manifest.to_json(example_manifest()) == text
    assert manifest.digest(text) == vectors["manifest"]["sha256"]


def test_policy(vectors: dict[str, Any]) -> None:
    one = vectors["policy"]
    roots = {signing.key_id(root := bytes.fromhex(one["signer"])): root}
    assert policy.accept(one["document"].encode(), roots, None) == example_policy()
    assert msgspec.convert(one["body"], policy.Policy) == example_policy()


def test_receipt(vectors: dict[str, Any]) -> None:
    one = vectors["receipt"]
    trusted = {signing.key_id(key := bytes.fromhex(one["signer"])): key}
    receipt = protocol.read_receipt(one["document"].encode(), trusted)
    assert receipt.sha256 == vectors["manifest"]["sha256"]


def test_enrolment_token(vectors: dict[str, Any]) -> None:
    one = vectors["enrolment_token"]
    token = protocol.EnrolmentToken.parse(one["token"])
    assert token.fits(bytes.fromhex(one["root_key"]))
    assert token.secret == one["secret"]
