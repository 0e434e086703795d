"""The bridge's door, asked as a browser would ask it, at the real loopback endpoint."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_client.core.events import AgentSignedIn, Source, TouchLost, TouchRegained
from agent_client.core.verdict import GRANTED, Verdict
from agent_client.workspace.bridge import BridgeDoor, central_of, origin_of
from agent_client.workspace.bridge_talk import BridgeTalk, Pace
from agent_client.workspace.loopback import Loopback
from bench.stage.workspace import StageWorkspace
from contract.bridge import BODY_BYTES, ToPage
from contract.desk_config import IDENTITY
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.loopback_staging import PAGE as WORKSPACE_ITSELF
from tests.agent_client.workspace.loopback_staging import ask, endpoint_for, later

CENTRAL = "https://central.example.com"
BYE = {"first": 1, "said": [{"kind": "bye"}]}
_NO_LISTINGS = Pace(again=3600, every=3600)
JOHN = {"first": 1, "said": [{"kind": "agent", "agent": {"employeeId": "JohnSmith"}}]}


@dataclass
class Browser:
    """One page of central's, and where it asks."""

    loopback: Loopback
    talk: BridgeTalk
    token: str = ""
    origin: str | None = CENTRAL

    async def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        if self.origin is not None:
            headers["Origin"] = self.origin
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else b""
        return await ask(self.loopback, method, f"/bridge/v1/{path}", headers=headers, data=data)

    async def pair(self, page: str = "p1") -> Browser:
        status, _, paired = await self.ask("POST", "pair", {"page": page})
        assert status == 200
        return Browser(self.loopback, self.talk, paired["token"])


def _granted(_: object) -> Future[Verdict]:
    answer: Future[Verdict] = Future()
    answer.set_result(GRANTED)
    return answer


@asynccontextmanager
async def browser_for(
    workspace: StageWorkspace,
    inbox: Inbox,
    central: str = f"{CENTRAL}/",
    *,
    held: float = 20.0,
    silent: float = 60.0,
) -> AsyncIterator[Browser]:
    talk = BridgeTalk(inbox.post, _granted, inbox.taken, timedelta, _NO_LISTINGS)
    door = BridgeDoor(talk, lambda: central, held=held, silent=silent)
    async with endpoint_for(workspace, inbox, doors=[door]) as loopback:
        del inbox.events[:]  # what the endpoint itself has to say
        yield Browser(loopback, talk)
    door.close()
    talk.close()


@pytest.fixture
async def browser(workspace: StageWorkspace, inbox: Inbox) -> AsyncIterator[Browser]:
    async with browser_for(workspace, inbox) as browser:
        yield browser


async def test_the_page_finds_the_client(browser: Browser) -> None:
    status, headers, hello = await browser.ask("GET", "hello")
    assert (status, hello) == (200, {"program": "twinreel-agent", "bridge": 1})
    assert headers["Access-Control-Allow-Origin"] == CENTRAL
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "*",
        "https://evil.example.com",
        "http://central.example.com",
        "https://central.example.com:8443",
        "https://central.example.com.evil.example",
        "https://CENTRAL.example.com",
        WORKSPACE_ITSELF,
    ],
)
async def test_nobody_but_centrals_page_is_let_in(
    browser: Browser, inbox: Inbox, origin: str | None
) -> None:
    page = await browser.pair()
    del inbox.events[:]
    page.origin = origin
    for method, path in (
        ("GET", "hello"),
        ("POST", "pair"),
        ("POST", "said"),
        ("GET", "state"),
        ("OPTIONS", "pair"),
    ):
        status, headers, _ = await page.ask(method, path, JOHN if method == "POST" else None)
        assert status == 403
        assert "Access-Control-Allow-Origin" not in headers
    assert inbox.events == []


async def test_before_the_desk_is_enrolled_nobody_is_let_in(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with browser_for(workspace, inbox, central="") as browser:
        for origin in (CENTRAL, ""):
            browser.origin = origin
            status, _, _ = await browser.ask("GET", "hello")
            assert status == 403


async def test_a_preflight_is_answered_as_browsers_ask(browser: Browser) -> None:
    asked = {"Access-Control-Request-Local-Network": "true"}
    status, headers, _ = await browser.ask("OPTIONS", "said", **asked)
    assert status == 204
    assert headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    assert headers["Access-Control-Allow-Local-Network"] == "true"
    assert headers["Access-Control-Allow-Origin"] == CENTRAL


async def test_a_paired_page_is_listened_to(browser: Browser, inbox: Inbox) -> None:
    page = await browser.pair()
    assert (await page.ask("POST", "said", JOHN))[::2] == (200, {"next": 2})
    assert inbox.events == [TouchRegained(Source.BRIDGE), AgentSignedIn("JohnSmith", Source.BRIDGE)]


@pytest.mark.parametrize("token", ["", "wrong", "wrong\xe9", "x" * 4000])
async def test_without_its_token_no_page_is(browser: Browser, inbox: Inbox, token: str) -> None:
    await browser.pair()
    browser.token = token
    assert (await browser.ask("POST", "said", JOHN))[0] == 401
    assert (await browser.ask("GET", "state?after=0"))[0] == 401
    assert inbox.events == []


async def test_a_newer_page_takes_over_at_once(browser: Browser, inbox: Inbox) -> None:
    first = await browser.pair("p1")
    number = (await first.ask("GET", "state?after=-1"))[2]["number"]
    waiting = asyncio.create_task(first.ask("GET", f"state?after={number}"))
    second = await browser.pair("p2")
    assert (await asyncio.wait_for(waiting, 20))[0] == 409
    assert (await first.ask("POST", "said", JOHN))[0] == 409
    assert inbox.events == []
    assert (await second.ask("POST", "said", JOHN))[0] == 200


async def test_a_page_that_did_not_hear_the_answer_pairs_again(browser: Browser) -> None:
    lost = await browser.pair("p1")
    again = await browser.pair("p1")
    assert (await again.ask("POST", "said", JOHN))[0] == 200
    assert (await lost.ask("POST", "said", JOHN))[0] == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{}", 422),
        (b"\xff\xfe", 422),
        (b"[" * 9000, 422),
        ({"first": 1, "said": [{"kind": "secret"}]}, 422),
        (b" " * (BODY_BYTES + 1), 413),
        (b" " * 100_000, 413),
    ],
)
async def test_what_no_page_says_is_refused_and_harms_nothing(
    browser: Browser, inbox: Inbox, body: object, status: int
) -> None:
    page = await browser.pair()
    found, _, answer = await page.ask("POST", "said", body)
    assert found == status
    assert "secret" not in json.dumps(answer)
    assert (await page.ask("POST", "said", JOHN))[0] == 200
    assert AgentSignedIn("JohnSmith", Source.BRIDGE) in inbox.events


