"""After-call work: provisional, confirmed, over."""

from __future__ import annotations

from datetime import timedelta

from agent_client.core.wrap_up import WrapUp
from contract.manifest import EndReason
from tests.agent_client.core.play import READY, STALE_READY, WRAPPING_UP

TAIL = timedelta(seconds=300)
PROVISIONAL = WrapUp("A", timedelta(0), timedelta(seconds=3))


def ending(wrap_up: WrapUp, seconds: float, *, in_touch: bool = True) -> EndReason | None:
    return wrap_up.ending(timedelta(seconds=seconds), TAIL, in_touch=in_touch)


def test_it_is_provisional_until_confirmed() -> None:
    assert ending(PROVISIONAL, 2.9) is None
    assert ending(PROVISIONAL, 3) is EndReason.WRAPPED_UP
    assert ending(PROVISIONAL.heard(WRAPPING_UP.state), 299) is None


def test_the_tail_limit_holds_in_any_case() -> None:
    assert ending(PROVISIONAL.heard(WRAPPING_UP.state), 300) is EndReason.TAIL_LIMIT
    assert ending(PROVISIONAL, 300, in_touch=False) is EndReason.TAIL_LIMIT


def test_any_other_state_ends_it() -> None:
    for state in (READY.state, STALE_READY.state):
        confirmed = PROVISIONAL.heard(WRAPPING_UP.state)
        assert ending(confirmed.heard(state), 1) is EndReason.WRAPPED_UP


def test_back_in_touch_there_is_time_to_confirm() -> None:
    again = PROVISIONAL.in_touch_again(timedelta(seconds=63))
    assert ending(again, 60) is None
    assert ending(again, 63) is EndReason.WRAPPED_UP
    confirmed = PROVISIONAL.heard(WRAPPING_UP.state)
    assert confirmed.in_touch_again(timedelta(seconds=63)) == confirmed
