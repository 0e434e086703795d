"""What Workspace is asked of its own recording: wanted and reported compared, leg by leg.

Several sources may tell of a leg. One is asked: one that is in touch and reports a recording state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from agent_client.core.backoff import back_off
from agent_client.core.call import RecordingState
from agent_client.core.events import Source
from agent_client.core.families import Calls
from agent_client.core.family import Family
from agent_client.core.legs import Leg, News, VoiceOrder, with_order, without_flip

ECHO = timedelta(seconds=5)  # so long Workspace may take to report what we asked for
_FIRST_ASKED = (Source.WORKSPACE, Source.BRIDGE, Source.API)
_WORKSPACE_ITSELF = frozenset({Source.WORKSPACE, Source.BRIDGE})


def with_orders(calls: Calls, silent: Callable[[Family], bool], news: News) -> Calls:
    """Every leg with the order that stands for it now; `news.source` is of no matter."""
    return replace(
        calls,
        families=tuple(
            replace(
                family,
                legs=tuple(
                    _ordered(leg, family, news, silent=silent(family)) for leg in family.legs
                ),
            )
            for family in calls.families
        ),
    )


def without_orders(calls: Calls) -> Calls:
    """Nobody is signed in, so nothing is asked in anybody's name."""
    return replace(
        calls,
        families=tuple(
            replace(family, legs=tuple(replace(leg, order=None) for leg in family.legs))
            for family in calls.families
        ),
    )


def with_failure(calls: Calls, connection_id: str, code: str) -> Calls:
    """The order for this leg failed; it is given again in its time."""
    return replace(
        calls,
        families=tuple(
            replace(
                family,
                legs=tuple(
                    _failed(leg, leg.order, code)
                    if leg.order is not None and leg.call.connection_id == connection_id
                    else leg
                    for leg in family.legs
                ),
            )
            for family in calls.families
        ),
    )


def moments(family: Family, leg: Leg) -> tuple[timedelta, ...]:
    """When another order may take its place though nothing happens."""
    order = leg.order
    ordered = () if order is None else (order.given_at + ECHO, _again(order))
    others = family.others(leg)
    told = (flip.at + ECHO for one in (leg, *others) for flip in one.flips) if others else ()
    return (*ordered, *told)


def _failed(leg: Leg, order: VoiceOrder, code: str) -> Leg:
    return replace(without_flip(leg, order), order=replace(order, failed=code))


def _ordered(leg: Leg, family: Family, news: News, *, silent: bool) -> Leg:
    if not _asked(leg, family, news):
        return replace(leg, order=None)
    before = leg.order
    order = _order(leg, news.now, wanted=_unfulfilled(leg, family, news, silent=silent))
    new = order is not None and (
        before is None or (order.silent, order.attempt) != (before.silent, before.attempt)
    )
    return with_order(leg, order, news) if order is not None and new else replace(leg, order=order)


def _asked(leg: Leg, family: Family, news: News) -> bool:
    """Whether it is this source that is asked for the leg."""
    others = [one for one in family.others(leg) if one.live and one.call.recording is not None]
    return leg.live and all(_rank(leg, news) < _rank(one, news) for one in others)


def _rank(leg: Leg, news: News) -> tuple[bool, int, str]:
    rank = _FIRST_ASKED.index(leg.source) if leg.source in _FIRST_ASKED else len(_FIRST_ASKED)
    return leg.source in news.lost, rank, leg.source


def _unfulfilled(leg: Leg, family: Family, news: News, *, silent: bool) -> bool | None:
    """What must be asked for this leg: True is silence, False is recording, None is nothing."""
    reported = {leg.call.recording, *_told_elsewhere(leg, family, news)}
    if silent:
        return True if reported == {RecordingState.RECORDING} else None
    return False if reported == {RecordingState.PAUSED} else None


def _told_elsewhere(leg: Leg, family: Family, news: News) -> tuple[RecordingState | None, ...]:
    """What a quicker source told of it just now: this one will say so in a moment."""
    if sum(one.source is leg.source and one.same(leg) for one in family.legs) > 1:
        return ()
    others = family.others(leg)
    recent = {
        flip.place
        for one in (leg, *others)
        for flip in one.flips
        if leg.as_of < flip.place and news.now < flip.at + ECHO
    }
    return tuple(
        one.call.recording
        for one in others
        if one.live and one.source in _WORKSPACE_ITSELF and one.as_of in recent
    )


def _order(leg: Leg, now: timedelta, *, wanted: bool | None) -> VoiceOrder | None:
    order = leg.order
    if wanted is None:
        # The report may still come. It is our own echo then, and not somebody's wish.
        under_way = order is not None and _under_way(order, leg, now)
        return replace(order, asking=False) if order is not None and under_way else None
    if order is None or order.silent is not wanted:
        return VoiceOrder(silent=wanted, attempt=1, given_at=now)
    if now < _again(order):
        return replace(order, asking=True)
    return replace(order, attempt=order.attempt + 1, given_at=now, asking=True)


def _again(order: VoiceOrder) -> timedelta:
    return order.given_at + back_off(order.attempt)


def _under_way(order: VoiceOrder, leg: Leg, now: timedelta) -> bool:
    open_still = leg.live and leg.call.recording is not order.wanted and not order.failed
    return open_still and now < order.given_at + ECHO
