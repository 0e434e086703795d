"""Consult, transfer, conference; and messages that come twice, late, in another order or never."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_client.core.call import CallDetails
from agent_client.core.events import CallChanged, RecordNowAsked, Source, TouchLost
from tests.agent_client.core.play import (
    HALF,
    PAUSE,
    PAUSED,
    READY,
    RECORDING,
    RESUME,
    SIGNED_IN,
    STOPPED,
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

OPENED = ["open A", "capture A"]
ENDED = ["close A: wrapped-up"]


def legs(play: Play) -> list[tuple[str, str]]:
    return [call.ids for call in play.closings[0].legs]


# One family, one recording.


def test_a_consult_belongs_to_its_parent() -> None:
    play = recording()
    assert play(held("A"), dialing("X", leg="x", parent="a")) == []
    assert play(talking("X", leg="x", parent="a"), released("X", leg="x"), talking("A")) == []
    assert play(released("A"), WRAPPING_UP, READY) == ENDED
    assert legs(play) == [("A", "a"), ("X", "x")]


def test_a_two_step_transfer_ends_both_legs_and_one_recording() -> None:
    play = recording()
    play(held("A"), talking("X", leg="x", parent="a"))
    assert play(released("A"), released("X", leg="x")) == []
    assert play(WRAPPING_UP, READY) == ENDED


def test_a_single_step_transfer_ends_the_only_leg_and_its_recording() -> None:
    play = recording()
    assert play(released("A"), WRAPPING_UP) == []
    assert play(READY) == ENDED
    assert legs(play) == [("A", "a")]


def test_who_takes_over_a_transferred_call_records_it_from_then_on() -> None:
    play = ready()
    assert play(ringing("X", leg="x")) == []  # the consult
    assert play(talking("X", leg="x")) == ["open X", "capture X"]
    assert play(talking("A", leg="a", previous="x")) == []  # the transfer
    assert play(released("A", leg="a"), READY) == ["close X: wrapped-up"]
    assert legs(play) == [("X", "x"), ("A", "a")]


def test_a_conference_that_the_agent_leaves_ends_with_their_last_leg() -> None:
    play = recording()
    play(held("A"), talking("X", leg="x", parent="a"))
    assert play(talking("A"), talking("X", leg="x"), released("A")) == []
    assert play.later(60) == []
    assert play(released("X", leg="x"), READY) == ENDED


def test_the_consult_may_outlive_its_parent() -> None:
    play = recording()
    assert play(held("A"), dialing("X", leg="x", parent="a"), released("A")) == []
    assert play.later(20) == []
    assert play(talking("X", leg="x"), released("X", leg="x")) == []
    assert play(READY) == ENDED


def test_a_conference_is_one_recording() -> None:
    play = recording()
    play(held("A"), talking("X", leg="x", parent="a"), talking("A"), completed("X", leg="x"))
    assert play(talking("A"), released("A"), READY) == ENDED


def test_a_transfer_that_renames_the_call_is_one_recording() -> None:
    play = recording()
    assert play(talking("T", leg="t", previous="a")) == []
    assert play(released("T", leg="t"), WRAPPING_UP, READY) == ENDED
    assert legs(play) == [("A", "a"), ("T", "t")]


def test_a_renamed_call_keeps_its_decision() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"))
    assert play(talking("A", leg="t", previous="b")) == []
    play = Play(SIGNED_IN, HALF, talking("A"))
    assert play(talking("B", leg="t", previous="a"), held("B", leg="t")) == []
    assert play(released("B", leg="t"), READY) == ENDED


def test_a_call_that_changes_only_its_uuid_is_the_same_call() -> None:
    play = recording()
    assert play(talking("Z", leg="a")) == []
    assert play(talking("A")) == []  # late
    assert play(released("Z", leg="a"), READY) == ENDED
    assert legs(play) == [("A", "a"), ("Z", "a")]


def test_two_legs_of_one_call_are_one_family() -> None:
    play = recording()
    assert play(talking("A", leg="a2"), released("A", leg="a")) == []
    assert play(released("A", leg="a2"), READY) == ENDED


def test_a_consult_heard_before_its_parent_is_one_family_with_it() -> None:
    play = ready()
    assert play(talking("X", leg="x", parent="a")) == ["open X", "capture X"]
    assert play(held("A"), released("X", leg="x"), talking("A")) == []
    assert play(released("A"), READY) == ["close X: wrapped-up"]


def test_two_calls_that_turn_out_to_be_related_become_one_recording() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), held("A"), talking("C"))
    assert play(talking("C", parent="a"), released("A")) == []
    assert play(released("C"), READY) == ENDED
    assert legs(play) == [("A", "a"), ("C", "c")]


def test_the_family_being_recorded_is_recorded_on_when_it_joins_an_earlier_one() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), held("B"), talking("C"))
    assert play(talking("C", parent="b"), released("B")) == []
    assert play(released("C"), READY) == ["close C: wrapped-up"]


def test_a_pause_covers_what_joins_its_family() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), PAUSE, held("A"), talking("C", RECORDING))
    assert play(talking("C", RECORDING, parent="a")) == ["mask C", "silence c"]


def test_a_renamed_leg_that_was_heard_under_both_names_is_one_leg() -> None:
    play = recording()
    play(talking("T", leg="t", parent="a"))
    assert play(talking("T", leg="t", previous="a")) == []
    assert play(released("T", leg="t"), READY) == ENDED


# Pause and consult.


def test_a_later_leg_is_silenced_as_it_begins_to_record() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE, held("A", PAUSED))
    assert play(dialing("X", STOPPED, leg="x", parent="a")) == ["mask X"]
    assert play(talking("X", STOPPED, leg="x", parent="a")) == []
    assert play(talking("X", RECORDING, leg="x", parent="a")) == ["silence x"]


def test_a_pause_outlives_a_consult() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), PAUSE)
    assert play(talking("X", leg="x", parent="a"), released("X", leg="x")) == ["mask X"]
    assert play(RESUME) == ["unmask A", "unmask X", "capture A"]


def test_a_pause_asked_in_a_consult_covers_the_parent() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), held("A", RECORDING))
    play(talking("X", RECORDING, leg="x", parent="a"))
    assert play(PAUSE) == ["pause A: asked", "mask A", "mask X", "silence a", "silence x"]


def test_a_renamed_leg_that_records_anew_is_silenced_and_resumes_nothing() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE, talking("A", PAUSED))
    assert play(talking("T", RECORDING, leg="t", previous="a")) == ["mask T", "silence t"]


def test_a_renamed_leg_stays_paused_if_nothing_else_is_said() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE, talking("A", PAUSED))
    assert play(talking("T", leg="t", previous="a")) == ["mask T"]
    assert play(RESUME) == ["unmask A", "unmask T", "voice t", "capture A"]


# Messages that are not as they should be.


def test_a_message_heard_twice_does_no_harm() -> None:
    play = ready()
    assert play(ringing("A"), ringing("A"), talking("A"), talking("A")) == OPENED
    assert play(PAUSE, PAUSE, released("A"), released("A")) == ["pause A: asked", "mask A"]
    assert play(READY, READY) == [*ENDED, "unmask A"]


def test_late_ringing_does_not_undo_the_answer() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), held("B"), talking("D"))
    assert play(ringing("D"), dialing("D")) == []
    assert play(RecordNowAsked(Source.CENTRAL)) == ["open D", "capture D"]


@pytest.mark.parametrize("late", [ringing, talking, held])
def test_a_released_call_does_not_come_back(late: type) -> None:
    play = recording()
    play(released("A"))
    assert play(late("A")) == []
    assert play.later(3) == ENDED
    assert play(late("A")) == []
    play(completed("A"))
    assert play(late("A"), PAUSE) == []


def test_a_call_whose_end_came_first_does_not_begin() -> None:
    play = ready()
    assert play(released("A"), talking("A")) == []


def test_a_call_that_comes_back_to_the_agent_is_recorded_again() -> None:
    play = ready()
    play(talking("A", started="2026-01-01T10:00:00.000Z"), released("A"), READY)
    assert play(talking("A", started="2026-01-01T10:00:00.000Z")) == []
    assert play(talking("A", started="2026-01-01T10:05:00.000Z")) == OPENED


def test_a_call_that_comes_back_during_its_wrap_up_is_recorded_on() -> None:
    play = ready()
    play(talking("A", started="2026-01-01T10:00:00.000Z"), released("A"), WRAPPING_UP)
    assert play(talking("A", started="2026-01-01T10:05:00.000Z")) == []
    assert play(READY) == []
    assert play(released("A"), READY) == ENDED


def test_the_old_name_of_a_renamed_call_is_late_news() -> None:
    play = ready()
    play(talking("T", leg="t", previous="a"))
    assert play(talking("A"), held("A")) == []
    assert play(released("T", leg="t"), READY) == ["close T: wrapped-up"]
    assert play(talking("A")) == OPENED  # never heard as a leg of its own


def test_a_renamed_call_whose_old_leg_was_heard_never_returns_under_it() -> None:
    play = recording()
    play(talking("T", leg="t", previous="a"))
    assert play(talking("A"), released("T", leg="t"), READY) == ENDED
    assert play(talking("A")) == []


def test_a_release_and_a_new_name_in_the_wrong_order_are_still_one_call() -> None:
    play = recording()
    play(released("A"))
    assert play(talking("T", leg="t", previous="a")) == []
    assert play.later(60) == []
    assert play(released("T", leg="t"), READY) == ENDED


def test_an_absent_recording_state_changes_nothing() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), talking("A", PAUSED))
    assert play(held("A"), talking("A")) == []
    assert play.status.mood == "paused"


def test_a_pause_in_the_attached_data_is_a_pause() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING))
    paused = talking("A", RECORDING, data=(("GSIP_RECORD", "PAUSED"),))  # type: ignore[arg-type] # pairs
    assert play(paused) == ["pause A: asked", "mask A"]
    recorded = talking("A", RECORDING, data=(("GSIP_RECORD", "ON"),))  # type: ignore[arg-type] # pairs
    assert play(recorded) == ["unmask A", "capture A"]


def test_paused_by_one_live_source_is_paused() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), talking("A", PAUSED))
    other = replace(talking("A", RECORDING), source=Source.LOOPBACK)
    assert play(other) == []
    assert play(TouchLost(Source.WORKSPACE)) == []
    assert play(other) == []  # it may be slow, and tell of the time before the pause
    assert play.later(30, other) == ["unmask A", "capture A"]
    assert play(PAUSE, other) == ["pause A: asked", "mask A", "silence a"]


def test_the_attached_data_of_an_earlier_message_are_kept() -> None:
    play = ready()
    play(talking("A", data=(("Segment", "Gold"),)), released("A"), READY)  # type: ignore[arg-type] # pairs
    assert play.closings[0].legs[0].details == CallDetails(user_data=(("Segment", "Gold"),))


def test_a_call_that_names_itself_as_its_past_is_a_call() -> None:
    play = ready()
    assert play(talking("A", previous="a", parent="a")) == OPENED
    assert play(held("A", previous="a"), released("A", previous="a"), READY) == ENDED


def test_a_call_without_a_uuid_is_known_by_its_connection() -> None:
    play = ready()
    assert play(talking("", leg="a")) == ["open a", "capture a"]


def test_record_now_in_a_consult_records_the_family() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), held("B"), talking("X", leg="x", parent="b"))
    assert play(RecordNowAsked(Source.CENTRAL)) == ["open B", "capture B"]


def test_a_listing_may_rename_a_call() -> None:
    play = recording()
    assert play.listing(talking("T", leg="t", previous="a")) == []
    assert play(released("T", leg="t"), READY) == ENDED


def test_a_listing_says_nothing_of_calls_heard_since_it_was_asked_for() -> None:
    play = recording()
    asked = play.world.taken
    play(talking("T", leg="t", previous="a"))
    assert play.listing(talking("A"), asked_after=asked) == []
    assert play.listing(asked_after=asked) == []
    assert play.later(60) == []
    assert play.listing(held("T", leg="t")) == []


def test_of_a_thousand_ended_calls_the_last_ones_stay_ended() -> None:
    play = ready()
    for number in range(1000):
        play(CallChanged(replace(released("A").call, connection_id=f"leg{number}")))
    assert len(play.world.calls.ended) <= 500
    assert play(CallChanged(replace(talking("A").call, connection_id="leg999"))) == []
