"""The monitors of an X screen, as RandR tells them; or Xinerama, where that joins screens to one.

Only the screen that DISPLAY names is recorded: on a desk with `:0.0` and `:0.1`, which share
neither windows nor root, the other one is not in the picture.
"""

from __future__ import annotations

import logging
from typing import Any

from Xlib import X
from Xlib.ext import randr, xinerama
from Xlib.protocol.rq import Event

from agent_client.capture.monitors import Chosen, Monitor, chosen
from agent_client.capture.screen import Layout, Rectangle
from agent_client.capture.settings import ScreenSettings
from agent_client.capture.x11_connection import X11Connection
from agent_client.capture.x11_workspace import Workspace

logger = logging.getLogger(__name__)

_TELLS = (1, 2)  # RandR's version that tells of outputs and CRTCs
_LISTS_MONITORS = (1, 5)
_CHANGES = (
    randr.RRScreenChangeNotifyMask | randr.RRCrtcChangeNotifyMask | randr.RROutputChangeNotifyMask
)
_EVENTS = 2  # RandR has two kinds: the screen changed; a CRTC, an output or another part did

_SETTLING_SECONDS = (0.5, 2.0)  # after the last event


class X11Monitors:
    """What is recorded of the root window, kept up by events: nothing is asked without one."""

    def __init__(self, connection: X11Connection, settings: ScreenSettings) -> None:
        self._connection = connection
        self._choice = settings.monitor
        self._workspace: Workspace | None = None
        if settings.monitor == "workspace":
            self._workspace = Workspace(connection, settings.workspace_title)
        self._randr = _version(connection)
        self._events = range(0)
        connection.listen(X.StructureNotifyMask)  # RandR tells of named monitors in this way only
        if self._randr >= _TELLS:
            with connection.failures():
                first = int(connection.display.query_extension(randr.extname).first_event)
                self._events = range(first, first + _EVENTS)
                connection.root.xrandr_select_input(_CHANGES)
        self._names: dict[int, str] = {}
        self._joined: list[Monitor] = []
        self._monitors, self._desktop = self._read()
        joined = _xineramas(connection)
        if len(joined) > len(self._monitors):  # RandR knows the first of the screens only
            self._joined = self._monitors = joined
        self._chosen = self._choose()
        self._disturbed = False
        self._again: list[float] = []  # when all is read once more

    def layout(self) -> Layout:
        return self._chosen.layout

    def origin(self) -> tuple[int, int]:
        return self._chosen.part.left, self._chosen.part.top

    def handle(self, event: Event) -> bool:
        moved = self._workspace is not None and self._workspace.handle(event)
        if self._concerns(event):
            self._monitors, self._desktop = self._read()
            self._disturbed = True
        elif not moved:
            return False
        return self._is_otherwise()

    def settle(self, now: float) -> bool:
        """Read once more after the last event: monitors that flap may be told of too early."""
        if self._disturbed:
            self._disturbed = False
            self._again = [now + rest for rest in _SETTLING_SECONDS]
        if not self._again or now < self._again[0]:
            return False
        del self._again[0]
        self._monitors, self._desktop = self._read()
        return self._is_otherwise()

    def due(self) -> float | None:
        """When `settle` has something to do."""
        return self._again[0] if self._again else None

    def _is_otherwise(self) -> bool:
        before, self._chosen = self._chosen, self._choose()
        if self._chosen.missing and not before.missing:
            logger.warning("%s is gone: the primary monitor is recorded", self._choice)
        now = self._chosen
        return (before.part, before.layout) != (now.part, now.layout)

    def diagnostics(self) -> str:
        """What is recorded and how that is known, for the log."""
        source = "RandR" if self._randr >= _LISTS_MONITORS else "root"
        source = "Xinerama" if self._joined else source
        display = self._connection.display
        screens = int(display.screen_count())
        which = f", screen {display.get_default_screen()} of {screens}" if screens > 1 else ""
        lost = ", which is not there: the primary one" if self._chosen.missing else ""
        return f"{source}, {len(self._monitors)} monitors{which}, recorded: {self._choice}{lost}"

    def _concerns(self, event: Event) -> bool:
        if event.type in self._events:
            return True
        return bool(event.type == X.ConfigureNotify and event.window == self._connection.root)

    def _choose(self) -> Chosen:
        place = None if self._workspace is None else self._workspace.place
        return chosen(self._monitors, self._choice, self._desktop, place)

    def _read(self) -> tuple[list[Monitor], Rectangle]:
        with self._connection.failures():
            root = self._connection.root
            size = root.get_geometry()
            desktop = Rectangle(0, 0, size.width, size.height)
            if self._joined or self._randr < _LISTS_MONITORS:
                return self._joined, desktop
            return [self._monitor(one) for one in root.xrandr_get_monitors().monitors], desktop

    def _monitor(self, told: Any) -> Monitor:  # noqa: ANN401 python-xlib makes its types at run time
        if told.name not in self._names:
            self._names[told.name] = str(self._connection.display.get_atom_name(told.name))
        place = Rectangle(told.x, told.y, told.width_in_pixels, told.height_in_pixels)
        return Monitor(self._names[told.name], place, primary=bool(told.primary))


def open_monitors(connection: X11Connection, settings: ScreenSettings) -> X11Monitors:
    """The monitors of the screen that the connection is to."""
    monitors = X11Monitors(connection, settings)
    logger.info("%s", monitors.diagnostics())
    return monitors


def _version(connection: X11Connection) -> tuple[int, int]:
    if not connection.has(randr.extname):
        return 0, 0
    with connection.failures():
        told = connection.display.xrandr_query_version()
        return int(told.major_version), int(told.minor_version)


def _xineramas(connection: X11Connection) -> list[Monitor]:
    """The screens that X has joined to one. With RandR they may be its monitors as they are now."""
    with connection.failures():
        if not connection.has(xinerama.extname) or not connection.display.xinerama_is_active():
            return []
        told = connection.display.xinerama_query_screens().screens
    return [
        Monitor(f"Xinerama-{at}", Rectangle(one.x, one.y, one.width, one.height), primary=at == 0)
        for at, one in enumerate(told)
    ]
