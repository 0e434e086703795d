"""A family: a call with its consults, transfers and conferences, recorded as one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent_client.core.call import Call, CallState
from agent_client.core.events import Source
from agent_client.core.legs import Leg, ended_by
from contract.manifest import EndReason
from contract.selection import RecordingDecision


@dataclass(frozen=True, slots=True)
class Family:
    """What is recorded as one, keyed by the `callUuid` that it was decided for."""

    key: str
    legs: tuple[Leg, ...]
    former: tuple[Leg, ...] = ()  # as they were called before Workspace renamed them
    names: frozenset[str] = frozenset()  # every id that leads here
    answered: int | None = None  # the number of the event that answered it
    decision: RecordingDecision | None = None
    closed: EndReason | None = None  # why it is not recorded any more, though it goes on
    past_ids: frozenset[str] = frozenset()  # each `callUuid` it had before a restart

    @property
    def live(self) -> bool:
        """Some leg is not yet released."""
        return any(leg.live for leg in self.legs)

    @property
    def talking(self) -> bool:
        """It was answered here and has not ended."""
        return self.answered is not None and self.live

    @property
    def speaking(self) -> bool:
        """The agent is on the line, not merely holding it, by the last word on each leg."""
        return any(leg.call.state is CallState.ESTABLISHED for leg in self.legs if self._last(leg))

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every leg by every name it had, for the manifest."""
        return tuple(leg.call for leg in (*self.former, *self.legs))

    @property
    def call_ids(self) -> frozenset[str]:
        """Every `callUuid` it had: voice may be kept under any of them."""
        return self.past_ids | {call.call_id for call in self.calls}

    @property
    def sources(self) -> frozenset[Source]:
        """Who tells of it."""
        return frozenset(leg.source for leg in self.legs)

    def ended_for(self, source: Source) -> bool | None:
        """Whether this source has told the end of all it told; None if it told nothing."""
        words = [leg.said_over for leg in self.legs if leg.source is source]
        return all(words) if words else None

    def others(self, leg: Leg) -> tuple[Leg, ...]:
        """What other sources tell of this leg, or of legs of the same call."""
        return tuple(one for one in self.legs if one.source is not leg.source and one.same(leg))

    def agreed(self, lost: frozenset[Source]) -> Family:
        """The same, where what one source says is over is over for the others."""
        if len(self.sources) == 1 or not self.live:
            return self
        legs = tuple(
            replace(leg, call=replace(leg.call, state=CallState.RELEASED))
            if leg.live and ended_by(leg, self.legs, lost)
            else leg
            for leg in self.legs
        )
        return replace(self, legs=legs)

    def _last(self, leg: Leg) -> bool:
        return not any(one.heard > leg.heard and one.live for one in self.others(leg))


@dataclass(frozen=True, slots=True)
class Remembered:
    """A family from before a restart; the first leg that shares a name brings it back."""

    key: str
    names: frozenset[str]
    decision: RecordingDecision | None
    closed: EndReason | None
    paused: bool
    sources: frozenset[Source] = frozenset()  # who told of it; whose listing lets it be forgotten
    call_ids: frozenset[str] = frozenset()

    @property
    def family(self) -> Family:
        """As it is brought back."""
        return Family(
            self.key,
            (),
            names=self.names,
            decision=self.decision,
            closed=self.closed,
            past_ids=self.call_ids,
        )
