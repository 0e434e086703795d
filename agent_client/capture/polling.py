"""A screen that must be asked: whole pictures, compared with the one before, at a rate that rests.

For systems that do not tell what has changed. While nothing changes the screen is asked less and
less often; a change, or somebody at the pointer, brings the full rate back.
"""

from __future__ import annotations

from typing import Protocol

from agent_client.capture.changes import changed_bands, runs_of
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.pointer import Activity
from agent_client.capture.screen import Layout, Patch, Rectangle
from agent_client.capture.settings import ScreenSettings

LONGEST_REST_SECONDS = 1.0
_BYTES_A_PIXEL = 4


def rest_after(
    rest: float, frame_time: float, *, changed: bool, longest: float = LONGEST_REST_SECONDS
) -> float:
    """Seconds until the next look: a frame time after a change, else twice as long as before."""
    if changed:
        return frame_time
    return max(frame_time, min(2 * rest, longest))


class Grabber(Protocol):
    """A way to the whole picture. CaptureFailedError when it breaks."""

    def layout(self) -> Layout:
        """As it is now; cheap."""

    def grab(self, layout: Layout) -> bytearray:
        """All of it, B, G, R, unused, of that layout's size; nobody else keeps these bytes.

        Pointer, marker and masks are painted in. Not so many: the layout has changed meanwhile.
        """

    def diagnostics(self) -> str:
        """How the picture is come by."""

    def close(self) -> None:
        """Let go of it; safe to call twice."""


class Polled:
    """The port to the screen over a grabber. It keeps one picture, and makes no copy of it."""

    def __init__(
        self,
        grabber: Grabber,
        settings: ScreenSettings,
        activity: Activity | None = None,
        *,
        longest_rest: float = LONGEST_REST_SECONDS,
        by_hand: bool = True,
    ) -> None:
        """Grabber and activity are closed with it; `longest_rest` in seconds.

        `by_hand`: the activity is somebody's at the desk, not the system's own.
        """
        self._longest_rest = longest_rest
        self._by_hand = by_hand
        self._worked: float | None = None
        self._grabber = grabber
        self._activity = activity
        self._frame_time = 1 / settings.frames_per_second
        self._rest = self._frame_time
        self._looked: float | None = None
        self._layout: Layout | None = None  # of the picture kept
        self._kept = bytearray()

    def fileno(self) -> int | None:
        return None if self._activity is None else self._activity.fileno()

    def due(self, now: float) -> float | None:
        if self._activity is not None and self._activity.stirred():
            self._rest = self._frame_time
            self._worked = now if self._by_hand else None
        if self._looked is None:
            return now
        look_at = self._looked + self._rest
        if self._activity is None or self._activity.fileno() is not None or look_at <= now:
            return look_at
        return min(look_at, now + self._frame_time)  # to ask once more

    def worked(self) -> float | None:
        return self._worked

    def layout(self) -> Layout:
        return self._grabber.layout()

    def look(self, now: float, *, whole: bool) -> list[Patch]:
        layout = self._grabber.layout()
        before, after = self._kept, self._grabber.grab(layout)
        row_bytes = layout.width * _BYTES_A_PIXEL
        if len(after) != row_bytes * layout.height:
            if self._grabber.layout() != layout:
                return []  # it changed meanwhile: nothing of this is kept
            raise CaptureFailedError("screen-unreadable", f"a picture of {len(after)} bytes")
        if layout == self._layout:
            bands = changed_bands(before, after, row_bytes)
            runs = list(runs_of(bands, layout.height))
        else:
            runs = [(0, layout.height)]
        self._looked, self._layout, self._kept = now, layout, after
        self._rest = rest_after(
            self._rest, self._frame_time, changed=bool(runs), longest=self._longest_rest
        )
        rows = memoryview(after)
        return [
            Patch(
                Rectangle(0, top, layout.width, height),
                rows[top * row_bytes : (top + height) * row_bytes],
            )
            for top, height in ([(0, layout.height)] if whole else runs)
        ]

    def diagnostics(self) -> str:
        activity = "pointer not listened to" if self._activity is None else "quickened by activity"
        return f"polling, {activity}, {self._grabber.diagnostics()}"

    def close(self) -> None:
        if self._activity is not None:
            self._activity.close()
        self._grabber.close()
