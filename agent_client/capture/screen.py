"""The picture of the whole desktop, whatever the system: the port, and the choice of adapter."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole desktop at one moment."""

    width: int  # pixels
    height: int
    pixels: bytearray  # B, G, R, unused; rows without padding


@dataclass(frozen=True, slots=True)
class Layout:
    """How the desktop is made up, in pixels from its upper left corner."""

    width: int
    height: int
    monitors: tuple[tuple[int, int, int, int], ...]  # left, top, width, height


class Screen(Protocol):
    """An open way to the screen, used by one thread. CaptureFailedError when it breaks."""

    def layout(self) -> Layout:
        """As it is now."""

    def grab(self) -> Picture:
        """The desktop with its pointer, now."""

    def diagnostics(self) -> str:
        """How the picture is come by, for the log."""

    def close(self) -> None:
        """Let go of it; safe to call twice."""


OpenScreen = Callable[[], Screen]
"""Open the screen; CaptureFailedError says why it cannot be."""


def open_screen() -> Screen:
    """The screen of the system that runs this."""
    # Each adapter names libraries of its own system, so only one is imported.
    if sys.platform == "win32":
        from agent_client.capture.screen_windows import WindowsScreen  # noqa: PLC0415

        return WindowsScreen()
    if sys.platform == "darwin":
        from agent_client.capture.screen_darwin import MacScreen  # noqa: PLC0415

        return MacScreen()
    from agent_client.capture.screen_x11 import X11Screen  # noqa: PLC0415

    return X11Screen()
