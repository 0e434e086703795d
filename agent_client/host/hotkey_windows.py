"""Windows: RegisterHotKey, told to a thread with a message queue of its own.

Run under Wine, never on Windows itself. Windows compares the whole combination itself and posts
WM_HOTKEY; keys that are not registered never reach the queue of a thread without a window.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Callable
from ctypes import wintypes
from threading import Event, Thread

from agent_client.host.hotkey import HOTKEY_IMPOSSIBLE, HOTKEY_TAKEN
from contract.hotkey import Combination, Modifier

logger = logging.getLogger(__name__)

_KEYS = {
    "Space": 0x20,
    "PageUp": 0x21,
    "PageDown": 0x22,
    "End": 0x23,
    "Home": 0x24,
    "Insert": 0x2D,
    "Delete": 0x2E,
    "Pause": 0x13,
}
_F1 = 0x70
_MODIFIERS = {Modifier.ALT: 1, Modifier.CTRL: 2, Modifier.SHIFT: 4, Modifier.META: 8}


def virtual_key(key: str) -> int:
    """Windows' number for a key of `hotkey.KEYS`: letters and digits are as in ASCII."""
    if len(key) == 1:
        return ord(key)
    if key in _KEYS:
        return _KEYS[key]
    return _F1 + int(key.removeprefix("F")) - 1


if sys.platform == "win32":
    _HOTKEY, _TIMER, _QUIT = 0x0312, 0x0113, 0x0012  # WM_HOTKEY, WM_TIMER, WM_QUIT
    _AGAIN_MS = 30_000  # who has taken it may have ended: nobody tells
    _NO_REPEAT = 0x4000  # MOD_NOREPEAT
    _ALREADY_REGISTERED = 1409  # ERROR_HOTKEY_ALREADY_REGISTERED
    _NUMBER = 1  # of the hotkey, within its thread
    _KEEP = 0  # PM_NOREMOVE
    _SECONDS = 10.0

    class WindowsHotkey:
        """A `Register`: a thread that waits for WM_HOTKEY."""

        def __init__(
            self,
            wanted: Combination,
            pressed: Callable[[], None],
            trouble: Callable[[str], None],
        ) -> None:
            self._wanted = wanted
            self._pressed = pressed
            self._trouble = trouble
            self._user = ctypes.WinDLL("user32", use_last_error=True)
            self._user.RegisterHotKey.argtypes = (
                wintypes.HWND,
                ctypes.c_int,
                wintypes.UINT,
                wintypes.UINT,
            )
            self._user.UnregisterHotKey.argtypes = (wintypes.HWND, ctypes.c_int)
            self._user.GetMessageW.argtypes = (
                wintypes.LPMSG,
                wintypes.HWND,
                wintypes.UINT,
                wintypes.UINT,
            )
            self._user.PeekMessageW.argtypes = (*self._user.GetMessageW.argtypes, wintypes.UINT)
            self._user.SetTimer.argtypes = (
                wintypes.HWND,
                ctypes.c_size_t,
                wintypes.UINT,
                ctypes.c_void_p,
            )
            self._user.SetTimer.restype = ctypes.c_size_t
            self._user.KillTimer.argtypes = (wintypes.HWND, ctypes.c_size_t)
            self._user.PostThreadMessageW.argtypes = (
                wintypes.DWORD,
                wintypes.UINT,
                wintypes.WPARAM,
                wintypes.LPARAM,
            )
            self._queue: int | None = None  # the thread's number: its queue goes by that
            self._ready = Event()
            self._thread = Thread(target=self._run, name="hotkey", daemon=True)
            self._thread.start()

        def stop(self) -> None:
            """Give it back; waits for the thread."""
            self._ready.wait(_SECONDS)
            if self._queue is not None:
                self._user.PostThreadMessageW(self._queue, _QUIT, 0, 0)
            self._thread.join(_SECONDS)

        def _run(self) -> None:
            message = wintypes.MSG()
            # Makes the queue: before it there is nothing to post to.
            self._user.PeekMessageW(ctypes.byref(message), None, 0, 0, _KEEP)
            self._queue = ctypes.WinDLL("kernel32").GetCurrentThreadId()
            self._ready.set()
            trouble = self._registered()
            self._trouble(trouble)
            timer = self._user.SetTimer(None, 0, _AGAIN_MS, None) if trouble == HOTKEY_TAKEN else 0
            while self._user.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
                if message.message == _HOTKEY:
                    self._pressed()
                elif message.message == _TIMER and self._registered() == "":
                    self._user.KillTimer(None, timer)
                    self._trouble("")
            self._user.UnregisterHotKey(None, _NUMBER)

        def _registered(self) -> str:
            held = _NO_REPEAT
            for modifier in self._wanted.modifiers:
                held |= _MODIFIERS[modifier]
            key = virtual_key(self._wanted.key)
            if self._user.RegisterHotKey(None, _NUMBER, held, key):
                return ""
            number = ctypes.get_last_error()
            logger.warning("hotkey: Windows error %s for %s", number, self._wanted)
            return HOTKEY_TAKEN if number == _ALREADY_REGISTERED else HOTKEY_IMPOSSIBLE
