"""Against the uploader's own end of the socket."""

from __future__ import annotations

import asyncio
import os
import plistlib
import queue
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from agent_client.core.commands import MaskVoice, TellDecision
from agent_client.core.events import (
    Event,
    PauseAsked,
    RecordNowAsked,
    ResumeAsked,
    Source,
    UploadsChanged,
)
from agent_client.core.status import Mood, Status, status
from agent_client.core.verdict import Verdict
from agent_client.core.world import World
from agent_client.desk_link import DeskLink, doing, hello, uploader_command
from contract.selection import decide
from uploader.desk import (
    Answered,
    Decided,
    DeskServer,
    FromClient,
    Hello,
    Masked,
    Ordered,
    PolicyChanged,
    SessionEnds,
    State,
    UploadNow,
    Uploads,
)
from uploader.desk import MaskVoice as MaskMessage

DEADLINE = 60.0  # seconds
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="twinreel") as short:  # a socket's path may not be long
        yield Path(short)


class Uploader:
    """Its end of the socket, and what it heard."""

    def __init__(self, folder: Path) -> None:
        self.heard: queue.Queue[FromClient] = queue.Queue()
        self.left: queue.Queue[bool] = queue.Queue()
        self.server = DeskServer(
            str(folder),
            heard=self.heard.put,
            gone=lambda _hello, goodbye: self.left.put(goodbye),
            greeting=lambda: (
                Uploads(waiting=2, quarantined=0, problem="", connected_to_central=True),
            ),
        )

    async def hears(self) -> FromClient:
        return await asyncio.to_thread(self.heard.get, timeout=DEADLINE)


@pytest.fixture
async def uploader(folder: Path) -> AsyncIterator[Uploader]:
    uploader = Uploader(folder)
    await asyncio.to_thread(uploader.server.start)
    yield uploader
    await asyncio.to_thread(uploader.server.stop)


class Client:
    """A desk link that runs, and what it posted."""

    def __init__(self, folder: Path) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.policy = asyncio.Event()
        self.link = DeskLink(
            folder,
            hello("1.0", ("--config", "x")),
            post=self.events.put_nowait,
            policy_changed=self.policy.set,
            now=lambda: NOW,
        )
        self.task = asyncio.create_task(self.link.run())

    async def posts(self) -> Event:
        return await asyncio.wait_for(self.events.get(), DEADLINE)


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[Client]:
    client = Client(folder)
    yield client
    client.task.cancel()
    await asyncio.gather(client.task, return_exceptions=True)


async def met(uploader: Uploader, client: Client) -> None:
    assert isinstance(await uploader.hears(), Hello)
    assert await client.posts() == UploadsChanged(
        connected=True, waiting=0, quarantined=0, problem=""
    )
    assert await client.posts() == UploadsChanged(
        connected=True, waiting=2, quarantined=0, problem=""
    )


@pytest.mark.usefixtures("client")
async def test_hello_says_how_to_start_the_client_again(uploader: Uploader) -> None:
    said = await uploader.hears()
    assert isinstance(said, Hello)
    assert said.command[-4:] == ("-m", "agent_client", "--config", "x")


def test_on_macos_launchd_is_told_to_start_the_client_that_it_had_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = Path(__file__).resolve().parents[2]
    label = plistlib.loads((root / "installer/macos/files/com.twinreel.agent.plist").read_bytes())[
        "Label"
    ]
    monkeypatch.setenv("XPC_SERVICE_NAME", label)
    if sys.platform != "win32":
        kick = ("/bin/launchctl", "kickstart", f"gui/{os.getuid()}/{label}")
        assert hello("1", ("--state-dir", "x")).command == kick
    monkeypatch.setenv("XPC_SERVICE_NAME", "application.com.apple.Terminal.1")
    assert hello("1", ("--state-dir", "x")).command[-2:] == ("--state-dir", "x")


async def test_central_may_pause_resume_and_record(uploader: Uploader, client: Client) -> None:
    await met(uploader, client)
    uploader.server.send(Ordered(order="pause", number=1))
    uploader.server.send(Ordered(order="pause", number=1))
    uploader.server.send(Ordered(order="resume", number=2))
    uploader.server.send(Ordered(order="record-now", number=3))
    heard = [await client.posts() for _ in range(3)]
    assert heard == [
        PauseAsked(Source.CENTRAL),
        ResumeAsked(Source.CENTRAL),
        RecordNowAsked(Source.CENTRAL),
    ]


