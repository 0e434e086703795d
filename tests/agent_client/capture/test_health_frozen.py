"""Changes that the screen does not tell of are found; a picture that is just still is well."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from agent_client.capture.health import Remedy
from tests.agent_client.capture.health_staging import POINTER, REST, WELL, Turns


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


def test_somebody_who_works_on_without_any_change_is_no_reason_to_look_all_the_time(
    turns: Turns,
) -> None:
    turns.turns(WELL, 5)
    checks = 0
    for _ in range(80):
        turns.turn(replace(REST, input_at=turns.now), 0.2)
        if turns.health.whole(turns.now, told=False):
            turns.turn(replace(WELL, whole=True, told=0, changed=False), 0)
            checks += 1
    assert checks == 2  # ten seconds after the first picture, and again after ten idle ones
