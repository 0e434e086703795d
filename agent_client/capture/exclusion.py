"""Which windows are painted over, and where they are to be seen. Pure.

All rectangles lie on the desktop, in its pixels. In doubt more is painted over than must be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from agent_client.capture.screen import Rectangle
from agent_client.capture.settings import WindowPattern


@dataclass(frozen=True, slots=True)
class Window:
    """A window that stands on the desktop by itself, with its frame."""

    place: Rectangle
    applications: frozenset[str]  # program names, X11 instance and class, bundle id
    title: str
    opaque: bool  # nothing of what lies below it is to be seen within its place
    mapped: bool = True


def matches(pattern: WindowPattern, applications: Iterable[str], title: str) -> bool:
    """Whether every pattern that is given applies. Globs, upper and lower case alike."""
    if pattern.application is None and pattern.title is None:
        return False
    if pattern.application is not None and not any(
        _like(name, pattern.application) for name in applications
    ):
        return False
    return pattern.title is None or _like(title, pattern.title)


def excluded(patterns: Iterable[WindowPattern], applications: Iterable[str], title: str) -> bool:
    """Whether any of the patterns names such a window."""
    names = tuple(applications)
    return any(matches(pattern, names, title) for pattern in patterns)


def to_paint(windows: Sequence[Window], patterns: Sequence[WindowPattern]) -> list[Rectangle]:
    """Where windows that are named are to be seen; `windows` from the lowest to the uppermost."""
    return visible(
        (window.place, excluded(patterns, window.applications, window.title), window.opaque)
        for window in windows
        if window.mapped
    )


def visible(stack: Iterable[tuple[Rectangle, bool, bool]]) -> list[Rectangle]:
    """Where windows are to be seen that are hidden from the film, as rectangles without overlap.

    Each window that is mapped: place, whether hidden, whether opaque; from the lowest to the
    uppermost. What an opaque one covers of those below is not to be seen.
    """
    seen: list[Rectangle] = []
    for place, hidden, opaque in stack:
        if hidden:
            seen = joined(seen, [place])
        elif opaque and seen:
            seen = without(seen, [place])
    return seen


def overlap(one: Rectangle, other: Rectangle) -> Rectangle | None:
    """What two rectangles have in common; None: nothing."""
    left, top = max(one.left, other.left), max(one.top, other.top)
    right = min(one.left + one.width, other.left + other.width)
    bottom = min(one.top + one.height, other.top + other.height)
    if left >= right or top >= bottom:
        return None
    return Rectangle(left, top, right - left, bottom - top)


def within(area: Iterable[Rectangle], limits: Iterable[Rectangle]) -> list[Rectangle]:
    """What of an area lies in the other; both without overlaps in themselves."""
    edges = tuple(limits)
    return [part for one in area for edge in edges if (part := overlap(one, edge)) is not None]


def without(area: Iterable[Rectangle], holes: Iterable[Rectangle]) -> list[Rectangle]:
    """What is left of an area."""
    left = list(area)
    for hole in holes:
        if not left:
            break
        left = [part for one in left for part in _around(one, hole)]
    return left


def joined(area: Iterable[Rectangle], more: Iterable[Rectangle]) -> list[Rectangle]:
    """Both areas as one, without overlap; `area` has none in itself."""
    whole = list(area)
    for one in more:
        if one.width > 0 and one.height > 0:
            whole += without([one], whole)
    return whole


def _around(whole: Rectangle, hole: Rectangle) -> list[Rectangle]:
    """What of a rectangle lies above, below, left and right of the hole in it."""
    cut = overlap(whole, hole)
    if cut is None:
        return [whole]
    right, bottom = whole.left + whole.width, whole.top + whole.height
    cut_right, cut_bottom = cut.left + cut.width, cut.top + cut.height
    parts = (
        Rectangle(whole.left, whole.top, whole.width, cut.top - whole.top),
        Rectangle(whole.left, cut_bottom, whole.width, bottom - cut_bottom),
        Rectangle(whole.left, cut.top, cut.left - whole.left, cut.height),
        Rectangle(cut_right, cut.top, right - cut_right, cut.height),
    )
    return [part for part in parts if part.width > 0 and part.height > 0]


def _like(text: str, pattern: str) -> bool:
    return fnmatchcase(text.casefold(), pattern.casefold())
