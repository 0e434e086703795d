"""Calls folded into families: a call with its consults, transfers and conferences.

The parser has no memory; this has. Messages may come twice, late, in another order or not at
all, and from several sources: a leg that ended stays ended, what a message leaves out stays as it
was, and a listing that is older than what we heard of a leg says nothing about it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from agent_client.core.call import Call, CallState
from agent_client.core.events import Source
from agent_client.core.family import Family, Remembered
from agent_client.core.legs import (
    Leg,
    News,
    Notice,
    ended_by,
    first_word,
    next_word,
)

_ENDED_KEPT = 500  # legs; late messages are late by seconds, not by hundreds of calls
_LATE = timedelta(seconds=60)  # so long after an end another source may still tell of the call


@dataclass(frozen=True, slots=True)
class Ended:
    """A leg that never comes back."""

    connection_id: str
    started_at: str
    call_id: str
    source: Source
    at: timedelta


@dataclass(frozen=True, slots=True)
class Calls:
    """All calls at this agent."""

    families: tuple[Family, ...] = ()
    ended: tuple[Ended, ...] = ()
    remembered: tuple[Remembered, ...] = ()
    tellers: frozenset[Source] = frozenset()  # who ever told of a call

    @property
    def names(self) -> frozenset[str]:
        """Of families that are there, and of those that may be when Workspace is heard again."""
        there = (family.names for family in self.families)
        return frozenset().union(*there, *(one.names for one in self.remembered))

    def heard(self, call: Call, news: News) -> tuple[Calls, Notice | None]:
        """A source told of this call."""
        calls, notice = self._heard(call, news)
        return replace(calls, tellers=self.tellers | {news.source}), notice

    def listed(
        self, listed: Iterable[Call], news: News, asked_after: int
    ) -> tuple[Calls, tuple[Notice, ...]]:
        """All calls of which a source knew after event `asked_after`; of later news it knows none.

        Nor does it know of calls of which only other sources tell.

        Servers answer from caches. One listing alone does not end a pause: the next one, asked for
        after it, must say the same, or Workspace must tell of the call itself.
        """
        after, notices = self, list[Notice]()
        present = set[str]()
        for call in listed:
            present |= {call.connection_id}
            if any(leg.heard > asked_after for leg in self._legs_of(call, news.source)):
                continue
            told, notice = after.heard(call, news)
            if notice is Notice.RESUMED and not after._confirmed(call, news.source, asked_after):
                after = after._doubted(call, news)
                continue
            after = told
            notices += [notice] if notice else []
        for leg in [leg for family in self.families for leg in family.legs]:
            unheard = leg.source is news.source and not leg.said_over
            if leg.call.connection_id in present or leg.heard > asked_after or not unheard:
                continue
            released = replace(leg.call, state=CallState.RELEASED)
            after, _ = after.heard(released, news)
        return replace(
            after,
            remembered=tuple(
                one
                for one in (
                    replace(one, sources=one.sources - {news.source}) for one in after.remembered
                )
                if one.sources
            ),
        ), tuple(notices)

    def agreed(self, lost: frozenset[Source]) -> Calls:
        """The same, after sources were lost."""
        return replace(self, families=tuple(family.agreed(lost) for family in self.families))

    def without(self, keys: Collection[str], now: timedelta) -> Calls:
        """Forget these families; none of their legs comes back."""
        going = [family for family in self.families if family.key in keys]
        ends = [
            _ended(leg.call, leg.source, now)
            for family in going
            for leg in (*family.former, *family.legs)
        ]
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

    def _heard(self, call: Call, news: News) -> tuple[Calls, Notice | None]:
        mine = [family for family in self.families if family.names & call.names]
        if any(_late(call, end) for end in self.ended):
            return self, None
        if not mine and not call.state.over and self._ended_elsewhere(call, news):
            return self, None
        known = any(_known(family, call, news.source) for family in mine)
        if not known and call.state.over:
            ended = _ended(call, news.source, news.now)
            return replace(self, ended=(*self.ended, ended)[-_ENDED_KEPT:]), None
        back = [one.family for one in self.remembered if one.names & call.names]
        family = _joined([*back, *mine] or [Family(call.call_id or call.connection_id, ())])
        if _stale(family, call, news.source):
            bowed = _bowed_out(family, call, news)
            return (self if bowed is family else self._with(bowed.agreed(news.lost), mine)), None
        after, notice = _told(family, call, news)
        return self._with(after.agreed(news.lost), mine), notice

    def _ended_elsewhere(self, call: Call, news: News) -> bool:
        """Another source told the end of this call just now: the one that tells of it is slow."""
        ends = [end for end in self.ended if end.call_id == call.call_id != ""]
        return not any(end.source is news.source for end in ends) and any(
            news.now < end.at + _LATE
            and end.source not in news.lost
            and not _anew(call, end.started_at)
            for end in ends
        )

    def _confirmed(self, call: Call, source: Source, asked_after: int) -> bool:
        return any(
            leg.doubted is not None and leg.doubted <= asked_after
            for leg in self._legs_of(call, source)
        )

    def _doubted(self, call: Call, news: News) -> Calls:
        doubted = self._legs_of(call, news.source)
        return replace(
            self,
            families=tuple(
                replace(
                    family,
                    legs=tuple(
                        replace(leg, doubted=leg.doubted or news.number) if leg in doubted else leg
                        for leg in family.legs
                    ),
                )
                for family in self.families
            ),
        )

    def _legs_of(self, call: Call, source: Source) -> list[Leg]:
        ids = {call.connection_id, call.previous_connection_id}
        return [
            leg
            for family in self.families
            for leg in family.legs
            if leg.source is source and leg.call.connection_id in ids
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


def _ended(call: Call, source: Source, at: timedelta) -> Ended:
    return Ended(call.connection_id, call.started_at, call.call_id, source, at)


def _anew(call: Call, started_at: str) -> bool:
    """It rang anew since."""
    return started_at != "" and call.started_at > started_at and not call.state.over


def _late(call: Call, end: Ended) -> bool:
    """A message about a leg that ended, unless the same connection rang anew since."""
    return call.connection_id == end.connection_id and not _anew(call, end.started_at)


def _leg_of(family: Family, call: Call, source: Source) -> Leg | None:
    """The leg that this message is about, by its connection id or by the one it had before."""
    legs = {leg.call.connection_id: leg for leg in family.legs if leg.source is source}
    return legs.get(call.connection_id) or legs.get(call.previous_connection_id or "")


def _known(family: Family, call: Call, source: Source) -> bool:
    """Whether this leg was told of, by this source or another one."""
    others = (leg for leg in family.legs if leg.source is not source)
    return bool(_leg_of(family, call, source)) or any(
        call.call_id in one.call_ids for one in others
    )


def _joined(families: list[Family]) -> Family:
    """One family of several that turn out to be related; what was decided first stays.

    But a custom desktop that puts a call of its own first cannot have Workspace's call unrecorded.
    """
    answers = [one.answered for one in families if one.answered is not None]
    of_workspace = [one for one in families if one.sources != {Source.API}]
    decided = [one for one in of_workspace or families if one.decision]
    selected = [one for one in families if one.decision and one.decision.selected]
    first = next(iter((*decided, *selected, *of_workspace, *families)))
    return replace(
        first,
        legs=tuple(leg for one in families for leg in one.legs),
        former=tuple(leg for one in families for leg in one.former),
        names=frozenset().union(*(one.names for one in families)),
        answered=min(answers, default=None),
        closed=next((one.closed for one in families if one.closed), None),
        past_ids=frozenset().union(*(one.past_ids for one in families)),
    )


def _stale(family: Family, call: Call, source: Source) -> bool:
    """Whether this message is older than what we know of its leg."""
    told = [leg for leg in family.legs if leg.source is source]
    if call.ids in {one.call.ids for one in family.former if one.source is source}:
        return True
    renamed = {leg.call.previous_connection_id for leg in told}
    if call.connection_id in renamed - {leg.call.connection_id for leg in told}:
        return True
    leg = _leg_of(family, call, source)
    if leg is None:
        return False
    if not leg.live:
        same = call.connection_id == leg.call.connection_id
        return same and not _anew(call, leg.call.started_at)
    return leg.call.state.answered and not (call.state.answered or call.state.over)


def _bowed_out(family: Family, call: Call, news: News) -> Family:
    """The family after a stale message: one may say that what is over by others' word is over."""
    leg = _leg_of(family, call, news.source)
    if leg is None or leg.live or leg.said_over or not call.state.over:
        return family
    said = replace(leg, said_over=True, heard=news.number)
    return replace(family, legs=tuple(said if one is leg else one for one in family.legs))


