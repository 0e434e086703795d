"""Which part of the desktop is recorded, and where it is drawn on the film's canvas. Pure.

Places of monitors are in the system's own coordinates: on Windows and macOS a monitor that stands
left of or above the primary one has negative ones. A `Layout` always begins at 0, 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isqrt

from agent_client.capture.screen import Layout, Rectangle
from contract.manifest import Canvas

_SIDE = 8688  # pixels: H.264 level 5.2, A.3.1: no side longer than sqrt(8 * 36,864) macroblocks
_MACROBLOCKS = 36_864  # the same level's biggest picture, in blocks of 16 x 16
_BLOCK = 16


@dataclass(frozen=True, slots=True)
class Monitor:
    """A part of the desktop that a person sees as one, in the system's coordinates and pixels."""

    name: str  # as the system calls it: "HDMI-1", "DISPLAY1"
    place: Rectangle
    primary: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the desktop is recorded."""

    part: Rectangle  # in the system's coordinates
    layout: Layout
    missing: bool  # the monitor that policy names, or the Workspace window, is not there


@dataclass(frozen=True, slots=True)
class Fit:
    """How a layout is drawn on the canvas."""

    canvas: Canvas
    place: Rectangle  # left, top even; width, height of the layout itself, or even if it is scaled
    scaled: bool  # smaller than the desktop: said so, for small text suffers


def chosen(
    monitors: Iterable[Monitor], choice: str, desktop: Rectangle, workspace: Rectangle | None = None
) -> Chosen:
    """What policy's `monitor` means now: "all", "primary", "workspace", or a monitor's name.

    `desktop` is all there is: what of a monitor lies outside of it cannot be read, and with no
    monitor at all it is taken as one. `workspace` is the place of the Workspace window, None if
    there is none. What is not there is replaced by the primary monitor.
    """
    seen = _readable(monitors, desktop)
    if choice == "all":
        places = _once(one.place for one in seen)
        part = _around(places)
        layout = Layout(part.width, part.height, tuple(_from(part, place) for place in places))
        return Chosen(part, layout, missing=False)
    found = _named(seen, choice, workspace)
    place = (found or _primary(seen)).place
    layout = Layout(place.width, place.height, ((0, 0, place.width, place.height),))
    return Chosen(place, layout, missing=found is None)


def fit(layout: Layout, canvas: Canvas | None) -> Fit:
    """Draw a layout on the canvas of its film; None: it is the first, and makes the canvas.

    A canvas has even sides, for 4:2:0 needs them: an odd row or column is padded, never cropped.
    What is too big for the encoder or for the canvas is scaled down, its aspect kept to a pixel;
    what is smaller stays in its own size, in the middle.
    """
    if canvas is None:
        width, height = _encodable(layout.width, layout.height)
        bare = Canvas(width, height, ())
        place = _placed(layout, bare)
        drawn = tuple(_drawn(monitor, layout, place) for monitor in layout.monitors)
        canvas = Canvas(width, height, drawn)
    place = _placed(layout, canvas)
    scaled = (place.width, place.height) != (layout.width, layout.height)
    return Fit(canvas, place, scaled)


def _readable(monitors: Iterable[Monitor], desktop: Rectangle) -> list[Monitor]:
    cut = [Monitor(one.name, _common(one.place, desktop), one.primary) for one in monitors]
    seen = [one for one in cut if _area(one.place)]
    return sorted(seen, key=_order) or [Monitor("", desktop, primary=True)]


def _order(monitor: Monitor) -> tuple[int, int, str]:
    return monitor.place.left, monitor.place.top, monitor.name


def _primary(seen: Sequence[Monitor]) -> Monitor:
    """The one so marked; else the one at the desktop's origin, where the first monitor stands."""
    for one in seen:
        if one.primary:
            return one
    origin = Rectangle(0, 0, 1, 1)
    return next((one for one in seen if _area(_common(one.place, origin))), seen[0])


def _named(seen: Sequence[Monitor], choice: str, workspace: Rectangle | None) -> Monitor | None:
    if choice == "primary":
        return _primary(seen)
    if choice == "workspace":
        if workspace is None:
            return None
        # The primary one first: it wins if two show as much of the window.
        ranked = sorted(seen, key=lambda one: not one.primary)
        best = max(ranked, key=lambda one: _area(_common(one.place, workspace)))
        return best if _area(_common(best.place, workspace)) else None
    return next((one for one in seen if one.name == choice), None)


def _once(places: Iterable[Rectangle]) -> list[Rectangle]:
    """Mirrored monitors show the same place: one that lies within another is not listed again."""
    kept: list[Rectangle] = []
    for place in sorted(set(places), key=_area, reverse=True):
        if not any(_common(place, other) == place for other in kept):
            kept.append(place)
    return sorted(kept, key=lambda place: (place.left, place.top))


def _around(places: Sequence[Rectangle]) -> Rectangle:
    left = min(place.left for place in places)
    top = min(place.top for place in places)
    right = max(place.left + place.width for place in places)
    bottom = max(place.top + place.height for place in places)
    return Rectangle(left, top, right - left, bottom - top)


def _common(one: Rectangle, other: Rectangle) -> Rectangle:
    left, top = max(one.left, other.left), max(one.top, other.top)
    right = min(one.left + one.width, other.left + other.width)
    bottom = min(one.top + one.height, other.top + other.height)
    return Rectangle(left, top, max(0, right - left), max(0, bottom - top))


def _area(place: Rectangle) -> int:
    return place.width * place.height


def _from(part: Rectangle, place: Rectangle) -> tuple[int, int, int, int]:
    return place.left - part.left, place.top - part.top, place.width, place.height


def _encodable(width: int, height: int) -> tuple[int, int]:
    """The sides of the canvas for a desktop of this size."""
    padded = width + width % 2, height + height % 2
    if _encodes(*padded):
        return padded
    # So wide at most that neither side nor the number of blocks can pass the limit by much.
    broad = min(_SIDE, _SIDE * width // height, isqrt(_MACROBLOCKS * _BLOCK**2 * width // height))
    for wide in range(max(2, broad & ~1), 2, -2):
        sides = wide, _beside(wide, width, height)
        if _encodes(*sides):
            return sides
    return 2, min(_SIDE, _beside(2, width, height))


def _encodes(width: int, height: int) -> bool:
    blocks = -(-width // _BLOCK) * -(-height // _BLOCK)
    return max(width, height) <= _SIDE and blocks <= _MACROBLOCKS


def _beside(side: int, of: int, other: int) -> int:
    """The even length nearest to `other`, when `of` becomes `side`."""
    return max(2, (other * side + of) // (2 * of) * 2)


def _placed(layout: Layout, canvas: Canvas) -> Rectangle:
    width, height = layout.width, layout.height
    if width > canvas.width or height > canvas.height:
        wide, high = canvas.width, _beside(canvas.width, width, height)
        if high > canvas.height:
            wide, high = _beside(canvas.height, height, width), canvas.height
        width, height = wide, high
    left, top = (canvas.width - width) // 4 * 2, (canvas.height - height) // 4 * 2
    return Rectangle(left, top, width, height)


def _drawn(
    monitor: tuple[int, int, int, int], layout: Layout, place: Rectangle
) -> tuple[int, int, int, int]:
    """Where a monitor lies on the canvas; neighbours stay neighbours."""
    left, top, width, height = monitor
    west = place.left + left * place.width // layout.width
    east = place.left + (left + width) * place.width // layout.width
    north = place.top + top * place.height // layout.height
    south = place.top + (top + height) * place.height // layout.height
    return west, north, east - west, south - north
