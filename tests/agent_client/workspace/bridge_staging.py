"""The real engine and the real door, in a thread beside Playwright's; what is recorded is kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agent_client.core.commands import MaskVoice, TellDecision
from agent_client.core.events import CallsListed, Event, PolicyChanged, Source
from agent_client.core.status import Status
from agent_client.core.verdict import Verdict
from agent_client.engine import Engine, Ports, monotonic
from agent_client.memory import MemoryFile
from agent_client.ports import CaptureOrder
from agent_client.workspace.bridge import BridgeDoor
from agent_client.workspace.bridge_talk import BridgeTalk, Pace
from agent_client.workspace.genesys_door import GenesysDoor
from agent_client.workspace.gws_session import GwsSettings
from agent_client.workspace.link import WorkspaceLink
from agent_client.workspace.loopback import Loopback, LoopbackSettings
from agent_client.workspace.loopback_rules import LoopbackRules
from agent_client.workspace.voice_by_source import VoiceBySource

_DEADLINE = 30.0


@dataclass
class _Kept:
    """Recorder, masks and decisions in one."""

    orders: list[CaptureOrder] = field(default_factory=list)
    masks: list[MaskVoice] = field(default_factory=list)

    def order(self, order: CaptureOrder) -> None:
        self.orders.append(order)

    def alive(self) -> None:
        """Nothing waits for it here."""

    def mask(self, order: MaskVoice) -> None:
        self.masks.append(order)

    def decided(self, order: TellDecision) -> None:
        """Central is not asked here."""


class DeskInThread:
    """The client but for tray, screen and uploader."""

    def __init__(self, folder: Path, central: str, port: int, *, percentage: str = "100") -> None:
        self.kept = _Kept()
        self.folder = folder
        self.central = central
        self.port = port
        self.percentage = percentage
        self.statuses: list[Status] = []
        self.listings = 0  # that the page made
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)

    @property
    def status(self) -> Status:
        """What the tray would show."""
        return self.statuses[-1]

    @property
    def did(self) -> list[str]:
        """What the recorder was told, by name."""
        return [type(order).__name__ for order in self.kept.orders]

    def start(self) -> None:
        """Begin; returns when the endpoint listens."""
        self._thread.start()
        assert self._up.wait(_DEADLINE)

    def stop(self) -> None:
        """End."""
        self.engine.stop()
        self._thread.join(_DEADLINE)

    def post(self, event: Event) -> None:
        """To the engine."""
        self.listings += isinstance(event, CallsListed)
        self.engine.post(event)

    def ask(self, wish: Event) -> Future[Verdict]:
        """Of the engine."""
        return self.engine.ask(wish)

    def _run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        talk = BridgeTalk(
            self.post,
            self.ask,
            lambda: self.engine.posted,
            monotonic,
            Pace(again=0.5, every=5.0),
        )

        def publish(status: Status) -> None:
            self.statuses.append(status)
            talk.show(status)

        voice = VoiceBySource({Source.BRIDGE: talk.voice}, self.post)
        ports = Ports(self.kept, voice, self.kept, self.kept, MemoryFile(self.folder))
        self.engine = Engine(ports, publish)
        self.post(
            PolicyChanged(
                percentage=self.percentage,
                salt="s",
                tail_seconds=300,
                provisional_wrap_up_seconds=60,
                recording_seconds=3600,
                agent_may_pause=True,
                agent_may_record_now=False,
            )
        )
        link = WorkspaceLink(
            self.post, lambda: self.engine.posted, GwsSettings(client_id="twinreel")
        )
        door = BridgeDoor(talk, lambda: self.central, silent=60.0)
        genesys = GenesysDoor(self.post, link, LoopbackRules)
        settings = LoopbackSettings(ports=(self.port,), hosts=("127.0.0.1",))
        loopback = Loopback(self.post, genesys, settings, [door])
        serving = asyncio.create_task(loopback.run())
        await asyncio.wait_for(loopback.up.wait(), _DEADLINE)
        self._up.set()
        try:
            await self.engine.run()
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            door.close()
            talk.close()


@contextmanager
def desk_at(
    folder: Path, central: str, port: int, *, percentage: str = "100"
) -> Iterator[DeskInThread]:
    """The client at a desk that enrolled at this central, for the block's length."""
    folder.mkdir(exist_ok=True)
    desk = DeskInThread(folder, central, port, percentage=percentage)
    desk.start()
    try:
        yield desk
    finally:
        desk.stop()
