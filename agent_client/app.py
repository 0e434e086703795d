"""The client put together: every adapter is built here, and every thread started and joined.

main thread     Qt: icon, menu, window            (tray.shell)
engine thread   asyncio: the engine, and all that waits for somebody: Workspace, loopback,
                uploader, policy
capture thread  grabs, encodes, seals             (capture.recorder)
absence thread  locks, sleep                      (host)
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread
from typing import Any

from agent_client.capture.adapter import open_screen
from agent_client.capture.own_windows import Shown
from agent_client.capture.recorder import CaptureThread
from agent_client.capture.settings import Clocks
from agent_client.clock_file import to_central
from agent_client.config import VERSION, Settings
from agent_client.core.events import (
    Event,
    PauseAsked,
    ProblemChanged,
    ResumeAsked,
    Source,
)
from agent_client.core.problems import OWN_SETTINGS_WRONG
from agent_client.core.status import Status
from agent_client.core.verdict import Verdict
from agent_client.desk_link import DeskLink, again, doing, hello, named, uploader_command
from agent_client.engine import Engine, Ports, monotonic
from agent_client.host import Host
from agent_client.host.child import UploaderProgram, keep_running
from agent_client.host.hotkey import (
    HOTKEY_IMPOSSIBLE,
    HOTKEY_TAKEN,
    Hotkey,
    listened,
    this_register,
)
from agent_client.meaning import capture_settings, gws_settings, loopback_settings, rules
from agent_client.memory import MemoryFile
from agent_client.policy_file import POLICY_EXPIRED, POLICY_REFUSED, PolicyFile
from agent_client.stepping_aside import SteppingAside
from agent_client.tray.house_rules import HouseRules
from agent_client.tray.menu import Ask, event_of
from agent_client.tray_errands import Tray, TrayErrands
from agent_client.workspace.api import ApiDoor
from agent_client.workspace.bridge import BridgeDoor, central_of
from agent_client.workspace.bridge_relay import BridgeRelay
from agent_client.workspace.bridge_talk import BridgeTalk
from agent_client.workspace.genesys_door import GenesysDoor
from agent_client.workspace.link import WorkspaceLink
from agent_client.workspace.loopback import Loopback
from agent_client.workspace.loopback_rules import LoopbackRules
from agent_client.workspace.voice import WorkspaceVoice
from agent_client.workspace.voice_by_source import VoiceBySource
from contract.desk_config import STATE_VARIABLE
from contract.make_way import Purpose
from contract.policy import Policy
from contract.versions import is_older
from uploader.spool import Spool

logger = logging.getLogger(__name__)

_POLICY_SECONDS = 30.0  # a backstop: the uploader tells of changes
_HINDERED_SECONDS = 5.0  # who just gave leave to capture is waiting
_AGAIN_SECONDS = 5.0  # after a fault
_WELL_SECONDS = 60.0  # without a fault: mended
_UPLOADER_ENDS_IN = timedelta(seconds=2)  # after the last that it may send at sign-off
_END_SECONDS = 15.0  # for closing a recording
_CLOCK_WRONG = timedelta(minutes=1)  # from central's, at most
_CANNOT_CAPTURE = ("wayland", "screen-permission")


class Client:
    """All but the tray. `start` and `stop` it on the main thread."""

    def __init__(self, settings: Settings, host: Host, spool: Spool) -> None:
        """Builds everything; nothing runs yet."""
        folder = settings.state_dir
        arguments = again(settings.config_file, folder)
        self._host = host
        self._spool = spool
        self._passed_over = settings.of_user
        self._offset = partial(to_central, folder)
        self._policy_file = PolicyFile(folder, self._now)
        self._policy: Policy | None = None
        self._policy_news = asyncio.Event()
        self._flush: timedelta | None = None  # at sign-off: how long the uploader may go on
        self._own_windows = Shown()
        self._capture = CaptureThread(
            spool,
            capture_settings(None, "", self._now()),
            self.post,
            clocks=Clocks(to_central=self._offset),
            open_screen=partial(open_screen, own=self._own_windows),
            spooled=self._say_spooled,
        )
        self._desk = DeskLink(
            folder,
            hello(VERSION, arguments),
            post=self.post,
            policy_changed=self._policy_news.set,
            now=lambda: datetime.now(UTC),
            ask=self._wish,
        )
        self._uploader = UploaderProgram(
            uploader_command(named(settings.config_file)),
            {**os.environ, STATE_VARIABLE: str(folder)},
            host.child_flags(),
        )
        gws = gws_settings(settings.workspace)
        self._link = WorkspaceLink(self.post, lambda: self._engine.posted, gws)
        self._voice = WorkspaceVoice(lambda: self._link.session, self.post)
        self._bridge = BridgeTalk(self.post, self._wish, lambda: self._engine.posted, monotonic)
        self._bridge_door = BridgeDoor(self._bridge, partial(central_of, folder))
        self._relay = BridgeRelay(self._bridge, self._desk.send, self._desk.gone)
        self._desk.listen(self._relay.heard)
        voices = VoiceBySource(
            {Source.WORKSPACE: self._voice, Source.BRIDGE: self._bridge.voice}, self.post
        )
        ports = Ports(self._capture, voices, self._desk, self._desk, MemoryFile(folder))
        self._engine = Engine(ports, self._tell)
        self._api = ApiDoor(self._engine, folder, self._api_origins, VERSION)
        self._loopback = Loopback(
            self.post,
            GenesysDoor(self.post, self._link, lambda: LoopbackRules.of(self._policy)),
            loopback_settings(settings.workspace, folder),
            [self._bridge_door, self._api],
        )
        self.aside = SteppingAside(
            lambda: self._engine.world,
            waits=lambda waits: self._say_problem("update-waits", present=waits),
            leave=self._leave,
        )
        self.errands = TrayErrands(settings, self._desk, self._soon)
        self._hotkey = Hotkey(self._key_pressed, self._key_told, this_register(), listened)
        self._tray: Tray | None = None
        self._status: Status | None = None
        self._said: dict[str, object] = {}  # what was last told, so that only news is told
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name="engine", daemon=True)

    def post(self, event: Event) -> None:
        """Hand an event to the engine, from any thread."""
        self._engine.post(event)

    def _wish(self, wish: Event) -> Future[Verdict]:
        return self._engine.ask(wish)

    def leave_out(self, window: int) -> None:
        """Keep a window of ours out of the film: by the system, or else by the recorder."""
        self._host.leave_out(window)
        self._own_windows.add(window)

    def ask(self, ask: Ask) -> None:
        """What a person chose in the tray."""
        event = event_of(ask)
        if event is not None:
            self.ask_aloud(event)
        elif ask is Ask.UPLOAD_NOW:
            self._soon(self._desk.upload_now)

    def ask_aloud(self, wish: Event) -> None:
        """Hand in what a person asked by menu or key, from any thread; the tray tells a refusal."""

        def answered(answer: Future[Verdict]) -> None:
            said = None if answer.cancelled() else answer.result()
            if said is not None and not said.granted and self._tray is not None:
                self._tray.say_refused(said.text)

        self._engine.ask(wish).add_done_callback(answered)

    def _key_pressed(self) -> None:
        """The hotkey pauses, or goes on if there is a pause. From any thread."""
        paused = self._status is not None and self._status.paused_since is not None
        self.ask_aloud(ResumeAsked(Source.HOTKEY) if paused else PauseAsked(Source.HOTKEY))

    def _key_told(self, told: str) -> None:
        """What is wrong with the hotkey, or "". From any thread."""

        def say() -> None:
            for code in (HOTKEY_TAKEN, HOTKEY_IMPOSSIBLE):
                self._say_problem(code, present=code == told)

        self._soon(say)

    def start(self, tray: Tray) -> None:
        """Begin. The tray is spoken to from any thread."""
        self._tray = tray
        self.errands.start(tray)
        self._thread.start()

    def stop(self) -> None:
        """End the open recording, write its manifest, take leave. Safe to call twice."""
        self._engine.stop()
        self._thread.join(_END_SECONDS + (self._flush or timedelta()).total_seconds())
        if self._thread.is_alive():
            logger.error("the engine did not end")

    def end_session(self) -> None:
        """The user signs off: as `stop`, and what waits is sent first, as the policy allows."""
        seconds = self._policy.uploading.flush_seconds if self._policy else 0.0
        self._flush = timedelta(seconds=seconds) + _UPLOADER_ENDS_IN
        self.stop()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._live())
        finally:
            self._loop.close()

    async def _live(self) -> None:
        """Everything in the engine's loop, until the engine was asked to stop."""
        for one in self._passed_over:
            logger.error("passed over: %s", one)
        self._say_problem(OWN_SETTINGS_WRONG, present=bool(self._passed_over))
        await asyncio.to_thread(self._salvage)
        self._capture.start()
        adapters = {
            "workspace": self._link.run,
            "api": self._api.run,
            "loopback": self._loopback.run,
            "bridge": self._relay.run,
            "policy": self._follow_policy,
            "uploader": self._keep_uploader,
            "stepping aside": self.aside.run,
        }
        desk = asyncio.create_task(self._kept_up("desk", self._desk.run))
        tasks = [asyncio.create_task(self._kept_up(*one)) for one in adapters.items()]
        try:
            await self._kept_up("engine", self._engine.run)
        finally:
            await asyncio.to_thread(self._capture.stop)  # first: whatever hangs below, it has ended
            self._hotkey.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._voice.close()
            self._bridge_door.close()
            self._bridge.close()
            if self._flush is not None:
                await self._desk.end_session(self._flush)
            await self._desk.leave(returns=self.aside.marker is not None)
            desk.cancel()
            await asyncio.gather(desk, return_exceptions=True)

    def _salvage(self) -> None:
        """Before anything is recorded: make ready what a crash left."""
        try:
            self._spool.salvage_all()
        except Exception:  # whatever lies there must not keep the client from its work
            logger.exception("what a crash left cannot be salvaged now")
            self.post(ProblemChanged("internal-error", present=True))

    async def _kept_up(self, name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run it to its end; a fault is logged, said in the tray, and it is run again."""
        while True:
            try:
                return await run()
            except Exception:
                logger.exception("a fault in %s; it is started again", name)
            self.post(ProblemChanged("internal-error", present=True))
            self._loop.call_later(
                _WELL_SECONDS, self.post, ProblemChanged("internal-error", present=False)
            )
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _keep_uploader(self) -> None:
        await keep_running(self._uploader.start, self._desk, monotonic, self._given_up)

    def _given_up(self, given_up: bool) -> None:  # noqa: FBT001 its only argument
        self._say_problem("uploader-gone", present=given_up)

    async def _follow_policy(self) -> None:
        while True:
            self._obey_policy()
            hindrance = self._host.cannot_capture()
            for code in _CANNOT_CAPTURE:
                self._say_problem(code, present=hindrance == code)
            self._say_problem("clock-wrong", present=abs(self._offset()[0]) > _CLOCK_WRONG)
            with suppress(TimeoutError):
                async with asyncio.timeout(_HINDERED_SECONDS if hindrance else _POLICY_SECONDS):
                    await self._policy_news.wait()
            self._policy_news.clear()

    def _obey_policy(self) -> None:
        """Tell each part what the policy means for it, if that is news to it."""
        reading = self._policy_file.read()
        for code in (POLICY_REFUSED, POLICY_EXPIRED):
            self._say_problem(code, present=reading.problem == code)
        if reading.policy is None:
            return
        self._policy = reading.policy
        self._spool.obey(reading.policy.spooling)
        old = is_older(VERSION, reading.policy.least_version)
        self._say_problem("version-old", present=old)
        capture = capture_settings(reading.policy, reading.device_id, self._now())
        self._say_problem("no-keys", present=not capture.recipients)
        if self._is_news("capture", capture):
            self._capture.configure(capture)
        agent_id = self._status.agent_id if self._status else None
        wanted = rules(reading.policy, agent_id or "")
        if self._is_news("rules", wanted):
            self.post(wanted)
        pausing = reading.policy.pausing
        self._hotkey.obey(pausing.hotkey, may_listen=pausing.hotkey_listener)
        house = HouseRules.of(reading.policy)
        if self._is_news("house", house) and self._tray is not None:
            self._tray.publish_rules(house)

    def _tell(self, status: Status) -> None:
        """The engine has another status: the tray, the uploader and the policy want to know."""
        before, self._status = self._status, status
        if status.agent_id is not None and (before is None or before.agent_id is None):
            self._capture.a_call_may_come()
        if self._tray is not None:
            self._tray.publish(status)
        self._bridge.show(status)
        self._desk.say_state(
            status.agent_id,
            status.recording_id,
            in_call=status.in_call,
            call_id=status.call_id,
            doing=doing(status),
        )
        if before is not None and before.agent_id != status.agent_id:
            self._policy_news.set()  # percentages differ from agent to agent

    def _leave(self, purpose: Purpose) -> None:
        """Have the main thread end the client: files are about to be replaced."""
        if self._tray is not None:
            self._tray.step_aside(purpose)

    def _api_origins(self) -> tuple[str, ...]:
        return self._policy.workspace.api_origins if self._policy is not None else ()

    def _say_spooled(self, recording_id: str) -> None:
        """A recording is ready: the uploader need not wait until it looks again."""
        self._soon(partial(self._desk.spooled, recording_id))

    def _soon(self, act: Callable[[], object]) -> None:
        """Have the engine's loop do it, from any thread; after its end nothing is done."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(act)

    def _say_problem(self, code: str, *, present: bool) -> None:
        if self._is_news(code, present):
            self.post(ProblemChanged(code, present=present))

    def _is_news(self, topic: str, value: object) -> bool:
        if self._said.get(topic) == value:
            return False
        self._said[topic] = value
        return True

    def _now(self) -> datetime:
        """By central's clock, as far as it is known."""
        return datetime.now(UTC) + self._offset()[0]
