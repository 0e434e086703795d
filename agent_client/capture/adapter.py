"""Which way to the screen there is on this system."""

from __future__ import annotations

import sys

from agent_client.capture.own_windows import OwnWindows, none_of_ours
from agent_client.capture.screen import Screen
from agent_client.capture.settings import ScreenSettings


def open_screen(settings: ScreenSettings, own: OwnWindows = none_of_ours) -> Screen:
    """The screen of the system that runs this; `own` of use where it does not know ours itself."""
    # Each adapter names libraries of its own system, so only one is imported.
    if sys.platform == "win32":
        from agent_client.capture.screen_windows import open_windows  # noqa: PLC0415

        return open_windows(settings)
    if sys.platform == "darwin":
        from agent_client.capture.screen_darwin import open_darwin  # noqa: PLC0415

        return open_darwin(settings)
    from agent_client.capture.screen_x11 import open_x11  # noqa: PLC0415

    return open_x11(settings, own)
