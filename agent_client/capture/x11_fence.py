"""Whether a compositing manager has taken notice of what windows did until now.

It hears of windows in the order of what they did. So one more is opened, of a single pixel, in a
blue that nobody can tell from what is there: once it is to be seen, the manager knows of everything
that happened before, and what it had begun to draw before has been drawn. What the server tells as
drawn proves nothing: it tells of what programs draw in their own windows, too, though the manager
has not shown it yet.
"""

from __future__ import annotations

from typing import Any

from Xlib import X
from Xlib.ext import shape

from agent_client.capture.x11_connection import X11Connection

_ALL_PLANES = 0xFFFFFFFF
_AGAIN_SECONDS = 0.05, 5.0  # until it is looked whether the answer has come: at first, at last
_BLUE = 8  # levels of 255; the manager may show less of it
_PART = 0.25  # of the time for which there was none


class Fence:
    """One question at a time. The pixel is the top left one."""

    def __init__(self, connection: X11Connection) -> None:
        self._connection = connection
        self._window: Any = None  # while no answer has come
        self._before = b""  # what its pixel was, as the server hands it out
        self._asked_at = 0.0

    @property
    def asked(self) -> bool:
        """Whether an answer is waited for."""
        return self._window is not None

    def ask(self, now: float) -> None:
        """Ask, unless that was done. `now`: of any clock."""
        if self.asked:
            return
        self._asked_at = now
        self._before = self._pixel()
        colour = int.from_bytes(self._before, "little") ^ _BLUE
        with self._connection.failures():
            self._window = self._opened(colour)
            self._connection.display.flush()

    def due(self, now: float) -> float | None:
        """When to look whether the answer has come; nothing else may tell of it."""
        soonest, latest = _AGAIN_SECONDS
        rest = min(max(soonest, _PART * (now - self._asked_at)), latest)
        return now + rest if self.asked else None

    def answered(self) -> bool:
        """Whether the answer has come; then the next may be asked."""
        if self._window is None or self._pixel() == self._before:
            return False
        self.close()
        return True

    def close(self) -> None:
        """Wait for no answer."""
        window, self._window = self._window, None
        if window is not None:
            with self._connection.failures():
                window.destroy()
                self._connection.display.flush()

    def _pixel(self) -> bytes:
        with self._connection.failures():
            image = self._connection.root.get_image(0, 0, 1, 1, X.ZPixmap, _ALL_PLANES)
        return bytes(image.data[:3])

    def _opened(self, colour: int) -> Any:  # noqa: ANN401 python-xlib has no types
        display = self._connection.display
        window = self._connection.root.create_window(
            *(0, 0, 1, 1, 0, X.CopyFromParent, X.InputOutput, X.CopyFromParent),
            background_pixel=colour,
            override_redirect=1,
        )
        window.shape_rectangles(shape.SO.Set, shape.SK.Input, X.Unsorted, 0, 0, [])
        # A shadow could be seen. This is how picom is told to draw none.
        window.change_property(
            display.intern_atom("_COMPTON_SHADOW"), display.intern_atom("CARDINAL"), 32, [0]
        )
        window.map()
        return window
