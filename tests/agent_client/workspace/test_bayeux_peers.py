"""Long polling against Bayeux servers by others: CometD's own for Node.js, and Faye."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from agent_client.core.call import CallState
from agent_client.core.events import AgentSignedOut, CallChanged, Event, Source, TouchLost
from agent_client.workspace.cometd import CometD, Pace
from agent_client.workspace.gws_session import GwsSettings, SignIn
from agent_client.workspace.gws_v2 import GwsV2Session
from bench.stage.workspace_shapes import Person
from tests.agent_client.workspace.bayeux_staging import Peer, node_modules, peer
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.gws_staging import V2, in_touch, listings, talking_to

_PACE = Pace(first_back_off=0.02, last_back_off=0.2, settled_after=0.2, list_every=60.0)
_RINGING = {"id": "u1", "callUuid": "u1", "connId": "c1", "state": "Ringing"}
_TALKING = {**_RINGING, "state": "Established"}


@pytest.fixture(scope="session")
def modules() -> Path:
    return node_modules()


@pytest.fixture(params=["cometd", "faye"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def _listening(server: Peer, inbox: Inbox, pace: Pace = _PACE) -> AsyncIterator[None]:
    async with talking_to(server.url, inbox, V2, pace):
        await inbox.until(in_touch)
        await server.until(lambda _: server.count("/meta/connect") >= 2)  # one is held
        yield


def _heard(events: list[Event]) -> list[CallState]:
    return [event.call.state for event in events if isinstance(event, CallChanged)]


async def test_a_call_is_heard(kind: str, modules: Path, inbox: Inbox) -> None:
    async with peer(kind, modules) as server, _listening(server, inbox):
        await server.publish(**_RINGING)
        await server.publish(**_TALKING)
        await inbox.until(lambda e: _heard(e) == [CallState.RINGING, CallState.ESTABLISHED])
    assert TouchLost(Source.WORKSPACE) not in inbox.events
    assert server.count("/meta/handshake") == 1
    subscribed = [m["subscription"] for m in server.heard if m["channel"] == "/meta/subscribe"]
    assert subscribed == ["/v2/me/calls", "/v2/me/devices"]


async def test_it_takes_leave(kind: str, modules: Path, inbox: Inbox) -> None:
    async with peer(kind, modules) as server:
        async with _listening(server, inbox):
            pass
        await server.until(lambda _: server.count("/meta/disconnect") == 1)


async def test_a_server_that_is_started_again_is_found_again(
    kind: str, modules: Path, inbox: Inbox
) -> None:
    async with peer(kind, modules) as server, _listening(server, inbox):
        await server.publish(**_RINGING)
        await inbox.until(lambda e: len(_heard(e)) == 1)
        await server.stop()
        await inbox.until(lambda e: TouchLost(Source.WORKSPACE) in e)
        await server.start()
        await server.order("list", [_TALKING])  # what happened meanwhile
        await inbox.until(lambda e: len(listings(e)) >= 2)
        await server.publish(**_TALKING, mute="On")
        await inbox.until(lambda e: len(_heard(e)) == 2)
    assert server.count("/meta/handshake") == 2
    assert AgentSignedOut(Source.WORKSPACE) not in inbox.events


async def test_a_server_that_forgets_us_gets_another_handshake(
    kind: str, modules: Path, inbox: Inbox
) -> None:
    async with peer(kind, modules) as server, _listening(server, inbox):
        await server.order("forget")
        await server.order("cut")
        await server.until(lambda _: server.count("/meta/handshake") == 2)
        await inbox.until(lambda e: len(listings(e)) >= 2)
        await server.until(lambda _: server.heard[-1]["channel"] == "/meta/connect")
        await server.publish(**_RINGING)
        await inbox.until(lambda e: len(_heard(e)) == 1)


async def test_a_server_that_sends_us_away_gets_another_handshake(
    modules: Path, inbox: Inbox
) -> None:
    async with peer("cometd", modules) as server, _listening(server, inbox):
        await server.order("send-away")
        await server.until(lambda _: server.count("/meta/handshake") == 2)
        await inbox.until(lambda e: len(listings(e)) >= 2)


async def test_a_connection_that_is_cut_is_taken_up_again(
    kind: str, modules: Path, inbox: Inbox
) -> None:
    options = {"timeout": 5} if kind == "faye" else {}  # for which it holds what was cut off
    async with peer(kind, modules, **options) as server, _listening(server, inbox):
        await server.order("cut")
        await inbox.until(lambda e: TouchLost(Source.WORKSPACE) in e and len(listings(e)) >= 2)
        await server.publish(**_RINGING)
        await inbox.until(lambda e: len(_heard(e)) == 1)
    assert server.count("/meta/handshake") == 1


async def test_silence_is_no_loss(kind: str, modules: Path, inbox: Inbox) -> None:
    """A server answers a connect with nothing when its time is up."""
    # Seconds, and milliseconds. Faye forgets who does not come back within twice as long.
    timeout, connects = (6, 4) if kind == "faye" else (300, 5)
    async with peer(kind, modules, timeout=timeout) as server, _listening(server, inbox):
        await server.until(lambda _: server.count("/meta/connect") >= connects)
        await server.publish(**_RINGING)
        await inbox.until(lambda e: len(_heard(e)) == 1)
    assert TouchLost(Source.WORKSPACE) not in inbox.events
    assert server.count("/meta/handshake") == 1


async def test_the_interval_that_is_advised_is_kept(modules: Path, inbox: Inbox) -> None:
    options = {"timeout": 50, "interval": 400, "maxInterval": 60_000}
    async with peer("cometd", modules, **options) as server, _listening(server, inbox):
        await server.until(lambda _: server.count("/meta/connect") >= 4)
    at = [message["at"] for message in server.heard if message["channel"] == "/meta/connect"]
    assert all(later - sooner >= 390 for sooner, later in pairwise(at))


async def test_what_was_in_a_lost_answer_is_sent_again(modules: Path, inbox: Inbox) -> None:
    """With CometD's extension for acknowledged messages; no listing tells of the call."""
    async with peer("cometd", modules, ack=True) as server, _listening(server, inbox):
        await server.publish(**_RINGING)
        await inbox.until(lambda e: len(_heard(e)) == 1)
        await server.order("lose")
        await server.publish(**_TALKING)
        await inbox.until(lambda e: CallState.ESTABLISHED in _heard(e))
        await server.publish(**{**_TALKING, "state": "Held"})
        await inbox.until(lambda e: CallState.HELD in _heard(e))
    assert _heard(inbox.events) == [CallState.RINGING, CallState.ESTABLISHED, CallState.HELD]
    assert all(not listed.calls for listed in listings(inbox.events))
    assert server.count("/meta/handshake") == 1


