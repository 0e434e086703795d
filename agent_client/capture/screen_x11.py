"""The screen of an X11 session."""

from __future__ import annotations

from agent_client.capture.polling import open_polled_x11
from agent_client.capture.screen import Screen
from agent_client.capture.settings import ScreenSettings


def open_x11(settings: ScreenSettings) -> Screen:
    """By polling."""
    return open_polled_x11(settings)
