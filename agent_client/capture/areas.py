"""Areas of the desktop: rectangles without overlap, and what is done with them. Pure.

Each result lies in bands: rectangles beside each other begin and end in the same rows. So an area
has few rectangles, however it came about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from agent_client.capture.screen import Rectangle

_STEP = 32  # pixels

_Span = tuple[int, int]  # left and right
_Keep = Callable[[bool, bool], bool]


def overlap(one: Rectangle, other: Rectangle) -> Rectangle | None:
    """What two rectangles have in common; None: nothing."""
    left, top = max(one.left, other.left), max(one.top, other.top)
    right = min(one.left + one.width, other.left + other.width)
    bottom = min(one.top + one.height, other.top + other.height)
    if left >= right or top >= bottom:
        return None
    return Rectangle(left, top, right - left, bottom - top)


def joined(one: Iterable[Rectangle], other: Iterable[Rectangle] = ()) -> list[Rectangle]:
    """Both; what is handed in may overlap."""
    return _combined(list(one), list(other), lambda here, there: here or there)


def within(one: Iterable[Rectangle], other: Iterable[Rectangle]) -> list[Rectangle]:
    """What lies in both."""
    return _combined(list(one), list(other), lambda here, there: here and there)


def without(one: Iterable[Rectangle], other: Iterable[Rectangle]) -> list[Rectangle]:
    """What lies in the first alone."""
    first, second = list(one), list(other)
    return _combined(first, second, lambda here, there: here and not there) if second else first


def coarse(area: Iterable[Rectangle], step: int) -> list[Rectangle]:
    """The area and a little more: all edges at multiples of so many pixels."""
    return joined(
        Rectangle(
            one.left // step * step,
            one.top // step * step,
            -(-(one.left + one.width) // step) * step - one.left // step * step,
            -(-(one.top + one.height) // step) * step - one.top // step * step,
        )
        for one in area
        if one.width > 0 and one.height > 0
    )


def few(area: list[Rectangle], most: int, whole: Rectangle) -> list[Rectangle]:
    """At most so many rectangles: the area, or more than it as far as it lies in the whole."""
    if len(area) > most:
        area = within(coarse(area, _STEP), [whole])
    return area if len(area) <= most else [whole]


def _combined(one: list[Rectangle], other: list[Rectangle], keep: _Keep) -> list[Rectangle]:
    both = [(area, 0) for area in one] + [(area, 1) for area in other]
    both = [(area, side) for area, side in both if area.width > 0 and area.height > 0]
    edges = sorted({area.top for area, _ in both} | {area.top + area.height for area, _ in both})
    both.sort(key=lambda entry: entry[0].top)
    active: list[tuple[Rectangle, int]] = []
    result: list[Rectangle] = []
    spans: list[_Span] = []
    began, taken = 0, 0
    for edge in edges:
        active = [entry for entry in active if entry[0].top + entry[0].height > edge]
        while taken < len(both) and both[taken][0].top == edge:
            active.append(both[taken])
            taken += 1
        now = _spans(active, keep)
        if now != spans:
            result += [Rectangle(left, began, right - left, edge - began) for left, right in spans]
            spans, began = now, edge
    return result


def _spans(active: list[tuple[Rectangle, int]], keep: _Keep) -> list[_Span]:
    """What of one row is kept, from left to right."""
    turns: list[tuple[int, int, int]] = []
    for area, side in active:
        turns += [(area.left, side, 1), (area.left + area.width, side, -1)]
    turns.sort()
    depth = [0, 0]
    spans: list[_Span] = []
    began: int | None = None
    for place, (at, side, step) in enumerate(turns):
        depth[side] += step
        if place + 1 < len(turns) and turns[place + 1][0] == at:
            continue
        kept = keep(depth[0] > 0, depth[1] > 0)
        if kept and began is None:
            began = at
        elif not kept and began is not None:
            spans.append((began, at))
            began = None
    return spans
