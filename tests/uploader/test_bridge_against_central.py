"""A page inside Workspace and the client, through central and the uploader: no loopback anywhere.

Both programs are real; the page is what its script does, and the client is the desk socket's end.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from agent_client.engine import monotonic
from agent_client.workspace.bridge_relay import BridgeRelay
from agent_client.workspace.bridge_talk import BridgeTalk
from contract.selection import decide
from tests.agent_client.workspace.test_bridge_messages import an_interaction
from tests.central.serving import Central
from tests.uploader.desk_program import Desk, until
from uploader.desk import (
    Answered,
    BridgeGone,
    Decided,
    DeskClient,
    FromBridge,
    FromUploader,
    Hello,
    Kept,
    NoticeRead,
    Ordered,
    PagePaired,
    PairPage,
    State,
    ToBridge,
)

pytestmark = pytest.mark.e2e

PATIENCE = 60.0
PAUSE = {"kind": "ask", "ask": 1, "want": "pause"}
JOHN = {"kind": "agent", "agent": {"employeeId": "JohnSmith"}}
CALL = {"kind": "call", "interaction": an_interaction()}


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    central = Central(tmp_path / "data", "worker_inline = false\n")
    central.start()
    yield central
    central.kill()


@pytest.fixture
def desk(tmp_path: Path, central: Central, keyring_session: dict[str, str]) -> Desk:
    return Desk(tmp_path, central.url, central.first["enrolment_token"], keyring_session)


class Page:
    """What the page's script does."""

    def __init__(self, central: Central, token: str = "") -> None:
        self.base = f"{central.url}/bridge/relay/v1"
        self.session = requests.Session()
        self.page = str(uuid.uuid4())
        asked = {"page": self.page, "token": token}
        told = self.session.post(f"{self.base}/pair", json=asked, timeout=PATIENCE).json()
        self.token, self.code = told["token"], told.get("code", "")
        self.session.headers["Authorization"] = f"Bearer {self.token}"

    def says(self, first: int, *said: object) -> int:
        body = {"first": first, "said": said}
        return self.session.post(f"{self.base}/said", json=body, timeout=PATIENCE).status_code

    def shown(self, after: int = 0) -> requests.Response:
        return self.session.get(f"{self.base}/state?after={after}", timeout=PATIENCE)

    def is_told(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask for the state, as the script does all the time, until it is such a one."""
        deadline, number = time.monotonic() + PATIENCE, 0
        while time.monotonic() < deadline:
            answer = self.shown(number)
            if answer.status_code == 200:
                state: dict[str, Any] = answer.json()
                if fits(state):
                    return state
                number = state["number"]
        raise AssertionError("the page is told nothing of it")


class Client:
    """The client's end of the desk socket, and when it heard what."""

    def __init__(self, desk: Desk) -> None:
        self.heard: list[tuple[float, FromUploader]] = []
        self.gone = asyncio.Event()
        self.link = DeskClient(
            str(desk.state),
            Hello(version="1", pid=os.getpid()),
            heard=self._heard,
            touched=self._touched,
        )
        self.talk = BridgeTalk(lambda _event: None, lambda _wish: Future(), lambda: 0, monotonic)
        self.relay = BridgeRelay(self.talk, self.link.send, self.gone, look=0.05)

    def _heard(self, message: FromUploader) -> None:
        self.heard.append((time.monotonic(), message))
        self.relay.heard(message)

    def _touched(self, there: bool) -> None:  # noqa: FBT001  # as DeskClient calls it
        (self.gone.clear if there else self.gone.set)()

    async def hears(self, fits: Callable[[FromUploader], bool]) -> tuple[float, FromUploader]:
        async with asyncio.timeout(PATIENCE):
            while True:
                for one in self.heard:
                    if fits(one[1]):
                        return one
                await asyncio.sleep(0.01)

    async def words(self, page: str, count: int) -> list[tuple[float, FromBridge]]:
        """The first so many things that this page said."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = [
                    (at, one)
                    for at, one in self.heard
                    if isinstance(one, FromBridge) and one.page == page
                ]
                if len(found) >= count:
                    return found
                await asyncio.sleep(0.01)


@asynccontextmanager
async def client_of(desk: Desk) -> AsyncIterator[Client]:
    client = Client(desk)
    task = asyncio.create_task(client.link.run())
    yield client
    await client.link.goodbye()
    await task


@asynccontextmanager
async def talkative_client_of(desk: Desk) -> AsyncIterator[Client]:
    """It answers the page as the client does, and at the end it crashes."""
    client = Client(desk)
    tasks = [asyncio.create_task(one.run()) for one in (client.link, client.relay)]
    try:
        yield client
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        client.talk.close()


async def types(client: Client, code: str) -> FromUploader:
    """The agent types a code; what became of it."""
    async with asyncio.timeout(PATIENCE):
        while not client.link.send(PairPage(code=code)):  # noqa: ASYNC110  # as it comes
            await asyncio.sleep(0.05)
    return (await client.hears(lambda one: isinstance(one, PagePaired)))[1]


async def paired(client: Client, page: Page) -> None:
    assert await types(client, page.code) == PagePaired(paired=True)


async def test_a_pause_pressed_in_the_page_is_at_the_client_within_a_second_and_shown_back(
    desk: Desk, central: Central
) -> None:
    with desk.running():
        async with client_of(desk) as client:
            await asyncio.to_thread(until, (desk.state / "policy.json").exists)
            page = await asyncio.to_thread(Page, central)
            await paired(client, page)
            took = []
            for number in range(1, 6):
                said_at = time.monotonic()
                assert await asyncio.to_thread(page.says, number, PAUSE) == 200
                heard = await client.words(page.page, number)
                took.append(heard[-1][0] - said_at)
            assert [json.loads(one.body)["said"] for _, one in heard] == [[PAUSE]] * 5
            assert sorted(took)[len(took) // 2] < 1  # the machine may be busy once
            state = {"number": 9, "page": page.page, "mood": "paused", "may_resume": True}
            told_at = time.monotonic()
            client.link.send(ToBridge(page=page.page, body=json.dumps(state)))
            answer = await asyncio.to_thread(page.shown)
            assert answer.json() == state
            assert time.monotonic() - told_at < PATIENCE


async def test_the_conversation_goes_on_after_central_and_the_uploader_were_killed(
    desk: Desk, central: Central
) -> None:
    async with client_of(desk) as client:
        with desk.running() as uploader:
            await asyncio.to_thread(until, (desk.state / "policy.json").exists)
            page = await asyncio.to_thread(Page, central)
            await paired(client, page)
            await asyncio.to_thread(page.says, 1, PAUSE)
            await client.words(page.page, 1)
            client.link.send(ToBridge(page=page.page, body='{"number": 3, "mood": "paused"}'))
            await asyncio.to_thread(central.kill)
            await asyncio.to_thread(central.start)
            assert (await asyncio.to_thread(page.shown)).status_code == 401
            again = await asyncio.to_thread(self_paired, central, page.token)
            assert await asyncio.to_thread(again.says, 1, PAUSE) == 200
            await client.words(again.page, 1)
            answer = await asyncio.to_thread(again.shown)
            assert answer.json() == {"number": 3, "mood": "paused"}  # the uploader said it again
            uploader.kill()
            uploader.wait(PATIENCE)
        with desk.running():
            assert await asyncio.to_thread(again.says, 2, PAUSE) == 200
            await client.words(again.page, 2)
            await asyncio.to_thread(again.says, 3, {"kind": "bye"})
            await client.hears(lambda one: one == BridgeGone(page=again.page))


@pytest.mark.parametrize("anew", ["client", "uploader", "both"])
async def test_whoever_comes_anew_has_a_page_list_that_says_nothing(
    desk: Desk, central: Central, anew: str
) -> None:
    async with AsyncExitStack() as clients:
        with ExitStack() as uploaders:
            uploader = uploaders.enter_context(desk.running())
            client = await clients.enter_async_context(talkative_client_of(desk))
            await asyncio.to_thread(until, (desk.state / "policy.json").exists)
            page = await asyncio.to_thread(Page, central)
            await paired(client, page)
            assert await asyncio.to_thread(page.says, 1, JOHN, CALL) == 200
            await client.words(page.page, 1)
            before = client.talk.now()
            await asyncio.to_thread(page.is_told, lambda state: state["number"] >= before.number)
            if anew != "client":
                uploader.kill()
                await asyncio.to_thread(uploader.wait, PATIENCE)
            if anew != "uploader":
                await clients.aclose()
                client = await clients.enter_async_context(talkative_client_of(desk))
            else:
                async with asyncio.timeout(PATIENCE):
                    while client.talk.is_here:  # noqa: ASYNC110  # until it sees that nobody is there
                        await asyncio.sleep(0.01)
            if anew != "client":
                uploaders.enter_context(desk.running())
            told = await asyncio.to_thread(
                page.is_told, lambda state: bool(state["listing"] != before.listing)
            )
            assert told["page"] == page.page
            listed = {"kind": "calls", "interactions": []}
            assert await asyncio.to_thread(page.says, 3, listed) == 200
            await client.hears(lambda one: isinstance(one, FromBridge) and "calls" in one.body)
            assert await asyncio.to_thread(page.says, 4, {"kind": "bye"}) == 200
            await client.hears(lambda one: one == BridgeGone(page=page.page))


def self_paired(central: Central, token: str) -> Page:
    """The page loaded anew, once its desk is back: no code is needed.

    Each time with the newest token, as the script does: central knows a desk's last twenty.
    """
    deadline = time.monotonic() + PATIENCE
    while (page := Page(central, token)).code:
        assert time.monotonic() < deadline
        token = page.token
        time.sleep(0.2)
    return page


async def test_a_wrong_code_is_told_so(desk: Desk, central: Central) -> None:
    with desk.running():
        async with client_of(desk) as client:
            await asyncio.to_thread(until, (desk.state / "policy.json").exists)
            page = await asyncio.to_thread(Page, central)
            wrong = "00000000" if page.code != "00000000" else "11111111"
            assert await types(client, wrong) == PagePaired(paired=False, reason="wrong-code")


async def test_states_decisions_notices_and_answers_reach_central(
    desk: Desk, central: Central
) -> None:
    now = datetime.now(UTC)
    with desk.running():
        async with client_of(desk) as client:
            await asyncio.to_thread(until, (desk.state / "policy.json").exists)
            body = json.loads((desk.state / "policy.json").read_text())["body"]
            salt = body["selection"]["salt"]
            redone = decide("call-1", Decimal(100), salt)
            client.link.send(
                Decided(
                    call_id="call-1",
                    agent_id="a1",
                    at=now,
                    selected=True,
                    bucket=redone.bucket,
                    percentage=Decimal(100),
                    salt=salt,
                    policy_version=body["version"],
                )
            )
            client.link.send(NoticeRead(version="2026-1", agent_id="a1", at=now))
            client.link.send(
                State(agent_id="a1", in_call=True, call_id="call-1", doing="recording", since=now)
            )
            await client.hears(lambda one: one == Kept(key="decided/call-1/a1/0"))
            await client.hears(lambda one: one == Kept(key="notice/2026-1/a1"))
            await asyncio.to_thread(until, lambda: central.audit("agent:notice-read"))
            [entry] = central.audit("call:decided")
            assert (entry["subject"], entry["details"]["fault"]) == ("call-1", "")
            identity = json.loads((desk.state / "identity.json").read_text())
            ordered = await asyncio.to_thread(
                central.run, "order", "pause", "--device", identity["device_id"], "--json"
            )
            await client.hears(lambda one: isinstance(one, Ordered))
            client.link.send(Answered(number=ordered["number"], granted=True))
            await asyncio.to_thread(until, lambda: central.audit("desk:order-answered"))
            verified = await asyncio.to_thread(central.run, "decisions", "verify", "--json")
            assert verified["differences"] == []