def _told(family: Family, call: Call, news: News) -> tuple[Family, Notice | None]:
    """The family after a message about one of its legs, which may be new."""
    before = _leg_of(family, call, news.source)
    if before is not None and not before.live:
        again = replace(before.call, recording=None)
        before = replace(before, call=again, said_over=False, as_of=0, flips=())
    leg, notice = _after(family, before, call, news)
    ids = {call.connection_id, leg.call.previous_connection_id}  # its names, now and before
    legs, former = list[Leg](), list(family.former)
    for one in family.legs:
        mine = one.source is news.source and one.call.connection_id in ids
        if mine and one.call.ids != call.ids:
            former.append(one)
        kept = leg if mine else one
        legs += [kept] if kept not in legs else []
    answered = leg.live and call.state.answered and family.answered is None
    return replace(
        family,
        legs=tuple(legs if leg in legs else [*legs, leg]),
        former=tuple(former),
        names=family.names | call.names,
        answered=news.number if answered else family.answered,
    ), notice


def _after(family: Family, before: Leg | None, call: Call, news: News) -> tuple[Leg, Notice | None]:
    new, _ = first_word(call, news, ())
    others = family.others(before or new)
    if before is not None:
        return next_word(before, call, news, others)
    leg, notice = first_word(call, news, others)
    late = ended_by(leg, (*family.legs, leg), news.lost)
    return leg, None if late else notice
