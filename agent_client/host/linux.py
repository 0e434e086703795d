"""Linux: logind and the screen saver over D-Bus, X11 for the tray."""

from __future__ import annotations

import ctypes
import ctypes.util
import logging
import os
import sys
from collections.abc import Callable, Mapping

from agent_client.host.absence import AbsenceWatch
from agent_client.host.bus import Bus, BusError

logger = logging.getLogger(__name__)

_TRAY_WATCHER = "org.kde.StatusNotifierWatcher"


class LinuxHost:
    """One user's X11 session on Linux; a Wayland session is recognised and said to be one."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment

    def no_desktop(self) -> str:
        """Without a display Qt would abort the process."""
        if self._environment.get("DISPLAY") or self._environment.get("WAYLAND_DISPLAY"):
            return ""
        if self._environment.get("QT_QPA_PLATFORM") == "offscreen":
            return ""
        return "There is no desktop here: neither DISPLAY nor WAYLAND_DISPLAY is set."

    def cannot_capture(self) -> str:
        """Under Wayland reading the screen gives black pictures and no error."""
        wayland = (
            self._environment.get("XDG_SESSION_TYPE") == "wayland"
            or "WAYLAND_DISPLAY" in self._environment
        )
        return "wayland" if wayland else ""

    def tray_is_there(self) -> bool:
        """A StatusNotifier watcher on the session bus, or the owner of X11's tray selection."""
        return _watcher_is_there() or _x11_tray_is_there(self._environment.get("DISPLAY", ""))

    def watch_absence(self, changed: Callable[[bool], None]) -> AbsenceWatch:
        """By D-Bus; see `agent_client.host.absence`."""
        watch = AbsenceWatch(changed)
        watch.start()
        return watch

    def leave_out(self, window: int) -> None:
        """X11 cannot: the recorder paints over ours, if policy shows the pill."""

    def child_flags(self) -> int:
        """No consoles here."""
        return 0


def _watcher_is_there() -> bool:
    try:
        with Bus("SESSION") as bus:
            return bus.is_owned(_TRAY_WATCHER)
    except BusError:
        return False


def _x11_tray_is_there(display: str) -> bool:
    name = ctypes.util.find_library("X11")
    if not display or name is None or sys.platform == "win32":
        return False
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XGetSelectionOwner.restype = ctypes.c_ulong
    connection = ctypes.c_void_p(x11.XOpenDisplay(display.encode()))
    if not connection:
        return False
    try:
        atom = ctypes.c_ulong(x11.XInternAtom(connection, b"_NET_SYSTEM_TRAY_S0", 0))
        return bool(x11.XGetSelectionOwner(connection, atom))
    finally:
        x11.XCloseDisplay(connection)
