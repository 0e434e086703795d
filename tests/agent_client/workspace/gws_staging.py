"""Listening to Workspace in tests: either API of the stand-in, over real HTTP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NoReturn

from agent_client.core.call import CallState, RecordingState
from agent_client.core.events import CallChanged, CallsListed, Event
from agent_client.workspace.cometd import CometD, Pace
from agent_client.workspace.gws_session import GwsSettings, NotLetInError, SignIn
from agent_client.workspace.gws_v2 import GwsV2Session
from agent_client.workspace.gws_v3 import GwsV3Session
from bench.stage.workspace import StageWorkspace
from bench.stage.workspace_shapes import Person
from tests.agent_client.workspace.conftest import Inbox

PACE = Pace(
    first_back_off=0.02,
    last_back_off=0.2,
    request=60.0,
    complete_within=60.0,
    settled_after=0.2,
    list_every=300.0,
)
SETTINGS = GwsSettings(client_id="twinreel")


@dataclass(frozen=True)
class Api:
    """One of the two that Genesys has: the conversation is the same."""

    kind: type[GwsV3Session | GwsV2Session]
    signs_in: frozenset[str]  # requests, as the stand-in counts them
    begin: str
    listing: str
    lists: frozenset[str]
    notifications: str
    subscribe: str
    calls: str  # channel
    afterwards: tuple[tuple[CallState, RecordingState | None], ...]  # of a call after its release


V3 = Api(
    kind=GwsV3Session,
    signs_in=frozenset({"POST /auth/v3/oauth/token"}),
    begin="POST /workspace/v3/initialize-workspace",
    listing="GET /workspace/v3/current-session",
    lists=frozenset({"GET /workspace/v3/current-session"}),
    notifications="POST /workspace/v3/notifications",
    subscribe="POST /workspace/v3/notifications/subscribe",
    calls="/workspace/v3/voice",
    afterwards=((CallState.COMPLETED, None),),
)
V2 = Api(
    kind=GwsV2Session,
    signs_in=frozenset({"GET /api/v2/me"}),
    begin="GET /api/v2/me",
    listing="GET /api/v2/me/calls",
    lists=frozenset({"GET /api/v2/me/calls", "GET /api/v2/me/devices"}),
    notifications="POST /api/v2/notifications",
    subscribe="POST /api/v2/notifications",
    calls="/v2/me/calls",
    afterwards=(),
)


@asynccontextmanager
async def talking_to(
    server: str, inbox: Inbox, api: Api, pace: Pace
) -> AsyncIterator[asyncio.Task[NoReturn]]:
    """A conversation with this server, for the block's length."""
    person = Person()
    session = await api.kind.with_password(
        server, SignIn(server, person.user_name, person.password), SETTINGS
    )
    cometd = CometD(session, inbox.post, inbox.taken, pace)
    task = asyncio.create_task(cometd.run())
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, NotLetInError):
            await task
        await cometd.leave()
        await session.close()


@asynccontextmanager
async def listening(
    workspace: StageWorkspace, inbox: Inbox, api: Api, pace: Pace = PACE
) -> AsyncIterator[asyncio.Task[NoReturn]]:
    """The same, with the stand-in; nobody takes leave."""
    person = Person()
    session = await api.kind.with_password(
        workspace.url, SignIn(workspace.url, person.user_name, person.password), SETTINGS
    )
    task = asyncio.create_task(CometD(session, inbox.post, inbox.taken, pace).run())
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, NotLetInError):
            await task
        await session.close()


def listings(events: list[Event]) -> list[CallsListed]:
    return [event for event in events if isinstance(event, CallsListed)]


def states(events: list[Event]) -> list[tuple[CallState, RecordingState | None]]:
    return [(e.call.state, e.call.recording) for e in events if isinstance(e, CallChanged)]


def in_touch(events: list[Event]) -> bool:
    """Signed in, listening and listed."""
    return bool(listings(events))
