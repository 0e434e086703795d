"""Calls folded into families: a call with its consults, transfers and conferences.

The parser has no memory; this has. Messages may come twice, late, in another order or not at
all: a leg that ended stays ended, what a message leaves out stays as it was, and a listing that is
older than what we heard of a leg says nothing about it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto

from agent_client.core.call import Call, CallDetails, CallState, RecordingState
from agent_client.core.events import Source
from contract.manifest import EndReason
from contract.selection import RecordingDecision

_ENDED_KEPT = 500  # connection ids; late messages are late by seconds, not by hundreds of calls


class Notice(Enum):
    """What a message showed about Workspace's own recording."""

    PAUSED = auto()  # a leg that was not paused is
    RESUMED = auto()  # a leg that was paused records


@dataclass(frozen=True, slots=True)
class VoiceOrder:
    """What Workspace was last asked for a leg whose recording is not as it should be."""

    silent: bool
    attempt: int  # 1, 2, ...
    given_at: timedelta
    failed: str = ""  # code of the last failure


@dataclass(frozen=True, slots=True)
class Leg:
    """One connection of a call at this agent."""

    call: Call  # as last told; what was left out is as it was before
    heard: int  # the number of the event that last spoke of it
    paused_by: frozenset[Source] = frozenset()  # the sources that call it paused
    order: VoiceOrder | None = None  # until it is fulfilled, or nobody waits for it
    doubted: int | None = None  # the number of the listing that first said it records again

    @property
    def live(self) -> bool:
        """Not yet released."""
        return not self.call.state.over


@dataclass(frozen=True, slots=True)
class Family:
    """What is recorded as one, keyed by the `callUuid` of the leg that was heard first."""

    key: str
    legs: tuple[Leg, ...]
    former: tuple[Call, ...] = ()  # legs as they were called before Workspace renamed them
    names: frozenset[str] = frozenset()  # every id that leads here
    answered: int | None = None  # the number of the event that answered it
    decision: RecordingDecision | None = None
    closed: EndReason | None = None  # why it is not recorded any more, though it goes on

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
        """The agent is on the line, not merely holding it."""
        return any(leg.call.state is CallState.ESTABLISHED for leg in self.legs)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every leg by every name it had, for the manifest."""
        return (*self.former, *(leg.call for leg in self.legs))

    @property
    def call_ids(self) -> frozenset[str]:
        """Every `callUuid` it had: voice may be kept under any of them."""
        return frozenset(call.call_id for call in self.calls)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A family from before a restart; the first leg that shares a name brings it back."""

    key: str
    names: frozenset[str]
    decision: RecordingDecision | None
    closed: EndReason | None
    paused: bool


