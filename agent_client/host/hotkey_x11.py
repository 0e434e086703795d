"""X11: the combination is grabbed (XGrabKey), on a connection that asks for nothing else.

The grab is synchronous: the server holds back the keyboard for the moment until we let go of it,
which is the first thing we do. So what is pressed next goes where it belongs, whole, and never
comes to us. A grab that is not synchronous would hand us every key until the combination's is let
go of. The price: were the whole client stopped, and just then the combination pressed, the keyboard
would wait until the client goes on or ends.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import combinations
from select import select
from threading import Thread
from typing import Any

from Xlib import XK, X, error
from Xlib.display import Display
from Xlib.protocol import rq

from agent_client.host.hotkey import HOTKEY_IMPOSSIBLE, HOTKEY_TAKEN
from contract.hotkey import Combination, Modifier

logger = logging.getLogger(__name__)

_STOP_SECONDS = 5.0
_AGAIN_SECONDS = 30.0  # who has taken it may have ended: nobody tells
_LOCKS = ("Caps_Lock", "Shift_Lock", "Num_Lock", "Scroll_Lock")  # they must not matter
_HELD = {
    Modifier.CTRL: ("Control_L", "Control_R"),
    Modifier.ALT: ("Alt_L", "Alt_R", "Meta_L"),
    Modifier.SHIFT: ("Shift_L", "Shift_R"),
    Modifier.META: ("Super_L", "Super_R", "Hyper_L"),
}
_KEYSYMS = {"Space": "space", "PageUp": "Page_Up", "PageDown": "Page_Down"}
# What python-xlib raises when the server goes away or talks nonsense.
_BROKEN = (
    error.XError,
    error.ConnectionClosedError,
    error.DisplayError,
    error.XauthError,
    OSError,
    ValueError,
    AssertionError,
    RuntimeError,
    TypeError,
)


class X11Hotkey:
    """A `Register`: a thread that waits for the server."""

    def __init__(
        self,
        wanted: Combination,
        pressed: Callable[[], None],
        trouble: Callable[[str], None],
    ) -> None:
        self._wanted = wanted
        self._pressed = pressed
        self._trouble = trouble
        self._bell, self._rope = socket.socketpair()
        self._thread = Thread(target=self._run, name="hotkey", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let go of the keys; waits for the thread."""
        with suppress(OSError):
            self._rope.send(b"!")
        self._thread.join(_STOP_SECONDS)
        self._rope.close()

    def _run(self) -> None:
        try:
            self._hold()
        except _BROKEN as reason:
            logger.warning("hotkey: the X server does not help: %r", reason)
            self._trouble(HOTKEY_IMPOSSIBLE)
        finally:
            self._bell.close()

    def _hold(self) -> None:
        if os.environ.get("WAYLAND_DISPLAY"):
            logger.warning("hotkey: Wayland lets nobody register one")
            self._trouble(HOTKEY_IMPOSSIBLE)
            return
        display: Any = Display()
        try:
            keys = Keys(display, self._wanted)
            trouble = keys.grab()
            self._trouble(trouble)
            while self._waited(display, _AGAIN_SECONDS if trouble == HOTKEY_TAKEN else None):
                for event in _events(display):
                    if event.type in (X.KeyPress, X.KeyRelease):
                        keys.let_go(event)
                        if keys.pressed(event):
                            self._pressed()
                    elif event.type == X.MappingNotify:
                        keys.remapped(event)
                if keys.stale or trouble == HOTKEY_TAKEN:
                    before, trouble = trouble, keys.grab()
                    if trouble != before:
                        self._trouble(trouble)
        finally:
            display.close()  # the server forgets the grabs

    def _waited(self, display: Any, seconds: float | None) -> bool:  # noqa: ANN401 python-xlib has no types
        """Until the server tells something, or so long; False: it is over."""
        if display.pending_events():
            return True
        readable, _, _ = select([display.fileno(), self._bell], [], [], seconds)
        return self._bell not in readable


class Keys:
    """The combination on the keyboard as it is mapped now."""

    def __init__(self, display: Any, wanted: Combination) -> None:  # noqa: ANN401 as above
        self._display = display
        self._root = display.screen().root
        self._wanted = wanted
        self._repeated_at: int | None = None  # in milliseconds, by the server
        self.stale = False  # the keyboard has another layout since it was grabbed

    def grab(self) -> str:
        """Grab it anew; the trouble, or ""."""
        self.stale = False
        self._root.ungrab_key(X.AnyKey, X.AnyModifier)
        codes, held = self._codes(), self._masks(self._wanted.modifiers)
        if not codes or held is None:
            logger.warning("hotkey: this keyboard has no %s", self._wanted)
            return HOTKEY_IMPOSSIBLE
        refused = error.CatchError(error.BadAccess)
        for code in codes:
            for locks in _subsets(self._lock_masks()):
                self._root.grab_key(
                    code,
                    held | locks,
                    owner_events=False,
                    pointer_mode=X.GrabModeAsync,
                    keyboard_mode=X.GrabModeSync,
                    onerror=refused,
                )
        self._display.sync()
        if refused.get_error() is None:
            return ""
        self._root.ungrab_key(X.AnyKey, X.AnyModifier)
        logger.warning("hotkey: another program has %s", self._wanted)
        return HOTKEY_TAKEN

    def let_go(self, event: rq.Event) -> None:
        """Give the keyboard back, and with it what was pressed meanwhile."""
        self._display.ungrab_keyboard(event.time)
        self._display.flush()

    def pressed(self, event: rq.Event) -> bool:
        """Whether somebody pressed it just now.

        Of a key that is held down the server tells again and again that it was let go of and
        pressed, in the same millisecond. That it was really let go of it does not tell us: by then
        the keyboard is not ours any more.
        """
        if event.type == X.KeyRelease:
            self._repeated_at = event.time
            return False
        return bool(event.time != self._repeated_at)

    def remapped(self, event: rq.Event) -> None:
        """Keys mean something else from now on."""
        if event.request != X.MappingPointer:
            self._display.refresh_keyboard_mapping(event)
            self.stale = True

    def _codes(self) -> set[int]:
        """The keys that write it, in whatever layout of those that are set up."""
        name = self._wanted.key
        keysym = XK.string_to_keysym(_KEYSYMS.get(name, name.lower() if len(name) == 1 else name))
        return {code for code, _ in self._display.keysym_to_keycodes(keysym)}

    def _masks(self, modifiers: Iterable[Modifier]) -> int | None:
        """None: one of them is not on this keyboard."""
        masks = [self._mask(_HELD[one]) for one in modifiers]
        return _union(masks) if all(masks) else None

    def _lock_masks(self) -> list[int]:
        held = self._masks(self._wanted.modifiers) or 0
        masks = {self._mask((name,)) for name in _LOCKS} | {X.LockMask}
        return sorted(masks - {0, held})

    def _mask(self, names: Iterable[str]) -> int:
        """The first modifier that one of these keys is set up as; 0 if none is."""
        mapping = self._display.get_modifier_mapping()
        for name in names:
            keysym = XK.string_to_keysym(name)
            codes = {code for code, _ in self._display.keysym_to_keycodes(keysym)}
            for number, keys in enumerate(mapping):
                if codes & set(keys):
                    return 1 << number
        return 0


def _events(display: Any) -> Iterator[rq.Event]:  # noqa: ANN401 as above
    for _ in range(display.pending_events()):
        yield display.next_event()


def _subsets(masks: list[int]) -> Iterator[int]:
    for count in range(len(masks) + 1):
        for some in combinations(masks, count):
            yield _union(some)


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
