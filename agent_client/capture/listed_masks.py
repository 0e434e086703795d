"""What to paint over where windows can be listed but nobody tells of their changes. Pure.

The list is read before and after each grab. The system may put pictures together a little later
than it lists windows, or hand out one that it put together at the last look: so what a named window
covered then and in the moment before is painted over as well, and what lies on its way from there.

When a window is put away, or fetched back, some systems show how it flies; where, nobody tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent_client.capture.areas import joined
from agent_client.capture.exclusion import Window, put_away, to_paint
from agent_client.capture.screen import Rectangle
from agent_client.capture.settings import WindowPattern

LINGER_SECONDS = 1.0  # a title may change before what is shown does
FLIGHT_SECONDS = 0.5
_EVERYTHING = Rectangle(-(2**20), -(2**20), 2**21, 2**21)


class ListedMasks:
    """Of windows that `patterns` name. With no pattern nothing is ever listed."""

    def __init__(
        self, windows: Callable[[], Sequence[Window]], patterns: Sequence[WindowPattern]
    ) -> None:
        """`windows` lists those on the desktop, from the lowest to the uppermost."""
        self._windows = windows
        self._patterns = tuple(patterns)
        self._before: list[Rectangle] = []
        self._last: list[Rectangle] = []
        self._lately: list[tuple[float, list[Rectangle]]] = []  # until when, and what
        self._away: int | None = None  # windows put away; None: never listed yet
        self._fly = False  # since the last grab one has flown, or has begun to

    def before_grab(self) -> None:
        """Know where the windows are."""
        self._before = self._listed()

    def after_grab(self, now: float) -> list[Rectangle]:
        """What to paint over in what was grabbed since `before_grab`; `now` in seconds."""
        if not self._patterns:
            return []
        after = self._listed()
        here = after
        if after != self._before:  # where it was in between, nobody knows
            here = [_hull([*self._before, *after])]
        self._lately = [one for one in self._lately if one[0] > now]
        lately = [place for _, places in self._lately for place in places]
        covered = joined(here, [*self._last, *lately])
        if self._last and here and here != self._last:
            covered = joined(covered, [_hull([*self._last, *here])])
        self._last = here
        if self._fly:
            self._fly = False
            self._lately.append((now + FLIGHT_SECONDS, [_EVERYTHING]))
            covered = [_EVERYTHING]
        if here:
            self._lately.append((now + LINGER_SECONDS, here))
        return covered

    def _listed(self) -> list[Rectangle]:
        if not self._patterns:
            return []
        windows = self._windows()
        before, self._away = self._away, put_away(windows, self._patterns)
        self._fly = self._fly or before not in {None, self._away}
        return to_paint(windows, self._patterns)


def _hull(places: Sequence[Rectangle]) -> Rectangle:
    left = min(place.left for place in places)
    top = min(place.top for place in places)
    right = max(place.left + place.width for place in places)
    bottom = max(place.top + place.height for place in places)
    return Rectangle(left, top, right - left, bottom - top)
