"""The rules of recording as stories: central is told of every decision, once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given

from agent_client.core.commands import TellDecision
from agent_client.core.events import RecordNowAsked, Source
from agent_client.core.memory import from_json, memory, remembering, to_json
from contract.selection import decide
from tests.agent_client.core.play import (
    HALF,
    HALF_AND_RECORD_NOW,
    READY,
    SIGNED_IN,
    SIGNED_OUT,
    Play,
    bridge,
    held,
    policy,
    released,
    ringing,
    talking,
)
from tests.agent_client.core.test_promises import STORIES, Story, told


def decisions(play: Play) -> list[tuple[str, bool]]:
    return [
        (one.call_id, one.decision.selected)
        for one in play.commands
        if isinstance(one, TellDecision)
    ]


def last(play: Play) -> TellDecision:
    return [one for one in play.commands if isinstance(one, TellDecision)][-1]


def test_each_call_that_is_answered_is_told_of_selected_or_not() -> None:
    play = Play(SIGNED_IN, HALF, ringing("A"), ringing("B"))
    assert decisions(play) == []
    play(talking("A"), held("A"), talking("B"), bridge(talking("B")), released("B"), READY)
    assert decisions(play) == [("A", True), ("B", False)]
    assert last(play).agent_id == "alice"


def test_a_decision_says_what_it_was_computed_from() -> None:
    play = Play(SIGNED_IN, replace(HALF, version=7), talking("B"), policy(100))
    decision = last(play).decision
    assert decision.policy_version == 7
    assert decision == replace(decide("B", Decimal(50), HALF.salt), policy_version=7)


def test_a_consult_and_a_new_name_are_no_decisions_of_their_own() -> None:
    play = Play(SIGNED_IN, HALF, talking("A"), talking("X", leg="x", parent="a"))
    play(talking("T", leg="t", previous="a"), released("X", leg="x"))
    assert decisions(play) == [("A", True)]


def test_what_somebody_has_recorded_after_all_is_told_again_with_by_what_way() -> None:
    for source in (Source.TRAY, Source.HOTKEY, Source.BRIDGE, Source.API, Source.CENTRAL):
        play = Play(SIGNED_IN, HALF_AND_RECORD_NOW, talking("B"), RecordNowAsked(source))
        assert decisions(play) == [("B", False), ("B", True)]
        assert last(play).decision.asked
        assert last(play).decision.asked_by == source.value
        assert play.openings[0].decision == last(play).decision  # as the manifest will say


def test_a_restarted_client_tells_again() -> None:
    play = Play(SIGNED_IN, HALF_AND_RECORD_NOW, talking("B"), RecordNowAsked(Source.TRAY))
    again = Play(world=remembering(from_json(to_json(memory(play.world)))))
    again(SIGNED_IN, policy(0), talking("B"))
    assert last(again) == last(play)


def test_a_call_without_a_policy_is_told_of_once_there_is_one() -> None:
    play = Play(SIGNED_IN, talking("A"))
    assert decisions(play) == []
    play(policy())
    assert decisions(play) == [("A", True)]


def test_a_sign_out_and_in_again_tells_nothing_new() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), SIGNED_OUT, SIGNED_IN, talking("B"))
    assert decisions(play) == [("B", False)]


def test_of_two_calls_that_turn_out_to_be_one_the_one_that_was_decided_stays() -> None:
    play = Play(SIGNED_IN, HALF, ringing("B"), talking("C"), held("C"))
    play(held("B", parent="c"))
    assert decisions(play) == [("C", True)]
    assert play.world.calls.families[0].key == "C"


@given(STORIES)
def test_whatever_happens_the_sum_can_be_redone_of_what_was_told(story: Story) -> None:
    play = told(story)
    for command in play.commands:
        if isinstance(command, TellDecision):
            decision = command.decision
            again = decide(command.call_id, decision.percentage, decision.salt)
            assert decision.bucket == again.bucket
            assert decision.selected is (decision.asked or again.selected)
