"""The uploader against central itself: both programs, real seals, real receipts."""

import asyncio
import json
import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.canonical import unb64
from contract.desk_config import Identity
from contract.envelope import Recipient
from contract.manifest import EndReason
from contract.policy import Policy, accept
from contract.signing import key_id
from tests.central.serving import Central, sealed
from tests.uploader.desk_program import Desk, until
from tests.uploader.recordings import begun, left
from uploader.desk import DeskClient, FromUploader, Hello, MaskVoice, Ordered

pytestmark = pytest.mark.e2e


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    central = Central(tmp_path / "data", "worker_inline = false\n")
    central.start()
    yield central
    central.kill()


@pytest.fixture
def desk(tmp_path: Path, central: Central, keyring_session: dict[str, str]) -> Desk:
    """Enrolled, with a policy."""
    desk = Desk(tmp_path, central.url, central.first["enrolment_token"], keyring_session)
    done = desk.run("--once")
    assert done.returncode == 0, done.stderr
    return desk


def identity(desk: Desk) -> Identity:
    return Identity(**json.loads((desk.state / "identity.json").read_bytes()))


def recipients(desk: Desk) -> list[Recipient]:
    """Whom the desk's policy says to seal to."""
    return [key.recipient() for key in policy(desk).seal_to]


def policy(desk: Desk) -> Policy:
    """What the desk follows."""
    root = unb64(identity(desk).root_key)
    return accept((desk.state / "policy.json").read_bytes(), {key_id(root): root}, None)


def recorded(desk: Desk, *sizes: int) -> str:
    """A recording as the client would leave it, sealed to central."""
    seal_to = recipients(desk)
    segments = [sealed(seal_to, os.urandom(size)) for size in sizes]
    return left(desk.spool, segments, sealed(seal_to, b"{}"), identity(desk).device_id)


def received(central: Central) -> list[str]:
    return sorted(entry["subject"] for entry in central.audit("recording:received"))


def test_a_recording_goes_from_spool_to_receipt(desk: Desk, central: Central) -> None:
    recording_id = recorded(desk, 2_000_000, 10)
    done = desk.run("--once")
    assert done.returncode == 0, done.stderr
    assert desk.spool.waiting() == []
    assert recording_id in (desk.state / "spool" / "sent.jsonl").read_text()
    assert received(central) == [recording_id]
    assert desk.holds_no_secret()


def test_a_segment_that_was_tampered_with_is_set_aside_with_centrals_reason(
    desk: Desk, central: Central
) -> None:
    content = bytearray(sealed(recipients(desk), os.urandom(5000)))
    content[-100] ^= 1
    recording_id = left(desk.spool, [bytes(content)], None, identity(desk).device_id)
    assert desk.run("--once").returncode == 1
    (aside,) = desk.spool.quarantined()
    assert aside.recording_id == recording_id
    assert "422" in aside.why
    assert received(central) == []


def test_a_segment_touched_after_it_was_recorded_is_set_aside_at_once_and_audited(
    desk: Desk, central: Central
) -> None:
    recording_id = recorded(desk, 5000)
    segment = desk.state / "spool" / recording_id / "000.seg"
    content = bytearray(segment.read_bytes())
    content[-100] ^= 1
    segment.write_bytes(content)
    assert desk.run("--once").returncode == 1
    (aside,) = desk.spool.quarantined()
    assert aside.why == "damaged here: 000.seg is not what was recorded"
    assert {entry["subject"] for entry in central.audit("recording:damaged")} == {recording_id}
    assert received(central) == []


def test_central_killed_again_and_again_receives_each_recording_once(
    desk: Desk, central: Central
) -> None:
    wanted = sorted(recorded(desk, 1_500_000, 400_000) for _ in range(4))
    chance = random.Random(3)  # noqa: S311  # no secret
    with desk.running():
        for _ in range(3):
            time.sleep(chance.uniform(0.1, 0.6))  # chance is the point
            central.kill()
            central.start()
        until(lambda: not desk.spool.waiting(), 120)
    assert desk.spool.quarantined() == []
    assert received(central) == wanted


async def test_an_order_given_at_central_reaches_the_client_and_a_mask_central(
    desk: Desk, central: Central
) -> None:
    told: list[FromUploader] = []
    with desk.running():
        client = DeskClient(
            str(desk.state),
            Hello(version="1", pid=os.getpid()),
            heard=told.append,
            touched=lambda _: None,
        )
        task = asyncio.create_task(client.run())
        now = datetime.now(UTC)
        client.send(MaskVoice(call_id="call", agent_id="agent", silent=True, at=now))
        await asyncio.to_thread(
            central.run, "order", "pause", "--device", identity(desk).device_id, "--json"
        )
        async with asyncio.timeout(60):
            while not any(isinstance(one, Ordered) for one in told):  # noqa: ASYNC110  # as it comes
                await asyncio.sleep(0.05)
            while client.unheard_masks:  # noqa: ASYNC110  # as it comes
                await asyncio.sleep(0.05)
        await asyncio.to_thread(
            until, lambda: json.loads((desk.state / "masks.json").read_text())[0]["told"]
        )
        await client.goodbye()
        await task


def test_a_call_that_goes_on_is_at_central_before_it_ends(desk: Desk, central: Central) -> None:
    """Its recording has to wait for the policy's hours then, until somebody orders it."""
    far = datetime.now().astimezone() + timedelta(hours=12)
    hour = f"{far:%H}:00-{far:%H}:01"
    film = [sealed(recipients(desk), os.urandom(size)) for size in (300_000, 5000)]
    folder = begun(desk.spool, film, identity(desk).device_id)
    with desk.running():
        until(lambda: desk.log().count("is ahead at central") == 2)
        central.run("policy", "set", "--upload-when", "windows", "--upload-window", hour, "--json")
        until(lambda: policy(desk).uploading.when == "windows")
        folder.finish(timedelta(seconds=2), EndReason.WRAPPED_UP, [], None)
        central.run("order", "upload-now", "--device", identity(desk).device_id, "--json")
        until(lambda: not desk.spool.waiting())
    assert received(central) == [folder.recording_id]
