"""Whole pictures of the desktop by mss. Its types and errors stop here."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import mss
from mss.exception import ScreenShotError

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Layout

_XWAYLAND = "XWAYLAND"  # what XWayland calls its outputs
_LAYOUT_SECONDS = 3.0  # how often the monitors are looked at anew
# When the X server goes away in the middle of a grab, mss 10.2 fails an assertion.
_MSS_ERRORS = (ScreenShotError, OSError, AssertionError)


@contextmanager
def failures_named(code: str = "screen-unreadable") -> Iterator[None]:
    """Turn what mss raises into our error."""
    try:
        yield
    except _MSS_ERRORS as error:
        raise CaptureFailedError(code, str(error)) from error


class MssGrabber:
    """The whole virtual desktop."""

    def __init__(self, source: mss.MSS) -> None:
        self._source = source
        self._layout = layout_of(source.monitors)
        self._layout_read = time.monotonic()

    def layout(self) -> Layout:
        """Not more than three seconds old."""
        # mss reads the layout once for each object, so a change needs a new one.
        now = time.monotonic()
        if now - self._layout_read >= _LAYOUT_SECONDS:
            with _opened(with_cursor=False) as probe, failures_named():
                self._layout = layout_of(probe.monitors)
            self._layout_read = now
        return self._layout

    def grab(self, layout: Layout) -> bytearray:
        """The desktop as it is now, pointer included."""
        with failures_named():
            return self._source.grab((0, 0, layout.width, layout.height)).raw

    def diagnostics(self) -> str:
        """The way mss has found."""
        pointer = "with pointer" if self._source.with_cursor else "without pointer"
        return "; ".join([f"mss, X11, {pointer}", *self._source.performance_status])

    def close(self) -> None:
        """That the X server went away before is no news here."""
        with suppress(*_MSS_ERRORS):
            self._source.close()


def open_x11_grabber() -> MssGrabber:
    """The X display of `DISPLAY`; CaptureFailedError says why not."""
    if not os.environ.get("DISPLAY"):
        wayland = os.environ.get("WAYLAND_DISPLAY")
        raise CaptureFailedError("wayland" if wayland else "no-display", "DISPLAY is not set")
    source = _opened(with_cursor=True)
    try:
        with failures_named():
            outputs = [str(one.get("output", "")) for one in source.monitors]
        if any(output.startswith(_XWAYLAND) for output in outputs):
            raise CaptureFailedError("wayland", "this X server is XWayland")  # noqa: TRY301 closes it
        try:
            picture = MssGrabber(source).grab(layout_of(source.monitors))
        except CaptureFailedError:  # no XFixes: rather without the pointer than not at all
            source.close()
            source = _opened(with_cursor=False)
            picture = MssGrabber(source).grab(layout_of(source.monitors))
        if os.environ.get("WAYLAND_DISPLAY") and is_black(picture):
            raise CaptureFailedError("wayland", "the picture is black")  # noqa: TRY301 closes it
    except CaptureFailedError:
        with suppress(*_MSS_ERRORS):
            source.close()
        raise
    return MssGrabber(source)


def is_black(pixels: bytearray) -> bool:
    """Whether no point has any colour: what some systems hand out instead of an error."""
    return all(
        channel.count(0) == len(channel) for channel in (pixels[offset::4] for offset in range(3))
    )


def layout_of(monitors: list[dict[str, Any]]) -> Layout:
    """The first entry of mss's list is the whole desktop; none but it: a single monitor."""
    whole, *each = monitors
    return Layout(
        whole["width"],
        whole["height"],
        tuple(
            (
                one["left"] - whole["left"],
                one["top"] - whole["top"],
                one["width"],
                one["height"],
            )
            for one in each or [whole]
        ),
    )


def _opened(*, with_cursor: bool) -> mss.MSS:
    with failures_named("no-display"):
        return mss.MSS(with_cursor=with_cursor)
