"""The client's side of the uploader: the socket's messages as events, orders and masks."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypedDict

from agent_client.core.commands import MaskVoice, TellDecision
from agent_client.core.events import (
    Event,
    PauseAsked,
    RecordNowAsked,
    ResumeAsked,
    Source,
    UploadsChanged,
)
from agent_client.core.status import Mood, Status
from agent_client.core.verdict import Verdict
from agent_client.ports import Post
from uploader.desk import (
    Answered,
    Decided,
    DeskClient,
    Doing,
    FromClient,
    FromUploader,
    Hello,
    Masked,
    Ordered,
    PolicyChanged,
    SessionEnds,
    Spooled,
    State,
    UploadNow,
    Uploads,
)
from uploader.desk import MaskVoice as MaskMessage
from uploader.make_way.waiter import LAUNCH_AGENT, kickstart

logger = logging.getLogger(__name__)

_ORDERS: dict[str, Callable[[Source, str | None], Event]] = {
    "pause": PauseAsked,
    "resume": ResumeAsked,
    "record-now": RecordNowAsked,
}

_START_SECONDS = 10.0  # in which the uploader may come up


class DeskLink:
    """The ports `Masks`, `Decisions`, and what else goes to the uploader; in the engine's loop."""

    def __init__(  # noqa: PLR0913  # who hears what is said here, each by one word
        self,
        folder: Path,
        hello: Hello,
        *,
        post: Post,
        policy_changed: Callable[[], None],
        now: Callable[[], datetime],
        ask: Callable[[Event], Future[Verdict]] | None = None,
    ) -> None:
        """`now` is the desk's clock, aware UTC; `folder` the state folder.

        With `ask`, central is told what became of what it orders.
        """
        self._post = post
        self._ask = ask
        self._policy_changed = policy_changed
        self._now = now
        self._last_order = 0
        self._uploads = UploadsChanged(connected=False, waiting=0, quarantined=0, problem="")
        self._state = State()
        self._spoken = False  # of the uploader's presence
        self._listeners: list[Callable[[FromUploader], None]] = []
        self.there = asyncio.Event()  # the uploader answers
        self.gone = asyncio.Event()  # it does not; neither: that is not known yet
        self._client = DeskClient(str(folder), hello, heard=self._heard, touched=self._touched)

    async def run(self) -> None:
        """Stay connected, until `leave` or cancelled."""
        missing = asyncio.get_running_loop().call_later(_START_SECONDS, self._missed)
        try:
            await self._client.run()
        finally:
            missing.cancel()

    async def leave(self, *, returns: bool = False) -> None:
        """The client ends on purpose: the uploader is not to start it again.

        `returns`: it makes way, and whoever starts it again starts the uploader, too.
        """
        await self._client.goodbye(returns=returns)

    async def end_session(self, at_most: timedelta) -> None:
        """The user signs off: stay until the uploader has sent what waits, and ended."""
        self._client.send(State())  # no recording is being closed any more
        if not self._client.send(SessionEnds()):
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most.total_seconds()):
                await self.gone.wait()

    def mask(self, order: MaskVoice) -> None:
        """Kept, and said again, until the uploader has it on disk."""
        self._client.send(
            MaskMessage(
                call_id=order.call_id,
                agent_id=order.agent_id,
                silent=order.silent,
                at=self._now(),
            )
        )

    def decided(self, order: TellDecision) -> None:
        """Kept, and said again, until the uploader has it on disk."""
        self._client.send(
            Decided(
                call_id=order.call_id,
                agent_id=order.agent_id,
                at=self._now(),
                selected=order.decision.selected,
                bucket=order.decision.bucket,
                percentage=order.decision.percentage,
                salt=order.decision.salt,
                policy_version=order.decision.policy_version,
                asked=order.decision.asked,
                asked_by=order.decision.asked_by,
            )
        )

    def say_state(
        self,
        agent_id: str | None,
        recording_id: str | None,
        *,
        in_call: bool,
        call_id: str | None = None,
        doing: Doing = "idle",
    ) -> None:
        """Tell what the client is doing, if it is something else than before."""
        before = self._state
        same = (before.doing, before.call_id) == (doing, call_id)
        state = State(
            agent_id=agent_id,
            in_call=in_call,
            recording_id=recording_id,
            call_id=call_id,
            doing=doing,
            since=before.since if same else self._now(),
        )
        if state != self._state:
            self._state = state
            self._client.send(state)

    def spooled(self, recording_id: str) -> None:
        """A manifest was written: the uploader may look at once."""
        self._client.send(Spooled(recording_id=recording_id))

    def upload_now(self) -> None:
        """A person does not want to wait."""
        self._client.send(UploadNow())

    def send(self, message: FromClient) -> bool:
        """Say something else; False if the uploader is not there."""
        return self._client.send(message)

    def listen(self, heard: Callable[[FromUploader], None]) -> None:
        """Have `heard` take, in the loop's thread, every message that is not acted on here."""
        self._listeners.append(heard)

    def _missed(self) -> None:
        """Nobody answered since the start: only now is that worth a word."""
        if not self.there.is_set():
            self._spoken = True
            self._post(self._uploads)

    def _touched(self, there: bool) -> None:  # noqa: FBT001 the socket's word
        for event, happened in ((self.there, there), (self.gone, not there)):
            if happened:
                event.set()
            else:
                event.clear()
        if there:
            self._policy_changed()  # it may have while nobody could tell
        self._uploads = UploadsChanged(
            connected=there,
            waiting=self._uploads.waiting,
            quarantined=self._uploads.quarantined,
            problem=self._uploads.problem,
        )
        if self._spoken or there:  # at the start it may still come up: see _missed
            self._spoken = True
            self._post(self._uploads)

    def _heard(self, message: FromUploader) -> None:
        match message:
            case Ordered(order=order, number=number, call_id=call_id):
                if number != self._last_order:  # heard twice is heard once
                    self._last_order = number
                    logger.info("central orders: %s (%s)", order, number)
                    self._order(_ORDERS[order](Source.CENTRAL, call_id or None), number)
            case PolicyChanged():
                self._policy_changed()
            case Uploads():
                self._uploads = UploadsChanged(
                    connected=True,
                    waiting=message.waiting,
                    quarantined=message.quarantined,
                    problem=message.problem,
                    sent=message.sent,
                    total=message.total,
                    held=message.held,
                    **_when(message.until),
                )
                self._post(self._uploads)
            case Masked():
                logger.info("central will hear of a mask of call %s", message.call_id)
            case _:
                for listener in self._listeners:
                    listener(message)

    def _order(self, wish: Event, number: int) -> None:
        if self._ask is None:
            self._post(wish)
            return
        loop = asyncio.get_running_loop()

        def answered(answer: Future[Verdict]) -> None:
            if not answer.cancelled():
                loop.call_soon_threadsafe(self._client.send, _answered(number, answer.result()))

        self._ask(wish).add_done_callback(answered)


