"""Write tests/contract/vectors.json anew: `python -m tests.contract.make_vectors`.

HPKE draws its own randomness, so the wrapped key of the envelope vector differs each time it is
made; all else is fixed. The vectors are for other implementations; the tests read them back.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from contract import envelope, manifest, policy, protocol, selection, signing
from contract.canonical import b64, utc

PATH = Path(__file__).with_name("vectors.json")
_SEAL = X25519PrivateKey.from_private_bytes(bytes(range(32)))
_SIGN = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
_DEK = bytes(range(64, 96))
_FRAMES = (b"first frame", b"", bytes(range(256)))
_CALLS = ("db1d795163dd9b9b", "00RV9H7S6O8V3BSHAG7GK2LAES00002M", "ünïcode", "")


def example_manifest() -> manifest.Manifest:
    """Two segments around a pause."""
    return manifest.Manifest(
        recording_id="0192f0c4-5a6b-7c8d-9e0f-a1b2c3d4e5f6",
        call_id="db1d795163dd9b9b",
        agent_id="JohnSmith",
        device_id="7d1b0f4e",
        started_at=utc("2026-11-22T06:17:17.250000Z"),
        duration=timedelta(seconds=20),
        clock_offset=timedelta(microseconds=-1250),
        clock_round_trip=timedelta(microseconds=2400),
        decision=selection.decide("db1d795163dd9b9b", Decimal("75.50"), "salt-1"),
        canvas=manifest.Canvas(1920, 1080, ((0, 0, 1920, 1080),)),
        segments=(
            manifest.Segment(0, timedelta(0), timedelta(seconds=8), 81920, "00" * 32, 40),
            manifest.Segment(1, timedelta(seconds=12), timedelta(seconds=8), 40960, "11" * 32, 21),
        ),
        pauses=(
            manifest.Pause(
                timedelta(seconds=8), timedelta(seconds=4), (manifest.PauseReason.ASKED,)
            ),
        ),
        views=(
            manifest.View(
                timedelta(0), 1920, 1080, ((0, 0, 1920, 1080),), place=(0, 0, 1920, 1080)
            ),
            manifest.View(
                timedelta(seconds=12),
                3840,
                1080,
                ((0, 0, 1920, 1080), (1920, 0, 1920, 1080)),
                place=(0, 270, 1920, 540),
            ),
        ),
        troubles=(manifest.Trouble(timedelta(seconds=14), timedelta(seconds=3), "screen-black"),),
        legs=(manifest.Leg("db1d795163dd9b9b", "8c41739dc018414b"),),
        details_sha256="22" * 32,
        end_reason=manifest.EndReason.WRAPPED_UP,
        client_version="0.1.0",
    )


def example_policy() -> policy.Policy:
    """One rule for a unit and one for an agent."""
    key = policy.PublicKey(
        kid=signing.key_id(_SEAL.public_key().public_bytes_raw()),
        public=b64(_SEAL.public_key().public_bytes_raw()),
        not_before=datetime(2026, 1, 1, tzinfo=UTC),
        not_after=datetime(2028, 1, 1, tzinfo=UTC),
    )
    return policy.Policy(
        version=3,
        issued_at=datetime(2026, 11, 22, tzinfo=UTC),
        expires_at=datetime(2026, 12, 22, tzinfo=UTC),
        agent_units={"JohnSmith": "/sales/north"},
        selection=policy.Selection(
            percentage=Decimal("12.50"),
            salt="salt-1",
            rules=(
                policy.SelectionRule(percentage=Decimal(50), unit="/sales"),
                policy.SelectionRule(percentage=Decimal(100), agent="JaneDoe"),
            ),
        ),
        details_keys=("CustomerSegment",),
        seal_to=(key,),
        receipt_keys=(key,),
    )


def sealed_example() -> bytes:
    """Three frames, the last of them final."""
    public = _SEAL.public_key().public_bytes_raw()
    sealer = envelope.Sealer(
        {"recording_id": example_manifest().recording_id, "file": "000.seg"},
        [envelope.Recipient(signing.key_id(public), public)],
        _DEK,
    )
    last = len(_FRAMES) - 1
    frames = [sealer.seal(data, final=i == last) for i, data in enumerate(_FRAMES)]
    return sealer.header + b"".join(frames)


def vectors() -> dict[str, object]:
    """All of them, as JSON can hold them."""
    signer = _SIGN.public_key().public_bytes_raw()
    text = manifest.to_json(example_manifest())
    receipt = protocol.Receipt(
        example_manifest().recording_id,
        manifest.digest(text),
        122_880,
        "2026-11-22T06:18:00.000000Z",
    )
    return {
        "selection": [
            {
                "call_id": call_id,
                "salt": "salt-1",
                "bucket": selection.bucket_of(call_id, "salt-1"),
                "percentage": "50.00",
                "selected": selection.decide(call_id, Decimal("50.00"), "salt-1").selected,
            }
            for call_id in _CALLS
        ],
        "envelope": {
            "private_key": _SEAL.private_bytes_raw().hex(),
            "dek": _DEK.hex(),
            "frames": [frame.hex() for frame in _FRAMES],
            "sealed": sealed_example().hex(),
        },
        "manifest": {"json": text.decode(), "sha256": manifest.digest(text)},
        "policy": {
            "signer": signer.hex(),
            "document": policy.publish(example_policy(), _SIGN).decode(),
            "body": msgspec.to_builtins(example_policy()),
        },
        "receipt": {
            "signer": signer.hex(),
            "document": protocol.issue(receipt, _SIGN).decode(),
        },
        "enrolment_token": {
            "root_key": signer.hex(),
            "secret": "made-up",
            "token": str(protocol.EnrolmentToken(sha256(signer).hexdigest(), "made-up")),
        },
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
