"""The whole uploader, as its own process, against a central over loopback."""

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.uploader.central_faults import said, slowly
from tests.uploader.desk_program import Desk, until
from tests.uploader.false_central import FalseCentral
from tests.uploader.recordings import contents, spooled
from uploader.desk import (
    DeskClient,
    FromUploader,
    Hello,
    MaskVoice,
    Ordered,
    Spooled,
    State,
    Uploads,
)

MIB = 1024 * 1024
pytestmark = pytest.mark.e2e


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    with central.serving():
        yield central


@pytest.fixture
def desk(tmp_path: Path, central: FalseCentral, keyring_session: dict[str, str]) -> Desk:
    return Desk(tmp_path, central.url, central.token, keyring_session)


def test_a_new_desk_enrols_takes_the_policy_and_sends_what_waits(
    desk: Desk, central: FalseCentral
) -> None:
    recording_id = spooled(desk.spool, 2 * MIB, details=100)
    wanted = contents(desk.spool, recording_id)
    central.ahead = timedelta(seconds=5)
    done = desk.run("--once")
    assert done.returncode == 0, done.stderr
    assert central.taken[recording_id][1] == wanted
    assert desk.spool.waiting() == []
    assert recording_id in (desk.state / "spool" / "sent.jsonl").read_text()
    identity = json.loads((desk.state / "identity.json").read_text())
    assert identity["device_id"] == "desk-1"
    assert (desk.state / "policy.json").read_bytes() == central.policy
    clock = json.loads((desk.state / "clock.json").read_text())
    assert abs(clock["offset_us"] - 5_000_000) < 1_000_000
    assert central.reports[-1]["spooled"] == 1
    assert desk.holds_no_secret(*central.devices.values())


def test_the_next_start_needs_neither_token_nor_enrolment(
    desk: Desk, central: FalseCentral
) -> None:
    assert desk.run("--once").returncode == 0
    desk.config.write_text(
        f'state_dir = "{desk.state.as_posix()}"\n[central]\nurl = "{central.url}"\n'
    )
    recording_id = spooled(desk.spool, 1000)
    done = desk.run("--once")
    assert done.returncode == 0, done.stderr
    assert recording_id in central.taken
    assert len(central.devices) == 1


def test_what_central_refuses_is_set_aside_and_can_be_sent_again(
    desk: Desk, central: FalseCentral
) -> None:
    recording_id = spooled(desk.spool, 1000)
    central.fail("POST", "/recordings", said(422, "unusable"))
    assert desk.run("--once").returncode == 1
    (aside,) = desk.spool.quarantined()
    assert "unusable because" in aside.why
    assert recording_id in desk.run("list").stdout
    status = json.loads(desk.run("status", "--json").stdout)
    assert (status["quarantined"], status["running"]) == (1, False)
    assert desk.run("retry", recording_id).returncode == 0
    assert desk.run("--once").returncode == 0
    assert recording_id in central.taken


def test_a_second_uploader_on_the_spool_refuses_in_words(desk: Desk) -> None:
    with desk.running():
        until((desk.state / "desk.sock").exists)
        second = desk.run("--once")
        assert second.returncode == 3
        assert "another uploader" in second.stderr


def test_killed_at_any_moment_each_recording_is_at_central_once_or_whole_here(
    desk: Desk, central: FalseCentral
) -> None:
    with desk.running():  # one that is killed while it enrols enrols again
        until((desk.state / "policy.json").exists)
    wanted = {}
    for number in range(6):
        recording_id = spooled(desk.spool, 300_000, 700_000, details=50, seed=number)
        wanted[recording_id] = contents(desk.spool, recording_id)
    chance = random.Random(7)  # noqa: S311  # no secret
    central.fail("*", "/", slowly(0.1), times=10_000)
    assert desk.run("status").returncode == 0
    for _ in range(6):
        before = len(central.requests)
        with desk.running() as uploader:
            until(lambda seen=before: len(central.requests) > seen)  # type: ignore[misc]  # bound now
            time.sleep(chance.uniform(0.05, 0.9))  # chance is the point
            uploader.kill()
            uploader.wait()
        for recording_id, files in wanted.items():
            if recording_id in desk.spool.waiting():
                assert contents(desk.spool, recording_id) == files
            else:
                assert central.taken[recording_id][1] == files
    central.faults.clear()
    with desk.running():
        until(lambda: len(central.taken) == len(wanted) and not desk.spool.waiting())
    assert {one: there[1] for one, there in central.taken.items()} == wanted
    assert set(central.takes.values()) == {1}
    assert len(central.devices) == 1
    assert not any((desk.state / "spool" / one).exists() for one in wanted)


