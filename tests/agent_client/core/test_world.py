"""When a recording begins and ends: the rules as stories."""

from __future__ import annotations

from tests.agent_client.core.play import (
    HALF,
    READY,
    SIGNED_IN,
    STALE_READY,
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


def test_a_whole_call_is_one_recording() -> None:
    play = ready()
    assert play(ringing("A")) == []
    assert play(talking("A")) == ["open A", "capture A"]
    assert play(held("A"), talking("A")) == []
    assert play(released("A"), WRAPPING_UP, completed("A")) == []
    assert play(STALE_READY) == ["close A: wrapped-up"]


def test_ringing_and_dialing_are_not_recorded() -> None:
    assert ready()(ringing("A"), dialing("C")) == []


def test_hold_does_not_pause() -> None:
    play = ready()
    play(talking("A"))
    assert play(held("A"), talking("A")) == []


def test_an_unselected_call_is_not_recorded() -> None:
    play = Play(SIGNED_IN, HALF)
    assert play(talking("B"), released("B"), WRAPPING_UP, READY) == []
