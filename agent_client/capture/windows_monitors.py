"""The monitors of a Windows desktop, and when somebody was last at the desk.

Run under Wine, never on Windows itself.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.monitors import Monitor
from agent_client.capture.screen import Rectangle

_DEVICE = "\\\\.\\"  # before each name: \\.\DISPLAY1

if sys.platform == "win32":
    _PRIMARY = 1  # MONITORINFOF_PRIMARY
    _CURRENT = 0xFFFFFFFF  # ENUM_CURRENT_SETTINGS
    _LEFT, _TOP, _WIDTH, _HEIGHT = 76, 77, 78, 79  # SM_XVIRTUALSCREEN and on

    class _MonitorInfo(ctypes.Structure):
        """MONITORINFOEXW."""

        _fields_ = (
            ("size", wintypes.DWORD),
            ("place", wintypes.RECT),
            ("work", wintypes.RECT),
            ("flags", wintypes.DWORD),
            ("device", wintypes.WCHAR * 32),
        )

    class _Mode(ctypes.Structure):
        """DEVMODEW."""

        _fields_ = (
            ("device", wintypes.WCHAR * 32),
            ("specification", wintypes.WORD),
            ("driver", wintypes.WORD),
            ("size", wintypes.WORD),
            ("extra", wintypes.WORD),
            ("fields", wintypes.DWORD),
            ("place", wintypes.POINT),
            ("orientation", wintypes.DWORD),
            ("rest", wintypes.BYTE * 132),
        )

    class _LastInput(ctypes.Structure):
        """LASTINPUTINFO."""

        _fields_ = (("size", wintypes.UINT), ("time", wintypes.DWORD))

    _Each = ctypes.WINFUNCTYPE(
        wintypes.BOOL,
        wintypes.HMONITOR,
        wintypes.HDC,
        ctypes.POINTER(wintypes.RECT),
        wintypes.LPARAM,
    )
    # Of our own, so that the types given here meet nobody else's.
    _user = ctypes.WinDLL("user32", use_last_error=True)
    # Qt does it when it starts; a program without Qt has not done it yet. Done twice, it fails.
    _user.SetProcessDpiAwarenessContext(ctypes.c_void_p(-4))  # PER_MONITOR_AWARE_V2
    _user.EnumDisplayMonitors.argtypes = (
        wintypes.HDC,
        ctypes.POINTER(wintypes.RECT),
        _Each,
        wintypes.LPARAM,
    )
    _user.GetMonitorInfoW.argtypes = (wintypes.HMONITOR, ctypes.POINTER(_MonitorInfo))
    _user.GetSystemMetrics.argtypes = (ctypes.c_int,)
    _user.EnumDisplaySettingsW.argtypes = (
        wintypes.LPCWSTR,
        wintypes.DWORD,
        ctypes.POINTER(_Mode),
    )
    _user.GetLastInputInfo.argtypes = (ctypes.POINTER(_LastInput),)

    def monitors() -> list[Monitor]:
        """As they are now, in physical pixels; negative left of or above the primary one."""
        found: list[Monitor] = []

        def each(handle: int, _dc: int, _place: object, _data: int) -> bool:
            told = _MonitorInfo()
            told.size = ctypes.sizeof(told)
            if _user.GetMonitorInfoW(handle, ctypes.byref(told)):
                place = told.place
                found.append(
                    Monitor(
                        plain(str(told.device)),
                        Rectangle(
                            place.left,
                            place.top,
                            place.right - place.left,
                            place.bottom - place.top,
                        ),
                        primary=bool(told.flags & _PRIMARY),
                    )
                )
            return True

        if not _user.EnumDisplayMonitors(None, None, _Each(each), 0):
            raise CaptureFailedError("no-display", "Windows lists no monitors")
        return found

    def desktop() -> Rectangle:
        """All there is."""
        left, top, width, height = (
            int(_user.GetSystemMetrics(one)) for one in (_LEFT, _TOP, _WIDTH, _HEIGHT)
        )
        if width <= 0 or height <= 0:
            raise CaptureFailedError("no-display", "Windows has no desktop")
        return Rectangle(left, top, width, height)

    def turned() -> bool:
        """Whether the primary monitor stands on its side or head; in doubt it does."""
        told = _Mode()
        told.size = ctypes.sizeof(told)
        known = _user.EnumDisplaySettingsW(None, _CURRENT, ctypes.byref(told))
        return not known or bool(told.orientation)

    class LastInput:
        """When somebody last did something: its time and nothing else, whatever it was.

        To be asked for, and not listened to: see `pointer.py`.
        """

        def __init__(self) -> None:
            self._told = self._time()

        def fileno(self) -> int | None:
            return None

        def stirred(self) -> bool:
            before, self._told = self._told, self._time()
            return self._told != before

        def close(self) -> None:
            """There is nothing to let go of."""

        def _time(self) -> int:
            """In milliseconds since Windows began; it runs over after 49 days, which is no harm."""
            told = _LastInput()
            told.size = ctypes.sizeof(told)
            return int(told.time) if _user.GetLastInputInfo(ctypes.byref(told)) else 0


def plain(name: str) -> str:
    r"""What a monitor is called, with or without the `\\.\` that Windows puts before it."""
    return name.removeprefix(_DEVICE)
