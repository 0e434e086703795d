"""What of the client's tests is collected where."""

from __future__ import annotations

import sys

# Their stage is made of X11 and D-Bus, which they import before anything can be said of them.
_OF_X11_AND_DBUS = [
    "capture",
    "host/test_absence.py",
    "host/test_hotkey_x11.py",
    "host/test_linux.py",
    "test_app.py",
    "test_app_api.py",
    "test_app_hotkey.py",
    "test_app_tray.py",
    "test_start.py",
    "test_unconfigured.py",
    "tray/test_pill.py",
    "tray/test_pill_and_menu.py",
    "tray/test_popping_up.py",
    "tray/test_read_out.py",
    "tray/test_shell.py",
    "tray/test_shown.py",
    "workspace/test_bayeux_peers.py",
]
collect_ignore = _OF_X11_AND_DBUS if sys.platform == "win32" else []
