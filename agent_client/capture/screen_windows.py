"""The screen of a Windows session, by mss over GDI. Never run: checked by types and review.

The secure desktop (UAC, lock) cannot be read, and a minimised remote session reads as black: both
are failures, and so a pause. The pointer is not in the picture yet: GDI does not draw it, and mss
draws it on X11 only.
"""

from __future__ import annotations

import mss

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.grabbing import failures_named, is_black, layout_of, let_go, picture_of
from agent_client.capture.screen import Layout, Picture


class WindowsScreen:
    """Copies the virtual desktop with BitBlt, layered windows included."""

    def __init__(self) -> None:
        self._source = _opened()
        if is_black(self.grab()):
            self.close()
            raise CaptureFailedError("screen-black", "the picture is black")

    def layout(self) -> Layout:
        # mss reads the layout once for each object, so a change needs a new one.
        with _opened() as probe, failures_named():
            return layout_of(probe.monitors)

    def grab(self) -> Picture:
        return picture_of(self._source)

    def diagnostics(self) -> str:
        return "; ".join(["mss, GDI, without pointer", *self._source.performance_status])

    def close(self) -> None:
        let_go(self._source)


def _opened() -> mss.MSS:
    with failures_named():
        return mss.MSS()
