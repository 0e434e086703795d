"""What Workspace is asked of its own recording: wanted and reported compared, leg by leg."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from agent_client.core.backoff import back_off
from agent_client.core.call import RecordingState
from agent_client.core.families import Calls, Family, Leg, VoiceOrder

_ECHO = timedelta(seconds=5)  # so long Workspace may take to report what we asked for


def unfulfilled(leg: Leg, *, silent: bool) -> bool | None:
    """What must be asked for this leg: True is silence, False is recording, None is nothing."""
    if not leg.live:
        return None
    if silent:
        return True if leg.call.recording is RecordingState.RECORDING else None
    return False if leg.call.recording is RecordingState.PAUSED else None


def with_orders(calls: Calls, silent: Callable[[Family], bool], now: timedelta) -> Calls:
    """Every leg with the order that stands for it now."""
    return replace(
        calls,
        families=tuple(
            replace(
                family,
                legs=tuple(
                    replace(leg, order=_order(leg, now, silent=silent(family)))
                    for leg in family.legs
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
                    replace(leg, order=replace(leg.order, failed=code))
                    if leg.order is not None and leg.call.connection_id == connection_id
                    else leg
                    for leg in family.legs
                ),
            )
            for family in calls.families
        ),
    )


def moments(order: VoiceOrder) -> tuple[timedelta, ...]:
    """When another order may take its place though nothing happens."""
    return order.given_at + _ECHO, order.given_at + back_off(order.attempt)


def _order(leg: Leg, now: timedelta, *, silent: bool) -> VoiceOrder | None:
    wanted = unfulfilled(leg, silent=silent)
    order = leg.order
    if wanted is None:
        # The report may still come. It is our own echo then, and not somebody's wish.
        return order if order is not None and _under_way(order, leg, now) else None
    if order is None or order.silent is not wanted:
        return VoiceOrder(silent=wanted, attempt=1, given_at=now)
    if now < order.given_at + back_off(order.attempt):
        return order
    return replace(order, attempt=order.attempt + 1, given_at=now)


def _under_way(order: VoiceOrder, leg: Leg, now: timedelta) -> bool:
    asked_for = RecordingState.PAUSED if order.silent else RecordingState.RECORDING
    open_still = leg.live and leg.call.recording is not asked_for and not order.failed
    return open_still and now < order.given_at + _ECHO
