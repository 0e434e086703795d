"""The displays of a Mac and the windows on them, as Quartz lists them.

macOS speaks of points. Here they become the pixels of the sharpest display, for all displays alike,
so that neighbours stay neighbours. Never run: checked by types and review.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from agent_client.capture.exclusion import Window
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.monitors import Monitor
from agent_client.capture.screen import Rectangle


@dataclass(frozen=True, slots=True)
class Displays:
    """All of them, in pixels; each is named by its number."""

    monitors: tuple[Monitor, ...]
    pixels_a_point: float

    def desktop(self) -> Rectangle:
        """What lies around all of them."""
        places = [one.place for one in self.monitors]
        left, top = min(one.left for one in places), min(one.top for one in places)
        right = max(one.left + one.width for one in places)
        bottom = max(one.top + one.height for one in places)
        return Rectangle(left, top, right - left, bottom - top)

    def in_pixels(self, left: float, top: float, width: float, height: float) -> Rectangle:
        """A place in points, and what it touches of each pixel at its edges."""
        return pixels_of(left, top, width, height, self.pixels_a_point)


def pixels_of(left: float, top: float, width: float, height: float, scale: float) -> Rectangle:
    """Rounded outwards."""
    west, north = floor(left * scale), floor(top * scale)
    east, south = ceil((left + width) * scale), ceil((top + height) * scale)
    return Rectangle(west, north, east - west, south - north)


if sys.platform == "darwin":
    import Quartz
    from AppKit import NSRunningApplication

    _DISPLAYS = 32  # at most

    def displays() -> Displays:
        """As they are now. CaptureFailedError if there is none."""
        failed, numbers, _count = Quartz.CGGetActiveDisplayList(_DISPLAYS, None, None)
        if failed or not numbers:
            raise CaptureFailedError("no-display", "macOS lists no displays")
        bounds = {number: Quartz.CGDisplayBounds(number) for number in numbers}
        scale = max(_pixels_across(number) / bounds[number].size.width for number in numbers)
        return Displays(
            tuple(
                Monitor(
                    str(number),
                    pixels_of(
                        place.origin.x, place.origin.y, place.size.width, place.size.height, scale
                    ),
                    primary=bool(Quartz.CGDisplayIsMain(number)),
                )
                for number, place in bounds.items()
            ),
            scale,
        )

    def _pixels_across(number: int) -> float:
        mode = Quartz.CGDisplayCopyDisplayMode(number)
        if mode is None:
            return float(Quartz.CGDisplayPixelsWide(number))
        return float(Quartz.CGDisplayModeGetPixelWidth(mode))

    class Windows:
        """The windows of the desktop. Their titles need the permission to record the screen."""

        def __init__(self) -> None:
            self._applications: dict[int, frozenset[str]] = {}  # by process
            self.displays = displays()  # what their places are told by

        def __call__(self) -> list[Window]:
            """From the lowest to the uppermost."""
            listed = Quartz.CGWindowListCopyWindowInfo(
                Quartz.kCGWindowListOptionOnScreenOnly, Quartz.kCGNullWindowID
            )
            if listed is None:
                raise CaptureFailedError("exclusion-impossible", "macOS lists no windows")
            found = [self._window(one) for one in reversed(listed)]
            alive = {int(one[Quartz.kCGWindowOwnerPID]) for one in listed}
            self._applications = {
                process: names for process, names in self._applications.items() if process in alive
            }
            return found

        def _window(self, told: Any) -> Window:  # noqa: ANN401 pyobjc has no types
            place = told[Quartz.kCGWindowBounds]
            process = int(told[Quartz.kCGWindowOwnerPID])
            return Window(
                self.displays.in_pixels(place["X"], place["Y"], place["Width"], place["Height"]),
                self._names(process, str(told.get(Quartz.kCGWindowOwnerName, ""))),
                str(told.get(Quartz.kCGWindowName, "")),
                opaque=False,  # which parts of a window can be seen through is not told
                process=process,
            )

        def _names(self, process: int, owner: str) -> frozenset[str]:
            """What the program is called, its bundle's identifier and its file's name."""
            if process in self._applications:
                return self._applications[process]
            running = NSRunningApplication.runningApplicationWithProcessIdentifier_(process)
            if running is None:
                return frozenset({owner} - {""})  # it may be about to begin: asked again
            address = running.executableURL()
            file = os.path.basename(str(address.path())) if address is not None else ""
            names = frozenset({owner, str(running.bundleIdentifier() or ""), file} - {""})
            self._applications[process] = names
            return names
