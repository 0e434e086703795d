"""Plays: events in, commands out, both in words that read like a story.

    play = Play(SIGNED_IN, policy())
    assert play(talking("A")) == ["open A", "capture A"]

A call is named by a capital letter; its first leg has the same letter, small, as connection id.
Every play also checks the promises that hold in each of them (see `Play._watch`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import assert_never
from uuid import UUID

from agent_client.core.call import (
    AgentPresence,
    AgentState,
    Call,
    CallDetails,
    CallState,
    RecordingState,
    WorkMode,
)
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
from agent_client.core.events import (
    AgentSignedIn,
    AgentSignedOut,
    AgentStateChanged,
    CallChanged,
    CallsListed,
    ClockTicked,
    Event,
    Moment,
    PauseAsked,
    PolicyChanged,
    ResumeAsked,
    ScreenLocked,
    Source,
    TouchLost,
    TouchRegained,
)
from agent_client.core.plan import Plan, plan, steps
from agent_client.core.status import Status, status
from agent_client.core.world import World
from contract.selection import BUCKETS, bucket_of

RECORDING, PAUSED, STOPPED = RecordingState.RECORDING, RecordingState.PAUSED, RecordingState.STOPPED

_MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)

SIGNED_IN = AgentSignedIn("alice", Source.LOOPBACK)
SIGNED_OUT = AgentSignedOut(Source.LOOPBACK)
READY = AgentStateChanged(AgentState(AgentPresence.READY, WorkMode.UNKNOWN))
STALE_READY = AgentStateChanged(AgentState(AgentPresence.READY, WorkMode.AFTER_CALL_WORK))
WRAPPING_UP = AgentStateChanged(AgentState(AgentPresence.NOT_READY, WorkMode.AFTER_CALL_WORK))
ON_BREAK = AgentStateChanged(AgentState(AgentPresence.NOT_READY, WorkMode.AUX_WORK))
LOGGED_OUT = AgentStateChanged(AgentState(AgentPresence.LOGGED_OUT, WorkMode.UNKNOWN))
PAUSE, RESUME = PauseAsked(Source.TRAY), ResumeAsked(Source.TRAY)
LOCKED, UNLOCKED = ScreenLocked(locked=True), ScreenLocked(locked=False)
LOST, REGAINED = TouchLost(Source.WORKSPACE), TouchRegained(Source.WORKSPACE)
TICK = ClockTicked()


def policy(
    percentage: float = 100,
    *,
    salt: str = "salt",
    may_pause: bool = True,
    may_record_now: bool = False,
    agent: str | None = None,
) -> PolicyChanged:
    """Tail 300 s, provisional wrap-up 3 s, a recording's length 4 h."""
    return PolicyChanged(
        percentage=str(percentage),
        salt=salt,
        tail_seconds=300,
        provisional_wrap_up_seconds=3,
        recording_seconds=14_400,
        agent_may_pause=may_pause,
        agent_may_record_now=may_record_now,
        agent_id=agent,
    )


