"""What the recorder notices of itself, and when it says so; no clock runs here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_client.capture.health import Health, Observation, Remedy
from agent_client.core.problems import PROBLEMS

FRAME = 0.2
SCREENFUL = 1920 * 1080
POINTER = 64 * 64
WELL = Observation(
    at=0.0,
    wall=1_000.0,
    late=0.0,
    looked=True,
    whole=False,
    told=SCREENFUL,
    changed=True,
    black=False,
    took=0.01,
    frame=FRAME,
    syncing=0.0,
)
REST = replace(WELL, looked=False, told=0, changed=False)


@dataclass
class Turns:
    """A recorder's turns, one after another, and what health made of them."""

    now: float = 0.0
    health: Health = field(default_factory=lambda: Health.began(0.0))
    told: list[tuple[str, float, float]] = field(default_factory=list)  # +/-code, of, at
    remedies: list[tuple[Remedy, float]] = field(default_factory=list)
    wakings: int = 0

    def turn(self, seen: Observation, after: float = FRAME) -> None:
        """One turn, some time after the last."""
        self.now += after
        now = replace(seen, at=self.now, wall=seen.wall + self.now)
        verdict = self.health.after(now)
        self.health = verdict.health
        self.told += [(f"+{one.code}", one.at, self.now) for one in verdict.begun]
        self.told += [(f"-{one.code}", one.at, self.now) for one in verdict.ended]
        if verdict.remedy is not Remedy.NONE:
            self.remedies.append((verdict.remedy, self.now))

    def turns(self, seen: Observation, seconds: float, each: float = FRAME) -> None:
        """Turns of the same kind for so long."""
        for _ in range(round(seconds / each)):
            self.turn(seen, each)

    def rest(self, seconds: float, *, black: bool = False, differs: bool = False) -> None:
        """Nothing is told for so long: only the turns that health itself asks for."""
        end = self.now + seconds
        while self.due <= end:
            self.wakings += 1
            wait = max(0.001, self.due - self.now)
            if self.health.whole(self.now + wait, told=False):
                self.turn(replace(WELL, whole=True, told=0, changed=differs, black=black), wait)
            else:
                self.turn(replace(REST, black=black), wait)
        self.now = end

    @property
    def due(self) -> float:
        """When the next turn is, if nothing is told."""
        return min(self.health.due, self.health.check_due)

    @property
    def codes(self) -> list[str]:
        return [code for code, _, _ in self.told]


@pytest.fixture
def turns() -> Turns:
    return Turns()


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


def test_changes_that_are_not_told_are_found_and_the_screen_is_opened_anew(turns: Turns) -> None:
    turns.turns(WELL, 5)
    stood_still = turns.now
    turns.rest(20, differs=True)
    assert turns.codes == ["+screen-frozen"]
    _, since, at = turns.told[0]
    assert since <= stood_still
    assert at - stood_still < 15
    assert (Remedy.REOPEN_SCREEN, at) in turns.remedies


def test_the_film_goes_on_by_checks_each_second_while_changes_are_not_told(turns: Turns) -> None:
    turns.turns(WELL, 5)
    turns.rest(30, differs=True)
    before = turns.wakings
    turns.rest(10, differs=True)
    assert 9 <= turns.wakings - before <= 12


def test_what_was_frozen_is_well_when_the_screen_tells_again(turns: Turns) -> None:
    turns.turns(WELL, 5)
    turns.rest(20, differs=True)
    turns.turn(WELL)
    again = turns.now
    turns.turns(WELL, 6)
    assert turns.told[1][:2] == ("-screen-frozen", again)


def test_what_was_frozen_is_well_when_checks_agree_for_long(turns: Turns) -> None:
    turns.turns(WELL, 5)
    turns.rest(20, differs=True)
    turns.rest(30)
    assert turns.codes == ["+screen-frozen", "-screen-frozen"]


def test_lost_changes_are_found_when_the_pointer_rests_for_a_few_seconds(turns: Turns) -> None:
    turns.turns(WELL, 5)
    turns.turns(replace(WELL, told=POINTER), 9)
    assert turns.told == []
    turns.rest(5, differs=True)
    assert turns.codes == ["+screen-frozen"]


def test_what_is_lost_is_not_well_because_the_pointer_moves(turns: Turns) -> None:
    turns.turns(WELL, 5)
    turns.rest(20, differs=True)
    for _ in range(10):
        turns.turns(replace(WELL, told=POINTER), 0.8)
        turns.rest(1, differs=True)
    assert turns.codes == ["+screen-frozen"]


def test_somebody_who_types_all_the_time_makes_no_trouble(turns: Turns) -> None:
    chance = Random(7)  # noqa: S311 - no secret
    for _ in range(3600):
        turns.turn(replace(WELL, told=2048))
        if turns.health.whole(turns.now, told=False):  # a letter comes in the middle of every third
            check = replace(WELL, whole=True, told=0, changed=chance.random() < 1 / 3)
            turns.turn(check)
    assert turns.told == []


