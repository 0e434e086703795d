"""The key combination that pauses and resumes: who registers it. What its text means: contract.

It is registered as that one combination, so the system hands over nothing else: no other key ever
reaches the client. One file for each system: `hotkey_x11.py`, `hotkey_windows.py`,
`hotkey_darwin.py`. Where nothing can be registered and policy allows it, `hotkey_listener.py`.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from threading import Lock
from typing import Protocol

from contract.hotkey import Combination, HotkeyError, combination

logger = logging.getLogger(__name__)

HOTKEY_TAKEN = "hotkey-taken"  # another program, or the desktop itself, has it
HOTKEY_IMPOSSIBLE = "hotkey-impossible"


class Registered(Protocol):
    """A combination that is listened to, or whose trouble was told."""

    def stop(self) -> None:
        """Give it back; waits for its thread."""


Register = Callable[[Combination, Callable[[], None], Callable[[str], None]], Registered]
"""Begin with: which, whom to call when it is pressed, and whom to tell of trouble.

Trouble is told once at least: `HOTKEY_TAKEN`, `HOTKEY_IMPOSSIBLE`, or "" when all is well; and
again whenever it changes. Both are called from any thread. Keys held down count as one press.
"""


class Hotkey:
    """The hotkey of the policy in force. Used by one thread."""

    def __init__(
        self,
        pressed: Callable[[], None],
        trouble: Callable[[str], None],
        register: Register,
        listen: Register,
    ) -> None:
        """`pressed` and `trouble` as in `Register`; `listen` is for where nothing registers."""
        self._pressed = pressed
        self._trouble = trouble
        self._register = register
        self._listen = listen
        self._wanted = ("", False)
        self._registered: Registered | None = None

    def obey(self, text: str, *, may_listen: bool) -> None:
        """From now on this one; none if empty. What is registered already stays so."""
        if self._wanted == (text, may_listen):
            return
        self.stop()
        self._wanted = (text, may_listen)
        try:
            wanted = combination(text) if text else None
        except HotkeyError as error:
            logger.warning("the policy's hotkey: %s", error)
            self._trouble(HOTKEY_IMPOSSIBLE)
            return
        logger.info("hotkey: %s", wanted)
        if wanted is None:
            self._trouble("")
        elif may_listen:
            self._registered = _OrListened(
                wanted, self._pressed, self._trouble, self._register, self._listen
            )
        else:
            self._registered = self._register(wanted, self._pressed, self._trouble)

    def stop(self) -> None:
        """Give back what is registered. Safe to call twice."""
        registered, self._registered = self._registered, None
        self._wanted = ("", False)
        if registered is not None:
            registered.stop()


class _OrListened:
    """Registered, and listened to as long as that is impossible."""

    def __init__(
        self,
        wanted: Combination,
        pressed: Callable[[], None],
        trouble: Callable[[str], None],
        register: Register,
        listen: Register,
    ) -> None:
        self._wanted = wanted
        self._pressed = pressed
        self._trouble = trouble
        self._listen = listen
        self._lock = Lock()
        self._stopped = False
        self._listener: Registered | None = None
        self._registered = register(wanted, pressed, self._told)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            listener, self._listener = self._listener, None
        self._registered.stop()
        if listener is not None:
            listener.stop()

    def _told(self, code: str) -> None:
        with self._lock:
            if self._stopped:
                return
            listener, self._listener = self._listener, None
            if code == HOTKEY_IMPOSSIBLE:
                logger.info("hotkey: policy allows a listener, so it is used")
                self._listener = self._listen(self._wanted, self._pressed, self._trouble)
        if listener is not None:
            listener.stop()
        if code != HOTKEY_IMPOSSIBLE:
            self._trouble(code)


def this_register() -> Register:
    """The way to register on the system we run on."""
    if sys.platform == "win32":
        from agent_client.host.hotkey_windows import WindowsHotkey  # noqa: PLC0415 only there

        return WindowsHotkey
    if sys.platform == "darwin":
        from agent_client.host.hotkey_darwin import DarwinHotkey  # noqa: PLC0415 only there

        return DarwinHotkey
    from agent_client.host.hotkey_x11 import X11Hotkey  # noqa: PLC0415 only there

    return X11Hotkey


def listened(
    wanted: Combination, pressed: Callable[[], None], trouble: Callable[[str], None]
) -> Registered:
    """By a listener that all keys pass through: a `Register`. Nothing of it is loaded before."""
    from agent_client.host.hotkey_listener import ListenedHotkey  # noqa: PLC0415 see above

    return ListenedHotkey(wanted, pressed, trouble)