@pytest.mark.parametrize("body", [b"", b"{}", {"page": ""}, {"page": "x" * 200}, {"page": 1}])
async def test_a_page_without_a_name_is_not_paired(browser: Browser, body: object) -> None:
    assert (await browser.ask("POST", "pair", body))[0] == 422


async def test_the_state_is_told_at_once_when_it_changes(browser: Browser) -> None:
    page = await browser.pair()
    first = (await page.ask("GET", "state?after=-1"))[2]
    waiting = asyncio.create_task(page.ask("GET", f"state?after={first['number']}"))
    await page.ask(
        "POST", "said", {"first": 1, "said": [{"kind": "ask", "ask": 1, "want": "pause"}]}
    )
    status, _, state = await asyncio.wait_for(waiting, 20)
    assert status == 200
    assert state["answers"] == [{"ask": 1, "granted": True, "reason": "", "text": ""}]


@pytest.mark.parametrize("after", ["", "x", "-5", "9" * 40])
async def test_who_asks_after_nonsense_is_told_the_state(browser: Browser, after: str) -> None:
    page = await browser.pair()
    assert (await page.ask("GET", f"state?after={after}"))[0] == 200


async def test_without_news_the_page_is_let_go(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with browser_for(workspace, inbox, held=0.05) as browser:
        page = await browser.pair()
        number = (await page.ask("GET", "state?after=-1"))[2]["number"]
        assert (await page.ask("GET", f"state?after={number}"))[0] == 204


async def test_a_silent_page_is_out_of_touch_until_it_speaks(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with browser_for(workspace, inbox, silent=0.1) as browser:
        page = await browser.pair()
        await page.ask("POST", "said", JOHN)
        await inbox.until(lambda events: TouchLost(Source.BRIDGE) in events)
        del inbox.events[:]
        assert (await page.ask("GET", "state?after=-1"))[0] == 200
        await inbox.until(lambda events: TouchRegained(Source.BRIDGE) in events)


async def test_a_page_that_waits_for_news_is_not_silent(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with browser_for(workspace, inbox, held=100.0, silent=20.0) as browser:
        page = await browser.pair()
        await page.ask("POST", "said", JOHN)
        number = (await page.ask("GET", "state?after=-1"))[2]["number"]
        state, waits = browser.talk.state, asyncio.Event()

        async def waited_for(after: int, held: float) -> ToPage | None:
            waits.set()
            return await state(after, held)

        browser.talk.state = waited_for  # type: ignore[method-assign]
        waiting = asyncio.create_task(page.ask("GET", f"state?after={number}"))
        await asyncio.wait_for(waits.wait(), 30)
        for _ in range(3):
            later(21)
            assert (await page.ask("GET", "hello"))[0] == 200
        assert TouchLost(Source.BRIDGE) not in inbox.events
        assert not waiting.done()
        later(40)
        assert (await waiting)[0] == 204


async def test_a_page_that_hung_up_is_silent(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with browser_for(workspace, inbox, silent=0.1) as browser:
        page = await browser.pair()
        await page.ask("POST", "said", JOHN)
        number = (await page.ask("GET", "state?after=-1"))[2]["number"]
        waiting = asyncio.create_task(page.ask("GET", f"state?after={number}"))
        await asyncio.sleep(0)
        waiting.cancel()
        await inbox.until(lambda events: TouchLost(Source.BRIDGE) in events)


async def test_a_page_that_is_closed_says_so(browser: Browser, inbox: Inbox) -> None:
    page = await browser.pair()
    await page.ask("POST", "said", JOHN)
    await page.ask("POST", "said", {**BYE, "first": 2})
    assert inbox.events[-1] == TouchLost(Source.BRIDGE)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://central.example.com", "https://central.example.com"),
        ("https://Central.Example.com:443/", "https://central.example.com"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://central.example.com:x", ""),
        ("ftp://central.example.com", ""),
        ("", ""),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_central_is_where_this_desk_enrolled(tmp_path: Path) -> None:
    assert central_of(tmp_path) == ""
    identity = tmp_path / IDENTITY
    identity.write_text('{"device_id": "d", "root_key": "k", "central_url": "https://c"}')
    assert central_of(tmp_path) == "https://c"
    identity.write_text("{")
    assert central_of(tmp_path) == ""
