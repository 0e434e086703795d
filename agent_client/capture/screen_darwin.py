"""The screen of a macOS session, by ScreenCaptureKit (macOS 12.3 and later).

Never run: checked by types and review.

macOS delivers a picture of each display when something on it has changed, the pointer included, and
that wakes the recorder. The pictures are compared by bands, as on systems that must be asked: that
asks nothing of how macOS counts what it calls dirty. Our own windows macOS leaves out itself.
Nothing is delivered before the first look, nor after the screen is closed, as in a pause.
"""

from __future__ import annotations

import sys

from agent_client.capture.screen import Screen
from agent_client.capture.settings import ScreenSettings

if sys.platform == "darwin":
    import socket
    from contextlib import suppress

    from agent_client.capture.darwin_desktop import Windows, displays
    from agent_client.capture.darwin_stream import DisplayStream, ours, pool, shareable
    from agent_client.capture.exclusion import matches
    from agent_client.capture.failure import CaptureFailedError
    from agent_client.capture.listed_masks import ListedMasks
    from agent_client.capture.monitors import Chosen, chosen
    from agent_client.capture.painting import cover
    from agent_client.capture.polling import Polled
    from agent_client.capture.screen import Layout, Patch, Rectangle
    from agent_client.capture.settings import WindowPattern, film_clock

    _LONGEST_REST_SECONDS = 10.0  # pictures come by themselves; should one be missed, it mends
    _RINGS = 64  # bytes taken at once; more than one is rare

    class _Delivery:
        """Whether macOS has delivered anything."""

        def __init__(self) -> None:
            self._bell, self._rope = socket.socketpair()
            self._bell.settimeout(0)
            self._rope.settimeout(0)

        def ring(self) -> None:
            """From any thread; never waits."""
            with suppress(OSError):
                self._rope.send(b"!")

        def fileno(self) -> int | None:
            return self._bell.fileno()

        def stirred(self) -> bool:
            try:
                return bool(self._bell.recv(_RINGS))
            except BlockingIOError:
                return False

        def close(self) -> None:
            self._bell.close()
            self._rope.close()

    class _MacGrabber:
        """The newest picture of each display, put together."""

        def __init__(self, settings: ScreenSettings, delivery: _Delivery) -> None:
            self._settings = settings
            self._delivery = delivery
            self._windows = Windows()
            self._masks = ListedMasks(self._windows, settings.exclude)
            self._workspace: Rectangle | None = None
            self._streams: list[DisplayStream] = []
            self._displays = displays()
            self._chosen = self._choose()
            with pool():
                shareable()  # says what is wrong now, and delivers nothing

        def layout(self) -> Layout:
            with pool():
                now = displays()
                if now != self._displays:
                    self._stop()
                    self._displays = self._windows.displays = now
                self._chosen = self._choose()
            return self._chosen.layout

        def grab(self, layout: Layout) -> bytearray:
            part = self._chosen.part
            canvas = bytearray(layout.width * layout.height * 4)
            with pool():
                if not self._streams:
                    self._start()
                self._masks.before_grab()
                for stream in self._streams:
                    stream.copy_to(canvas, part)
                patch = Patch(Rectangle(0, 0, layout.width, layout.height), canvas)
                for area in self._masks.after_grab(film_clock()):
                    left, top = area.left - part.left, area.top - part.top
                    cover(patch, Rectangle(left, top, area.width, area.height))
            return canvas

        def diagnostics(self) -> str:
            missing = ", which is not there: the main one" if self._chosen.missing else ""
            recorded = f"recorded: {self._settings.monitor}{missing}"
            return f"ScreenCaptureKit, {len(self._streams)} displays, {recorded}"

        def close(self) -> None:
            with pool():
                self._stop()

        def _start(self) -> None:
            content = shareable()
            found = {str(one.displayID()): one for one in content.displays()}
            left_out = ours(content)
            try:
                for monitor in self._displays.monitors:
                    if monitor.name not in found:
                        raise CaptureFailedError("screen-unreadable", "a display is not shared")  # noqa: TRY301 others are closed
                    stream = DisplayStream(
                        found[monitor.name],
                        left_out,
                        monitor.place,
                        1 / self._settings.frames_per_second,
                        self._delivery.ring,
                        clicks=self._settings.click_marker,
                    )
                    self._streams.append(stream)
            except CaptureFailedError:
                self._stop()
                raise

        def _stop(self) -> None:
            streams, self._streams = self._streams, []
            for stream in streams:
                stream.close()

        def _choose(self) -> Chosen:
            if self._settings.monitor == "workspace":
                title = WindowPattern(title=self._settings.workspace_title)
                named = [one for one in self._windows() if matches(title, (), one.title)]
                self._workspace = named[-1].place if named else self._workspace
            return chosen(
                self._displays.monitors,
                self._settings.monitor,
                self._displays.desktop(),
                self._workspace,
            )

    def open_darwin(settings: ScreenSettings) -> Screen:
        """CaptureFailedError says why it cannot be: `screen-permission`, if macOS was not told."""
        delivery = _Delivery()
        try:
            grabber = _MacGrabber(settings, delivery)
        except CaptureFailedError:
            delivery.close()
            raise
        return Polled(
            grabber, settings, delivery, longest_rest=_LONGEST_REST_SECONDS, by_hand=False
        )