def test_a_change_in_the_middle_of_a_check_proves_nothing(turns: Turns) -> None:
    for _ in range(60):
        turns.turns(WELL, 50)  # much is told
        for _ in range(2):  # and a check differs, or two
            turns.turn(replace(WELL, whole=True, told=0), 1)
        turns.rest(8)
    assert turns.told == []


def test_a_check_waits_for_a_turn_in_which_nothing_is_told_but_not_for_ever(turns: Turns) -> None:
    turns.turns(WELL, 15)
    assert not turns.health.whole(turns.now, told=True)
    assert turns.health.whole(turns.now, told=False)
    turns.turns(WELL, 10)
    assert turns.health.whole(turns.now, told=True)


def test_somebody_at_work_on_a_still_picture_has_it_read_at_once_and_over_a_fresh_connection(
    turns: Turns,
) -> None:
    turns.turn(WELL)
    for _ in range(11):
        turns.turn(replace(REST, input_at=turns.now + 1), 1)
    assert turns.health.whole(turns.now, told=False)
    turns.turn(replace(WELL, whole=True, told=0, changed=False))
    for _ in range(15):
        turns.turn(replace(REST, input_at=turns.now + 1), 1)
    assert turns.remedies[0][0] is Remedy.REOPEN_SCREEN
    assert turns.told == []  # suspicion alone is not told


def test_a_still_picture_that_a_fresh_connection_changed_was_frozen(turns: Turns) -> None:
    turns.turn(WELL)
    stood_still = turns.now
    while not turns.remedies:
        assert turns.now < 40
        turns.turn(replace(REST, input_at=turns.now + 1), 1)
    turns.turn(replace(WELL, whole=True))
    cured = turns.now
    turns.rest(20)
    assert turns.codes == ["+screen-frozen", "-screen-frozen"]
    assert turns.told[0][1] == stood_still
    assert turns.told[1][1] - cured < 2


def test_a_still_picture_that_a_fresh_connection_did_not_change_is_just_still(turns: Turns) -> None:
    turns.turn(WELL)
    for _ in range(600):
        looked = turns.health.reopening
        seen = replace(WELL, whole=True, changed=False) if looked else REST
        turns.turn(replace(seen, input_at=turns.now + 1), 1)
    assert turns.told == []
    assert len(turns.remedies) < 6


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
    turns.rest(20)
    assert turns.codes == ["+encoder-slow", "-encoder-slow"]


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


def test_every_trouble_has_words(turns: Turns) -> None:
    assert {watch.code for watch in turns.health.watches} <= PROBLEMS.keys()


_OBSERVATIONS = st.lists(
    st.tuples(
        st.floats(0.01, 30),  # since the last
        st.builds(
            replace,
            st.just(WELL),
            wall=st.sampled_from([0.0, 3600.0]),
            late=st.sampled_from([0.0, 2.0]),
            looked=st.booleans(),
            whole=st.booleans(),
            told=st.sampled_from([0, POINTER, SCREENFUL]),
            changed=st.booleans(),
            black=st.booleans(),
            took=st.sampled_from([0.01, 0.5]),
            syncing=st.sampled_from([0.0, 3.0]),
        ),
        st.booleans(),  # somebody is at work
    ),
    max_size=60,
)


@given(_OBSERVATIONS)
def test_whatever_happens_each_trouble_begins_and_ends_in_turn(
    found: list[tuple[float, Observation, bool]],
) -> None:
    turns = Turns()
    for after, seen, at_work in found:
        turns.turn(replace(seen, input_at=turns.now if at_work else None), after)
        assert turns.health.due > turns.now or turns.health.reopening
    turns.told += [(f"-{one.code}", one.at, turns.now) for one in turns.health.paused(turns.now)]
    for code in {one[1:] for one in turns.codes}:
        told = [one for one in turns.told if one[0][1:] == code]
        assert [one[0][0] for one in told] == ["+", "-"] * (len(told) // 2)
        for begun, over in zip(told[::2], told[1::2], strict=True):
            assert begun[1] <= over[1] <= over[2]
            assert begun[1] <= begun[2]


@given(_OBSERVATIONS)
def test_whatever_happens_the_screen_is_not_opened_anew_all_the_time(
    found: list[tuple[float, Observation, bool]],
) -> None:
    turns = Turns()
    for after, seen, at_work in found:
        turns.turn(replace(seen, input_at=turns.now if at_work else None), after)
    asked = [at for remedy, at in turns.remedies if remedy is Remedy.REOPEN_SCREEN]
    assert all(later - earlier >= 10 for earlier, later in pairwise(asked))


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
