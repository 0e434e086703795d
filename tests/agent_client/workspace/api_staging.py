"""The local API over loopback, with the engine behind it, and a custom desktop that calls it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import msgspec

from agent_client.core.commands import (
    Command,
    MaskVoice,
    PauseVoice,
    ResumeVoice,
    TellDecision,
)
from agent_client.core.events import Event, PolicyChanged, Source
from agent_client.core.world import World
from agent_client.engine import Engine, Ports
from agent_client.memory import MemoryFile
from agent_client.ports import CaptureOrder
from agent_client.workspace.api import ApiDoor
from agent_client.workspace.api_operations import PREFIX
from agent_client.workspace.api_shapes import Problem, State
from agent_client.workspace.api_token import read_token
from agent_client.workspace.genesys_door import GenesysDoor
from agent_client.workspace.gws_session import GwsSettings
from agent_client.workspace.link import WorkspaceLink
from agent_client.workspace.loopback import Loopback, LoopbackSettings
from agent_client.workspace.loopback_rules import LoopbackRules

DEADLINE = 30.0
VERSION = "1.2.3"
KATE = "kate"


def policy(
    percentage: str = "100", *, may_pause: bool = True, agent_id: str | None = None
) -> PolicyChanged:
    """For this agent, or for whoever signs in."""
    return PolicyChanged(
        percentage=percentage,
        salt="s",
        tail_seconds=300.0,
        provisional_wrap_up_seconds=60.0,
        recording_seconds=3600.0,
        agent_may_pause=may_pause,
        agent_may_record_now=True,
        agent_id=agent_id,
    )


@dataclass
class Desk:
    """Every port of the engine: it keeps what it was told to do."""

    memory: MemoryFile
    done: list[Command] = field(default_factory=list)

    def order(self, order: CaptureOrder) -> None:
        self.done.append(order)

    def alive(self) -> None:
        pass

    def pause(self, connection_id: str, source: Source) -> None:
        self.done.append(PauseVoice(connection_id, source))

    def resume(self, connection_id: str, source: Source) -> None:
        self.done.append(ResumeVoice(connection_id, source))

    def mask(self, order: MaskVoice) -> None:
        self.done.append(order)

    def decided(self, order: TellDecision) -> None:
        pass

    @property
    def orders(self) -> list[str]:
        return [type(command).__name__ for command in self.done]


class Desktop:
    """A custom desktop: it has the token."""

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str) -> None:
        self.http = http
        self.url = url + PREFIX
        self.token = token

    async def asks(  # noqa: PLR0913 -- what a test alters, by name
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        data: bytes | None = None,
    ) -> tuple[int, bytes, dict[str, str]]:
        given = {"Authorization": f"Bearer {self.token if token is None else token}"}
        if body is not None:
            data = msgspec.json.encode(body)
        if data is not None:
            given["Content-Type"] = "application/json"
        given |= headers or {}
        given = {name: value for name, value in given.items() if value}
        async with self.http.request(method, self.url + path, data=data, headers=given) as answer:
            return answer.status, await answer.read(), dict(answer.headers)

    async def told(self, method: str, path: str, body: object = None) -> State:
        """Do it: it must be taken."""
        status, answer, _ = await self.asks(method, path, body)
        assert status == 200, answer
        return msgspec.json.decode(answer, type=State)

    async def refused(self, method: str, path: str, body: object = None) -> Problem:
        """Ask: it must be refused, in the form of RFC 9457."""
        return problem(*await self.asks(method, path, body))


def problem(status: int, answer: bytes, headers: dict[str, str]) -> Problem:
    """The refusal in an answer, which must be one."""
    assert status >= 400, answer
    assert headers["Content-Type"].startswith("application/problem+json")
    told = msgspec.json.decode(answer, type=Problem)
    assert told.status == status
    assert told.detail
    return told


@dataclass
class Stage:
    """All of it."""

    engine: Engine
    desk: Desk
    door: ApiDoor
    desktop: Desktop
    loopback: Loopback
    folder: Path
    origins: list[str]

    async def happens(self, *events: Event) -> None:
        for event in events:
            await asyncio.wrap_future(self.engine.ask(event))

    async def until(self, holds: Callable[[World], bool]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not holds(self.engine.world):
                news = asyncio.Event()
                self.engine.followers.append(news.set)
                await news.wait()


@asynccontextmanager
async def api(
    folder: Path, rules: PolicyChanged | None = None, settings: LoopbackSettings | None = None
) -> AsyncIterator[Stage]:
    """The API of a desk that obeys these rules; every call is selected, if none are given."""
    desk = Desk(MemoryFile(folder))
    engine = Engine(
        Ports(recorder=desk, voice=desk, masks=desk, decisions=desk, memory=desk.memory),
        lambda _: None,
    )
    origins: list[str] = []
    door = ApiDoor(engine, folder, lambda: origins, VERSION)
    link = WorkspaceLink(engine.post, lambda: engine.posted, GwsSettings(client_id="twinreel"))
    genesys = GenesysDoor(engine.post, link, LoopbackRules)
    plain = LoopbackSettings(ports=(0,), hosts=("127.0.0.1",), folder=folder)
    loopback = Loopback(engine.post, genesys, settings or plain, [door])
    run = asyncio.create_task(engine.run())
    tasks = [asyncio.create_task(door.run()), asyncio.create_task(loopback.run())]
    try:
        await asyncio.wait_for(loopback.up.wait(), DEADLINE)
        await asyncio.wrap_future(engine.ask(rules or policy()))
        while (token := await asyncio.to_thread(read_token, folder)) is None:  # noqa: ASYNC110 -- a file
            await asyncio.sleep(0.01)
        async with aiohttp.ClientSession() as http:
            desktop = Desktop(http, loopback.url, token)
            yield Stage(engine, desk, door, desktop, loopback, folder, origins)
    finally:
        engine.stop()
        await asyncio.wait_for(run, DEADLINE)
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
