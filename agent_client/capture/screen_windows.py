"""The screen of a Windows session: polled, by mss over GDI, or by desktop duplication on request.

Run under Wine, never on Windows itself.

Qt 6 has made the process aware of the DPI of each monitor (version 2), so everything here is in
physical pixels, whatever each monitor is scaled by. The secure desktop (UAC, lock) cannot be read:
that is a failure, and so a pause. A minimised remote session reads as black, which is told.
"""

from __future__ import annotations

import logging
import sys

from agent_client.capture.screen import Screen
from agent_client.capture.settings import ScreenSettings

logger = logging.getLogger(__name__)

if sys.platform == "win32":
    from contextlib import suppress

    import mss
    from mss.windows import gdi

    from agent_client.capture.cursor import draw
    from agent_client.capture.exclusion import matches
    from agent_client.capture.failure import CaptureFailedError
    from agent_client.capture.grabbing import failures_named
    from agent_client.capture.listed_masks import ListedMasks
    from agent_client.capture.marker import Clicks, ring
    from agent_client.capture.monitors import Chosen, chosen
    from agent_client.capture.painting import cover
    from agent_client.capture.polling import Polled
    from agent_client.capture.screen import Layout, Patch, Rectangle
    from agent_client.capture.settings import WindowPattern, film_clock
    from agent_client.capture.windows_duplication import Duplication
    from agent_client.capture.windows_list import Windows
    from agent_client.capture.windows_monitors import LastInput, desktop, monitors, plain, turned
    from agent_client.capture.windows_pointer import Pointer

    # With it the pointer on the agent's own screen goes out for a moment at each grab, as PrtSc
    # does. It was needed for windows with transparent parts before the system put all of them
    # together by itself, which it does since Windows 8.
    gdi.CAPTUREBLT = 0

    class _Gdi:
        """Copies what is on the desktop with BitBlt."""

        name = "mss, GDI"
        with_pointer = False

        def __init__(self) -> None:
            with failures_named():
                self._source = mss.MSS()

        def grab(self, part: Rectangle) -> bytearray:
            left, top = part.left, part.top
            with failures_named():
                return self._source.grab((left, top, left + part.width, top + part.height)).raw

        def close(self) -> None:
            with suppress(CaptureFailedError), failures_named():
                self._source.close()

    class _WindowsGrabber:
        """The part of the desktop that policy wants, with pointer, clicks and masks."""

        def __init__(self, settings: ScreenSettings) -> None:
            self._settings = settings
            self._windows = Windows()
            self._masks = ListedMasks(self._windows, settings.exclude)
            self._pointer = Pointer()
            self._clicks = Clicks()
            self._workspace: Rectangle | None = None
            self._chosen = _choose(settings, None)
            # Desktop duplication begins to read when it is opened: not before the first look.
            later = settings.method == "duplication"
            self._source: _Gdi | Duplication | None = None if later else _Gdi()

        def layout(self) -> Layout:
            if self._settings.monitor == "workspace":
                title = WindowPattern(title=self._settings.workspace_title)
                shown = [one for one in self._windows() if one.mapped]
                named = [one for one in shown if matches(title, (), one.title)]
                # When the agent turns to another page of the browser, its title is another:
                # recorded is still the monitor where it was.
                self._workspace = named[-1].place if named else self._workspace
            self._chosen = _choose(self._settings, self._workspace)
            return self._chosen.layout

        def grab(self, layout: Layout) -> bytearray:
            part = self._chosen.part
            source = self._source = self._source or _duplication(self._settings)
            if source.with_pointer:
                _refuse_turned()
            self._masks.before_grab()
            pixels = source.grab(part)
            now = film_clock()
            patch = Patch(Rectangle(0, 0, layout.width, layout.height), pixels)
            for area in self._masks.after_grab(now):
                place = Rectangle(
                    area.left - part.left, area.top - part.top, area.width, area.height
                )
                cover(patch, place)
            origin = part.left, part.top
            if self._settings.click_marker:
                self._mark_clicks(patch, origin, now)
            if not source.with_pointer:
                self._pointer.draw(patch, origin)
            return pixels

        def _mark_clicks(self, patch: Patch, origin: tuple[int, int], now: float) -> None:
            place = self._pointer.clicked()
            if place is not None:
                self._clicks.add(*place, now)
            self._clicks.drop(now)
            for left, top in self._clicks.places():
                draw(ring(), left - origin[0], top - origin[1], patch)

        def diagnostics(self) -> str:
            missing = ", which is not there: the primary one" if self._chosen.missing else ""
            recorded = f"recorded: {self._settings.monitor}{missing}"
            name = "not opened yet" if self._source is None else self._source.name
            return f"{name}, {len(monitors())} monitors, {recorded}"

        def close(self) -> None:
            self._pointer.close()
            if self._source is not None:
                self._source.close()

    def _choose(settings: ScreenSettings, workspace: Rectangle | None) -> Chosen:
        return chosen(monitors(), plain(settings.monitor), desktop(), workspace)

    def _duplication(settings: ScreenSettings) -> _Gdi | Duplication:
        """GDI, if it is not to be had."""
        try:
            _refuse_turned()
            return Duplication(settings, monitors())
        except CaptureFailedError as failure:
            logger.warning("no desktop duplication, GDI instead: %s", failure)
            return _Gdi()

    def _refuse_turned() -> None:
        """One that stands on its head has the same size: masks would be painted elsewhere."""
        if turned():
            raise CaptureFailedError("screen-unreadable", "the monitor is turned")

    def open_windows(settings: ScreenSettings) -> Screen:
        """Nothing is read before the first look. CaptureFailedError if there is no desktop."""
        return Polled(_WindowsGrabber(settings), settings, LastInput())
