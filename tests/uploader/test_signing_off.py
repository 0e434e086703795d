"""The session ends: what waits is sent within the policy's limit, and nothing is lost."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contract.policy import Span, Uploading
from tests.uploader.central_faults import cut_before, slowly
from tests.uploader.desk_program import Desk, beforehand, until
from tests.uploader.false_central import FalseCentral
from tests.uploader.in_process import DeskHere
from tests.uploader.recordings import contents, spooled
from uploader.desk import DeskClient, Hello, SessionEnds, Spooled, State

pytestmark = pytest.mark.e2e
LATE = slowly(600)

# How long the uploader waits in vain is not what these tests are about.
_PATIENCE = """
from datetime import timedelta
import uploader.app.flushing
uploader.app.flushing._NO_USE = timedelta(seconds=60)
"""


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uploader.app.flushing._NO_USE", timedelta(seconds=60))
    monkeypatch.setattr("uploader.app.flushing._AT_MOST", timedelta(seconds=60))


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    with central.serving():
        yield central


@pytest.fixture
def desk(tmp_path: Path, central: FalseCentral) -> DeskHere:
    return DeskHere(tmp_path, central)


def closed_window() -> Uploading:
    """A window that is never open while this test runs."""
    hour = (time.localtime().tm_hour + 12) % 24
    span = Span(opens=f"{hour:02}:00", closes=f"{(hour + 1) % 24:02}:00")
    return Uploading(when="windows", windows=(span,), spread_minutes=0, flush_seconds=600)


def test_what_waits_for_its_window_is_at_central_before_the_uploader_ends(
    tmp_path: Path, central: FalseCentral, keyring_session: dict[str, str]
) -> None:
    central.policy = central.new_policy(1, uploading=closed_window())
    environment = beforehand(tmp_path, _PATIENCE, keyring_session)
    desk = Desk(tmp_path, central.url, central.token, environment)
    recording_id = spooled(desk.spool, 300_000)
    wanted = contents(desk.spool, recording_id)
    with desk.running() as uploader:
        until((desk.state / "policy.json").exists)
        uploader.send_signal(signal.SIGTERM)
        assert uploader.wait(60) == 0
    assert central.taken[recording_id][1] == wanted
    assert desk.spool.waiting() == []


def test_with_a_slow_central_it_ends_at_the_limit_and_loses_nothing(
    desk: DeskHere, central: FalseCentral
) -> None:
    central.policy = central.new_policy(1, uploading=Uploading(flush_seconds=1))
    central.fail("PATCH", "/", LATE, times=10_000)
    recording_id = spooled(desk.spool, 300_000)
    wanted = contents(desk.spool, recording_id)
    with desk.running() as (uploader, thread):
        until(lambda: central.count("PATCH", "/uploads"))
        began = time.monotonic()
        uploader.sign_off()
        thread.join(60)
        assert not thread.is_alive()
        assert time.monotonic() - began > 0.9
    assert central.taken == {}
    assert desk.spool.waiting() == [recording_id]
    assert contents(desk.spool, recording_id) == wanted


def test_without_central_nobody_is_kept_waiting_for_the_whole_limit(
    desk: DeskHere, central: FalseCentral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uploader.app.flushing._NO_USE", timedelta(seconds=0.5))
    central.policy = central.new_policy(1, uploading=Uploading(flush_seconds=600))
    central.fail("POST", "/recordings", cut_before, times=10_000)
    recording_id = spooled(desk.spool, 1000)
    with desk.running() as (uploader, thread):
        uploader.sign_off()
        thread.join(60)
        assert not thread.is_alive()
    assert desk.spool.waiting() == [recording_id]


@pytest.mark.usefixtures("patient")
async def test_it_waits_for_the_recording_that_the_client_is_closing(
    desk: DeskHere, central: FalseCentral
) -> None:
    central.policy = central.new_policy(1, uploading=closed_window())
    client = DeskClient(
        str(desk.state),
        Hello(version="1", pid=os.getpid()),
        heard=lambda _message: None,
        touched=lambda _there: None,
    )
    with desk.running() as (uploader, thread):
        client.send(State(agent_id="agent", in_call=True, recording_id="r", doing="recording"))
        task = asyncio.create_task(client.run())
        await asyncio.to_thread(until, lambda: uploader._board.now.client.recording_id == "r")
        uploader.sign_off()  # a session manager tells all at once
        await asyncio.to_thread(thread.join, 1)
        assert thread.is_alive()  # though nothing waits
        recording_id = await asyncio.to_thread(spooled, desk.spool, 1000)
        client.send(Spooled(recording_id=recording_id))
        client.send(SessionEnds())
        await client.goodbye()
        await task
        await asyncio.to_thread(thread.join, 60)
        assert not thread.is_alive()
    assert recording_id in central.taken


@pytest.mark.usefixtures("patient")
async def test_that_the_session_ends_is_heard_from_the_client(
    desk: DeskHere, central: FalseCentral
) -> None:
    central.policy = central.new_policy(1, uploading=closed_window())
    recording_id = spooled(desk.spool, 1000)

    def touched(there: bool) -> None:  # noqa: FBT001  # as DeskClient calls it
        if there:
            client.send(SessionEnds())

    client = DeskClient(
        str(desk.state),
        Hello(version="1", pid=os.getpid()),
        heard=lambda _message: None,
        touched=touched,
    )
    with desk.running() as (_, thread):
        task = asyncio.create_task(client.run())
        await asyncio.to_thread(thread.join, 60)
        assert not thread.is_alive()
        await client.goodbye()
        await task
    assert recording_id in central.taken
