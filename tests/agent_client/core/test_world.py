"""The rules of recording as stories: what is heard, and what is then done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_client.core.events import (
    AgentStateChanged,
    CaptureFailed,
    Event,
    ProblemChanged,
    QuitAsked,
)
from tests.agent_client.core.play import (
    HALF,
    ON_BREAK,
    PAUSE,
    PAUSED,
    READY,
    RECORDING,
    SIGNED_IN,
    STALE_READY,
    WRAPPING_UP,
    Play,
    completed,
    dialing,
    held,
    policy,
    ready,
    recording,
    released,
    ringing,
    talking,
)

# When a recording is due.


def test_a_whole_call_is_one_recording() -> None:
    play = ready()
    assert play(ringing("A")) == []
    assert play(talking("A")) == ["open A", "capture A"]
    assert play(held("A"), talking("A")) == []
    assert play(released("A"), WRAPPING_UP, completed("A")) == []
    assert play(STALE_READY) == ["close A: wrapped-up"]


def test_ringing_and_dialing_are_not_recorded() -> None:
    assert ready()(ringing("A"), dialing("C")) == []


def test_an_outbound_call_is_recorded_from_its_answer() -> None:
    play = ready()
    assert play(dialing("A")) == []
    assert play(talking("A")) == ["open A", "capture A"]


def test_a_call_that_is_not_answered_leaves_nothing() -> None:
    play = ready()
    assert play(ringing("A"), released("A"), WRAPPING_UP) == []
    assert play.status.headline == "Ready"


def test_hold_does_not_pause() -> None:
    play = recording()
    assert play(held("A"), talking("A")) == []


def test_a_client_started_while_the_call_is_on_hold_records_it() -> None:
    assert ready()(held("A")) == ["open A", "capture A"]


def test_a_client_started_in_mid_call_records_the_rest() -> None:
    play = ready()
    assert play.listing(talking("A")) == ["open A", "capture A"]


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4, 5])
def test_sign_in_policy_and_call_may_come_in_any_order(order: int) -> None:
    events: list[Event] = [SIGNED_IN, policy(), talking("A")]
    first = events.pop(order // 2)
    play = Play()
    assert play(first, *(events if order % 2 else reversed(events))) == ["open A", "capture A"]


# After-call work.


def test_release_and_then_after_call_work_is_one_recording() -> None:
    play = recording()
    assert play(released("A")) == []
    assert play.later(2.9) == []
    assert play(WRAPPING_UP) == []
    assert play.later(100) == []
    assert play(READY) == ["close A: wrapped-up"]


def test_without_after_call_work_the_recording_ends_three_seconds_after_the_release() -> None:
    play = recording()
    play(released("A"))
    assert play.later(2.9) == []
    assert play.later(0.1) == ["close A: wrapped-up"]
    assert play(WRAPPING_UP) == []


@pytest.mark.parametrize("state", [READY, STALE_READY, ON_BREAK])
def test_after_call_work_is_ended_by_any_other_state(state: Event) -> None:
    play = recording()
    play(released("A"), WRAPPING_UP)
    assert play(state) == ["close A: wrapped-up"]


def test_after_call_work_may_be_told_before_the_release() -> None:
    play = recording()
    play(WRAPPING_UP, released("A"))
    assert play.later(60) == []
    assert play(READY) == ["close A: wrapped-up"]


def test_a_state_told_before_the_release_does_not_end_the_recording() -> None:
    play = recording()
    assert play(READY, ON_BREAK, READY) == []
    assert play(released("A")) == []


@pytest.mark.parametrize("before", [READY, ON_BREAK])
def test_the_old_state_sent_again_after_the_release_is_no_end(
    before: AgentStateChanged,
) -> None:
    play = Play(SIGNED_IN, policy(), before, talking("A"))
    assert play(released("A"), replace(before, resent=True)) == []
    assert play.later(1, WRAPPING_UP, replace(WRAPPING_UP, resent=True)) == []
    assert play.later(60) == []
    assert play(replace(before, resent=True)) == ["close A: wrapped-up"]


def test_the_old_state_sent_again_confirms_no_after_call_work() -> None:
    play = Play(SIGNED_IN, policy(), READY, talking("A"), released("A"))
    assert play.later(2.9, replace(READY, resent=True)) == []
    assert play.later(0.1) == ["close A: wrapped-up"]


@pytest.mark.parametrize("before", [None, READY])
def test_another_state_of_who_sends_it_again_ends_it(before: AgentStateChanged | None) -> None:
    play = Play(SIGNED_IN, policy(), *([before] if before else []), talking("A"), released("A"))
    assert play(replace(ON_BREAK, resent=True)) == ["close A: wrapped-up"]


def test_after_call_work_is_recorded_no_longer_than_the_tail_limit() -> None:
    play = recording()
    play(released("A"), WRAPPING_UP)
    assert play.later(299.9) == []
    assert play.later(0.1) == ["close A: tail-limit"]


def test_the_next_call_ends_after_call_work() -> None:
    play = recording()
    play(released("A"), WRAPPING_UP)
    assert play(dialing("C"), ringing("D")) == []
    assert play(talking("C")) == ["close A: next-call", "open C", "capture C"]


def test_a_call_back_to_the_same_customer_while_wrapping_up_ends_with_after_call_work() -> None:
    play = recording()
    play(released("A"), WRAPPING_UP, talking("C"))
    assert play(released("C")) == []
    assert play.later(30) == []  # still in the same AfterCallWork, which is not told again
    assert play(READY) == ["close C: wrapped-up"]


# Which call.


def test_one_film_at_a_time_and_the_later_call_gets_its_own() -> None:
    play = recording()
    assert play(held("A"), talking("C")) == []
    assert play(released("A")) == ["close A: next-call", "open C", "capture C"]
    assert [call.call_id for call in play.closings[0].beside] == ["C"]


def test_the_call_on_hold_is_recorded_on_when_the_other_one_ends() -> None:
    play = recording()
    play(held("A"), talking("C"))
    assert play(released("C"), talking("A")) == []
    assert play(released("A"), WRAPPING_UP, READY) == ["close A: wrapped-up"]


def test_the_earliest_answered_of_the_selected_calls_is_next() -> None:
    play = Play(SIGNED_IN, HALF, talking("A"), held("A"), talking("B"), held("B"))
    play(talking("C"))
    assert play(released("A")) == ["close A: next-call", "open C", "capture C"]
    assert play(released("C"), released("B"), WRAPPING_UP, READY) == ["close C: next-call"]


# Limits.


def test_a_recording_has_a_limit_and_its_call_is_not_recorded_again() -> None:
    play = recording()
    assert play.later(14_399) == []
    assert play.later(1) == ["close A: length-limit"]
    assert play(held("A"), talking("A"), released("A"), READY) == []
    assert play(talking("C")) == ["open C", "capture C"]


# The end.


def test_quitting_closes_the_recording_and_opens_nothing() -> None:
    play = recording()
    assert play(QuitAsked()) == ["close A: stopped"]
    assert play(talking("A"), talking("C"), PAUSE) == ["mask A", "mask C"]


def test_quitting_in_a_pause_leaves_the_voice_silent() -> None:
    play = ready()
    play(talking("A", RECORDING), PAUSE, talking("A", PAUSED))
    assert play(QuitAsked()) == ["close A: stopped"]


def test_a_problem_is_shown_until_it_is_gone() -> None:
    play = ready()
    play(ProblemChanged("port-taken", present=True), ProblemChanged("wayland", present=True))
    assert play.problems == ["port-taken", "wayland"]
    play(ProblemChanged("port-taken", present=False))
    assert play.problems == ["wayland"]


def test_time_that_seems_to_go_back_does_no_harm() -> None:
    play = recording()
    play(CaptureFailed("screen-black"))
    assert play.later(2) == ["capture A"]
    assert play.later(-1) == []


def test_the_last_word_on_a_recording_names_every_leg() -> None:
    play = recording()
    play(talking("X", leg="x", parent="a"), released("X", leg="x"), released("A"), READY)
    assert [call.ids for call in play.closings[0].legs] == [("A", "a"), ("X", "x")]


def test_completed_alone_is_a_release() -> None:
    play = recording()
    assert play(completed("A")) == []
    assert play.later(3) == ["close A: wrapped-up"]
