"""Areas are what a picture of them is, pixel by pixel."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from agent_client.capture.areas import coarse, few, joined, overlap, within, without
from agent_client.capture.screen import Rectangle

_SIDE = 12
rectangles = st.builds(
    Rectangle,
    st.integers(-3, _SIDE),
    st.integers(-3, _SIDE),
    st.integers(0, 7),
    st.integers(0, 7),
)
areas = st.lists(rectangles, max_size=7)
_Pixels = frozenset[tuple[int, int]]


def pixels(area: Iterable[Rectangle]) -> _Pixels:
    """Each pixel of it."""
    return frozenset(
        (x, y)
        for one in area
        for x in range(one.left, one.left + one.width)
        for y in range(one.top, one.top + one.height)
    )


def no_overlap(area: list[Rectangle]) -> bool:
    """Whether each pixel is there once."""
    return sum(one.width * one.height for one in area) == len(pixels(area))


@given(areas, areas)
def test_both_areas_as_one(one: list[Rectangle], other: list[Rectangle]) -> None:
    result = joined(one, other)
    assert pixels(result) == pixels(one) | pixels(other)
    assert no_overlap(result)


@given(areas, areas)
def test_what_lies_in_both(one: list[Rectangle], other: list[Rectangle]) -> None:
    result = within(one, other)
    assert pixels(result) == pixels(one) & pixels(other)
    assert no_overlap(result)


@given(areas, areas)
def test_what_lies_in_the_first_alone(one: list[Rectangle], other: list[Rectangle]) -> None:
    assert pixels(without(one, other)) == pixels(one) - pixels(other)


@given(areas)
def test_an_area_is_told_by_the_same_rectangles_however_it_came_about(
    area: list[Rectangle],
) -> None:
    assert joined(joined(area)) == joined(area) == joined(reversed(area))


@given(rectangles, rectangles)
def test_what_two_rectangles_have_in_common(one: Rectangle, other: Rectangle) -> None:
    both = overlap(one, other)
    assert pixels([both] if both else []) == pixels([one]) & pixels([other])


@given(areas)
def test_coarse_covers_more_and_has_its_edges_at_steps(area: list[Rectangle]) -> None:
    result = coarse(area, 4)
    assert pixels(area) <= pixels(result)
    assert no_overlap(result)
    edges = [(one.left, one.top, one.left + one.width, one.top + one.height) for one in result]
    assert all(edge % 4 == 0 for each in edges for edge in each)
    beside = range(-3, 4)
    near = {(x + dx, y + dy) for x, y in pixels(area) for dx in beside for dy in beside}
    assert pixels(result) <= near


@given(areas)
def test_few_rectangles_cover_more_rather_than_less(area: list[Rectangle]) -> None:
    whole = Rectangle(-3, -3, 40, 40)
    result = few(area, 2, whole)
    assert len(result) <= 2
    assert pixels(area) <= pixels(result)
