"""The rules of recording as stories: sign-in and sign-out, and out of touch in between."""

from __future__ import annotations

import pytest

from agent_client.core.events import (
    AgentSignedIn,
    AgentSignedOut,
    Event,
    Source,
    TouchLost,
    TouchRegained,
)
from tests.agent_client.core.play import (
    LOGGED_OUT,
    LOST,
    PAUSE,
    PAUSED,
    READY,
    RECORDING,
    REGAINED,
    RESUME,
    SIGNED_IN,
    SIGNED_OUT,
    WRAPPING_UP,
    Play,
    held,
    policy,
    ready,
    recording,
    released,
    ringing,
    talking,
)

# Sign-in and sign-out.


def test_nothing_is_recorded_before_sign_in() -> None:
    play = Play(policy())
    assert play(talking("A"), PAUSE, RESUME) == []


@pytest.mark.parametrize("gone", [SIGNED_OUT, LOGGED_OUT])
def test_sign_out_ends_the_recording_at_once(gone: Event) -> None:
    play = recording()
    assert play(gone) == ["close A: signed-out"]
    assert play(talking("A"), held("A"), released("A")) == []


@pytest.mark.parametrize("gone", [SIGNED_OUT, LOGGED_OUT])
def test_sign_out_ends_after_call_work(gone: Event) -> None:
    play = recording()
    play(released("A"), WRAPPING_UP)
    assert play(gone) == ["close A: signed-out"]


def test_an_agent_who_signs_in_again_in_mid_call_is_recorded_on() -> None:
    play = recording()
    play(SIGNED_OUT)
    assert play(SIGNED_IN) == ["open A", "capture A"]


def test_a_pause_outlives_a_sign_out_in_mid_call() -> None:
    play = recording()
    play(PAUSE, SIGNED_OUT)
    assert play(SIGNED_IN) == ["open A"]


def test_another_agents_calls_are_not_recorded_for_the_one_who_came_after() -> None:
    play = recording()
    play(PAUSE, SIGNED_OUT)
    assert play(AgentSignedIn("bob", Source.LOOPBACK)) == ["unmask A"]
    assert play(talking("A"), held("A")) == []
    assert play(talking("C")) == ["open C", "capture C"]
    assert play.openings[-1].agent_id == "bob"


def test_another_agent_at_the_same_source_takes_the_place_of_the_first() -> None:
    play = recording()
    assert play(AgentSignedIn("bob", Source.LOOPBACK)) == ["close A: signed-out"]


def test_two_sources_that_name_the_same_agent_are_one_sign_in() -> None:
    play = recording()
    assert play(AgentSignedIn("alice", Source.WORKSPACE)) == []
    assert "two-sign-ins" not in play.problems
    assert play(AgentSignedOut(Source.WORKSPACE)) == ["close A: signed-out"]


def test_the_first_of_two_agents_is_recorded_and_the_second_is_told_of() -> None:
    play = recording()
    assert play(AgentSignedIn("bob", Source.WORKSPACE)) == []
    assert "two-sign-ins" in play.problems
    assert play(AgentSignedOut(Source.WORKSPACE)) == []
    assert "two-sign-ins" not in play.problems


def test_the_second_agent_is_there_when_the_first_one_goes() -> None:
    play = recording()
    play(AgentSignedIn("bob", Source.WORKSPACE))
    assert play(SIGNED_OUT) == ["close A: signed-out"]
    assert play(talking("C")) == ["open C", "capture C"]
    assert play.openings[-1].agent_id == "bob"


# Out of touch.


def test_out_of_touch_the_open_recording_goes_on_to_its_limit() -> None:
    play = recording()
    assert play(LOST) == []
    assert "out-of-touch" in play.problems
    assert play.later(14_399) == []
    assert play.later(1) == ["close A: length-limit"]


def test_out_of_touch_a_paused_recording_stays_paused() -> None:
    play = ready()
    play(talking("A", RECORDING), talking("A", PAUSED))
    assert play(LOST, REGAINED) == []
    assert play.listing(talking("A", PAUSED)) == []
    assert play.status.mood == "paused"


