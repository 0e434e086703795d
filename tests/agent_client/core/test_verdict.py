"""Who asks is told whether it is granted, and if not, why."""

from __future__ import annotations

from agent_client.core.events import ClockTicked, PauseAsked, RecordNowAsked, ResumeAsked, Source
from agent_client.core.verdict import verdict
from agent_client.core.world import World
from tests.agent_client.core.play import (
    HALF,
    HALF_AND_RECORD_NOW,
    PAUSE,
    RESUME,
    SIGNED_IN,
    Play,
    held,
    policy,
    released,
    talking,
)

RECORD_NOW = RecordNowAsked(Source.API)


def said(play: Play, wish: PauseAsked | ResumeAsked | RecordNowAsked) -> str:
    """The reason, or "granted"."""
    found = verdict(play.world, wish)
    assert found.granted == (found.reason == found.text == "")
    return found.reason or "granted"


def test_a_pause_is_granted_while_there_is_a_call() -> None:
    assert said(Play(SIGNED_IN, policy()), PAUSE) == "no-call"
    assert said(Play(SIGNED_IN, policy(), talking("A")), PAUSE) == "granted"
    assert said(Play(SIGNED_IN, HALF, talking("B")), PAUSE) == "granted"  # its voice


def test_a_pause_is_refused_where_nobody_is_signed_in() -> None:
    assert verdict(World(), PAUSE).reason == "signed-out"


def test_the_rules_bind_the_agent_and_nobody_else() -> None:
    play = Play(SIGNED_IN, policy(may_pause=False), talking("A"))
    agent = (Source.TRAY, Source.HOTKEY, Source.BRIDGE, Source.API, Source.LOOPBACK)
    assert {said(play, PauseAsked(source)) for source in agent} == {"not-allowed"}
    assert {said(play, ResumeAsked(source)) for source in agent} == {"not-allowed"}
    others = (Source.WORKSPACE, Source.CENTRAL)
    assert {said(play, PauseAsked(source)) for source in others} == {"granted"}


def test_there_must_be_a_pause_to_end() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"))
    assert said(play, RESUME) == "not-paused"
    play(PAUSE)
    assert said(play, RESUME) == "granted"


def test_a_call_is_recorded_by_choice_if_it_is_not_recorded_and_the_rules_let_one() -> None:
    assert said(Play(SIGNED_IN, HALF, talking("B")), RECORD_NOW) == "not-allowed"
    assert said(Play(SIGNED_IN, HALF_AND_RECORD_NOW), RECORD_NOW) == "no-call"
    assert said(Play(SIGNED_IN, HALF_AND_RECORD_NOW, talking("B")), RECORD_NOW) == "granted"
    assert (
        said(Play(SIGNED_IN, HALF_AND_RECORD_NOW, talking("A")), RECORD_NOW) == "recorded-already"
    )


def test_a_wish_about_a_call_that_is_over_is_refused_in_words() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), released("A"), talking("B"))
    for wish in (PauseAsked, ResumeAsked, RecordNowAsked):
        assert said(play, wish(Source.CENTRAL, "A")) == "call-over"
        assert verdict(play.world, wish(Source.CENTRAL, "A")).text == "That call is over."
    assert said(play, PauseAsked(Source.CENTRAL, "B")) == "granted"
    assert said(play, RecordNowAsked(Source.CENTRAL, "B")) == "recorded-already"
    assert said(Play(), PauseAsked(Source.CENTRAL, "A")) == "call-over"


def test_a_call_in_wrap_up_may_be_paused_and_no_more_be_recorded_by_choice() -> None:
    play = Play(SIGNED_IN, HALF_AND_RECORD_NOW, talking("B"), released("B"))
    assert play.world.wrapped is not None
    assert said(play, PauseAsked(Source.CENTRAL, "B")) == "granted"
    assert said(play, RecordNowAsked(Source.CENTRAL, "B")) == "call-over"


def test_a_resume_of_a_call_that_is_not_paused_is_refused_though_another_is_paused() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), PAUSE, held("A"), talking("B"))
    assert said(play, ResumeAsked(Source.API, "B")) == "not-paused"
    assert said(play, ResumeAsked(Source.API, "A")) == "granted"


def test_the_rules_bind_a_wish_about_one_call_too() -> None:
    play = Play(SIGNED_IN, policy(may_pause=False), talking("A"))
    for wish in (PauseAsked, ResumeAsked, RecordNowAsked):
        assert said(play, wish(Source.API, "A")) == "not-allowed"


def test_what_is_no_wish_is_always_taken() -> None:
    assert verdict(World(), ClockTicked()).granted
