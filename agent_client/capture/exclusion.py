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
    mapped: bool = True  # False: put away, into the taskbar say
    process: int | None = None  # None: not told
    owners: tuple[str, ...] = ()  # titles of the windows for which it was opened, as a dialog is


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
    """Where windows that are named are to be seen; `windows` from the lowest to the uppermost.

    A dialog goes with the window it was opened for, and what has no title, such as a menu, with any
    window of its process that lies below it.
    """
    shown = [window for window in windows if window.mapped]
    processes: set[int | None] = set()
    stack: list[tuple[Rectangle, bool, bool]] = []
    for window in shown:
        mute = not window.title and window.process in processes
        hidden = mute or _is_named(window, patterns)
        if hidden and window.process is not None:
            processes.add(window.process)
        stack.append((window.place, hidden, window.opaque))
    return visible(stack)


def put_away(windows: Iterable[Window], patterns: Sequence[WindowPattern]) -> int:
    """How many windows that are named are not shown at the moment, but could be at once."""
    return sum(not window.mapped and _is_named(window, patterns) for window in windows)


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


def _is_named(window: Window, patterns: Sequence[WindowPattern]) -> bool:
    return any(
        excluded(patterns, window.applications, title) for title in (window.title, *window.owners)
    )


def _like(text: str, pattern: str) -> bool:
    return fnmatchcase(text.casefold(), pattern.casefold())
