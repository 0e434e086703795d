"""The rules of recording as stories: the client is killed in after-call work, and started again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent_client.core.events import AgentSignedIn, Event, Source
from agent_client.core.memory import Memory, from_json, memory, remembering, to_json
from tests.agent_client.core.play import (
    HALF,
    LOGGED_OUT,
    ON_BREAK,
    PAUSE,
    PAUSED,
    READY,
    RECORDING,
    RESUME,
    SIGNED_IN,
    SIGNED_OUT,
    WRAPPING_UP,
    Play,
    policy,
    recording,
    released,
    ringing,
    talking,
)

START = (SIGNED_IN, policy())


def killed(play: Play, seconds: float, *, clock_set_by: float = 0) -> Play:
    """The client is killed, and started again so much later, with an engine clock of its own."""
    kept = from_json(to_json(memory(play.world)))
    wall = play.wall + timedelta(seconds=seconds + clock_set_by)
    now = timedelta(minutes=5)
    again = Play(world=remembering(kept, now, wall))
    again.now, again.wall = now, wall
    return again


def wrapping_up(seconds: float = 10) -> Play:
    """Alice has been in after-call work for so long."""
    play = recording()
    play(released("A"), WRAPPING_UP)
    play.later(seconds)
    return play


def test_the_rest_of_after_call_work_is_recorded() -> None:
    play = killed(wrapping_up(), 5)
    assert play(*START) == []
    assert play.listing() == []
    assert play(WRAPPING_UP) == ["open A", "capture A"]
    assert play(READY) == ["close A: wrapped-up"]


@pytest.mark.parametrize("first", [0, 1, 2])
def test_it_is_recorded_whatever_is_told_first(first: int) -> None:
    events: list[Event] = [SIGNED_IN, policy(), WRAPPING_UP]
    head = events.pop(first)
    assert killed(wrapping_up(), 5)(head, *events) == ["open A", "capture A"]


def test_it_is_recorded_no_longer_than_if_nobody_had_been_killed() -> None:
    play = killed(wrapping_up(), 5)
    assert play(*START, WRAPPING_UP) == ["open A", "capture A"]
    assert play.later(284.9) == []
    assert play.later(0.1) == ["close A: tail-limit"]


def test_after_its_limit_nothing_of_it_is_recorded() -> None:
    play = killed(wrapping_up(), 290)
    assert play(*START, WRAPPING_UP) == []
    assert memory(play.world) == Memory()


def test_killed_between_the_release_and_after_call_work_it_goes_on_too() -> None:
    play = recording()
    play(released("A"))
    assert killed(play, 2)(*START, WRAPPING_UP) == ["open A", "capture A"]


@pytest.mark.parametrize("state", [READY, ON_BREAK, LOGGED_OUT])
def test_an_agent_who_has_gone_on_to_something_else_is_not_recorded(state: Event) -> None:
    play = killed(wrapping_up(), 5)
    assert play(*START, state) == []
    assert play(WRAPPING_UP) == []


def test_until_somebody_says_that_it_goes_on_nothing_is_recorded() -> None:
    play = killed(wrapping_up(), 5)
    play(*START)
    assert play.later(60) == []
    assert not play.status.in_call
    assert play.status.headline == "Ready"
    assert play(WRAPPING_UP) == ["open A", "capture A"]


def test_another_agent_is_not_recorded_in_the_first_ones_after_call_work() -> None:
    play = killed(wrapping_up(), 5)
    assert play(AgentSignedIn("bob", Source.LOOPBACK), policy(), WRAPPING_UP) == []


def test_who_signs_out_and_in_again_has_ended_it() -> None:
    play = killed(wrapping_up(), 5)
    assert play(SIGNED_OUT, SIGNED_IN, policy(), WRAPPING_UP) == []
    play = killed(wrapping_up(), 5)
    assert play(*START, SIGNED_OUT, SIGNED_IN, WRAPPING_UP) == []


def test_signed_out_before_the_kill_nothing_is_recorded_after_it() -> None:
    play = wrapping_up()
    play(SIGNED_OUT)
    assert killed(play, 5)(*START, WRAPPING_UP) == []


def test_the_next_call_ends_it() -> None:
    play = killed(wrapping_up(), 5)
    assert play(*START, ringing("C")) == []
    assert play(talking("C")) == ["open C", "capture C"]
    assert play(WRAPPING_UP) == []


def test_a_call_that_rings_does_not_end_it() -> None:
    assert killed(wrapping_up(), 5)(*START, ringing("C"), WRAPPING_UP) == ["open A", "capture A"]


def test_what_was_paused_stays_paused() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE, talking("A", PAUSED))
    play(released("A"), WRAPPING_UP)
    again = killed(play, 5)
    assert again(*START, WRAPPING_UP) == ["mask A", "open A"]
    assert again.status.mood == "paused"
    assert again.openings[0].reasons == {"asked"}
    assert again(RESUME) == ["unmask A", "capture A"]


def test_what_was_not_selected_is_not_recorded() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), released("B"), WRAPPING_UP)
    assert killed(play, 5)(SIGNED_IN, policy(100), WRAPPING_UP) == []


def test_killed_twice_it_still_goes_on() -> None:
    play = killed(killed(wrapping_up(), 5), 5)
    assert play(*START, WRAPPING_UP) == ["open A", "capture A"]
    assert play.later(279.9) == []
    assert play.later(0.1) == ["close A: tail-limit"]


def test_a_clock_that_was_set_back_leaves_nothing_to_record() -> None:
    assert killed(wrapping_up(), 5, clock_set_by=-3600)(*START, WRAPPING_UP) == []


def test_a_clock_that_was_set_forward_leaves_nothing_to_record() -> None:
    assert killed(wrapping_up(), 5, clock_set_by=3600)(*START, WRAPPING_UP) == []


def test_it_is_written_down_once_not_at_every_second() -> None:
    play = wrapping_up(0)
    kept = memory(play.world)
    assert kept.wrapping_up == "A"
    play.later(60)
    assert memory(play.world) == kept


def test_a_clock_that_jumps_in_a_call_or_after_it_changes_nothing() -> None:
    play = recording()
    play.wall += timedelta(days=400)
    assert play.later(60) == []
    play(released("A"), WRAPPING_UP)
    play.wall -= timedelta(days=800)
    assert play.later(299.9) == []
    assert play.later(0.1) == ["close A: tail-limit"]
