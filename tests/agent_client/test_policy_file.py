from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent_client.policy_file import NO_POLICY, POLICY_EXPIRED, POLICY_REFUSED, PolicyFile
from contract.canonical import b64
from contract.desk_config import IDENTITY, POLICY, Identity
from contract.policy import Policy, PublicKey, Selection, publish

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)


class Desk:
    """A state folder, with central's root key at hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = Ed25519PrivateKey.generate()
        self.now = START
        self.file = PolicyFile(folder, lambda: self.now)

    def enrol(self) -> None:
        identity = Identity(
            device_id="desk-7",
            root_key=b64(self.root.public_key().public_bytes_raw()),
            central_url="https://central.example",
        )
        self.replace(IDENTITY, msgspec.json.encode(identity))

    def publish(self, version: int, signer: Ed25519PrivateKey | None = None) -> None:
        key = PublicKey(kid="k", public=b64(bytes(32)), not_before=START, not_after=START + DAY)
        policy = Policy(
            version=version,
            issued_at=START,
            expires_at=START + DAY,
            selection=Selection(percentage=Decimal(25), salt="s"),
            seal_to=(key,),
            receipt_keys=(),
        )
        self.replace(POLICY, publish(policy, signer or self.root))

    def replace(self, name: str, content: bytes) -> None:
        draft = self.folder / "draft"
        draft.write_bytes(content)
        draft.replace(self.folder / name)

    def follows(self) -> tuple[int | None, str]:
        reading = self.file.read()
        return (reading.policy.version if reading.policy else None), reading.problem


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_before_enrolment_there_is_no_policy(desk: Desk) -> None:
    assert desk.follows() == (None, NO_POLICY)


def test_what_the_pinned_root_signed_is_followed(desk: Desk) -> None:
    desk.enrol()
    desk.publish(1)
    assert desk.follows() == (1, "")
    assert desk.file.read().device_id == "desk-7"


def test_a_new_version_replaces_the_old(desk: Desk) -> None:
    desk.enrol()
    desk.publish(1)
    desk.follows()
    desk.publish(2)
    assert desk.follows() == (2, "")


def test_what_another_signed_is_refused_and_the_last_good_one_kept(desk: Desk) -> None:
    desk.enrol()
    desk.publish(1)
    desk.follows()
    desk.publish(2, Ed25519PrivateKey.generate())
    assert desk.follows() == (1, POLICY_REFUSED)
    assert desk.follows() == (1, POLICY_REFUSED)  # and it stays said
    desk.publish(3)
    assert desk.follows() == (3, "")


def test_rubbish_is_refused(desk: Desk) -> None:
    desk.enrol()
    desk.replace(POLICY, b"{")
    assert desk.follows() == (None, POLICY_REFUSED)


def test_an_expired_policy_is_followed_and_said_to_be_expired(desk: Desk) -> None:
    desk.enrol()
    desk.publish(1)
    desk.follows()
    desk.now = START + DAY
    assert desk.follows() == (1, POLICY_EXPIRED)


def test_a_policy_that_expired_while_the_desk_was_off_is_followed(desk: Desk) -> None:
    desk.enrol()
    desk.publish(1)
    desk.now = START + DAY
    assert desk.follows() == (1, POLICY_EXPIRED)


def test_a_new_policy_that_has_expired_is_not_taken(desk: Desk) -> None:
    desk.enrol()
    desk.publish(1)
    desk.follows()
    desk.now = START + DAY
    desk.publish(2)
    assert desk.follows() == (1, POLICY_REFUSED)


def test_a_policy_whose_file_was_lost_is_still_followed(desk: Desk) -> None:
    desk.enrol()
    desk.publish(1)
    desk.follows()
    (desk.folder / POLICY).unlink()
    assert desk.follows() == (1, "")
