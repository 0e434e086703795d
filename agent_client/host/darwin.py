"""macOS: the login session's own dictionary for locks, CoreGraphics for permission.

Never run: checked by types and review.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Callable
from threading import Thread

logger = logging.getLogger(__name__)

if sys.platform == "darwin":
    import objc

    _FOUNDATION = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"
    _GRAPHICS = "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics"
    _SHARE_NOTHING = 0  # NSWindowSharingNone
    _UTF8 = 0x08000100
    _DELIVER_IMMEDIATELY = 4
    _LOOK_AGAIN_SECONDS = 2.0  # a switch of user is not notified here, only looked for
    _NOTICES = (b"com.apple.screenIsLocked", b"com.apple.screenIsUnlocked")
    _Heard = ctypes.CFUNCTYPE(
        None,
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_void_p,
    )

    class _CoreFoundation:
        """The few functions that are needed, with their types."""

        def __init__(self) -> None:
            self.library = ctypes.CDLL(_FOUNDATION)
            self.graphics = ctypes.CDLL(_GRAPHICS)
            for function in (
                self.library.CFStringCreateWithCString,
                self.library.CFNotificationCenterGetDistributedCenter,
                self.library.CFRunLoopGetCurrent,
                self.library.CFDictionaryGetValue,
                self.graphics.CGSessionCopyCurrentDictionary,
            ):
                function.restype = ctypes.c_void_p
            self.library.CFStringCreateWithCString.argtypes = (
                ctypes.c_void_p,
                ctypes.c_char_p,
                ctypes.c_uint32,
            )
            self.library.CFDictionaryGetValue.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
            self.library.CFBooleanGetValue.argtypes = (ctypes.c_void_p,)
            self.library.CFRelease.argtypes = (ctypes.c_void_p,)
            self.library.CFRunLoopStop.argtypes = (ctypes.c_void_p,)
            self.library.CFRunLoopRunInMode.argtypes = (
                ctypes.c_void_p,
                ctypes.c_double,
                ctypes.c_bool,
            )
            self.library.CFNotificationCenterAddObserver.argtypes = (
                ctypes.c_void_p,
                ctypes.c_void_p,
                _Heard,
                ctypes.c_void_p,
                ctypes.c_void_p,
                ctypes.c_long,
            )
            self.locked = self.string(b"CGSSessionScreenIsLocked")
            self.on_console = self.string(b"kCGSSessionOnConsoleKey")
            self.mode = ctypes.c_void_p.in_dll(self.library, "kCFRunLoopDefaultMode")

        def string(self, text: bytes) -> ctypes.c_void_p:
            """A CFString, kept for the life of the process."""
            return ctypes.c_void_p(
                self.library.CFStringCreateWithCString(None, text, _UTF8),
            )

        def absent(self) -> bool:
            """Locked, or another user has the console. Without a login session: absent."""
            session = self.graphics.CGSessionCopyCurrentDictionary()
            if not session:
                return True
            try:
                locked = self.library.CFDictionaryGetValue(session, self.locked)
                on_console = self.library.CFDictionaryGetValue(session, self.on_console)
                if locked and self.library.CFBooleanGetValue(locked):
                    return True
                return bool(on_console) and not self.library.CFBooleanGetValue(on_console)
            finally:
                self.library.CFRelease(session)

    class LoginSessionWatch(Thread):
        """A run loop of its own, woken by lock notices and every two seconds.

        Before sleep the screen is locked or dark; the recorder sees the gap in time by itself.
        """

        def __init__(self, changed: Callable[[bool], None]) -> None:
            super().__init__(name="absence", daemon=True)
            self._changed = changed
            self._absent = False
            self._stopping = False
            self._loop: int | None = None
            self._foundation = _CoreFoundation()
            self._heard = _Heard(self._wake)  # kept: the system calls it

        def stop(self) -> None:
            """End it; waits for the thread."""
            self._stopping = True
            if self._loop is not None:
                self._foundation.library.CFRunLoopStop(self._loop)
            self.join()

        def run(self) -> None:
            """Look, tell, sleep until something happens."""
            library = self._foundation.library
            self._loop = library.CFRunLoopGetCurrent()
            center = library.CFNotificationCenterGetDistributedCenter()
            for name in _NOTICES:
                library.CFNotificationCenterAddObserver(
                    center,
                    None,
                    self._heard,
                    self._foundation.string(name),
                    None,
                    _DELIVER_IMMEDIATELY,
                )
            while not self._stopping:
                absent = self._foundation.absent()
                if absent != self._absent:
                    self._absent = absent
                    logger.info("absence: %s", "begun" if absent else "over")
                    self._changed(absent)
                library.CFRunLoopRunInMode(self._foundation.mode, _LOOK_AGAIN_SECONDS, True)  # noqa: FBT003 return after one source

        def _wake(self, *_: int | None) -> None:
            if self._loop is not None:
                self._foundation.library.CFRunLoopStop(self._loop)

    class DarwinHost:
        """One Aqua session on macOS."""

        def no_desktop(self) -> str:
            """A user's session always has one."""
            return ""

        def cannot_capture(self) -> str:
            """Asks for the Screen Recording permission when it is missing: macOS asks the user."""
            graphics = ctypes.CDLL(_GRAPHICS)
            graphics.CGPreflightScreenCaptureAccess.restype = ctypes.c_bool
            graphics.CGRequestScreenCaptureAccess.restype = ctypes.c_bool
            if graphics.CGPreflightScreenCaptureAccess():
                return ""
            return "" if graphics.CGRequestScreenCaptureAccess() else "screen-permission"

        def tray_is_there(self) -> bool:
            """The menu bar always is."""
            return True

        def watch_absence(self, changed: Callable[[bool], None]) -> LoginSessionWatch:
            """By the login session's dictionary."""
            watch = LoginSessionWatch(changed)
            watch.start()
            return watch

        def leave_out(self, window: int) -> None:
            """By its sharing type, which macOS 15 no longer heeds: there it stays in."""
            view = objc.objc_object(c_void_p=window)
            view.window().setSharingType_(_SHARE_NOTHING)

        def child_flags(self) -> int:
            """No consoles here."""
            return 0