async def test_whoever_finds_the_uploader_looks_for_a_policy_that_is_new_since(
    client: Client, folder: Path
) -> None:
    await asyncio.wait_for(client.link.gone.wait(), DEADLINE)
    assert not client.policy.is_set()
    uploader = Uploader(folder)
    await asyncio.to_thread(uploader.server.start)
    await asyncio.wait_for(client.policy.wait(), DEADLINE)
    assert isinstance(await uploader.hears(), Hello)
    await asyncio.to_thread(uploader.server.stop)


async def test_a_new_policy_is_told(uploader: Uploader, client: Client) -> None:
    await met(uploader, client)
    client.policy.clear()  # of the meeting itself
    uploader.server.send(PolicyChanged())
    await asyncio.wait_for(client.policy.wait(), DEADLINE)


async def test_a_mask_said_while_the_uploader_is_away_reaches_it_later(
    folder: Path, client: Client
) -> None:
    client.link.mask(MaskVoice("call", "kate", silent=True))
    uploader = Uploader(folder)
    await asyncio.to_thread(uploader.server.start)
    assert isinstance(await uploader.hears(), Hello)
    assert await uploader.hears() == MaskMessage(
        call_id="call", agent_id="kate", silent=True, at=NOW
    )
    uploader.server.send(Masked(call_id="call", silent=True, at=NOW))
    await asyncio.to_thread(uploader.server.stop)


async def test_a_decision_reaches_the_uploader_whole(uploader: Uploader, client: Client) -> None:
    await met(uploader, client)
    decision = replace(
        decide("call", Decimal("12.50"), "salt"), selected=True, asked=True, policy_version=7
    )
    client.link.decided(TellDecision("call", "kate", decision))
    assert await uploader.hears() == Decided(
        call_id="call",
        agent_id="kate",
        at=NOW,
        selected=True,
        bucket=decision.bucket,
        percentage=Decimal("12.50"),
        salt="salt",
        policy_version=7,
        asked=True,
    )


async def test_state_is_said_once_for_each_change(uploader: Uploader, client: Client) -> None:
    await met(uploader, client)
    for _ in range(2):
        client.link.say_state("kate", "r1", in_call=True)
    client.link.upload_now()
    assert await uploader.hears() == State(agent_id="kate", in_call=True, recording_id="r1")
    assert await uploader.hears() == UploadNow()


async def test_what_the_desk_does_is_said_with_its_call_and_since_when(
    uploader: Uploader, client: Client
) -> None:
    await met(uploader, client)
    for _ in range(2):
        client.link.say_state("kate", None, in_call=True, call_id="c1", doing="not-recorded")
    client.link.say_state("kate", "r1", in_call=True, call_id="c1", doing="recording")
    for recording_id, word in ((None, "not-recorded"), ("r1", "recording")):
        said = await uploader.hears()
        assert isinstance(said, State)
        assert (said.recording_id, said.call_id, said.doing) == (recording_id, "c1", word)
        assert said.since == NOW


async def test_central_hears_what_became_of_its_order(uploader: Uploader, client: Client) -> None:
    refused = Verdict(granted=False, reason="no-call", text="There is no call to pause.")

    def ask(_wish: Event) -> Future[Verdict]:
        answer: Future[Verdict] = Future()
        answer.set_result(refused)
        return answer

    client.link._ask = ask
    await met(uploader, client)
    uploader.server.send(Ordered(order="pause", number=7))
    assert await uploader.hears() == Answered(
        number=7, granted=False, reason="no-call", text="There is no call to pause."
    )


@pytest.mark.parametrize(
    ("word", "wish"),
    [("pause", PauseAsked), ("resume", ResumeAsked), ("record-now", RecordNowAsked)],
)
async def test_an_order_is_handed_on_with_its_call(
    uploader: Uploader, client: Client, word: str, wish: Callable[[Source, str | None], Event]
) -> None:
    asked: list[Event] = []

    def ask(one: Event) -> Future[Verdict]:
        asked.append(one)
        answer: Future[Verdict] = Future()
        answer.set_result(Verdict(granted=True))
        return answer

    client.link._ask = ask
    await met(uploader, client)
    for number, call_id in ((7, "c-1"), (8, "")):
        uploader.server.send(Ordered(order=word, number=number, call_id=call_id))  # type: ignore[arg-type]  # a word of three
        assert await uploader.hears() == Answered(number=number, granted=True)
    assert asked == [wish(Source.CENTRAL, "c-1"), wish(Source.CENTRAL, None)]


