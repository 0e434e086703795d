"""The screen of an X11 session, by mss over shared memory."""

from __future__ import annotations

import os

import mss

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.grabbing import failures_named, is_black, layout_of, let_go, picture_of
from agent_client.capture.screen import Layout, Picture

_XWAYLAND = "XWAYLAND"  # what XWayland calls its outputs


class X11Screen:
    """Grabs the root window. Under XWayland that would be black without any error: refused."""

    def __init__(self) -> None:
        if not os.environ.get("DISPLAY"):
            wayland = os.environ.get("WAYLAND_DISPLAY")
            code = "wayland" if wayland else "no-display"
            raise CaptureFailedError(code, "DISPLAY is not set")
        self._source = _opened(with_cursor=True)
        with failures_named():
            outputs = [str(one.get("output", "")) for one in self._source.monitors]
        if any(output.startswith(_XWAYLAND) for output in outputs):
            self.close()
            raise CaptureFailedError("wayland", "this X server is XWayland")
        try:
            first = self.grab()
        except CaptureFailedError:  # no XFixes: rather without the pointer than not at all
            let_go(self._source)
            self._source = _opened(with_cursor=False)
            first = self.grab()
        if os.environ.get("WAYLAND_DISPLAY") and is_black(first):
            self.close()
            raise CaptureFailedError("wayland", "the picture is black")

    def layout(self) -> Layout:
        # mss reads the layout once for each connection, so a change needs a new one.
        with _opened(with_cursor=False) as probe, failures_named():
            return layout_of(probe.monitors)

    def grab(self) -> Picture:
        return picture_of(self._source)

    def diagnostics(self) -> str:
        notes = "; ".join(self._source.performance_status)
        pointer = "with pointer" if self._source.with_cursor else "without pointer"
        return f"mss, X11, {pointer}: {notes}"

    def close(self) -> None:
        let_go(self._source)


def _opened(*, with_cursor: bool) -> mss.MSS:
    with failures_named("no-display"):
        return mss.MSS(with_cursor=with_cursor)
