"""Which recording goes before which, and how what is over is told from what goes on."""

from __future__ import annotations

from tests.agent_client.core.play import (
    HALF,
    LOGGED_OUT,
    PAUSE,
    READY,
    SIGNED_IN,
    WRAPPING_UP,
    Play,
    held,
    policy,
    released,
    talking,
)


def test_of_two_calls_that_end_at_once_the_recorded_one_has_the_wrap_up() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), held("A"), talking("C"))
    assert play.listing() == []
    assert play(WRAPPING_UP) == []
    assert play(READY) == ["close A: wrapped-up"]


def test_an_unselected_calls_wrap_up_is_not_recorded() -> None:
    play = Play(SIGNED_IN, HALF, talking("A"), held("A"), talking("B"), released("A"))
    assert play(released("B"), WRAPPING_UP, READY) == []


def test_after_a_log_out_at_the_telephone_the_agent_may_come_back() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), LOGGED_OUT)
    assert play.status.headline == "Logged out at the telephone"
    assert play(READY) == ["open A", "capture A"]


def test_a_note_tells_of_the_earliest_answered_paused_call() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), held("B"), talking("D"))
    assert play(PAUSE) == ["note B", "mask B", "mask D"]
    assert play(released("B")) == ["close B: next-call", "note D", "unmask B"]
