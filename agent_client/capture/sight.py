"""The way to the screen through a recording: opened when it is needed, anew when it breaks."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Attended, Layout, OpenScreen, Patch, Screen
from agent_client.capture.settings import ScreenSettings

logger = logging.getLogger(__name__)

_ATTEMPTS = 10  # to look while monitors come and go


class Sight:
    """Belongs to the capture thread. CaptureFailedError when the screen cannot be seen."""

    def __init__(self, open_screen: OpenScreen, settings: ScreenSettings) -> None:
        self._open_screen = open_screen
        self._settings = settings
        self._screen: Screen | None = None
        self._layout: Layout | None = None
        self.owed = True  # nothing is known of the screen, or not all that was seen was kept

    def configure(self, settings: ScreenSettings) -> None:
        """What holds for the next recording; a screen opened for others is closed."""
        if settings != self._settings:
            self.close()
        self._settings = settings

    def fileno(self) -> int | None:
        """As `Screen.fileno`."""
        return self._opened().fileno()

    def due(self, now: float) -> float | None:
        """As `Screen.due`; at once if all of it must be seen."""
        due = self._opened().due(now)
        return now if self.owed else due

    def worked(self) -> float | None:
        """As `Attended.worked`."""
        return self._screen.worked() if isinstance(self._screen, Attended) else None

    def prepare(self) -> None:
        """Open it once and close it: the libraries are there then, and permission was asked for."""
        try:
            self._opened()
        except CaptureFailedError as failure:
            logger.info("the screen cannot be opened yet: %s", failure)
        self.close()

    def look(self, now: float, *, whole: bool) -> tuple[Sequence[Patch], Layout]:
        """What may have changed; all of it if that is asked for, or owed."""
        try:
            return self._looked(now, whole=whole)
        except CaptureFailedError:
            # A monitor was taken away perhaps: a new way to the screen tells.
            self.close()
            return self._looked(now, whole=True)

    def close(self) -> None:
        """Let go of the screen; it is opened again when it is needed."""
        if self._screen is not None:
            self._screen.close()
        self._screen = None
        self.owed = True

    def _looked(self, now: float, *, whole: bool) -> tuple[Sequence[Patch], Layout]:
        screen = self._opened()
        for _ in range(_ATTEMPTS):
            layout = screen.layout()
            if layout != self._layout:
                logger.info("what is recorded measures %s x %s", layout.width, layout.height)
                self.owed = True
            self._layout = layout
            all_of_it = whole or self.owed
            seen = screen.look(now, whole=all_of_it)
            if screen.layout() == layout and (seen or not all_of_it):
                return seen, layout
            self.owed = True  # it changed meanwhile: what was seen belongs to no layout
        raise CaptureFailedError("screen-unreadable", "the desktop keeps changing")

    def _opened(self) -> Screen:
        if self._screen is None:
            self._screen = self._open_screen(self._settings)
            self.owed = True
            logger.info("screen opened: %s", self._screen.diagnostics())
        return self._screen
