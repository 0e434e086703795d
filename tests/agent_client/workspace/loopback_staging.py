"""The loopback endpoint, Workspace's side of it, and whoever else asks it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp

from agent_client.workspace.basic import Credentials
from agent_client.workspace.cometd import Pace
from agent_client.workspace.doors import Door
from agent_client.workspace.genesys_door import GenesysDoor
from agent_client.workspace.gws_session import GwsSettings
from agent_client.workspace.link import WorkspaceLink
from agent_client.workspace.loopback import Loopback, LoopbackSettings
from agent_client.workspace.loopback_rules import LoopbackRules
from bench.stage.workspace import StageWorkspace
from bench.stage.workspace_desktop import StageDesktop
from bench.stage.workspace_shapes import Person
from tests.agent_client.workspace.conftest import Inbox

PAGE = "https://workspace.example.com"
PERSON = Person()
AUTH = {"Authorization": Credentials(PERSON.user_name, PERSON.password).header()}
_LONG = timedelta(seconds=60)
_ONE_ADDRESS = LoopbackSettings(ports=(0,), hosts=("127.0.0.1",))


def link_for(inbox: Inbox) -> WorkspaceLink:
    return WorkspaceLink(
        inbox.post,
        inbox.taken,
        GwsSettings(client_id="twinreel"),
        Pace(first_back_off=0.02, last_back_off=0.1),
    )


def later(seconds: float) -> None:
    """The loop's clock goes on by so much: what is due until then is due now."""
    loop = asyncio.get_running_loop()
    now = loop.time
    loop.time = lambda: now() + seconds  # type: ignore[method-assign]


@asynccontextmanager
async def endpoint_for(  # noqa: PLR0913 -- what a test alters, by name
    workspace: StageWorkspace,
    inbox: Inbox,
    ping_within: timedelta = _LONG,
    *,
    settings: LoopbackSettings = _ONE_ADDRESS,
    doors: Sequence[Door] = (),
    link: WorkspaceLink | None = None,
    servers: tuple[str, ...] = (),
    origins: tuple[str, ...] = (),
) -> AsyncIterator[Loopback]:
    link = link or link_for(inbox)
    rules = LoopbackRules((workspace.url, *servers), (PAGE, *origins), ping_within)
    genesys = GenesysDoor(inbox.post, link, lambda: rules)
    loopback = Loopback(inbox.post, genesys, settings, doors)
    tasks = [asyncio.create_task(link.run()), asyncio.create_task(loopback.run())]
    try:
        await asyncio.wait_for(loopback.up.wait(), 20)
        yield loopback
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def desktop_of(
    loopback: Loopback, workspace: StageWorkspace, ping_seconds: float = 30.0
) -> AsyncIterator[StageDesktop]:
    async with StageDesktop(
        loopback.url, PERSON, server=workspace.url, origin=PAGE, ping_seconds=ping_seconds
    ) as desktop:
        yield desktop


async def ask(
    loopback: Loopback,
    method: str,
    path: str,
    *,
    headers: dict[str, str] | None = None,
    data: bytes = b"",
) -> tuple[int, dict[str, str], Any]:
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, loopback.url + path, headers=headers, data=data or None) as answer,
    ):
        text = await answer.text()
        return answer.status, dict(answer.headers), json.loads(text) if text else None
