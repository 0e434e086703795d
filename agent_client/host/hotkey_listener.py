"""The last resort: a listener that every key passes through, by pynput.

Loaded only where the policy allows it (`pausing.hotkey_listener`) and nothing can be registered.
Of what passes it is kept, for as long as they are held down, whether modifiers and the one key of
the combination are; nothing of other keys is kept, counted or logged. Elsewhere in the client
pynput is loaded without its keyboard half (`capture/pointer.py`).
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any

from agent_client.host.hotkey import HOTKEY_IMPOSSIBLE
from contract.hotkey import Combination, Modifier

logger = logging.getLogger(__name__)

_SETTING = "PYNPUT_BACKEND_KEYBOARD"
_STOP_SECONDS = 1.0
_HELD = {
    Modifier.CTRL: ("ctrl", "ctrl_l", "ctrl_r"),
    Modifier.ALT: ("alt", "alt_l", "alt_r"),
    Modifier.SHIFT: ("shift", "shift_l", "shift_r"),
    Modifier.META: ("cmd", "cmd_l", "cmd_r"),
}
_MODIFIERS = {name: modifier for modifier, names in _HELD.items() for name in names}
_NAMED = {"PageUp": "page_up", "PageDown": "page_down"}


class Chord:
    """Whether the combination was just pressed, from keys by pynput's names. Pure."""

    def __init__(self, wanted: Combination) -> None:
        self._wanted = wanted
        name = _NAMED.get(wanted.key, wanted.key)
        self._key = name.lower()
        self._held: set[Modifier] = set()
        self._down = False

    def pressed(self, name: str) -> bool:
        """A key is down, perhaps again though it was never let go of."""
        if name in _MODIFIERS:
            self._held.add(_MODIFIERS[name])
            return False
        if name != self._key:
            return False
        again, self._down = self._down, True
        return not again and self._held == self._wanted.modifiers

    def released(self, name: str) -> None:
        """A key is let go of."""
        if name in _MODIFIERS:
            self._held.discard(_MODIFIERS[name])
        elif name == self._key:
            self._down = False


class ListenedHotkey:
    """A `Register`: a thread of pynput's."""

    def __init__(
        self,
        wanted: Combination,
        pressed: Callable[[], None],
        trouble: Callable[[str], None],
    ) -> None:
        self._chord = Chord(wanted)
        self._pressed = pressed
        self._trouble = trouble
        self._listener: Any = None
        self._stopped = False
        try:
            keyboard = _keyboard()
            self._listener = keyboard.Listener(on_press=self._on_press, on_release=self._on_release)
        except Exception as error:  # noqa: BLE001 pynput raises whatever its backend does
            logger.warning("hotkey: no listener either: %r", error)
            trouble(HOTKEY_IMPOSSIBLE)
            return
        self._thread = Thread(target=self._run, name="hotkey", daemon=True)
        self._thread.start()
        trouble("")

    def stop(self) -> None:
        """Listen no more. On X11 the thread ends with the next event of a key, unheard."""
        self._stopped = True
        if self._listener is not None:
            with suppress(Exception):  # it has ended by itself
                self._listener.stop()
            self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        try:
            self._listener.run()
        except Exception as error:  # noqa: BLE001 as above
            logger.warning("hotkey: the listener ended: %r", error)
            if not self._stopped:
                self._trouble(HOTKEY_IMPOSSIBLE)

    def _on_press(self, key: Any) -> bool:  # noqa: ANN401 pynput ships no types
        """False ends the listener."""
        if not self._stopped and self._chord.pressed(named(key)):
            self._pressed()
        return not self._stopped

    def _on_release(self, key: Any) -> bool:  # noqa: ANN401 as above
        """As above."""
        self._chord.released(named(key))
        return not self._stopped


def named(key: Any) -> str:  # noqa: ANN401 as above
    """What pynput calls this key, or what it writes, whatever is held with it; "" if it is new."""
    name = getattr(key, "name", None)
    if name:
        return str(name)
    char, code = getattr(key, "char", None), getattr(key, "vk", None)
    if char and "\x01" <= char <= "\x1a":  # with Ctrl
        return chr(ord(char) + 0x60)
    if char and char.isascii():
        return str(char).lower()
    if sys.platform == "win32" and code is not None and chr(code).isalnum():
        return chr(code).lower()
    return ""


def _keyboard() -> Any:  # noqa: ANN401 as above
    """The listening half of pynput for this system, in a module of its own.

    `pynput.keyboard` itself stays with its dummy, as `capture/pointer.py` wants it.
    """
    before = os.environ.get(_SETTING)
    os.environ[_SETTING] = "dummy"
    try:
        importlib.import_module("pynput.keyboard")
    finally:
        if before is None:
            del os.environ[_SETTING]
        else:
            os.environ[_SETTING] = before
    backend = {"win32": "_win32", "darwin": "_darwin"}.get(sys.platform, "_xorg")
    return importlib.import_module(f"pynput.keyboard.{backend}")