async def test_what_was_in_a_lost_answer_is_found_in_the_next_listing(
    kind: str, modules: Path, inbox: Inbox
) -> None:
    """Without the extension the message is gone; the call is not."""
    async with peer(kind, modules) as server, _listening(server, inbox):
        await server.order("list", [_TALKING])
        await server.order("lose")
        await server.publish(**_TALKING)
        await inbox.until(lambda e: any(listed.calls for listed in listings(e)))
    assert _heard(inbox.events) == []


async def test_a_new_handshake_does_not_wait_for_a_connect_that_was_given_up(
    modules: Path, inbox: Inbox
) -> None:
    """The server holds one connect of a browser at a time, and does not see that ours is gone."""
    person = Person()
    async with peer("cometd", modules, multiSessionInterval=60_000) as server:
        who = SignIn(server.url, person.user_name, person.password)
        session = await GwsV2Session.with_password(server.url, who, GwsSettings())
        try:
            await _a_call_is_heard(server, session, inbox)
            await _a_call_is_heard(server, session, Inbox())
        finally:
            await session.close()


async def _a_call_is_heard(server: Peer, session: GwsV2Session, inbox: Inbox) -> None:
    """Until a connect is held that nobody waits for any more."""
    before = server.count("/meta/connect")
    talk = asyncio.create_task(CometD(session, inbox.post, inbox.taken, _PACE).run())
    await server.until(lambda _: server.count("/meta/connect") >= before + 2)
    await server.publish(**_RINGING)
    await inbox.until(lambda e: len(_heard(e)) == 1)
    await server.until(lambda _: server.count("/meta/connect") >= before + 3)
    talk.cancel()
    await asyncio.gather(talk, return_exceptions=True)
