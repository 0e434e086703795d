"""macOS: RegisterEventHotKey of Carbon, which needs no permission, on the main thread.

Never run: checked by types and review. macOS compares the whole combination itself. Keys go by
their place on an ANSI keyboard: on others a letter may stand elsewhere. What the system itself has
taken (Spotlight) macOS does not tell.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Callable

from agent_client.host.hotkey import HOTKEY_IMPOSSIBLE, HOTKEY_TAKEN
from contract.hotkey import Combination, Modifier

logger = logging.getLogger(__name__)

# kVK_ANSI_A and so on, of HIToolbox/Events.h, in order of their numbers; "." is no key of ours.
_LETTERS = "ASDFHGZXCV.BQWERYT123465.97.80.OU.IP.LJ.K....NM"
_NAMED = {
    "Space": 0x31,
    "Insert": 0x72,  # Help, where others have Insert
    "Home": 0x73,
    "PageUp": 0x74,
    "Delete": 0x75,
    "End": 0x77,
    "PageDown": 0x79,
    **{
        f"F{number}": code
        for number, code in enumerate(
            (
                *(0x7A, 0x78, 0x63, 0x76, 0x60, 0x61, 0x62, 0x64, 0x65, 0x6D),
                *(0x67, 0x6F, 0x69, 0x6B, 0x71, 0x6A, 0x40, 0x4F, 0x50, 0x5A),
            ),
            start=1,
        )
    },
}
_MODIFIERS = {  # cmdKey and so on
    Modifier.META: 0x0100,
    Modifier.SHIFT: 0x0200,
    Modifier.ALT: 0x0800,
    Modifier.CTRL: 0x1000,
}


def virtual_key(key: str) -> int | None:
    """The number, on a Mac, for a key of `hotkey.KEYS`; None: it has no such key."""
    if len(key) == 1:
        return _LETTERS.index(key)
    return _NAMED.get(key)


if sys.platform == "darwin":
    from Foundation import NSOperationQueue

    _CARBON = "/System/Library/Frameworks/Carbon.framework/Carbon"
    _EXISTS = -9878  # eventHotKeyExistsErr
    _EXCLUSIVE = 1  # kEventHotKeyExclusive: else two programs may have the same
    _KEYBOARD, _PRESSED = int.from_bytes(b"keyb", "big"), 5  # kEventHotKeyPressed
    _OURS = int.from_bytes(b"twrl", "big")

    class _Number(ctypes.Structure):
        """EventHotKeyID."""

        _fields_ = (("signature", ctypes.c_uint32), ("number", ctypes.c_uint32))

    class _Kind(ctypes.Structure):
        """EventTypeSpec."""

        _fields_ = (("kind_class", ctypes.c_uint32), ("kind", ctypes.c_uint32))

    _Handler = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)

    def _carbon() -> ctypes.CDLL:
        carbon = ctypes.CDLL(_CARBON)
        carbon.GetEventDispatcherTarget.restype = ctypes.c_void_p
        carbon.GetEventDispatcherTarget.argtypes = ()
        carbon.InstallEventHandler.restype = ctypes.c_int32
        carbon.InstallEventHandler.argtypes = (
            ctypes.c_void_p,
            _Handler,
            ctypes.c_ulong,
            ctypes.POINTER(_Kind),
            ctypes.c_void_p,
            ctypes.POINTER(ctypes.c_void_p),
        )
        carbon.RegisterEventHotKey.restype = ctypes.c_int32
        carbon.RegisterEventHotKey.argtypes = (
            ctypes.c_uint32,
            ctypes.c_uint32,
            _Number,
            ctypes.c_void_p,
            ctypes.c_uint32,
            ctypes.POINTER(ctypes.c_void_p),
        )
        carbon.UnregisterEventHotKey.argtypes = (ctypes.c_void_p,)
        carbon.RemoveEventHandler.argtypes = (ctypes.c_void_p,)
        return carbon

    class DarwinHotkey:
        """A `Register`. Qt's event loop on the main thread hands its events out."""

        def __init__(
            self,
            wanted: Combination,
            pressed: Callable[[], None],
            trouble: Callable[[str], None],
        ) -> None:
            self._wanted = wanted
            self._pressed = pressed
            self._trouble = trouble
            self._carbon = _carbon()
            self._handler = ctypes.c_void_p()
            self._key = ctypes.c_void_p()
            self._heard = _Handler(self._hear)  # kept: the system calls it
            self._stopped = False
            NSOperationQueue.mainQueue().addOperationWithBlock_(self._begin)

        def stop(self) -> None:
            """Give it back as soon as the main thread comes to it; nothing is told from now on."""
            self._stopped = True
            NSOperationQueue.mainQueue().addOperationWithBlock_(self._end)

        def _begin(self) -> None:
            if self._stopped:
                return
            code = virtual_key(self._wanted.key)
            if code is None:
                self._trouble(HOTKEY_IMPOSSIBLE)
                return
            target = self._carbon.GetEventDispatcherTarget()
            kind = _Kind(_KEYBOARD, _PRESSED)
            failed = self._carbon.InstallEventHandler(
                target, self._heard, 1, ctypes.byref(kind), None, ctypes.byref(self._handler)
            )
            held = 0
            for modifier in self._wanted.modifiers:
                held |= _MODIFIERS[modifier]
            failed = failed or self._carbon.RegisterEventHotKey(
                code, held, _Number(_OURS, 1), target, _EXCLUSIVE, ctypes.byref(self._key)
            )
            if failed:
                logger.warning("hotkey: macOS error %s for %s", failed, self._wanted)
            self._trouble(
                (HOTKEY_TAKEN if failed == _EXISTS else HOTKEY_IMPOSSIBLE) if failed else ""
            )

        def _end(self) -> None:
            if self._key:
                self._carbon.UnregisterEventHotKey(self._key)
                self._key = ctypes.c_void_p()
            if self._handler:
                self._carbon.RemoveEventHandler(self._handler)
                self._handler = ctypes.c_void_p()

        def _hear(self, _call: int | None, _event: int | None, _data: int | None) -> int:
            """It is the only kind of event that was asked for."""
            if not self._stopped:
                self._pressed()
            return 0
