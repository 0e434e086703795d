"""The safe order: the screen stops before voice is asked, and resumes after it."""

from __future__ import annotations

from dataclasses import replace

from agent_client.core.commands import CloseRecording, OpenRecording
from agent_client.core.plan import Plan, plan, steps
from contract.manifest import EndReason
from tests.agent_client.core.play import PAUSE, PAUSED, RECORDING, SIGNED_IN, Play, policy, talking


def paused() -> Play:
    return Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE)


def test_the_screen_stops_before_voice_is_asked() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING))
    assert play(PAUSE) == ["pause A: asked", "mask A", "silence a"]


def test_nothing_is_due_between_equal_plans() -> None:
    play = paused()
    assert list(steps(plan(play.world), plan(play.world))) == []


def test_the_plan_names_the_legs_to_be_silent() -> None:
    play = paused()
    assert plan(play.world).silence == {"a"}
    play(talking("A", PAUSED))
    assert plan(play.world).silence == {"a"}


def test_the_plan_captures_only_when_no_reason_holds() -> None:
    assert Play(SIGNED_IN, policy(), talking("A")).plan.capturing
    assert not paused().plan.capturing
    assert not Plan().capturing


def test_the_screen_of_a_call_that_is_not_selected_is_never_captured() -> None:
    """Though no reason to pause holds: a recording that only tells of a pause is no film."""
    screen = Play(SIGNED_IN, policy(), talking("A")).plan.screen
    assert screen is not None
    assert screen.reasons == frozenset()
    noted = replace(screen, decision=replace(screen.decision, selected=False))
    assert not Plan(noted).capturing
    assert [type(one) for one in steps(Plan(), Plan(noted))] == [OpenRecording]


def test_a_recording_that_nobody_explains_is_closed_all_the_same() -> None:
    play = paused()
    assert [type(one) for one in steps(play.plan, Plan())][:1] == [CloseRecording]


def test_plans_may_be_compared_across_several_events() -> None:
    play = paused()
    before = play.plan
    play(talking("A", PAUSED))
    play.later(14_400)
    play.later(1)
    closed = [one for one in steps(before, play.plan) if isinstance(one, CloseRecording)]
    assert [one.reason for one in closed] == [EndReason.LENGTH_LIMIT]
