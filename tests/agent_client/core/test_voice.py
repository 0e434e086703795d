"""What Workspace is asked for its own recording, when, and how often."""

from __future__ import annotations

from agent_client.core.events import VoiceOrderFailed
from tests.agent_client.core.play import (
    PAUSE,
    PAUSED,
    READY,
    RECORDING,
    RESUME,
    SIGNED_IN,
    SIGNED_OUT,
    STOPPED,
    Play,
    held,
    policy,
    ready,
    released,
    talking,
)


def test_only_a_leg_that_records_is_silenced() -> None:
    for state in (None, STOPPED, PAUSED):
        play = ready()
        play(talking("A", state), RESUME, PAUSE)
        assert not any(word.startswith("silence") for word in play(held("A", state)))


def test_a_leg_that_begins_to_record_during_a_pause_is_silenced_then() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", STOPPED), PAUSE)
    assert play(talking("A", RECORDING)) == ["silence a"]


def test_an_order_that_shows_no_effect_is_given_again_but_not_in_a_tight_loop() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE)
    assert play(talking("A", RECORDING), held("A", RECORDING), talking("A", RECORDING)) == []
    assert play.later(1.9) == []
    assert play.later(0.1) == ["silence a"]
    assert play.later(3.9) == []
    assert play.later(0.1) == ["silence a"]
    assert play(talking("A", PAUSED)) == []
    assert play.later(600) == []


def test_a_resume_that_shows_no_effect_is_given_again() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE, talking("A", PAUSED))
    assert play(RESUME) == ["unmask A", "voice a", "capture A"]
    assert play.later(2) == ["voice a"]
    assert play(talking("A", RECORDING)) == []
    assert play.later(600) == []


def test_a_late_report_of_our_own_resume_does_not_end_the_next_pause() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE, talking("A", PAUSED))
    play(RESUME)
    assert play(PAUSE) == ["pause A: asked", "mask A"]
    assert play(talking("A", RECORDING)) == ["silence a"]
    assert play(talking("A", PAUSED)) == []
    assert play.status.mood == "paused"


def test_a_late_report_of_our_own_pause_does_not_pause_anew() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE)
    assert play(RESUME) == ["unmask A", "capture A"]
    assert play(talking("A", PAUSED)) == ["voice a"]
    assert play(talking("A", RECORDING)) == []
    assert play.status.mood == "recording"


def test_a_pause_seen_long_after_ours_is_somebodys_wish() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE, RESUME)
    play.later(5)
    assert play(talking("A", PAUSED)) == ["pause A: asked", "mask A"]


def test_a_pause_seen_after_ours_failed_is_somebodys_wish() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE, RESUME)
    play(VoiceOrderFailed("a", "voice-refused"))
    assert play(talking("A", PAUSED)) == ["pause A: asked", "mask A"]


def test_an_order_that_failed_is_told_until_it_is_fulfilled() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE)
    play(VoiceOrderFailed("a", "voice-refused"))
    assert play.problems == ["voice-order-failed"]
    assert play.status.mood == "attention"
    assert play.status.headline == "Paused: neither voice nor screen is recorded"
    assert play.later(2) == ["silence a"]
    assert play.problems == ["voice-order-failed"]
    play(talking("A", PAUSED))
    assert play.problems == []


def test_word_of_a_failed_order_for_an_unknown_leg_changes_nothing() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE)
    play(VoiceOrderFailed("x", "voice-refused"))
    assert play.problems == []


def test_a_released_leg_is_asked_nothing() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE)
    play(released("A", RECORDING))
    assert play.later(2) == []


def test_a_resume_after_the_release_asks_the_leg_nothing() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE, talking("A", PAUSED))
    play(released("A", PAUSED))
    assert play(RESUME) == ["unmask A", "capture A"]


def test_a_leg_of_a_pause_that_is_over_is_asked_nothing() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE, talking("A", PAUSED))
    assert play(released("A"), READY) == ["close A: wrapped-up", "unmask A"]


def test_nothing_is_asked_in_the_name_of_an_agent_who_is_gone() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE, SIGNED_OUT)
    assert play.later(2) == []
    assert play(SIGNED_IN) == ["open A", "silence a"]
