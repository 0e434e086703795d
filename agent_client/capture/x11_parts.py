"""What an X11 screen asks of those who know its monitors and its windows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from Xlib.protocol.rq import Event

from agent_client.capture.regions import Box
from agent_client.capture.screen import Layout, Rectangle


class Monitors(Protocol):
    """What of the desktop is recorded: `x11_monitors.open_monitors(connection, settings)`.

    It selects the events that it needs when it is made (`connection.listen` for the root window),
    and asks the server again only when one of them came.
    """

    def layout(self) -> Layout:
        """As the last events told; asks nothing of the server."""

    def origin(self) -> tuple[int, int]:
        """Where the layout's upper left corner lies on the root window, in pixels; asks nothing."""

    def handle(self, event: Event) -> bool:
        """Take in an event, whatever it is about; whether layout or origin are others now."""

    def due(self) -> float | None:
        """When `settle` has something to do, in seconds of the film clock."""

    def settle(self, now: float) -> bool:
        """What time asks for; whether layout or origin are others now."""


class Masks(Protocol):
    """The windows that are painted over: `x11_windows.open_masks(connection, patterns)`.

    All rectangles lie on the root window. With no pattern none is made, and it costs nothing.
    """

    def handle(self, event: Event) -> None:
        """Take in an event, whatever it is about."""

    def due(self) -> float | None:
        """When to look though nothing is told, in seconds of the film clock; a mask ends then."""

    def damaged(self, boxes: Iterable[Box]) -> None:
        """What was drawn since the last call: called once in each look, before `changed`.

        Where a mask was, the window below may not have been drawn yet: X leaves the old pixels.
        """

    def changed(self) -> list[Rectangle]:
        """What must be looked at again since masks came, went or moved: each is told once."""

    def before_grab(self) -> None:
        """Know where the windows are; the server may be asked."""

    def after_grab(self) -> list[Rectangle] | None:
        """What to paint over in all that was grabbed since `before_grab`.

        It asks for a round trip and has what came told to all (`connection.dispatch`), and so
        takes in all that an excluded window covered at any time between. None: that cannot be
        told, so what was grabbed must be grabbed anew.
        """
