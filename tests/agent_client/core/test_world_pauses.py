"""The rules of recording as stories: pauses, locked screens and capture that fails."""

from __future__ import annotations

import pytest

from agent_client.core.events import (
    CaptureFailed,
    PauseAsked,
    RecordingEnded,
    RecordNowAsked,
    ResumeAsked,
    Source,
)
from tests.agent_client.core.play import (
    HALF,
    LOCKED,
    PAUSE,
    PAUSED,
    READY,
    RECORDING,
    RESUME,
    SIGNED_IN,
    UNLOCKED,
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

# Pause.


@pytest.mark.parametrize("source", list(Source))
def test_a_pause_stops_screen_and_voice_whoever_asks(source: Source) -> None:
    play = ready()
    play(talking("A", RECORDING))
    assert play(PauseAsked(source)) == ["pause A: asked", "mask A", "silence a"]
    assert play(talking("A", PAUSED)) == []
    assert play(ResumeAsked(source)) == ["unmask A", "voice a", "capture A"]


def test_a_pause_seen_in_workspace_pauses_the_screen() -> None:
    play = ready()
    play(talking("A", RECORDING))
    assert play(talking("A", PAUSED)) == ["pause A: asked", "mask A"]
    assert play(talking("A", RECORDING)) == ["unmask A", "capture A"]


def test_a_resume_seen_in_workspace_ends_a_pause_asked_in_the_tray() -> None:
    play = ready()
    play(talking("A", RECORDING), PAUSE, talking("A", PAUSED))
    assert play(talking("A", RECORDING)) == ["unmask A", "capture A"]


def test_a_resume_in_the_tray_ends_a_pause_seen_in_workspace() -> None:
    play = ready()
    play(talking("A", RECORDING), talking("A", PAUSED))
    assert play(RESUME) == ["unmask A", "voice a", "capture A"]
    assert play(talking("A", RECORDING)) == []


def test_a_pause_while_idle_is_refused_with_the_reason() -> None:
    play = ready()
    assert play(PAUSE) == []
    assert not play.status.may_pause
    assert play.status.why_not == "There is no call to pause."
    assert play(talking("A")) == ["open A", "capture A"]
    assert play.status.headline == "Recording the screen of this call"


def test_a_call_paused_before_its_answer_opens_paused() -> None:
    play = Play(SIGNED_IN, policy(), ringing("A"))
    assert play(PAUSE) == ["mask A"]
    assert play(talking("A")) == ["open A"]
    assert play.openings[0].reasons == {"asked"}
    assert play(RESUME) == ["unmask A", "capture A"]


def test_a_pause_lasts_through_wrap_up() -> None:
    play = recording()
    play(PAUSE)
    assert play(released("A"), WRAPPING_UP) == []
    assert play(READY) == ["close A: wrapped-up", "unmask A"]


def test_a_pause_does_not_swallow_the_next_call_and_says_so() -> None:
    play = recording()
    play(PAUSE, released("A"), WRAPPING_UP)
    assert play(talking("C")) == ["close A: next-call", "open C", "unmask A", "capture C"]
    assert "The pause ended" in play.status.headline
    play(released("C"), READY, talking("D"))
    assert "The pause ended" not in play.status.headline


def test_a_pause_does_not_reach_the_next_call_that_follows_at_once() -> None:
    play = ready()
    play(talking("A", RECORDING), PAUSE, talking("A", PAUSED), ringing("C"), released("A"))
    assert play(talking("C", RECORDING)) == [
        "close A: next-call",
        "open C",
        "unmask A",
        "capture C",
    ]
    assert play.status.paused_since is None


def test_a_pause_does_not_reach_the_next_call_that_comes_much_later() -> None:
    play = ready()
    play(talking("A", RECORDING), PAUSE, talking("A", PAUSED), released("A"), READY)
    assert play.later(3600, ringing("C"), talking("C", RECORDING)) == ["open C", "capture C"]
    assert "The pause ended" in play.status.headline


def test_a_pause_of_a_call_that_nobody_answered_ends_with_it() -> None:
    play = ready()
    assert play(ringing("A"), PAUSE, released("A")) == ["mask A", "unmask A"]
    assert play(talking("C")) == ["open C", "capture C"]


def test_a_second_call_that_comes_during_a_pause_is_not_covered() -> None:
    play = recording()
    play(PAUSE)
    assert play(held("A"), talking("C", RECORDING)) == []
    assert play(released("A")) == ["close A: next-call", "open C", "unmask A", "capture C"]


def test_a_pause_asked_again_covers_the_call_that_came_since() -> None:
    play = recording()
    play(PAUSE, held("A"), talking("C", RECORDING))
    assert play(PAUSE) == ["mask C", "silence c"]
    assert play(released("A")) == ["close A: next-call", "open C", "unmask A"]


def test_a_pause_asked_twice_is_one_pause() -> None:
    play = recording()
    play(PAUSE)
    assert play(PAUSE) == []
    assert play(RESUME) == ["unmask A", "capture A"]
    assert play(RESUME) == []


def test_an_agent_whose_rules_forbid_it_can_not_pause_but_others_can() -> None:
    play = Play(SIGNED_IN, policy(may_pause=False), talking("A"))
    assert play(PAUSE) == []
    assert play(PauseAsked(Source.LOOPBACK)) == []
    assert play.status.why_not == "Your rules do not let you pause."
    assert play(PauseAsked(Source.CENTRAL)) == ["pause A: asked", "mask A"]
    assert play(RESUME) == []
    assert play(ResumeAsked(Source.CENTRAL)) == ["unmask A", "capture A"]


def test_the_voice_of_an_unselected_call_is_paused_and_told_of_without_a_film() -> None:
    play = Play(SIGNED_IN, HALF, talking("B", RECORDING))
    assert play(PAUSE) == ["note B", "mask B", "silence b"]
    assert play.openings[0].reasons == {"asked"}
    assert play(talking("B", PAUSED)) == []
    assert play(RESUME) == ["close B: resumed", "unmask B", "voice b"]
    assert play(talking("B", RECORDING), talking("B", PAUSED)) == ["note B", "mask B"]
    assert play(released("B"), READY) == ["close B: wrapped-up", "unmask B"]


def test_an_unselected_call_paused_as_it_rings_is_told_of_from_its_answer() -> None:
    play = Play(SIGNED_IN, HALF, ringing("B"))
    assert play(PAUSE) == ["mask B"]
    assert play(talking("B", RECORDING)) == ["note B", "silence b"]


def test_a_film_goes_before_the_note_of_a_paused_call() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), PAUSE)
    assert play(held("B"), talking("C")) == ["close B: next-call", "open C", "capture C"]
    assert play(released("C")) == ["close C: next-call", "note B"]


