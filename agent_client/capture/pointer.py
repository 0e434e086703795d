"""Whether somebody moves the pointer, clicks or turns its wheel: when to look at once. Never keys.

By pynput, for screens that must be asked, on X11. Only that something happened is noted, and only
while a screen is open. Elsewhere nothing listens:

- Windows hands each event of the pointer to a low-level hook and waits for the answer, so the
  pointer would lag whenever Python is busy; the time of the last input is asked for instead
  (`screen_windows.py`).
- macOS delivers pictures by itself, pointer included (`screen_darwin.py`), and an event tap would
  need one more permission.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from contextlib import suppress
from time import monotonic
from typing import Any, Protocol

logger = logging.getLogger(__name__)

_KEYBOARD = "PYNPUT_BACKEND_KEYBOARD"
_PATIENCE_SECONDS = 2.0
_AGAIN_SECONDS = 0.05
_RINGS = 64  # bytes taken at once; more than one is rare


class Activity(Protocol):
    """Somebody at the desk; used by one thread."""

    def fileno(self) -> int | None:
        """Readable when there was some; None: it must be asked."""

    def stirred(self) -> bool:
        """Whether there was any since this was last asked."""

    def close(self) -> None:
        """Listen no more; safe to call twice."""


class PointerListener:
    """Listens in a thread of its own. A flood of events costs one bell until `stirred` is asked."""

    def __init__(self, mouse: Any) -> None:  # noqa: ANN401 pynput ships no types
        """`mouse` is the module `pynput.mouse`."""
        self._bell, self._rope = socket.socketpair()
        self._bell.settimeout(0)
        self._rope.settimeout(0)
        self._stirred = False
        self._closed = False
        self._listener: Any = mouse.Listener(
            on_move=self._note, on_click=self._note, on_scroll=self._note
        )
        self._thread = threading.Thread(target=self._listen, name="pointer", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            self._listener.run()
        except Exception as error:  # noqa: BLE001 python-xlib raises whatever comes, and it is no loss
            logger.info("the pointer is not listened to: %r", error)
        finally:
            # Where the server has gone, pynput leaves its connections open.
            for name in ("_display_stop", "_display_record"):
                if (display := getattr(self._listener, name, None)) is not None:
                    with suppress(OSError):
                        display.display.socket.close()

    def _note(self, *_event: object) -> bool:
        """False ends the listener."""
        if not self._stirred:
            self._stirred = True
            with suppress(OSError):
                self._rope.send(b"!")
        return not self._closed

    def fileno(self) -> int:
        return self._bell.fileno()

    def stirred(self) -> bool:
        if not self._stirred:
            return False
        # In this order: what comes in between was part of what is told now.
        with suppress(BlockingIOError):
            self._bell.recv(_RINGS)
        self._stirred = False
        return True

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        # WORKAROUND https://github.com/moses-palmer/pynput/pull/583: the listener's own `stop` asks
        # on the connection that listens, which the server does not read, and so ends with the next
        # event only. Asked again, for it may be about to begin to listen.
        deadline = monotonic() + _PATIENCE_SECONDS
        while self._thread.is_alive() and monotonic() < deadline:
            context = getattr(self._listener, "_context", None)
            if context is not None:
                with suppress(Exception):  # it has ended meanwhile
                    self._listener._display_stop.record_disable_context(context)  # noqa: SLF001 see above
                    self._listener._display_stop.flush()  # noqa: SLF001 see above
            self._thread.join(_AGAIN_SECONDS)
        self._bell.close()
        self._rope.close()


def listen_to_pointer() -> Activity | None:
    """Of the X display that the environment names; None: it cannot be listened to."""
    try:
        return PointerListener(_pynput_mouse())
    except Exception as error:  # noqa: BLE001 pynput raises whatever python-xlib does, and it is no loss
        logger.info("the pointer is not listened to: %r", error)
        return None


def _pynput_mouse() -> Any:  # noqa: ANN401 pynput ships no types
    """The half of pynput that knows the pointer.

    To import any of it imports `pynput.keyboard` too. With its dummy behind that, which is pynput's
    own setting, there is nothing in the process that could listen to keys.
    """
    before = os.environ.get(_KEYBOARD)
    os.environ[_KEYBOARD] = "dummy"
    try:
        # It connects to the display when it is imported, and the setting must be made before.
        from pynput import mouse  # noqa: PLC0415 see above
    finally:
        if before is None:
            del os.environ[_KEYBOARD]
        else:
            os.environ[_KEYBOARD] = before
    return mouse
