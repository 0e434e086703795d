"""Windows: session and power notices to a hidden window.

Run under Wine, never on Windows itself.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Callable
from ctypes import wintypes
from enum import IntEnum
from threading import Event, Thread

logger = logging.getLogger(__name__)

if sys.platform == "win32":
    _CREATE_NO_WINDOW = 0x08000000
    _EXCLUDE_FROM_CAPTURE = 0x11  # WDA_EXCLUDEFROMCAPTURE
    _NOTIFY_FOR_THIS_SESSION = 0
    _STARTED_SECONDS = 10.0
    _THIS_SESSION = 0xFFFFFFFF  # WTS_CURRENT_SESSION
    _SESSION_INFO_EX = 25  # WTSSessionInfoEx
    _LOCKED_FLAG = 0  # WTS_SESSIONSTATE_LOCK, from Windows 8 on

    class _Message(IntEnum):
        CLOSE = 0x0010
        DESTROY = 0x0002
        POWER = 0x0218
        SESSION = 0x02B1

    class _Session(IntEnum):
        CONSOLE_CONNECT = 1
        CONSOLE_DISCONNECT = 2
        REMOTE_CONNECT = 3
        REMOTE_DISCONNECT = 4
        LOCK = 7
        UNLOCK = 8

    class _Power(IntEnum):
        SUSPEND = 4
        RESUME = 7
        RESUME_AUTOMATIC = 18

    _BEGINS = {
        (_Message.SESSION, _Session.CONSOLE_DISCONNECT): "switched",
        (_Message.SESSION, _Session.REMOTE_DISCONNECT): "disconnected",
        (_Message.SESSION, _Session.LOCK): "locked",
        (_Message.POWER, _Power.SUSPEND): "asleep",
    }
    _ENDS = {
        (_Message.SESSION, _Session.CONSOLE_CONNECT): "switched",
        (_Message.SESSION, _Session.REMOTE_CONNECT): "disconnected",
        (_Message.SESSION, _Session.UNLOCK): "locked",
        (_Message.POWER, _Power.RESUME): "asleep",
        (_Message.POWER, _Power.RESUME_AUTOMATIC): "asleep",
    }

    class _SessionInfo(ctypes.Structure):
        """The beginning of WTSINFOEXW; its union is aligned to eight bytes."""

        _fields_ = (
            ("level", wintypes.DWORD),
            ("_padding", wintypes.DWORD),
            ("session", wintypes.ULONG),
            ("state", ctypes.c_int),
            ("flags", wintypes.LONG),
        )

    _WindowProcedure = ctypes.WINFUNCTYPE(
        ctypes.c_ssize_t, wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM
    )

    class _WindowClass(ctypes.Structure):
        _fields_ = (
            ("style", wintypes.UINT),
            ("procedure", _WindowProcedure),
            ("class_extra", ctypes.c_int),
            ("window_extra", ctypes.c_int),
            ("instance", wintypes.HINSTANCE),
            ("icon", wintypes.HANDLE),
            ("cursor", wintypes.HANDLE),
            ("background", wintypes.HANDLE),
            ("menu_name", wintypes.LPCWSTR),
            ("class_name", wintypes.LPCWSTR),
        )

    def _user32() -> ctypes.WinDLL:
        user32 = ctypes.WinDLL("user32", use_last_error=True)
        user32.CreateWindowExW.restype = wintypes.HWND
        user32.DefWindowProcW.restype = ctypes.c_ssize_t
        user32.DefWindowProcW.argtypes = (
            wintypes.HWND,
            wintypes.UINT,
            wintypes.WPARAM,
            wintypes.LPARAM,
        )
        user32.PostMessageW.argtypes = user32.DefWindowProcW.argtypes
        user32.DestroyWindow.argtypes = (wintypes.HWND,)
        return user32

    def _is_locked(wtsapi: ctypes.WinDLL) -> bool:
        """Whether this session is locked now; False if Windows does not say."""
        found = ctypes.POINTER(_SessionInfo)()
        size = wintypes.DWORD()
        wtsapi.WTSQuerySessionInformationW.argtypes = (
            wintypes.HANDLE,
            wintypes.DWORD,
            ctypes.c_int,
            ctypes.c_void_p,
            ctypes.c_void_p,
        )
        wtsapi.WTSFreeMemory.argtypes = (ctypes.c_void_p,)
        if not wtsapi.WTSQuerySessionInformationW(
            None, _THIS_SESSION, _SESSION_INFO_EX, ctypes.byref(found), ctypes.byref(size)
        ):
            return False
        try:
            return bool(found.contents.level == 1 and found.contents.flags == _LOCKED_FLAG)
        finally:
            wtsapi.WTSFreeMemory(found)

    class SessionWatch:
        """A hidden top-level window in a thread of its own.

        A message-only window would not hear of power: those notices are broadcast.
        """

        def __init__(self, changed: Callable[[bool], None]) -> None:
            self._changed = changed
            self._reasons: set[str] = set()
            self._window: int | None = None
            self._started = Event()
            self._procedure = _WindowProcedure(self._hear)  # kept: Windows calls it
            self._thread = Thread(target=self._run, name="absence", daemon=True)
            self._thread.start()

        def stop(self) -> None:
            """End it; waits for the thread."""
            self._started.wait(_STARTED_SECONDS)
            if self._window is not None:
                _user32().PostMessageW(self._window, _Message.CLOSE, 0, 0)
            self._thread.join(_STARTED_SECONDS)

        def _run(self) -> None:
            user32 = _user32()
            wtsapi = ctypes.WinDLL("wtsapi32", use_last_error=True)
            wtsapi.WTSRegisterSessionNotification.argtypes = (wintypes.HWND, wintypes.DWORD)
            wtsapi.WTSUnRegisterSessionNotification.argtypes = (wintypes.HWND,)
            kind = _WindowClass(procedure=self._procedure, class_name="TwinreelSession")
            user32.RegisterClassW(ctypes.byref(kind))
            window = user32.CreateWindowExW(
                0, kind.class_name, "Twinreel", 0, 0, 0, 0, 0, None, None, None, None
            )
            if not window or not wtsapi.WTSRegisterSessionNotification(
                window, _NOTIFY_FOR_THIS_SESSION
            ):
                logger.warning(
                    "absence: Windows error %s; locks will not be seen", ctypes.get_last_error()
                )
            self._window = window
            self._started.set()
            if _is_locked(wtsapi):  # notices tell of changes alone
                self._note(_Message.SESSION, _Session.LOCK)
            message = wintypes.MSG()
            while window and user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
                user32.TranslateMessage(ctypes.byref(message))
                user32.DispatchMessageW(ctypes.byref(message))

        def _hear(self, window: int, message: int, first: int, second: int) -> int:
            user32 = _user32()
            if message == _Message.CLOSE:
                user32.DestroyWindow(window)
                return 0
            if message == _Message.DESTROY:
                user32.PostQuitMessage(0)
                return 0
            self._note(message, first)
            return int(user32.DefWindowProcW(window, message, first, second))

        def _note(self, message: int, what: int) -> None:
            before = bool(self._reasons)
            notice = (message, what)
            if notice in _BEGINS:
                self._reasons.add(_BEGINS[notice])
            elif notice in _ENDS:
                self._reasons.discard(_ENDS[notice])
            if bool(self._reasons) != before:
                logger.info("absence: %s", ", ".join(sorted(self._reasons)) or "over")
                self._changed(not before)

    class WindowsHost:
        """One interactive session on Windows."""

        def no_desktop(self) -> str:
            """A user's session always has one; session 0 is never where the client starts."""
            return ""

        def cannot_capture(self) -> str:
            """Windows asks nobody's permission."""
            return ""

        def tray_is_there(self) -> bool:
            """Explorer's; Qt waits for it and comes back when it is restarted."""
            return True

        def watch_absence(self, changed: Callable[[bool], None]) -> SessionWatch:
            """By WTS session and power notices."""
            return SessionWatch(changed)

        def leave_out(self, window: int) -> None:
            """By its display affinity, from Windows 10 2004 on; before that it stays in."""
            user32 = _user32()
            user32.SetWindowDisplayAffinity.argtypes = (wintypes.HWND, wintypes.DWORD)
            if not user32.SetWindowDisplayAffinity(window, _EXCLUDE_FROM_CAPTURE):
                logger.warning(
                    "a window of ours stays in the picture: Windows error %s",
                    ctypes.get_last_error(),
                )

        def child_flags(self) -> int:
            """No console window for the uploader."""
            return _CREATE_NO_WINDOW