def test_record_now_in_a_pause_opens_a_paused_film() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), PAUSE)
    assert play(RecordNowAsked(Source.CENTRAL)) == ["close B: resumed", "open B"]
    assert play(RESUME) == ["unmask B", "capture B"]


# A wish about one call.


def test_a_pause_for_a_call_that_is_over_leaves_the_next_one_alone() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"))
    play(released("A"), talking("B"))
    assert play(PauseAsked(Source.CENTRAL, "A")) == []
    assert play.world.pause is None
    assert play(PauseAsked(Source.CENTRAL, "B")) == ["pause B: asked", "mask B"]


def test_a_pause_for_one_call_covers_all_that_are_active() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), held("A"), talking("B"))
    assert play(PauseAsked(Source.CENTRAL, "B")) == ["pause A: asked", "mask A", "mask B"]
    assert play(ResumeAsked(Source.CENTRAL, "A")) == ["unmask A", "unmask B", "capture A"]


def test_a_call_in_wrap_up_is_paused_by_its_name() -> None:
    play = recording()
    play(released("A"), WRAPPING_UP)
    assert play(PauseAsked(Source.CENTRAL, "A")) == ["pause A: asked", "mask A"]


def test_a_call_is_known_by_its_connection_and_by_its_consults_name_too() -> None:
    for name in ("A", "a", "K"):
        play = Play(SIGNED_IN, policy(), talking("A"), held("A"), talking("K", parent="a"))
        assert "pause A: asked" in play(PauseAsked(Source.CENTRAL, name))


