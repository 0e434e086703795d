"""The engine: the one owner of the world. Events in, one at a time; commands out to the ports.

It decides nothing. `core` says what is true and what to do about it; the engine hands that on,
keeps what a restart must not lose, and tells the tray.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import assert_never
from uuid import uuid4

from agent_client.core.commands import (
    CloseRecording,
    Command,
    MaskVoice,
    OpenRecording,
    PauseCapture,
    PauseVoice,
    ResumeCapture,
    ResumeVoice,
    TellDecision,
)
from agent_client.core.deadline import deadline
from agent_client.core.events import ClockTicked, Event, Moment, ProblemChanged, QuitAsked
from agent_client.core.memory import (
    MemoryUnreadable,
    from_json,
    memory,
    remembering,
    to_json,
)
from agent_client.core.plan import Plan, plan, steps
from agent_client.core.status import Status, status
from agent_client.core.verdict import Verdict, verdict
from agent_client.core.world import World
from agent_client.ports import Decisions, Masks, Memory, Recorder, Voice

logger = logging.getLogger(__name__)

_BEAT_SECONDS = 4.0  # the recorder stops when it has not heard of the engine for 10
_LATE_SECONDS = 0.001  # a timer may be early by the rounding of the clock
_NOT_KEPT = "not-remembered"


def monotonic() -> timedelta:
    """The engine's clock."""
    return timedelta(seconds=time.monotonic())


def wall() -> datetime:
    """The desk's clock, which may be set at any time."""
    return datetime.now(UTC)


def fresh_id() -> str:
    """A recording's id, if the next event opens one."""
    return str(uuid4())


@dataclass(frozen=True, slots=True)
class _Letter:
    event: Event
    answer: Future[Verdict] | None = None


@dataclass(frozen=True, slots=True)
class Ports:
    """The world outside. None of them ever waits."""

    recorder: Recorder
    voice: Voice
    masks: Masks
    decisions: Decisions
    memory: Memory


