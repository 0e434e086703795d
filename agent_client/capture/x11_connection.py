"""The one connection on which the X server tells what happens. python-xlib's errors stop here.

Whoever shares it sends requests of its own through `display`, within `failures`, and subscribes to
the events; each is handed to all.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from Xlib import error
from Xlib.display import Display
from Xlib.protocol import display as protocol
from Xlib.protocol.event import event_class
from Xlib.protocol.rq import Event

from agent_client.capture.failure import CaptureFailedError

logger = logging.getLogger(__name__)

# What python-xlib raises when the server goes away or talks nonsense; ValueError: a closed socket.
_BROKEN = (
    error.ConnectionClosedError,
    error.DisplayError,
    error.XauthError,
    OSError,
    ValueError,
    AssertionError,
    RuntimeError,
    TypeError,
    struct.error,
)


class X11Connection:
    """Used by one thread. CaptureFailedError when the server is gone."""

    def __init__(self) -> None:
        """Connect to the display that the environment names."""
        self._dead = False
        self._root_mask = 0
        self._told: list[Callable[[Event], object]] = []
        try:
            self.display: Any = connected()
        except (*_BROKEN, error.XError) as reason:
            raise CaptureFailedError("no-display", str(reason)) from reason
        self.display.set_error_handler(_refused)
        self.root: Any = self.display.screen().root
        self._fileno = int(self.display.fileno())

    def fileno(self) -> int:
        """Readable when events have come; also once more when the server goes away."""
        return self._fileno

    def has(self, extension: str) -> bool:
        """Whether server and library know it."""
        return bool(self.display.has_extension(extension))

    def serves(self, extension: str) -> bool:
        """Whether the server knows it, even if the library does not."""
        with self.failures():
            return self.display.query_extension(extension) is not None

    def listen(self, mask: int) -> None:
        """Have the root window tell this as well; each client has one mask for each window."""
        if self._root_mask | mask != self._root_mask:
            self._root_mask |= mask
            with self.failures():
                self.root.change_attributes(event_mask=self._root_mask)
                self.display.flush()

    def listen_to(self, window: Any, mask: int) -> None:  # noqa: ANN401 made at run time
        """Have another window tell this as well. That it has gone is no error."""
        with self.failures():
            try:
                told = window.get_attributes().your_event_mask
            except error.BadWindow:
                return
            if told | mask != told:
                window.change_attributes(event_mask=told | mask)
                self.display.flush()

    def subscribe(self, take: Callable[[Event], object]) -> None:
        """Have every event handed to it, in the order in which they came."""
        self._told.append(take)

    def dispatch(self) -> None:
        """Hand out what has come so far; never waits."""
        with self.failures():
            events = [self.display.next_event() for _ in range(self.display.pending_events())]
        for event in events:
            for take in self._told:
                take(event)

    def waiting(self) -> bool:
        """Whether there is something to dispatch: answers bring events along unseen."""
        with self.failures():
            return bool(self.display.pending_events())

    def round_trip(self) -> None:
        """Wait until the server has done all that was asked; then `dispatch` knows all it told."""
        with self.failures():
            self.display.sync()

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Turn what python-xlib raises into our error.

        Catch errors that are expected (a window that has gone: `Xlib.error.BadWindow`) within.
        """
        if self._dead:
            # After a failure python-xlib would wait for itself for ever.
            raise CaptureFailedError("screen-unreadable", "the X server is gone")
        try:
            yield
        except error.XError as reason:
            raise CaptureFailedError("screen-unreadable", str(reason)) from reason
        except _BROKEN as reason:
            self._dead = True
            raise CaptureFailedError("screen-unreadable", str(reason)) from reason

    def close(self) -> None:
        """Let go of it; safe to call twice."""
        self._dead = True
        # What broke before is closed already, and says so.
        with suppress(*_BROKEN):
            self.display.close()


def connected(name: str | None = None) -> Display:
    """A connection of python-xlib to that display, or to the one that the environment names.

    WORKAROUND python-xlib 0.33: all connections of a process share what codes mean, and another X
    server, or the same one after a restart, may give its extensions other codes. And its RandR puts
    errors of its own, which it cannot read, in the place of X's BadRequest and BadValue.
    """
    protocol.Display.event_classes = event_class.copy()
    display = Display(name)
    low = display.display
    low.event_classes = low.event_classes.copy()
    low.extension_major_opcodes = low.extension_major_opcodes.copy()
    low.error_classes = {**low.error_classes, **error.xerror_class}
    return display


def _refused(reason: error.XError, _request: object) -> None:
    """Errors of requests that nobody waits for: mostly windows that have gone meanwhile."""
    logger.debug("X refused a request: %s", reason)