def _salt() -> str:
    for salt in map(str, count()):
        picked = [bucket_of(name, salt) < BUCKETS // 2 for name in "ABCD"]
        if picked == [True, False, True, False]:
            return salt
    raise AssertionError


HALF = policy(50, salt=_salt())
"""A and C are selected, B and D are not."""
HALF_AND_RECORD_NOW = policy(50, salt=_salt(), may_record_now=True)


def call(  # noqa: PLR0913 a call has that many sides
    name: str,
    state: CallState,
    recording: RecordingState | None = None,
    *,
    leg: str = "",
    parent: str | None = None,
    previous: str | None = None,
    started: str = "",
    data: tuple[tuple[str, str], ...] = (),
) -> Call:
    """One leg, as Workspace tells of it."""
    return Call(
        call_id=name,
        connection_id=leg or name.lower(),
        state=state,
        recording=recording,
        parent_connection_id=parent,
        previous_connection_id=previous,
        details=CallDetails(user_data=data),
        started_at=started,
    )


def ringing(name: str, recording: RecordingState | None = None, **more: str) -> CallChanged:
    return CallChanged(call(name, CallState.RINGING, recording, **more))  # type: ignore[arg-type] # names


def dialing(name: str, recording: RecordingState | None = None, **more: str) -> CallChanged:
    return CallChanged(call(name, CallState.DIALING, recording, **more))  # type: ignore[arg-type] # names


def talking(name: str, recording: RecordingState | None = None, **more: str) -> CallChanged:
    return CallChanged(call(name, CallState.ESTABLISHED, recording, **more))  # type: ignore[arg-type] # names


def held(name: str, recording: RecordingState | None = None, **more: str) -> CallChanged:
    return CallChanged(call(name, CallState.HELD, recording, **more))  # type: ignore[arg-type] # names


def released(name: str, recording: RecordingState | None = None, **more: str) -> CallChanged:
    return CallChanged(call(name, CallState.RELEASED, recording, **more))  # type: ignore[arg-type] # names


def completed(name: str, recording: RecordingState | None = None, **more: str) -> CallChanged:
    return CallChanged(call(name, CallState.COMPLETED, recording, **more))  # type: ignore[arg-type] # names


def by(source: Source, event: CallChanged | AgentStateChanged) -> CallChanged | AgentStateChanged:
    """The same, told by this source."""
    return replace(event, source=source)


def bridge(event: CallChanged) -> CallChanged:
    """The same, told by the page in Workspace, which has connection ids of its own."""
    own = {
        name: f"b-{value}" if value else value
        for name, value in (
            ("connection_id", event.call.connection_id),
            ("parent_connection_id", event.call.parent_connection_id),
            ("previous_connection_id", event.call.previous_connection_id),
        )
    }
    return CallChanged(replace(event.call, **own), Source.BRIDGE)  # type: ignore[arg-type] # names


class Play:
    """A client in a world of its own: what it hears, and what it then does."""

    def __init__(self, *events: Event, world: World | None = None) -> None:
        self.now = timedelta(hours=1)
        self.wall = _MORNING
        self.world = world or World()
        self.plan = Plan()
        self.commands: list[Command] = []
        self._calls: dict[str, str] = {}  # recording id -> call
        self._numbers = count(1)
        self(*events)

    def __call__(self, *events: Event) -> list[str]:
        """Hear these, one after the other, and say what is done."""
        begun = len(self.commands)
        for event in events:
            moment = Moment(self.now, str(UUID(int=next(self._numbers))), self.wall)
            self.world = self.world.after(event, moment)
            before, self.plan = self.plan, plan(self.world)
            self.commands += steps(before, self.plan)
        watch(self.commands)
        done = self.commands[begun:]
        return [self._word(command) for command in done if not isinstance(command, TellDecision)]

    def later(self, seconds: float, *events: Event) -> list[str]:
        """Let so much time pass, then hear these."""
        self.now += timedelta(seconds=seconds)
        self.wall += timedelta(seconds=seconds)
        return self(*(events or (TICK,)))

    def listing(
        self,
        *calls: CallChanged,
        asked_after: int | None = None,
        source: Source = Source.WORKSPACE,
    ) -> list[str]:
        """Hear a listing of these calls; without `asked_after` it is a fresh one."""
        asked = self.world.taken if asked_after is None else asked_after
        return self(CallsListed(tuple(one.call for one in calls), asked, source))

    @property
    def status(self) -> Status:
        return status(self.world)

    @property
    def problems(self) -> list[str]:
        return [problem.code for problem in self.status.problems]

    @property
    def openings(self) -> list[OpenRecording]:
        return [one for one in self.commands if isinstance(one, OpenRecording)]

    @property
    def closings(self) -> list[CloseRecording]:
        return [one for one in self.commands if isinstance(one, CloseRecording)]

    def _word(self, command: Command) -> str:
        match command:
            case OpenRecording(recording_id, call_id, _, decision, _):
                self._calls[recording_id] = call_id
                return f"open {call_id}" if decision.selected else f"note {call_id}"
            case ResumeCapture(recording_id):
                return f"capture {self._calls[recording_id]}"
            case PauseCapture(recording_id, reasons):
                return f"pause {self._calls[recording_id]}: {', '.join(sorted(reasons))}"
            case CloseRecording(recording_id, reason):
                return f"close {self._calls[recording_id]}: {reason}"
            case PauseVoice(connection_id):
                return f"silence {connection_id}"
            case ResumeVoice(connection_id):
                return f"voice {connection_id}"
            case MaskVoice(call_id, _, silent):
                return f"mask {call_id}" if silent else f"unmask {call_id}"
            case TellDecision(call_id, _, decision):
                return f"tell {call_id}: {'selected' if decision.selected else 'not selected'}"
            case _:
                assert_never(command)


def watch(commands: list[Command]) -> None:
    """One recording at a time: opened first, closed last, captured only when selected."""
    current: OpenRecording | None = None
    capturing = False
    seen: set[str] = set()
    for command in commands:
        match command:
            case OpenRecording(recording_id):
                assert current is None, "two are open"
                assert recording_id not in seen, "an id was used twice"
                seen.add(recording_id)
                current, capturing = command, False
            case ResumeCapture(recording_id):
                assert current is not None
                assert current.recording_id == recording_id
                assert current.decision.selected, "the screen of an unselected call"
                assert not capturing, "resumed twice"
                capturing = True
            case PauseCapture(recording_id, reasons):
                assert current is not None
                assert current.recording_id == recording_id
                assert reasons
                capturing = False
            case CloseRecording(recording_id):
                assert current is not None
                assert current.recording_id == recording_id
                current = None
            case _:
                pass


def ready() -> Play:
    """Alice is signed in, and every call is to be recorded."""
    return Play(SIGNED_IN, policy())


def recording() -> Play:
    """The same, and she is talking."""
    return Play(SIGNED_IN, policy(), talking("A"))