def status_of(**facts: object) -> Status:
    world = status(World())
    return replace(world, **facts)  # type: ignore[arg-type]  # a status of the test's choice


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({}, "idle"),
        ({"since": timedelta(1)}, "idle"),  # what is recorded after the call is told by in_call
        ({"in_call": True}, "not-recorded"),
        ({"in_call": True, "since": timedelta(1)}, "recording"),
        ({"in_call": True, "since": timedelta(1), "mood": Mood.WRAP_UP}, "wrap-up"),
        ({"in_call": True, "since": timedelta(1), "mood": Mood.PAUSED}, "paused"),
        ({"in_call": True, "paused_since": timedelta(1), "mood": Mood.ATTENTION}, "paused"),
    ],
)
def test_what_goes_on_has_one_word(facts: dict[str, object], word: str) -> None:
    assert doing(status_of(**facts)) == word


async def test_leaving_on_purpose_is_said(uploader: Uploader, client: Client) -> None:
    await met(uploader, client)
    await client.link.leave()
    assert await asyncio.to_thread(uploader.left.get, timeout=DEADLINE) is True


async def test_at_sign_off_the_client_stays_until_the_uploader_has_gone(
    uploader: Uploader, client: Client
) -> None:
    await met(uploader, client)
    client.link.say_state("kate", "r1", in_call=False)
    assert isinstance(await uploader.hears(), State)
    stays = asyncio.create_task(client.link.end_session(timedelta(seconds=DEADLINE)))
    assert await uploader.hears() == State()  # nothing is being recorded any more: first of all
    assert await uploader.hears() == SessionEnds()
    assert not stays.done()
    await asyncio.to_thread(uploader.server.stop)
    await asyncio.wait_for(stays, DEADLINE)
    assert client.link.gone.is_set()


async def test_at_sign_off_an_uploader_that_stays_is_not_waited_for_beyond_the_limit(
    uploader: Uploader, client: Client
) -> None:
    await met(uploader, client)
    await asyncio.wait_for(client.link.end_session(timedelta(milliseconds=50)), DEADLINE)
    assert not client.link.gone.is_set()


async def test_at_sign_off_nobody_waits_for_an_uploader_that_is_away(client: Client) -> None:
    await asyncio.wait_for(client.link.gone.wait(), DEADLINE)
    client.link.gone.clear()  # so that only asking could tell
    await asyncio.wait_for(client.link.end_session(timedelta(days=1)), DEADLINE)


async def test_an_uploader_that_goes_is_noticed(uploader: Uploader, client: Client) -> None:
    await met(uploader, client)
    await asyncio.to_thread(uploader.server.stop)
    assert await client.posts() == UploadsChanged(
        connected=False, waiting=2, quarantined=0, problem=""
    )
    assert client.link.gone.is_set()


async def test_where_nobody_listens_that_is_known_at_once_and_no_news_yet(client: Client) -> None:
    await asyncio.wait_for(client.link.gone.wait(), DEADLINE)
    assert client.events.empty()  # it may be on its way: a word of it is due after 10 s


def test_the_uploader_is_started_with_our_own_python() -> None:
    assert uploader_command(("--config", "x"))[-4:] == ("-m", "uploader", "--config", "x")


async def test_an_order_said_twice_is_heard_once_and_another_centrals_first_one_too(
    uploader: Uploader, client: Client
) -> None:
    await met(uploader, client)
    for number in (40, 40, 1):  # the desk was enrolled anew: numbers begin at 1 again
        uploader.server.send(Ordered(order="pause", number=number))
    uploader.server.send(Ordered(order="resume", number=2))
    assert [await client.posts() for _ in range(3)] == [
        PauseAsked(Source.CENTRAL),
        PauseAsked(Source.CENTRAL),
        ResumeAsked(Source.CENTRAL),
    ]


async def test_what_uploads_wait_for_is_told_by_the_clock_on_the_wall(
    uploader: Uploader, client: Client
) -> None:
    await met(uploader, client)
    until = datetime.now(UTC) + timedelta(days=2)
    uploader.server.send(
        Uploads(
            waiting=2,
            quarantined=0,
            problem="",
            connected_to_central=True,
            held="schedule",
            until=until,
        )
    )
    told = await client.posts()
    assert isinstance(told, UploadsChanged)
    assert (told.held, told.until, told.until_today) == ("schedule", until, False)
    assert told.until is not None
    assert told.until.utcoffset() == until.astimezone().utcoffset()
