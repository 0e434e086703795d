"""The rules of recording as stories: what is heard, and what is then done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_client.core.events import (
    AgentSignedIn,
    AgentSignedOut,
    CaptureFailed,
    Event,
    PauseAsked,
    PolicyChanged,
    ProblemChanged,
    QuitAsked,
    RecordingEnded,
    RecordNowAsked,
    ResumeAsked,
    Source,
    TouchLost,
    TouchRegained,
)
from tests.agent_client.core.play import (
    HALF,
    HALF_AND_RECORD_NOW,
    LOCKED,
    LOGGED_OUT,
    LOST,
    ON_BREAK,
    PAUSE,
    PAUSED,
    READY,
    RECORDING,
    REGAINED,
    RESUME,
    SIGNED_IN,
    SIGNED_OUT,
    STALE_READY,
    UNLOCKED,
    WRAPPING_UP,
    Play,
    completed,
    dialing,
    held,
    policy,
    released,
    ringing,
    talking,
)


def ready() -> Play:
    return Play(SIGNED_IN, policy())


def recording() -> Play:
    return Play(SIGNED_IN, policy(), talking("A"))


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


# Selection.


def test_an_unselected_call_is_not_recorded() -> None:
    play = Play(SIGNED_IN, HALF)
    assert play(talking("B"), released("B"), WRAPPING_UP, READY) == []


def test_a_new_policy_does_not_change_a_decision_that_was_made() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"))
    assert play(policy(100), talking("B")) == []
    play = Play(SIGNED_IN, HALF, talking("A"))
    assert play(policy(0), held("A")) == []
    assert play(released("A"), READY) == ["close A: wrapped-up"]


def test_a_call_that_rang_under_the_old_policy_is_decided_by_the_new_one() -> None:
    play = Play(SIGNED_IN, policy(0), ringing("A"), policy(100))
    assert play(talking("A")) == ["open A", "capture A"]


def test_another_agents_percentage_decides_nothing() -> None:
    play = Play(SIGNED_IN, policy(100, agent="bob"))
    assert play(talking("A")) == []
    assert play(policy(100, agent="alice")) == ["open A", "capture A"]


def test_without_a_policy_calls_are_followed_and_nothing_is_recorded() -> None:
    play = Play(SIGNED_IN, talking("A"))
    assert play.commands == []
    assert "no-policy" in play.problems
    assert play(policy()) == ["open A", "capture A"]


def test_a_policy_that_makes_no_sense_leaves_the_last_one_in_force() -> None:
    play = ready()
    nonsense: list[PolicyChanged] = [
        replace(policy(), percentage="a lot"),
        replace(policy(), percentage="100.01"),
        replace(policy(), percentage="33.333"),
        replace(policy(), tail_seconds=float("nan")),
        replace(policy(), recording_seconds=float("inf")),
    ]
    for one in nonsense:
        play(one)
        assert "policy-unusable" in play.problems
        play(policy())
        assert "policy-unusable" not in play.problems
    play(nonsense[0])
    assert play(talking("A")) == ["open A", "capture A"]


def test_an_agent_may_record_an_unselected_call_now_if_policy_lets_them() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"))
    assert not play.status.may_record_now
    assert play(RecordNowAsked(Source.TRAY)) == []
    play = Play(SIGNED_IN, HALF_AND_RECORD_NOW, talking("B"))
    assert play.status.may_record_now
    assert play(RecordNowAsked(Source.TRAY)) == ["open B", "capture B"]
    assert play.openings[0].decision.asked
    assert play.openings[0].decision.bucket >= 5000
    assert not play.status.may_record_now


def test_a_supervisor_may_record_an_unselected_call_now() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"))
    assert play(RecordNowAsked(Source.CENTRAL)) == ["open B", "capture B"]


def test_record_now_means_the_call_the_agent_is_speaking_in() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), held("B"), talking("D"))
    assert play(RecordNowAsked(Source.CENTRAL)) == ["open D", "capture D"]


def test_record_now_does_nothing_to_a_selected_call_or_to_none() -> None:
    play = recording()
    assert play(RecordNowAsked(Source.CENTRAL)) == []
    assert play.openings[0].decision.asked is False
    assert ready()(RecordNowAsked(Source.CENTRAL)) == []


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


def test_a_recorder_that_broke_down_is_told() -> None:
    play = recording()
    ended = RecordingEnded(play.openings[0].recording_id, "encoder-failed")
    assert play(ended) == ["close A: capture-failed"]


def test_word_of_another_recordings_end_changes_nothing() -> None:
    play = recording()
    assert play(RecordingEnded("another", "disk-full")) == []


# Limits.


def test_a_recording_has_a_limit_and_its_call_is_not_recorded_again() -> None:
    play = recording()
    assert play.later(14_399) == []
    assert play.later(1) == ["close A: length-limit"]
    assert play(held("A"), talking("A"), released("A"), READY) == []
    assert play(talking("C")) == ["open C", "capture C"]


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
