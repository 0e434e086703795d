"""The screen of a macOS session, by mss over Quartz. Never run: checked by types and review.

macOS 15 has removed the calls that mss uses, and without the permission for screen recording they
hand out the wallpaper alone; ScreenCaptureKit is to take their place here.
"""

from __future__ import annotations

import mss

from agent_client.capture.grabbing import failures_named, layout_of, let_go, picture_of
from agent_client.capture.screen import Layout, Picture


class MacScreen:
    """Reads the window server's picture of all displays."""

    def __init__(self) -> None:
        self._source = _opened()

    def layout(self) -> Layout:
        """In pixels: macOS speaks of points, two pixels each on most displays."""
        with _opened() as probe, failures_named():
            points = layout_of(probe.monitors)
        picture = self.grab()
        across, down = picture.width / points.width, picture.height / points.height
        return Layout(
            picture.width,
            picture.height,
            tuple(
                (round(left * across), round(top * down), round(wide * across), round(high * down))
                for left, top, wide, high in points.monitors
            ),
        )

    def grab(self) -> Picture:
        return picture_of(self._source)

    def diagnostics(self) -> str:
        return "; ".join(["mss, Quartz, without pointer", *self._source.performance_status])

    def close(self) -> None:
        let_go(self._source)


def _opened() -> mss.MSS:
    with failures_named():
        return mss.MSS()
