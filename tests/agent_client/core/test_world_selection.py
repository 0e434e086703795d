"""The rules of recording as stories: which calls are selected, and by whom."""

from __future__ import annotations

from dataclasses import replace

from agent_client.core.events import PolicyChanged, RecordNowAsked, Source
from tests.agent_client.core.play import (
    HALF,
    HALF_AND_RECORD_NOW,
    READY,
    SIGNED_IN,
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
    assert play.status.selected_by_choice
    assert play.openings[0].decision.bucket >= 5000
    assert not play.status.may_record_now


def test_a_supervisor_may_record_an_unselected_call_now() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"))
    assert play(RecordNowAsked(Source.CENTRAL)) == ["open B", "capture B"]


def test_record_now_means_the_call_the_agent_is_speaking_in() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), held("B"), talking("D"))
    assert play(RecordNowAsked(Source.CENTRAL)) == ["open D", "capture D"]


def test_record_now_means_the_call_that_it_names() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), held("B"), talking("D"))
    assert play(RecordNowAsked(Source.CENTRAL, "B")) == ["open B", "capture B"]
    assert play(RecordNowAsked(Source.CENTRAL, "D")) == []  # B is recorded still
    assert play(released("B")) == ["close B: next-call", "open D", "capture D"]


def test_record_now_for_a_call_that_is_over_records_no_other() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), released("B"), talking("D"))
    assert play(RecordNowAsked(Source.CENTRAL, "B")) == []
    play = Play(SIGNED_IN, HALF, talking("B"), released("B"))
    assert play(RecordNowAsked(Source.CENTRAL, "B")) == []  # it is being wrapped up


def test_record_now_does_nothing_to_a_selected_call_or_to_none() -> None:
    play = recording()
    assert play(RecordNowAsked(Source.CENTRAL)) == []
    assert play.openings[0].decision.asked is False
    assert not play.status.selected_by_choice
    assert ready()(RecordNowAsked(Source.CENTRAL)) == []