class Client:
    """The client's end of the socket, in this process."""

    def __init__(self, desk: Desk, command: tuple[str, ...] = ()) -> None:
        self.told: list[FromUploader] = []
        self.connected = False
        self.desk = DeskClient(
            str(desk.state),
            Hello(version="1", pid=os.getpid(), command=command),
            heard=self.told.append,
            touched=self._touched,
        )
        self.task = asyncio.create_task(self.desk.run())

    def _touched(self, connected: bool) -> None:  # noqa: FBT001  # as DeskClient calls it
        self.connected = connected

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not holds():  # noqa: ASYNC110  # what is waited for tells nobody
                await asyncio.sleep(0.02)


async def test_the_client_hears_orders_and_central_hears_masks(
    desk: Desk, central: FalseCentral
) -> None:
    with desk.running():
        client = Client(desk)
        await client.until(lambda: client.connected)
        client.desk.send(State(agent_id="agent", in_call=True))
        began = datetime.now(UTC)
        for silent, at in ((True, began), (False, began + timedelta(seconds=3))):
            client.desk.send(MaskVoice(call_id="call", agent_id="agent", silent=silent, at=at))
        await client.until(lambda: client.desk.unheard_masks == 0)
        await client.until(lambda: any(one.get("until") for one in central.masks))
        now = datetime.now(UTC).isoformat()
        central.orders.append({"number": 4, "order": "pause", "issued_at": now})
        await client.until(lambda: Ordered(order="pause", number=4) in client.told)
        central.policy = central.new_policy(2)
        central.orders.append({"number": 5, "order": "policy-changed", "issued_at": now})
        await client.until(lambda: (desk.state / "policy.json").read_bytes() == central.policy)
        await client.until(
            lambda: any(
                isinstance(one, Uploads) and one.connected_to_central for one in client.told
            )
        )
        await client.until(lambda: central.reports[-1]["agent_id"] == "agent")
        await client.desk.goodbye()
        await client.task
    spans = {(one["call_id"], one["since"]) for one in central.masks}
    assert len(spans) == 1
    assert "TR1." not in desk.log()
    assert desk.holds_no_secret(*central.devices.values())


async def test_masks_told_while_central_is_away_reach_it_after_a_restart(
    desk: Desk, central: FalseCentral
) -> None:
    central.fail("*", "/desk", said(503, "busy"), times=100_000)
    with desk.running() as uploader:
        client = Client(desk)
        client.desk.send(
            MaskVoice(call_id="call", agent_id="agent", silent=True, at=datetime.now(UTC))
        )
        await client.until(lambda: client.connected and client.desk.unheard_masks == 0)
        await client.desk.goodbye()
        await client.task
        uploader.kill()
        uploader.wait()
    central.faults.clear()
    with desk.running():
        await asyncio.to_thread(until, lambda: central.masks)


async def test_a_client_that_dies_is_started_again(desk: Desk, tmp_path: Path) -> None:
    mark = tmp_path / "started"
    with desk.running():
        client = Client(desk, (sys.executable, "-c", f"open({str(mark)!r}, 'w').close()"))
        await client.until(lambda: client.connected)
        client.task.cancel()
        await client.until(mark.exists)


async def test_what_the_client_spools_leaves_at_once_and_the_uploader_ends_in_peace(
    desk: Desk, central: FalseCentral
) -> None:
    with desk.running() as uploader:
        client = Client(desk)
        await client.until(lambda: client.connected and (desk.state / "policy.json").exists())
        recording_id = spooled(desk.spool, 1000)
        client.desk.send(Spooled(recording_id=recording_id))
        await client.until(lambda: recording_id in central.taken)
        await client.desk.goodbye()
        await client.task
        uploader.send_signal(signal.SIGTERM)
        assert uploader.wait(60) == 0
    assert not (desk.state / "desk.sock").exists()
    assert "is safe at central" in desk.log()


def test_a_mistaken_config_is_told_in_full(desk: Desk) -> None:
    desk.config.write_text('[central]\nurl = "http://central.example"\nsite_cq = "x"\n')
    done = desk.run("--once")
    assert done.returncode == 2
    assert "central.url" in done.stderr
    assert "central.site_cq" in done.stderr
