"""A session at API v2 over real HTTP: its cookie, its token, its listings and its orders."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from agent_client.core.call import AgentPresence, AgentState, RecordingState, WorkMode
from agent_client.core.events import AgentSignedIn, AgentStateChanged, CallChanged, Source
from agent_client.workspace.gws_session import (
    GwsSettings,
    MadeNoSenseError,
    NotLetInError,
    OutOfReachError,
    SignIn,
    VoiceOrder,
)
from agent_client.workspace.gws_v2 import GwsV2Session
from bench.stage.workspace import StageWorkspace
from bench.stage.workspace_shapes import Person, basic

_WHO = SignIn("", Person().user_name, Person().password)
_ME = {"statusCode": 0, "user": {"userName": "JohnSmith"}}
_READY = AgentState(AgentPresence.READY, WorkMode.UNKNOWN)


@asynccontextmanager
async def _signed_in(server: str) -> AsyncIterator[GwsV2Session]:
    session = await GwsV2Session.with_password(server, _WHO, GwsSettings())
    try:
        yield session
    finally:
        await session.close()


@asynccontextmanager
async def _answering(
    *answers: web.Response,
) -> AsyncIterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """A server that says these things, one after the other; and what was asked, with headers."""
    asked: list[tuple[str, dict[str, str]]] = []
    ahead = iter(answers)

    async def answer(request: web.Request) -> web.Response:
        asked.append((f"{request.method} {request.rel_url}", dict(request.headers)))
        return next(ahead)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()


async def test_the_password_is_sent_once_and_then_the_cookie_counts() -> None:
    first = web.json_response(_ME, headers={"Set-Cookie": "JSESSIONID=abc; Path=/; HttpOnly"})
    async with (
        _answering(first, web.json_response(_ME)) as (server, asked),
        _signed_in(server) as session,
    ):
        assert await session.initialize() == (AgentSignedIn("JohnSmith", Source.WORKSPACE),)
    (_, once), (_, afterwards) = asked
    assert once["Authorization"] == basic(_WHO.username, _WHO.password)
    assert "Authorization" not in afterwards
    assert afterwards["Cookie"] == "JSESSIONID=abc"


async def test_the_token_goes_with_every_post_in_the_header_that_the_server_names() -> None:
    named = {"X-CSRF-HEADER": "X-My-Token", "X-CSRF-TOKEN": "t1"}
    done = web.json_response({"statusCode": 0})
    async with (
        _answering(web.json_response(_ME, headers=named), done, web.json_response([])) as (
            server,
            asked,
        ),
        _signed_in(server) as session,
    ):
        await session.order("c1", VoiceOrder.PAUSE)
        await session.notify("connect", {"channel": "/meta/connect"}, 5)
    assert [headers.get("X-My-Token") for _, headers in asked] == [None, "t1", "t1"]


@pytest.mark.parametrize("name", ["", "Host", "Authorization", "X-CSRF\tTOKEN"])
async def test_a_token_gets_no_header_that_means_something_else(name: str) -> None:
    named = {"X-CSRF-HEADER": name, "X-CSRF-TOKEN": "t1"}
    done = web.json_response({"statusCode": 0})
    async with (
        _answering(web.json_response(_ME, headers=named), done) as (server, asked),
        _signed_in(server) as session,
    ):
        await session.order("c1", VoiceOrder.PAUSE)
    assert asked[1][1]["X-CSRF-TOKEN"] == "t1"


@pytest.mark.parametrize(
    ("status", "answer", "wanted"),
    [
        (401, {"statusCode": 20}, NotLetInError),
        (200, {"statusCode": 20, "statusMessage": "Access denied"}, NotLetInError),
        (403, {}, NotLetInError),
        (200, {"statusCode": 4}, MadeNoSenseError),
        (200, {"statusCode": 0}, MadeNoSenseError),
        (200, [], MadeNoSenseError),
        (302, {}, MadeNoSenseError),
        (503, {}, OutOfReachError),
    ],
)
async def test_answers_to_a_sign_in_are_sorted(
    status: int, answer: object, wanted: type[Exception]
) -> None:
    async with _answering(web.json_response(answer, status=status)) as (server, _):
        with pytest.raises(wanted) as caught:
            await GwsV2Session.with_password(server, _WHO, GwsSettings())
    assert type(caught.value) is wanted
    assert _WHO.password not in str(caught.value)


async def test_a_lost_cookie_wants_a_new_sign_in(workspace: StageWorkspace) -> None:
    async with _signed_in(workspace.url) as session:
        workspace.tokens.clear()
        with pytest.raises(NotLetInError):
            await session.initialize()
        with pytest.raises(NotLetInError):
            await session.renew()


@pytest.mark.parametrize("order", list(VoiceOrder))
async def test_each_order_reaches_workspace(workspace: StageWorkspace, order: VoiceOrder) -> None:
    agent = workspace.agent()
    call = agent.ring()
    agent.answer(call, record=order is not VoiceOrder.START)
    if order is VoiceOrder.RESUME:
        agent.pause_recording(call)
    async with _signed_in(workspace.url) as session:
        await session.listing(0)  # so that it knows by what name the call is addressed
        await session.order(call.connection_id, order)
    assert workspace.asked[-1] == f"POST /api/v2/me/calls/{call.call_id}"


async def test_an_order_that_is_not_accepted_makes_no_sense(workspace: StageWorkspace) -> None:
    async with _signed_in(workspace.url) as session:
        with pytest.raises(MadeNoSenseError):
            await session.order("no-such-call", VoiceOrder.PAUSE)


async def test_a_listing_tells_of_calls_and_agent(workspace: StageWorkspace) -> None:
    agent = workspace.agent()
    call = agent.ring()
    agent.answer(call)
    agent.pause_recording(call)
    async with _signed_in(workspace.url) as session:
        listed, state = await session.listing(5)
    assert listed.asked_after == 5
    assert [(one.call_id, one.recording) for one in listed.calls] == [
        (call.call_id, RecordingState.PAUSED)
    ]
    assert state == AgentStateChanged(_READY, Source.WORKSPACE, resent=True)


async def test_calls_are_listed_even_if_devices_are_not() -> None:
    calls = web.json_response({"statusCode": 0, "calls": []})
    async with (
        _answering(
            web.json_response(_ME), calls, web.json_response({"statusCode": 6}, status=404)
        ) as (server, asked),
        _signed_in(server) as session,
    ):
        listed, state = await session.listing(0)
    assert (listed.calls, state) == ((), None)
    assert [line for line, _ in asked[1:]] == [
        "GET /api/v2/me/calls?fields=*",
        "GET /api/v2/me/devices?fields=*",
    ]


def _device(name: str, state: str) -> dict[str, object]:
    devices = [{"id": name, "userState": {"state": state}}]
    return {
        "channel": "/v2/me/devices",
        "data": {"messageType": "DeviceStateChangeMessage", "devices": devices},
    }


async def test_a_second_device_that_logs_out_logs_nobody_out() -> None:
    session = GwsV2Session("http://127.0.0.1:9", GwsSettings())
    assert session.read(_device("a", "Ready")) == (
        AgentStateChanged(_READY, Source.WORKSPACE, resent=True),
    )
    assert session.read(_device("b", "LoggedOut")) == ()
    assert session.read(_device("a", "Ready")) == ()  # its forwarding changed, or the like
    (event,) = session.read(_device("a", "LoggedOut"))
    assert isinstance(event, AgentStateChanged)
    assert event.state.presence is AgentPresence.LOGGED_OUT
    await session.close()


async def test_what_a_device_says_while_devices_are_listed_is_newer() -> None:
    listed = {"statusCode": 0, "devices": [{"id": "a", "userState": {"state": "Ready"}}]}
    async with (
        _answering(
            web.json_response(_ME),
            web.json_response({"statusCode": 0, "calls": []}),
            web.json_response(listed),
        ) as (server, asked),
        _signed_in(server) as session,
    ):
        listing = asyncio.create_task(session.listing(0))
        async with asyncio.timeout(20):
            while len(asked) < 2:  # noqa: ASYNC110 -- the server has no event for it
                await asyncio.sleep(0)
        assert len(session.read(_device("a", "LoggedOut"))) == 1
        _, state = await listing
        assert state is None
        assert session.read(_device("b", "LoggedOut")) == ()  # still logged out at both


async def test_a_state_that_was_listed_may_be_said_again() -> None:
    """Whether a listing's word was passed on is not for the session to know."""
    ready = {"statusCode": 0, "devices": [{"id": "a", "userState": {"state": "Ready"}}]}
    async with (
        _answering(
            web.json_response(_ME),
            web.json_response({"statusCode": 0, "calls": []}),
            web.json_response(ready),
        ) as (server, _),
        _signed_in(server) as session,
    ):
        (busy,) = session.read(_device("a", "NotReady"))
        _, listed = await session.listing(0)
        assert listed == AgentStateChanged(_READY, Source.WORKSPACE, resent=True)
        assert session.read(_device("a", "NotReady")) == (busy,)


async def test_a_listing_that_says_the_same_makes_no_news_of_what_a_device_says_again() -> None:
    """Between the release and after-call work, the state of before would end the recording."""
    ready = {"statusCode": 0, "devices": [{"id": "a", "userState": {"state": "Ready"}}]}
    async with (
        _answering(
            web.json_response(_ME),
            web.json_response({"statusCode": 0, "calls": []}),
            web.json_response(ready),
        ) as (server, _),
        _signed_in(server) as session,
    ):
        assert len(session.read(_device("a", "Ready"))) == 1
        await session.listing(0)
        assert session.read(_device("a", "Ready")) == ()


async def test_names_of_old_calls_are_forgotten() -> None:
    session = GwsV2Session("http://127.0.0.1:9", GwsSettings())
    for number in range(1000):
        call = {"id": f"u{number}", "connId": f"c{number}", "callUuid": "u", "state": "Ringing"}
        (event,) = session.read(
            {
                "channel": "/v2/me/calls",
                "data": {"messageType": "CallStateChangeMessage", "call": call},
            }
        )
        assert isinstance(event, CallChanged)
    assert len(session._addresses) == 256
    assert session._addresses["c999"] == "u999"
    await session.close()