class Engine:
    """Make it anywhere, post from any thread at any time, `run` it on one loop."""

    def __init__(
        self,
        ports: Ports,
        publish: Callable[[Status], None],
        *,
        clock: Callable[[], timedelta] = monotonic,
        fresh_id: Callable[[], str] = fresh_id,
        wall: Callable[[], datetime] = wall,
    ) -> None:
        """`publish` is called on the engine's loop with each status that differs from the last."""
        self._ports = ports
        self._publish = publish
        self._clock = clock
        self._fresh_id = fresh_id
        self._wall = wall
        self._inbox: deque[_Letter] = deque()
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._world = World()
        self._plan = Plan()
        self._remembered = b""
        self._told: Status | None = None
        self._sound = True  # whether the last event could be taken: one that cannot pause is silent
        self.followers: list[Callable[[], None]] = []

    @property
    def taken(self) -> int:
        """How many events were taken so far."""
        return self._world.taken

    @property
    def posted(self) -> int:
        """How many were posted so far: a listing says after how many it was asked for.

        For the engine's loop alone. What was posted just now is taken only in a moment, and a
        listing that comes then is newer all the same.
        """
        return self._world.taken + len(self._inbox)

    @property
    def world(self) -> World:
        """What is true now. Who wants to know of every change is one of `followers`.

        Both are for the engine's loop alone; a follower is called after each event, and returns
        at once.
        """
        return self._world

    @property
    def status(self) -> Status:
        """What a person should be told now."""
        return status(self._world)

    def post(self, event: Event) -> None:
        """Hand in an event, from any thread; never waits. What comes after the end is dropped."""
        self._hand_in(_Letter(event))

    def ask(self, wish: Event) -> Future[Verdict]:
        """Hand in a wish, from any thread; it is told whether it is granted once it is taken.

        Cancelled if the engine ends before.
        """
        answer: Future[Verdict] = Future()
        self._hand_in(_Letter(wish, answer))
        return answer

    def stop(self) -> None:
        """End `run`, from any thread, once everything posted before was taken."""
        self.post(QuitAsked())

    async def run(self) -> None:
        """Take events until asked to stop; then what was open is closed."""
        self._loop = asyncio.get_running_loop()
        self._recall()
        self._tell()
        while not self._world.quitting:
            while self._inbox and not self._world.quitting:
                self._open(self._inbox.popleft())
                await asyncio.sleep(0)  # a flood of events must not starve the adapters
            if not self._world.quitting:
                await self._rest()
        self._unanswered()

    def _hand_in(self, letter: _Letter) -> None:
        self._inbox.append(letter)
        if self._world.quitting:
            self._unanswered()
        elif self._loop is not None:
            try:
                self._loop.call_soon_threadsafe(self._wake.set)
            except RuntimeError:
                logger.debug("%s came after the end", type(letter.event).__name__)

    def _unanswered(self) -> None:
        """Nothing is taken any more. From any thread."""
        with suppress(IndexError):
            while True:
                answer = self._inbox.popleft().answer
                if answer is not None:
                    answer.cancel()

    async def _rest(self) -> None:
        """Sleep until something is posted, or until time alone is something to take."""
        due, loop = deadline(self._world), asyncio.get_running_loop()
        until = inf
        if due is not None:
            until = loop.time() + (due - self._world.now).total_seconds() + _LATE_SECONDS
        while not self._wake.is_set():
            left = until - loop.time()
            if left <= 0:
                self._inbox.append(_Letter(ClockTicked()))
                break
            try:
                async with asyncio.timeout(min(left, _BEAT_SECONDS)):
                    await self._wake.wait()
            except TimeoutError:
                if self._sound:
                    self._ports.recorder.alive()
        self._wake.clear()

    def _open(self, letter: _Letter) -> None:
        """Take an event, and answer who asked."""
        answer = letter.answer
        answered = answer is not None and answer.set_running_or_notify_cancel()
        said = verdict(self._world, letter.event)
        self._take(letter.event)
        if answer is not None and answered:
            answer.set_result(said)

    def _take(self, event: Event) -> None:
        """One event: what is true after it, what to do, doing it, keeping it, telling it."""
        try:
            self._step(event)
        except Exception:  # a fault in one event must not end the recording of all others
            logger.exception("a fault in taking %s", type(event).__name__)
            self._sound = False
            self._confess(event)
        else:
            self._sound = True

    def _step(self, event: Event) -> None:
        moment = Moment(self._clock(), self._fresh_id(), self._wall())
        world = self._world.after(event, moment)
        planned = plan(world)
        commands = list(steps(self._plan, planned))
        self._world, self._plan = world, planned
        for command in commands:
            self._perform(command)
        self._keep()
        self._tell()
        self._ports.recorder.alive()

    def _confess(self, event: Event) -> None:
        if not isinstance(event, ProblemChanged):
            self._take(ProblemChanged("internal-error", present=True))

    def _perform(self, command: Command) -> None:
        """Hand a command to its port. A port that fails must not keep the others from theirs."""
        logger.info("%s", _said(command))
        try:
            self._hand_on(command)
        except Exception:
            logger.exception("a fault in the port for %s", type(command).__name__)
            self.post(ProblemChanged("internal-error", present=True))

    def _hand_on(self, command: Command) -> None:
        match command:
            case OpenRecording() | ResumeCapture() | PauseCapture() | CloseRecording():
                self._ports.recorder.order(command)
            case PauseVoice(connection_id, source):
                self._ports.voice.pause(connection_id, source)
            case ResumeVoice(connection_id, source):
                self._ports.voice.resume(connection_id, source)
            case MaskVoice():
                self._ports.masks.mask(command)
            case TellDecision():
                self._ports.decisions.decided(command)
            case _:
                assert_never(command)

    def _recall(self) -> None:
        """Begin where the last run ended, as far as a restart may change nothing."""
        try:
            text = self._ports.memory.load()
            remembered = from_json(text) if text else None
        except (OSError, MemoryUnreadable) as error:
            logger.warning("what was before the restart is lost: %s", error)
            return
        if text is not None and remembered is not None:
            self._remembered = text
            self._world = remembering(remembered, self._clock(), self._wall())

    def _keep(self) -> None:
        text = to_json(memory(self._world))
        if text == self._remembered:
            return
        try:
            self._ports.memory.save(text)
        except OSError as error:
            if _NOT_KEPT not in self._world.problems:
                logger.warning("the state of the calls cannot be kept: %s", error)
                self.post(ProblemChanged(_NOT_KEPT, present=True))
        else:
            self._remembered = text
            if _NOT_KEPT in self._world.problems:
                self.post(ProblemChanged(_NOT_KEPT, present=False))

    def _tell(self) -> None:
        told = status(self._world)
        if told != self._told:
            self._told = told
            self._publish(told)
        for follower in self.followers:
            follower()


def _said(command: Command) -> str:
    """A command in the log: what is ordered, and ids."""
    match command:
        case OpenRecording(recording_id, call_id, _, decision, reasons):
            kind = "selected" if decision.selected else "not selected"
            return f"open recording {recording_id} of call {call_id} ({kind}){_because(reasons)}"
        case ResumeCapture(recording_id):
            return f"resume capture for recording {recording_id}"
        case PauseCapture(recording_id, reasons):
            return f"pause capture for recording {recording_id}{_because(reasons)}"
        case CloseRecording(recording_id, reason):
            return f"close recording {recording_id}: {reason}"
        case PauseVoice(connection_id):
            return f"pause the voice of leg {connection_id}"
        case ResumeVoice(connection_id):
            return f"resume the voice of leg {connection_id}"
        case MaskVoice(call_id, _, silent):
            return f"the voice of call {call_id} is {'' if silent else 'no longer '}to be silent"
        case TellDecision(call_id, _, decision):
            return f"call {call_id} is {'' if decision.selected else 'not '}selected"
        case _:
            assert_never(command)


def _because(reasons: frozenset[str]) -> str:
    return f", paused: {', '.join(sorted(reasons))}" if reasons else ""
