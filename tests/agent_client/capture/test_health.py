"""What the recorder notices of itself, and when it says so; no clock runs here."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from agent_client.capture.health import Remedy
from agent_client.core.problems import PROBLEMS
from tests.agent_client.capture.health_staging import FRAME, REST, WELL, Turns


def test_a_recorder_that_is_well_says_nothing_for_an_hour(turns: Turns) -> None:
    for _ in range(60):
        turns.turns(WELL, 50)
        turns.rest(10)
    assert turns.told == []
    assert turns.remedies == []


def test_a_still_desktop_is_looked_at_once_a_minute(turns: Turns) -> None:
    turns.rest(3600)
    assert 59 <= turns.wakings <= 62
    assert turns.told == []


def test_a_fade_through_black_and_a_short_dark_slide_are_no_trouble(turns: Turns) -> None:
    turns.turns(WELL, 2)
    turns.turn(replace(WELL, black=True))
    turns.rest(7, black=True)
    turns.turns(WELL, 30)
    assert turns.told == []


def test_a_picture_that_stays_black_is_told_within_seconds_and_from_when_it_was(
    turns: Turns,
) -> None:
    turns.turns(WELL, 2)
    turns.turn(replace(WELL, black=True))
    began = turns.now
    turns.rest(30, black=True)
    assert turns.codes == ["+screen-black"]
    _, since, at = turns.told[0]
    assert since == began
    assert at - began < 9


def test_a_black_picture_is_read_over_a_fresh_connection_before_it_is_told(turns: Turns) -> None:
    turns.turn(replace(WELL, black=True))
    turns.rest(400, black=True)
    asked = [at for remedy, at in turns.remedies if remedy is Remedy.REOPEN_SCREEN]
    assert asked[0] < turns.told[0][2]
    assert asked[0] < 4
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert gaps == pytest.approx([10, 60, 300], abs=1)  # never a storm of them


def test_black_that_a_fresh_connection_cured_was_a_trouble(turns: Turns) -> None:
    turns.turn(replace(WELL, black=True))
    began = turns.now
    turns.turns(replace(REST, black=True), 3)
    assert turns.remedies[0][0] is Remedy.REOPEN_SCREEN
    assert turns.remedies[0][1] == pytest.approx(began + 3, abs=FRAME)
    assert turns.health.due <= turns.now
    assert turns.health.whole(turns.now, told=False)
    turns.turn(replace(WELL, whole=True))
    cured = turns.now
    turns.rest(10)
    assert [told[:2] for told in turns.told] == [
        ("+screen-black", began),
        ("-screen-black", cured),
    ]


def test_a_trouble_is_over_when_all_was_well_for_some_seconds_and_never_flickers(
    turns: Turns,
) -> None:
    turns.turn(replace(WELL, black=True))
    turns.rest(10, black=True)
    for _ in range(5):  # light for a moment, again and again
        turns.turn(WELL)
        turns.rest(2)
        turns.turn(replace(WELL, black=True))
        turns.rest(2, black=True)
    assert turns.codes == ["+screen-black"]
    turns.turn(WELL)
    light = turns.now
    turns.rest(6)
    assert turns.told[1][:2] == ("-screen-black", light)


def test_a_look_that_comes_late_is_told_from_when_it_was_due(turns: Turns) -> None:
    turns.turns(WELL, 5)
    due = turns.now + FRAME
    turns.turn(replace(WELL, late=4.0), 4.0 + FRAME)
    again = turns.now
    assert turns.codes == ["+capture-late"]
    assert turns.told[0][1:] == pytest.approx((due, again), abs=2 * WELL.took)
    turns.turns(WELL, 12)
    assert turns.codes == ["+capture-late", "-capture-late"]
    assert turns.told[1][1] == pytest.approx(again, abs=2 * FRAME)


def test_a_look_that_was_held_up_in_the_middle_is_late_as_well(turns: Turns) -> None:
    turns.turns(WELL, 5)
    began = turns.now
    turns.turn(replace(WELL, took=3.0), 3.0)
    assert turns.codes == ["+capture-late"]
    assert turns.told[0][1] == pytest.approx(began)


def test_lateness_that_nobody_would_notice_is_not_told(turns: Turns) -> None:
    turns.turns(replace(WELL, late=0.9), 60)
    assert turns.told == []


@pytest.mark.parametrize("jump", [-3600.0, -1.0, 1.0, 86400.0])
def test_a_clock_that_was_set_is_told_once(turns: Turns, jump: float) -> None:
    turns.turns(WELL, 5)
    before = turns.now
    turns.turns(replace(WELL, wall=WELL.wall + jump), 30)
    assert turns.codes == ["+clock-jumped", "-clock-jumped"]
    assert turns.told[0][1] == before
    assert turns.told[1][1] - before < 1


def test_a_clock_that_is_corrected_gently_does_not_jump(turns: Turns) -> None:
    for minute in range(60):
        turns.turn(replace(WELL, wall=WELL.wall + minute * 60 * 0.0005), 60)
    assert "+clock-jumped" not in turns.codes


def test_pictures_that_take_longer_than_their_time_are_told_and_fewer_are_asked_for(
    turns: Turns,
) -> None:
    turns.turns(WELL, 5)
    turns.turns(replace(WELL, took=0.5), 12, 0.5)
    assert turns.codes == ["+encoder-slow"]
    assert turns.told[0][2] < 5 + 3
    asked = [at for remedy, at in turns.remedies if remedy is Remedy.FEWER_PICTURES]
    assert len(asked) == 2  # and again after a while, if that did not help
    turns.turns(WELL, 12)
    assert turns.codes == ["+encoder-slow", "-encoder-slow"]


def test_one_slow_picture_now_and_then_is_none(turns: Turns) -> None:
    for _ in range(100):
        turns.turns(replace(WELL, took=0.5), 2, 0.5)
        turns.turn(WELL)
    assert turns.told == []
    assert turns.remedies == []


def test_slowness_is_over_when_there_is_nothing_more_to_encode(turns: Turns) -> None:
    turns.turns(replace(WELL, took=0.5), 5, 0.5)
    stood_still = turns.now
    turns.rest(20)
    assert turns.codes == ["+encoder-slow", "-encoder-slow"]
    assert turns.told[1][1] < stood_still + 5


def test_a_disk_that_does_not_return_is_told_while_it_does_not(turns: Turns) -> None:
    turns.turns(WELL, 2)
    began = turns.now
    for second in range(1, 6):
        turns.turn(replace(REST, syncing=float(second)), 1)
    assert turns.codes == ["+disk-slow"]
    assert turns.told[0][1:] == pytest.approx((began, began + 3))
    turns.turn(REST, 1)
    back = turns.now
    turns.rest(12)
    assert turns.told[1][:2] == ("-disk-slow", back)


def test_a_sync_in_hand_is_looked_at_each_second(turns: Turns) -> None:
    turns.turn(replace(REST, syncing=0.1))
    assert turns.health.due <= turns.now + 1


def test_a_pause_ends_every_trouble_since_nothing_is_looked_at(turns: Turns) -> None:
    turns.turn(replace(WELL, black=True))
    turns.rest(9, black=True)
    turns.turn(replace(REST, black=True, syncing=3))
    over = turns.health.paused(turns.now + 1)
    assert {one.code for one in over} == {"screen-black", "disk-slow"}
    assert {one.at for one in over} == {turns.now + 1}
    assert Turns().health.paused(1.0) == ()


def test_what_was_well_before_a_pause_was_over_then(turns: Turns) -> None:
    turns.turn(replace(REST, syncing=3))
    turns.turn(REST, 1)
    (over,) = turns.health.paused(turns.now + 4)
    assert (over.code, over.at) == ("disk-slow", turns.now)


def test_every_trouble_has_words(turns: Turns) -> None:
    assert {watch.code for watch in turns.health.watches} <= PROBLEMS.keys()


def test_a_desktop_drawn_smaller_is_told_while_it_is_and_wakes_nobody(turns: Turns) -> None:
    other = Turns()
    turns.turn(WELL)
    turns.turns(replace(WELL, scaled=True), 5)
    other.turns(WELL, 5 + FRAME)
    assert turns.codes == ["+picture-scaled"]
    assert turns.told[0][1] == turns.told[0][2]  # at once
    assert turns.due == pytest.approx(other.due)
    turns.turn(WELL)
    assert turns.told[1:] == [("-picture-scaled", turns.now, turns.now)]
