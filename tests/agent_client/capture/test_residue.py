"""What windows leave on the screen stays covered until it is surely drawn over."""

from __future__ import annotations

from itertools import pairwise

import pytest

from agent_client.capture.residue import Residue
from agent_client.capture.screen import Rectangle

SCREEN = Rectangle(0, 0, 100, 100)
LEFT = Rectangle(0, 0, 50, 100)
RIGHT = Rectangle(50, 0, 50, 100)


def test_what_was_drawn_before_it_went_or_perhaps_so_does_not_end_it() -> None:
    residue = Residue(SCREEN)
    residue.drawn([SCREEN])
    residue.left([LEFT], 0.0)
    residue.drawn([SCREEN])  # gathered since before it went
    assert residue.area() == [LEFT]
    residue.drawn([SCREEN])
    assert residue.area() == []


def test_only_what_is_drawn_over_is_free() -> None:
    residue = Residue(SCREEN)
    residue.left([SCREEN], 0.0)
    residue.drawn([])
    residue.drawn([RIGHT])
    assert residue.area() == [LEFT]


def test_what_is_left_once_more_is_as_young_as_that() -> None:
    residue = Residue(SCREEN)
    residue.left([SCREEN], 0.0)
    residue.drawn([])
    residue.left([LEFT], 0.1)
    residue.drawn([SCREEN])
    assert residue.area() == [LEFT]
    residue.drawn([SCREEN])
    assert residue.area() == []


def test_what_is_covered_by_a_named_window_is_no_residue() -> None:
    residue = Residue(SCREEN)
    residue.left([SCREEN], 0.0)
    residue.covered([LEFT])
    assert residue.area() == [RIGHT]


def test_nothing_is_left_beyond_the_screen() -> None:
    residue = Residue(SCREEN)
    residue.left([Rectangle(-10, 90, 20, 20), Rectangle(200, 0, 9, 9)], 0.0)
    assert residue.area() == [Rectangle(0, 90, 10, 10)]


def test_programs_are_asked_to_draw_ever_more_rarely_but_never_given_up() -> None:
    residue = Residue(SCREEN)
    assert residue.due() is None
    residue.left([LEFT], 10.0)
    assert residue.to_nudge(10.0) == []
    asked = [10.0]
    for _ in range(9):
        due = residue.due()
        assert due is not None
        assert residue.to_nudge(due - 0.01) == []
        assert residue.to_nudge(due) == [LEFT]
        assert residue.to_nudge(due) == []
        asked.append(due)
    rests = [after - before for before, after in pairwise(asked)]
    assert rests[:3] == pytest.approx([0.3, 0.6, 1.2])
    assert rests[-1] == pytest.approx(20.0)
    assert residue.area() == [LEFT], "whoever never draws leaves it there"


def test_where_windows_fade_away_a_mask_stays_until_the_manager_knows_and_for_a_while() -> None:
    residue = Residue(SCREEN, fading=True)
    assert not residue.to_ask()
    residue.left([LEFT], 10.0)
    assert residue.to_ask()
    residue.asked(10.0)
    assert not residue.to_ask(), "one question is enough"
    for _ in range(5):
        residue.drawn([SCREEN])
    residue.passed(100.0)
    assert residue.due() is None, "it may draw for long what it had begun before"
    assert residue.area() == [LEFT]
    residue.answered(100.0)
    due = residue.due()
    assert due is not None
    assert due == pytest.approx(101.0)
    residue.passed(due - 0.01)
    assert residue.area() == [LEFT]
    assert residue.to_nudge(due) == []
    residue.passed(due)
    assert residue.area() == []
    assert residue.due() is None


def test_an_answer_says_nothing_of_what_went_after_the_question() -> None:
    residue = Residue(SCREEN, fading=True)
    residue.left([LEFT], 10.0)
    residue.asked(10.0)
    residue.drawn([])
    residue.left([RIGHT], 10.1)
    assert residue.to_ask()
    residue.answered(10.2)
    residue.passed(20.0)
    assert residue.area() == [RIGHT]
    residue.asked(20.0)
    residue.answered(20.1)
    residue.passed(30.0)
    assert residue.area() == []


def test_what_still_fades_when_nobody_draws_the_screen_any_more_waits_to_be_drawn() -> None:
    residue = Residue(SCREEN, fading=True)
    residue.left([LEFT], 10.0)
    residue.asked(10.0)
    residue.answered(10.1)
    residue.turned(10.2, fading=False)
    residue.passed(20.0)
    assert residue.area() == [LEFT]
    for _ in range(2):
        residue.drawn([LEFT])
    assert residue.area() == []


def test_another_manager_is_asked_anew() -> None:
    residue = Residue(SCREEN, fading=True)
    residue.left([LEFT], 10.0)
    residue.asked(10.0)
    residue.turned(10.2, fading=True)
    assert residue.to_ask()


def test_however_much_moves_about_it_stays_few_rectangles() -> None:
    residue = Residue(SCREEN)
    places = [Rectangle(x, y, 3, 3) for x in range(0, 100, 7) for y in range(0, 100, 7)]
    residue.left(places, 0.0)
    assert len(residue.area()) <= 16
    for number in range(30):
        residue.drawn([])
        residue.left([Rectangle(number * 3, 0, 2, 100)], float(number))
    residue.drawn([])
    residue.drawn([SCREEN])
    assert residue.area() == []