def test_out_of_touch_nothing_new_opens() -> None:
    play = ready()
    assert play(LOST, talking("A")) == []
    assert play(REGAINED) == ["open A", "capture A"]


def test_an_expired_ping_is_out_of_touch_too() -> None:
    play = recording()
    assert play(TouchLost(Source.LOOPBACK)) == []
    assert play(held("A"), talking("C"), released("A")) == ["close A: next-call"]
    assert play(TouchRegained(Source.LOOPBACK)) == ["open C", "capture C"]


def test_signing_in_again_is_to_be_in_touch() -> None:
    play = ready()
    play(TouchLost(Source.LOOPBACK), talking("A"))
    assert play(SIGNED_IN) == ["open A", "capture A"]


def test_out_of_touch_sign_out_still_closes() -> None:
    play = recording()
    assert play(LOST, SIGNED_OUT) == ["close A: signed-out"]
    assert play(SIGNED_IN, talking("A")) == ["open A", "capture A"]


def test_out_of_touch_after_call_work_need_not_be_confirmed() -> None:
    play = recording()
    play(released("A"), LOST)
    assert play.later(60) == []
    play(REGAINED)
    assert play.later(2) == []
    assert play(WRAPPING_UP) == []
    assert play.later(60) == []
    assert play.later(300 - 122) == ["close A: tail-limit"]


def test_back_in_touch_unconfirmed_after_call_work_ends() -> None:
    play = recording()
    play(released("A"), LOST)
    play.later(60, REGAINED)
    assert play.later(3) == ["close A: wrapped-up"]


def test_a_release_that_was_missed_is_mended_by_the_next_listing() -> None:
    play = recording()
    play(LOST, REGAINED)
    assert play.listing() == []
    assert play.later(3) == ["close A: wrapped-up"]


def test_an_answer_that_was_missed_is_mended_by_the_next_listing() -> None:
    play = Play(SIGNED_IN, policy(), ringing("A"))
    assert play.listing(talking("A")) == ["open A", "capture A"]


def test_a_stale_listing_ends_nothing_and_brings_nothing_back() -> None:
    play = ready()
    asked_after = play.world.taken
    play(talking("A"))
    assert play.listing(asked_after=asked_after) == []
    play(released("A"))
    assert play.listing(talking("A"), asked_after=asked_after) == []
    assert play(READY) == ["close A: wrapped-up"]
    assert play.listing(talking("A"), asked_after=asked_after) == []


def test_a_stale_listing_un_pauses_nothing() -> None:
    play = ready()
    play(talking("A", RECORDING))
    asked_after = play.world.taken
    play(talking("A", PAUSED))
    assert play.listing(talking("A", RECORDING), asked_after=asked_after) == []


def test_a_fresh_listing_may_show_a_pause_and_its_end() -> None:
    play = ready()
    play(talking("A", RECORDING))
    assert play.listing(talking("A", PAUSED)) == ["pause A: asked", "mask A"]
    assert play.listing(talking("A", RECORDING)) == []
    assert play.listing(talking("A", RECORDING)) == ["unmask A", "capture A"]


def test_a_stale_listing_unpauses_nothing() -> None:
    play = ready()
    play(talking("A", RECORDING), PAUSE, talking("A", PAUSED))
    assert play.listing(talking("A", RECORDING)) == []
    assert play.listing(talking("A", PAUSED)) == []
    assert play.listing(talking("A", RECORDING)) == []


def test_two_listings_asked_for_at_once_are_one_witness() -> None:
    play = ready()
    play(talking("A", RECORDING), PAUSE, talking("A", PAUSED))
    asked_after = play.world.taken
    assert play.listing(talking("A", RECORDING), asked_after=asked_after) == []
    assert play.listing(talking("A", RECORDING), asked_after=asked_after) == []


def test_a_resume_that_is_told_ends_a_pause_whatever_listings_said() -> None:
    play = ready()
    play(talking("A", RECORDING), PAUSE, talking("A", PAUSED))
    assert play.listing(talking("A", RECORDING)) == []
    assert play(talking("A", RECORDING)) == ["unmask A", "capture A"]
