"""The values of which the world is made, and what can be read off them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_client.core.agent import NOBODY, Agent
from agent_client.core.call import Call
from agent_client.core.events import Source, UploadsChanged
from agent_client.core.families import NO_CALLS, Calls
from agent_client.core.family import Family
from agent_client.core.rules import Rules
from agent_client.core.wrap_up import WrapUp
from contract.manifest import EndReason, PauseReason
from contract.selection import RecordingDecision

# Without a policy nothing is recorded, but calls are followed.
_TAIL = timedelta(minutes=5)
_PROVISIONAL = timedelta(seconds=3)
_WELL_AGAIN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class AskedPause:
    """Somebody asked to pause voice and screen of the families that were active then."""

    source: Source
    since: timedelta
    families: frozenset[str]  # keys


@dataclass(frozen=True, slots=True)
class CaptureFailure:
    """The screen cannot be read; it is tried again at `until`."""

    code: str
    until: timedelta
    attempt: int

    @property
    def forgiven_at(self) -> timedelta:
        """So long without another failure: the next one counts as the first."""
        return self.until + _WELL_AGAIN


@dataclass(frozen=True, slots=True)
class Recording:
    """An open recording."""

    recording_id: str
    family: str  # the family's key when it was opened
    agent_id: str
    since: timedelta
    decision: RecordingDecision
    beside: tuple[Call, ...] = ()  # legs of other families that went on meanwhile

    @property
    def filming(self) -> bool:
        """It has a picture. One without says only how long an unselected call was paused."""
        return self.decision.selected


@dataclass(frozen=True, slots=True)
class Gone:
    """A recording that is open no more."""

    recording_id: str
    reason: EndReason
    legs: tuple[Call, ...]
    beside: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the client knows and decides by."""

    now: timedelta = timedelta()
    wall: datetime | None = None  # UTC at `now`, by the desk's clock; nothing is measured by it
    taken: int = 0  # events so far
    agent: Agent = NOBODY
    whose: str | None = None  # the agent whose calls these are
    calls: Calls = NO_CALLS
    wrap_up: WrapUp | None = None
    pause: AskedPause | None = None
    pause_lapsed: bool = False  # the last pause ended with its calls, and nobody resumed
    locked: bool = False
    failure: CaptureFailure | None = None
    recording: Recording | None = None
    gone: tuple[Gone, ...] = ()  # the last few
    rules: Rules | None = None  # None: no policy, nothing is recorded
    lost_recording: str = ""  # code, if the recorder gave up the last one
    uploads: UploadsChanged | None = None
    problems: frozenset[str] = frozenset()  # codes that adapters told of
    quitting: bool = False

    @property
    def talking(self) -> tuple[Family, ...]:
        """Families answered and not ended, the earliest answered first."""
        talking = [family for family in self.calls.families if family.talking]
        return tuple(sorted(talking, key=lambda family: family.answered or 0))

    @property
    def due(self) -> tuple[Family, ...]:
        """Families that may be recorded: those talking, and the one in wrap-up."""
        wrapped = self.wrapped
        awaited = self.wrap_up is not None and self.wrap_up.awaited
        return (*self.talking, wrapped) if wrapped and not awaited else self.talking

    @property
    def wrapped(self) -> Family | None:
        """The family in wrap-up."""
        return self.calls.family(self.wrap_up.family) if self.wrap_up else None

    @property
    def restored(self) -> bool:
        """The family in wrap-up is from before a restart: nothing was heard of it since."""
        return self.wrapped is not None and not self.wrapped.legs

    @property
    def present(self) -> Family | None:
        """The call that the agent would mean by "this call"."""
        return min(self.due, key=lambda family: not family.speaking, default=None)

    def there(self, call_id: str | None) -> bool:
        """Whether the call that a wish names is active or in wrap-up; one without a name is."""
        return call_id is None or self.calls.family(call_id) is not None

    def meant(self, call_id: str | None) -> Family | None:
        """The call whose screen a wish is about: the talking one of this name, or the present."""
        if call_id is None:
            return self.present
        return next((family for family in self.talking if call_id in family.names), None)

    @property
    def strangers(self) -> bool:
        """The calls we know are another agent's than the one who signed in."""
        return self.agent.agent_id is not None and self.whose not in {None, self.agent.agent_id}

    @property
    def out_of_touch(self) -> bool:
        """Nobody may be there who would tell of the next call, or of the agent's leaving."""
        return self.agent.out_of_touch(self.calls.tellers)

    def in_touch_with(self, family: Family) -> bool:
        """The sign-in still holds as far as is known, and somebody who tells of it speaks."""
        return Source.LOOPBACK not in self.agent.lost and bool(
            not family.sources or family.sources - self.agent.lost
        )

    def may_say(self, source: Source, family: Family) -> bool:
        """Whether what this source says of the agent is about the time after this call.

        A source that has yet to tell of the call's end is behind: its word is about the time
        before. So is one that tells of calls, but not of this one, unless all others are lost.
        """
        told_end = family.ended_for(source)
        if told_end is not None:
            return told_end
        gone = not family.sources - self.agent.lost
        return gone or source not in self.calls.tellers

    @property
    def tail(self) -> timedelta:
        """How long after-call work is recorded at most."""
        return self.rules.tail if self.rules else _TAIL

    @property
    def provisional(self) -> timedelta:
        """How long after a release AfterCallWork may still come."""
        return self.rules.provisional if self.rules else _PROVISIONAL

    def paused(self, family: Family) -> bool:
        """Whether the asked pause covers this family."""
        return self.pause is not None and bool(self.pause.families & family.names)

    def resumable(self, call_id: str | None) -> bool:
        """Whether a wish to go on has something to end: the pause, if it covers the named call."""
        family = self.calls.family(call_id) if call_id is not None else None
        return self.pause is not None and (call_id is None or bool(family and self.paused(family)))

    @property
    def recorded_family(self) -> Family | None:
        """The family of the open recording."""
        return self.calls.family(self.recording.family) if self.recording else None

    @property
    def reasons(self) -> frozenset[PauseReason]:
        """Why the open recording is paused; empty if the screen is captured."""
        family = self.recorded_family
        holding = {
            PauseReason.ASKED: family is not None and self.paused(family),
            PauseReason.LOCKED: self.locked,
            PauseReason.CAPTURE_FAILED: self.failing,
        }
        return frozenset(reason for reason, holds in holding.items() if holds)

    @property
    def failing(self) -> bool:
        """The screen could not be read, and it is not yet time to try again."""
        return self.failure is not None and self.now < self.failure.until
