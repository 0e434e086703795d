"""Which windows are painted over, and where they are to be seen. Pure.

All rectangles lie on the desktop, in its pixels. In doubt more is painted over than must be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from agent_client.capture.areas import joined, without
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


def _like(text: str, pattern: str) -> bool:
    return fnmatchcase(text.casefold(), pattern.casefold())
