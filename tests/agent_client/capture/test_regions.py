"""Damage becomes few rectangles that miss nothing."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from agent_client.capture.regions import Box, to_look_at
from agent_client.capture.screen import Rectangle

WIDTH, HEIGHT = 1919, 1081

_SPAN = st.integers(-100, 2100)
_BOXES = st.lists(
    st.tuples(_SPAN, _SPAN, st.integers(1, 300), st.integers(1, 300)).map(
        lambda one: (one[0], one[1], one[0] + one[2], one[1] + one[3])
    ),
    max_size=60,
)


def _within(box: Box, areas: list[Rectangle]) -> bool:
    """Whether every corner, and points between them, lie in an area, as far as they are seen."""
    left, top, right, bottom = box
    columns = [x for x in {*range(left, right, 20), right - 1} if 0 <= x < WIDTH]
    rows = [y for y in {*range(top, bottom, 20), bottom - 1} if 0 <= y < HEIGHT]
    return all(
        any(
            area.left <= x < area.left + area.width and area.top <= y < area.top + area.height
            for area in areas
        )
        for x, y in product(columns, rows)
    )


@given(_BOXES)
def test_all_that_changed_is_looked_at(boxes: list[Box]) -> None:
    areas = to_look_at(boxes, WIDTH, HEIGHT)
    assert all(_within(box, areas) for box in boxes)


@given(_BOXES)
def test_rectangles_begin_at_even_places_and_end_at_even_ones_or_the_edges(
    boxes: list[Box],
) -> None:
    for area in to_look_at(boxes, WIDTH, HEIGHT):
        right, bottom = area.left + area.width, area.top + area.height
        assert area.left % 2 == area.top % 2 == 0
        assert right == WIDTH or right % 2 == 0
        assert bottom == HEIGHT or bottom % 2 == 0
        assert 0 <= area.left < right <= WIDTH
        assert 0 <= area.top < bottom <= HEIGHT


@given(_BOXES)
def test_never_more_pixels_are_looked_at_than_there_are(boxes: list[Box]) -> None:
    areas = to_look_at(boxes, WIDTH, HEIGHT)
    assert sum(area.width * area.height for area in areas) <= WIDTH * HEIGHT


def test_nothing_is_looked_at_if_nothing_changed_or_only_what_is_not_recorded() -> None:
    assert to_look_at([], WIDTH, HEIGHT) == []
    assert to_look_at([(-50, 10, -10, 20), (WIDTH, 0, WIDTH + 9, 9)], WIDTH, HEIGHT) == []


def test_a_letter_costs_one_tile() -> None:
    assert to_look_at([(130, 70, 138, 84)], WIDTH, HEIGHT) == [Rectangle(128, 64, 64, 32)]


def test_what_lies_close_together_is_looked_at_together_and_what_lies_far_apart_is_not() -> None:
    line_and_clock = [(100, 100, 700, 116), (720, 130, 760, 146), (1850, 1060, 1919, 1081)]
    assert to_look_at(line_and_clock, WIDTH, HEIGHT) == [
        Rectangle(64, 96, 704, 64),
        Rectangle(1792, 1056, 127, 25),
    ]


def test_more_than_half_of_the_desktop_is_all_of_it() -> None:
    whole = [Rectangle(0, 0, WIDTH, HEIGHT)]
    assert to_look_at([(0, 0, WIDTH, 700)], WIDTH, HEIGHT) == whole
    assert to_look_at([(0, 0, WIDTH, 500)], WIDTH, HEIGHT) != whole


def test_very_many_rectangles_are_not_told_apart() -> None:
    crumbs = [(x, 0, x + 1, 1) for x in range(257)]
    assert to_look_at(crumbs, WIDTH, HEIGHT) == [Rectangle(0, 0, WIDTH, HEIGHT)]
    assert to_look_at(crumbs[:256], WIDTH, HEIGHT) == [Rectangle(0, 0, 256, 32)]