@dataclass(frozen=True, slots=True)
class Calls:
    """All calls at this agent."""

    families: tuple[Family, ...] = ()
    ended: tuple[tuple[str, str], ...] = ()  # connection id and startedAt of what never comes back
    remembered: tuple[Remembered, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Of families that are there, and of those that may be when Workspace is heard again."""
        there = (family.names for family in self.families)
        return frozenset().union(*there, *(one.names for one in self.remembered))

    def heard(
        self, call: Call, source: Source, lost: frozenset[Source], number: int
    ) -> tuple[Calls, Notice | None]:
        """Workspace told of this call in event `number`; `lost` sources have no say any more."""
        if any(_late(call, *end) for end in self.ended):
            return self, None
        mine = [family for family in self.families if family.names & call.names]
        if not any(_leg_of(family, call) for family in mine) and call.state.over:
            ended = (*self.ended, (call.connection_id, call.started_at))
            return replace(self, ended=ended[-_ENDED_KEPT:]), None
        back = [_back(one) for one in self.remembered if one.names & call.names]
        family = _joined([*back, *mine] or [Family(call.call_id or call.connection_id, ())])
        if _stale(family, call):
            return self, None
        after, notice = _told(family, call, source, lost, number)
        return self._with(after, mine), notice

    def listed(
        self,
        calls: Iterable[Call],
        source: Source,
        lost: frozenset[Source],
        *,
        asked_after: int,
        number: int,
    ) -> tuple[Calls, tuple[Notice, ...]]:
        """All calls there were after event `asked_after`; of later news it knows nothing.

        Servers answer from caches. One listing alone does not end a pause: the next one, asked for
        after it, must say the same, or Workspace must tell of the call itself.
        """
        after, notices = self, list[Notice]()
        present = set[str]()
        for call in calls:
            present |= {call.connection_id}
            if any(leg.heard > asked_after for leg in self._legs_of(call)):
                continue
            told, notice = after.heard(call, source, lost, number)
            if notice is Notice.RESUMED and not after._confirmed(call, asked_after):
                after = after._doubted(call, number)
                continue
            after = told
            notices += [notice] if notice else []
        for leg in [leg for family in self.families for leg in family.legs if leg.live]:
            if leg.call.connection_id in present or leg.heard > asked_after:
                continue
            released = replace(leg.call, state=CallState.RELEASED)
            after, _ = after.heard(released, source, lost, number)
        return replace(after, remembered=()), tuple(notices)

    def without(self, keys: Collection[str]) -> Calls:
        """Forget these families; none of their legs comes back."""
        going = [family for family in self.families if family.key in keys]
        ends = [(call.connection_id, call.started_at) for one in going for call in one.calls]
        return replace(
            self,
            families=tuple(family for family in self.families if family.key not in keys),
            ended=(*self.ended, *ends)[-_ENDED_KEPT:],
        )

    def changed(self, family: Family) -> Calls:
        """The same with this family as it is now."""
        return replace(
            self, families=tuple(family if one.key == family.key else one for one in self.families)
        )

    def family(self, key: str) -> Family | None:
        """The family of this key, if it is there, or the one that it was joined to."""
        return next((family for family in self.families if key in family.names), None)

    def _confirmed(self, call: Call, asked_after: int) -> bool:
        return any(
            leg.doubted is not None and leg.doubted <= asked_after for leg in self._legs_of(call)
        )

    def _doubted(self, call: Call, number: int) -> Calls:
        doubted = self._legs_of(call)
        return replace(
            self,
            families=tuple(
                replace(
                    family,
                    legs=tuple(
                        replace(leg, doubted=leg.doubted or number) if leg in doubted else leg
                        for leg in family.legs
                    ),
                )
                for family in self.families
            ),
        )

    def _legs_of(self, call: Call) -> list[Leg]:
        ids = {call.connection_id, call.previous_connection_id}
        return [
            leg for family in self.families for leg in family.legs if leg.call.connection_id in ids
        ]

    def _with(self, family: Family, instead_of: list[Family]) -> Calls:
        rest = [one for one in self.families if one not in instead_of]
        place = self.families.index(instead_of[0]) if instead_of else len(rest)
        return replace(
            self,
            families=(*rest[:place], family, *rest[place:]),
            remembered=tuple(one for one in self.remembered if not one.names & family.names),
        )


NO_CALLS = Calls()


def _back(one: Remembered) -> Family:
    return Family(one.key, (), names=one.names, decision=one.decision, closed=one.closed)


def _late(call: Call, connection_id: str, started_at: str) -> bool:
    """A message about a leg that ended, unless the same connection rang anew since."""
    anew = started_at != "" and call.started_at > started_at and not call.state.over
    return call.connection_id == connection_id and not anew


def _leg_of(family: Family, call: Call) -> Leg | None:
    """The leg that this message is about, by its connection id or by the one it had before."""
    legs = {leg.call.connection_id: leg for leg in family.legs}
    return legs.get(call.connection_id) or legs.get(call.previous_connection_id or "")


def _joined(families: list[Family]) -> Family:
    """One family of several that turn out to be related; the first one's key and decision stay."""
    answers = [one.answered for one in families if one.answered is not None]
    return replace(
        families[0],
        legs=tuple(leg for one in families for leg in one.legs),
        former=tuple(call for one in families for call in one.former),
        names=frozenset().union(*(one.names for one in families)),
        answered=min(answers, default=None),
        decision=next((one.decision for one in families if one.decision), None),
        closed=next((one.closed for one in families if one.closed), None),
    )


def _stale(family: Family, call: Call) -> bool:
    """Whether this message is older than what we know of its leg."""
    if call.ids in {one.ids for one in family.former}:
        return True
    renamed = {leg.call.previous_connection_id for leg in family.legs}
    if call.connection_id in renamed - {leg.call.connection_id for leg in family.legs}:
        return True
    leg = _leg_of(family, call)
    if leg is None:
        return False
    if not leg.live:
        return _late(call, leg.call.connection_id, leg.call.started_at)
    return leg.call.state.answered and not (call.state.answered or call.state.over)


def _told(
    family: Family, call: Call, source: Source, lost: frozenset[Source], number: int
) -> tuple[Family, Notice | None]:
    """The family after a message about one of its legs, which may be new."""
    before = _leg_of(family, call)
    if before is not None and not before.live:
        before = replace(before, call=replace(before.call, recording=None), paused_by=frozenset())
    leg, notice = _leg_after(before, call, source, lost, number)
    ids = {call.connection_id, leg.call.previous_connection_id}  # its names, now and before
    legs, former = list[Leg](), list(family.former)
    for one in family.legs:
        if one.call.connection_id in ids and one.call.ids != call.ids:
            former.append(one.call)
        kept = leg if one.call.connection_id in ids else one
        legs += [kept] if kept not in legs else []
    return replace(
        family,
        legs=tuple(legs if leg in legs else [*legs, leg]),
        former=tuple(former),
        names=family.names | call.names,
        answered=number if family.answered is None and call.state.answered else family.answered,
    ), notice


def _leg_after(
    before: Leg | None, call: Call, source: Source, lost: frozenset[Source], number: int
) -> tuple[Leg, Notice | None]:
    told = _recording_told(call)
    if before is None:
        paused_by = frozenset({source} if told is RecordingState.PAUSED else ())
        notice = Notice.PAUSED if paused_by and not call.state.over else None
        return Leg(replace(call, recording=told), number, paused_by), notice
    was = before.call
    paused_by = before.paused_by
    if told is RecordingState.PAUSED:
        paused_by |= {source}
    elif told is not None:
        paused_by -= {source}
        told = RecordingState.PAUSED if paused_by - lost else told
    kept = replace(
        call,
        recording=told or was.recording,
        details=was.details if call.details == CallDetails() else call.details,
        parent_connection_id=call.parent_connection_id or was.parent_connection_id,
        previous_connection_id=call.previous_connection_id or was.previous_connection_id,
        started_at=call.started_at or was.started_at,
    )
    notice = None if call.state.over or _echo(before.order, told) else _notice(was, kept)
    return Leg(kept, number, paused_by, before.order), notice


def _echo(order: VoiceOrder | None, told: RecordingState | None) -> bool:
    """Workspace reports what we asked for: that is nobody's wish."""
    asked_for = RecordingState.PAUSED if order and order.silent else RecordingState.RECORDING
    return order is not None and told is asked_for


def _notice(was: Call, now: Call) -> Notice | None:
    if now.recording is RecordingState.PAUSED and was.recording is not RecordingState.PAUSED:
        return Notice.PAUSED
    # A leg that was renamed may record anew: that is for us to pause, and nobody's wish to go on.
    same = was.connection_id == now.connection_id
    if same and (was.recording, now.recording) == (RecordingState.PAUSED, RecordingState.RECORDING):
        return Notice.RESUMED
    return None


def _recording_told(call: Call) -> RecordingState | None:
    """What a message says of the recording; SIP Server's own word in the attached data counts."""
    if ("GSIP_RECORD", "PAUSED") in call.details.user_data:
        return RecordingState.PAUSED
    return call.recording