def test_a_resume_for_another_call_leaves_the_pause() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), PAUSE, held("A"), talking("B"))
    for name in ("B", "Z"):
        assert play(ResumeAsked(Source.API, name)) == []
    assert play.world.pause is not None
    assert "unmask A" in play(ResumeAsked(Source.API, "A"))


# Lock and failure.


def test_a_lock_pauses_the_screen_and_not_the_voice() -> None:
    play = ready()
    play(talking("A", RECORDING))
    assert play(LOCKED) == ["pause A: locked"]
    assert play(UNLOCKED) == ["capture A"]


def test_a_call_answered_behind_a_locked_screen_opens_paused() -> None:
    play = ready()
    assert play(LOCKED, talking("A")) == ["open A"]
    assert play(UNLOCKED) == ["capture A"]


def test_two_pauses_that_overlap_do_not_release_each_other() -> None:
    play = recording()
    play(PAUSE)
    assert play(LOCKED) == ["pause A: asked, locked"]
    assert play(RESUME) == ["pause A: locked", "unmask A"]
    assert play(PAUSE) == ["pause A: asked, locked", "mask A"]
    assert play(UNLOCKED) == ["pause A: asked"]
    assert play(RESUME) == ["unmask A", "capture A"]


def test_capture_that_failed_is_tried_again_later_and_later() -> None:
    play = recording()
    for wait in (2, 4, 8, 16, 32, 60, 60):
        assert play(CaptureFailed("screen-black")) == ["pause A: capture-failed"]
        assert "screen-black" in play.problems
        assert play.later(wait - 0.1) == []
        assert play.later(0.1) == ["capture A"]
    assert play.later(10) == []
    assert "screen-black" not in play.problems
    play(CaptureFailed("screen-black"))
    assert play.later(2) == ["capture A"]


def test_a_failure_told_twice_is_one_failure() -> None:
    play = recording()
    play(CaptureFailed("screen-black"))
    assert play(CaptureFailed("screen-black")) == []
    assert play.later(2) == ["capture A"]


def test_capture_is_not_tried_again_behind_a_pause() -> None:
    play = recording()
    play(CaptureFailed("screen-black"), PAUSE)
    assert play.later(2) == ["pause A: asked"]


def test_a_failure_does_not_outlive_its_recording() -> None:
    play = recording()
    play(CaptureFailed("screen-black"), released("A"), READY)
    assert play.problems == []
    assert play(talking("C")) == ["open C", "capture C"]


def test_a_recording_that_the_recorder_gave_up_is_not_opened_again() -> None:
    play = recording()
    assert play(RecordingEnded(play.openings[0].recording_id, "disk-full")) == [
        "close A: disk-full"
    ]
    assert "disk-full" in play.problems
    assert play(talking("A"), held("A"), released("A"), READY) == []
    assert play(talking("C")) == ["open C", "capture C"]
    assert play.problems == []


def test_a_full_spool_is_told_until_a_recording_opens_again() -> None:
    play = recording()
    assert play(RecordingEnded(play.openings[0].recording_id, "spool-full")) == [
        "close A: disk-full"
    ]
    assert play.problems == ["spool-full"]
    assert play(released("A"), READY, talking("C")) == ["open C", "capture C"]
    assert play.problems == []


def test_a_recorder_that_broke_down_is_told() -> None:
    play = recording()
    ended = RecordingEnded(play.openings[0].recording_id, "encoder-failed")
    assert play(ended) == ["close A: capture-failed"]


def test_word_of_another_recordings_end_changes_nothing() -> None:
    play = recording()
    assert play(RecordingEnded("another", "disk-full")) == []