class _When(TypedDict):
    until: datetime | None
    until_today: bool


def _when(until: datetime | None) -> _When:
    """As a person reads it from the clock on the wall."""
    here = None if until is None else until.astimezone()
    today = here is not None and here.date() == datetime.now().astimezone().date()
    return {"until": here, "until_today": today}


def doing(status: Status) -> Doing:
    """What goes on at this desk, in the words of the uploader and central."""
    if not status.in_call:
        return "idle"
    if status.paused_since is not None or status.mood is Mood.PAUSED:
        return "paused"
    if status.since is None:
        return "not-recorded"
    return "wrap-up" if status.mood is Mood.WRAP_UP else "recording"


def _answered(number: int, verdict: Verdict) -> Answered:
    return Answered(
        number=number, granted=verdict.granted, reason=verdict.reason, text=verdict.text
    )


def named(config_file: Path | None) -> tuple[str, ...]:
    """The words that name the same configuration file, if one was named."""
    return ("--config", str(config_file.absolute())) if config_file is not None else ()


def again(config_file: Path | None, state_dir: Path) -> tuple[str, ...]:
    """The words with which this client is started again."""
    return (*named(config_file), "--state-dir", str(state_dir))


def hello(version: str, arguments: tuple[str, ...]) -> Hello:
    """Who we are, and how the uploader starts us again after a crash."""
    command = own_command(arguments)
    if sys.platform != "win32" and (order := by_launchd(os.environ, os.getuid())):
        command = order
    return Hello(version=version, pid=os.getpid(), command=command)


def own_command(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The words that start this program with these arguments."""
    program = (sys.executable,) if _frozen() else (sys.executable, "-m", "agent_client")
    return (*program, *arguments)


def by_launchd(environment: Mapping[str, str], user: int) -> tuple[str, ...]:
    """How macOS starts this client again, if it was macOS that did; else nothing.

    Only a client that launchd started is, to macOS, the app that may record the screen; one that
    another program starts is asked for on that program's account.
    """
    return kickstart(user) if environment.get("XPC_SERVICE_NAME") == LAUNCH_AGENT else ()


def uploader_command(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """How this installation starts the uploader."""
    if _frozen():
        folder, name = os.path.split(sys.executable)
        sibling = name.replace("agent", "uploader")
        return (os.path.join(folder, sibling), *arguments)
    return (sys.executable, "-m", "uploader", *arguments)


def _frozen() -> bool:
    return bool(getattr(sys, "frozen", False))
