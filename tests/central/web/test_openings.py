"""One viewing, one entry."""

from __future__ import annotations

from central.core.audit import Actor
from central.web.openings import QUIET, Key, Openings, joined

SUE = Actor("person", "sue")
KEY = Key("session", "CALL-1", 1, "film.mp4")


def test_a_viewing_is_new_once() -> None:
    openings = Openings()
    assert openings.is_new(KEY)
    openings.begin(KEY, SUE, 0)
    assert not openings.is_new(KEY)
    assert openings.is_new(KEY._replace(session="other"))


def test_a_quiet_viewing_is_over_and_tells_what_was_streamed() -> None:
    openings = Openings()
    openings.begin(KEY, SUE, 0)
    openings.streamed(KEY, SUE, 0, 100, 1)
    openings.streamed(KEY, SUE, 50, 200, 2)
    openings.streamed(KEY, SUE, 500, 600, 3)
    assert openings.over(3 + QUIET - 1) == []
    assert openings.over(3 + QUIET) == [(KEY, SUE, [(0, 200), (500, 600)])]
    assert openings.empty
    assert openings.is_new(KEY)


def test_parts_that_touch_are_one() -> None:
    assert joined([(5, 6), (0, 2), (2, 4)]) == [(0, 4), (5, 6)]
