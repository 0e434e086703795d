"""What a window leaves on the screen when it has gone, until something else is drawn there. Pure.

X paints nothing where a window is uncovered that asked for no background: the old pixels stay until
its program draws anew, which may take it as long as it likes. So a mask stays where it was until
damage is told that is younger than its going. The order of damage and windows within one look is
not told: only what was told in the second look after it is surely younger.

Where a compositing manager draws the screen it takes notice sooner or later, and then the window
may fade away: there a mask stays until the manager, asked after the window went, has answered, and
for a while.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent_client.capture.areas import coarse, joined, within, without
from agent_client.capture.screen import Rectangle

_SURELY_YOUNGER = 2  # looks
_NUDGE_SECONDS = 0.3  # what lives draws itself sooner; twice as long before each further nudge
_LONGEST_NUDGE_SECONDS = 20.0
_FADING_SECONDS = 1.0  # after the compositing manager has taken notice
_MOST = 32  # rectangles that one trace is told by; then their edges are put
_STEP = 32  # so many pixels apart
_MOST_TRACES = 8  # then the oldest are treated as if they were younger


@dataclass(slots=True)
class _Trace:
    """Where something was uncovered at one time."""

    area: list[Rectangle]  # without overlap
    look: int
    since: float  # seconds of the film clock
    nudged: int = 0  # in vain, or what came of it could not be believed
    asked: float | None = None  # when it was nudged last, or the compositing manager was asked


class Residue:
    """Traces of masks that have gone."""

    def __init__(self, screen: Rectangle, *, fading: bool = False) -> None:
        """`screen`: all there is to be seen."""
        self.screen = screen
        self.fading = fading  # a compositing manager draws the screen
        self._looks = 0
        self._traces: list[_Trace] = []
        self._fades: list[tuple[list[Rectangle], float]] = []  # of traces; until when
        self._area: list[Rectangle] | None = None  # of all traces; None: not known at the moment

    def area(self) -> list[Rectangle]:
        """Where old pixels may still be, without overlap."""
        if self._area is None:
            areas = [*(trace.area for trace in self._traces), *(area for area, _ in self._fades)]
            self._area = joined(part for area in areas for part in area)
        return self._area

    def left(self, area: Iterable[Rectangle], now: float) -> None:
        """A mask went from there; what was left there earlier is left there again."""
        fresh = within(area, [self.screen])
        if len(fresh) > _MOST:
            fresh = within(coarse(fresh, _STEP), [self.screen])
        if not fresh:
            return
        self._keep_outside(fresh)
        if self._traces and self._traces[-1].look == self._looks:
            last = self._traces.pop()
            fresh = joined(last.area, fresh)
        self._traces.append(_Trace(fresh, self._looks, now))
        self._area = None
        if len(self._traces) > _MOST_TRACES:
            older, younger = self._traces[:2]
            younger.area = joined(older.area, younger.area)
            del self._traces[0]

    def turned(self, now: float, *, fading: bool) -> None:
        """A compositing manager has begun to draw the screen, or has ended."""
        self.fading = fading
        fades, self._fades = self._fades, []
        for trace in self._traces:
            trace.asked = None
        self.left((part for area, _ in fades for part in area), now)

    def covered(self, area: list[Rectangle]) -> None:
        """A mask came there: what is below it is its own affair now."""
        self._keep_outside(area)

    def to_ask(self) -> bool:
        """Whether the compositing manager should be asked if it has taken notice of all traces."""
        return self.fading and any(trace.asked is None for trace in self._traces)

    def asked(self, now: float) -> None:
        """It was asked."""
        for trace in self._traces:
            trace.asked = now

    def answered(self, now: float) -> None:
        """It has taken notice of what there was when it was asked."""
        left = joined(part for one in self._traces if one.asked is not None for part in one.area)
        self._fades.append((left, now + _FADING_SECONDS))
        self._traces = [trace for trace in self._traces if trace.asked is None]
        self._forget()

    def drawn(self, area: list[Rectangle]) -> None:
        """A look was told what has been drawn."""
        self._looks += 1
        for trace in self._traces:
            if not self.fading and trace.look + _SURELY_YOUNGER <= self._looks:
                trace.area = without(trace.area, area)
        self._forget()

    def passed(self, now: float) -> None:
        """Time has."""
        self._fades = [(area, end) for area, end in self._fades if now < end]
        self._forget()

    def due(self) -> float | None:
        """When `passed` or `to_nudge` will have something to do; None: not by time alone."""
        times = [end for _, end in self._fades]
        if not self.fading:
            times += [_nudge_time(trace) for trace in self._traces]
        return min(times, default=None)

    def to_nudge(self, now: float) -> list[Rectangle]:
        """Where programs should be asked to draw anew: nothing else may ever be drawn there."""
        if self.fading:
            return []
        area: list[Rectangle] = []
        for trace in self._traces:
            if now >= _nudge_time(trace):
                trace.nudged += 1
                trace.asked = now
                area = joined(area, trace.area)
        return area

    def _keep_outside(self, area: list[Rectangle]) -> None:
        for trace in self._traces:
            trace.area = without(trace.area, area)
        self._fades = [(without(left, area), end) for left, end in self._fades]
        self._forget()

    def _forget(self) -> None:
        self._area = None
        self._traces = [trace for trace in self._traces if trace.area]
        self._fades = [(area, end) for area, end in self._fades if area]


def _nudge_time(trace: _Trace) -> float:
    rest = min(_NUDGE_SECONDS * 2.0 ** min(trace.nudged, 16), _LONGEST_NUDGE_SECONDS)
    return (trace.asked or trace.since) + rest
