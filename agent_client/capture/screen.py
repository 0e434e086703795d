"""The picture of the desktop, whatever the system: the port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from agent_client.capture.settings import ScreenSettings


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of what is recorded, in its pixels from its upper left corner."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of the desktop as it is now; pointer, marker and masks are painted in."""

    place: Rectangle  # left and top even; width and height odd only at the far edges
    pixels: bytearray | memoryview  # B, G, R, unused; rows without padding


@dataclass(frozen=True, slots=True)
class Layout:
    """What is recorded of the desktop, and how it is made up; in pixels from its upper left."""

    width: int
    height: int
    monitors: tuple[tuple[int, int, int, int], ...]  # left, top, width, height


class Screen(Protocol):
    """An open way to the screen, used by one thread. CaptureFailedError when it breaks.

    The recorder sleeps until `due` or until `fileno` is readable, asks `due` again, and looks when
    that time has come. Nothing is read from the screen except in `look`.
    """

    def fileno(self) -> int | None:
        """Readable when there may be news; None: nothing tells, and `due` says how often to poll.

        Only on systems where `select` takes it.
        """

    def due(self, now: float) -> float | None:
        """Take in what the system has told, and say when to look; None: not before more is told.

        `now` in seconds of the film clock. A time that has passed means at once.
        """

    def layout(self) -> Layout:
        """As it is now; cheap, for it is asked before each look."""

    def look(self, now: float, *, whole: bool) -> list[Patch]:
        """Where the desktop may have changed since the last look; whole: all of it, in any case.

        Each patch shows its place as it is now, and they are in no particular order. Empty: nothing
        has changed, or the layout did meanwhile; a look at all of it is to be repeated then. What a
        window of `ScreenSettings.exclude` covers is never in any of them.
        """

    def diagnostics(self) -> str:
        """Which adapter this is and how the picture is come by, for the log."""

    def close(self) -> None:
        """Let go of it; safe to call twice."""


@runtime_checkable
class Attended(Protocol):
    """A screen that knows whether somebody is at work on it."""

    def worked(self) -> float | None:
        """When somebody last moved or clicked, as `due` found out; None: not that it knows of."""


OpenScreen = Callable[[ScreenSettings], Screen]
"""Open the screen; CaptureFailedError says why it cannot be."""
