"""Between two deadlines nothing changes by itself, so nobody need look at the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent_client.core.deadline import deadline
from agent_client.core.events import CaptureFailed, Moment
from agent_client.core.plan import plan
from agent_client.core.status import status
from agent_client.core.world import World
from tests.agent_client.core.play import (
    PAUSE,
    RECORDING,
    SIGNED_IN,
    TICK,
    WRAPPING_UP,
    Play,
    policy,
    released,
    talking,
)
from tests.agent_client.core.test_promises import STORIES, Story, told


def seconds_left(play: Play) -> float | None:
    due = deadline(play.world)
    return None if due is None else (due - play.now).total_seconds()


def but_for_the_clock(world: World) -> World:
    return replace(world, now=timedelta(), wall=None, taken=0)


def test_without_a_call_nothing_falls_due() -> None:
    assert deadline(Play(SIGNED_IN, policy()).world) is None


def test_a_recording_falls_due_at_its_greatest_length() -> None:
    assert seconds_left(Play(SIGNED_IN, policy(), talking("A"))) == 14_400


def test_a_release_falls_due_when_no_after_call_work_has_come() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), released("A"))
    assert seconds_left(play) == 3
    play(WRAPPING_UP)
    assert seconds_left(play) == 300


def test_a_voice_order_falls_due_when_it_is_to_be_given_again() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE)
    assert seconds_left(play) == 2


def test_a_failure_falls_due_when_it_is_tried_again_and_when_it_is_forgiven() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), CaptureFailed("screen-black"))
    assert seconds_left(play) == 2
    play.later(2)
    assert seconds_left(play) == 10


@given(STORIES, st.sampled_from([0.3, 0.99, 1.0]))
def test_before_the_deadline_time_changes_nothing(story: Story, part: float) -> None:
    play = Play(SIGNED_IN, policy())
    for seconds, event in story:
        play.later(seconds, event)
        due = deadline(play.world)
        left = timedelta(days=3) if due is None else due - play.now
        then = play.now + min(left * part, left - timedelta(microseconds=1))
        later = play.world.after(TICK, Moment(then, "unused"))
        assert but_for_the_clock(later) == but_for_the_clock(play.world)
        assert plan(later) == play.plan
        assert status(later) == play.status


@given(STORIES)
def test_what_is_due_is_over_once_it_was_looked_at(story: Story) -> None:
    play = told(story)
    for _ in range(20):
        left = seconds_left(play)
        if left is None:
            return
        assert left > 0
        play.later(left, TICK)
