"""Having programs draw a part of the screen anew, without anything to be seen of it.

A window without a background is opened there and closed again: X draws nothing for it, and then
tells all whose windows it lay on to draw. It takes no input, so the pointer does not notice it.
"""

from __future__ import annotations

from collections.abc import Sequence

from Xlib import X
from Xlib.ext import shape

from agent_client.capture.screen import Rectangle
from agent_client.capture.x11_connection import X11Connection

_MOST = 16  # rectangles one by one; of more, all that lies around them at once


def nudge(connection: X11Connection, area: Sequence[Rectangle]) -> None:
    """Ask for it; it happens when they get to it."""
    if not connection.has(shape.extname):
        return
    with connection.failures():
        for place in area if len(area) <= _MOST else [_around(area)]:
            window = connection.root.create_window(
                place.left,
                place.top,
                place.width,
                place.height,
                0,
                X.CopyFromParent,
                X.InputOutput,
                X.CopyFromParent,
                background_pixmap=X.NONE,
                override_redirect=1,
            )
            window.shape_rectangles(shape.SO.Set, shape.SK.Input, X.Unsorted, 0, 0, [])
            window.map()
            window.destroy()
        connection.display.flush()


def _around(area: Sequence[Rectangle]) -> Rectangle:
    left = min(one.left for one in area)
    top = min(one.top for one in area)
    right = max(one.left + one.width for one in area)
    bottom = max(one.top + one.height for one in area)
    return Rectangle(left, top, right - left, bottom - top)
