"""Where the pointer is and how it looks.

A mouse may move a thousand times a second, so nobody listens while it moves: the first motion wakes
us, we stop listening and ask for its place once in a frame time, until it has rested for a second.
The same with its shape, for some are animated: told once, then asked for at the next look.
"""

from __future__ import annotations

import logging
import struct
from math import inf
from typing import Any

from Xlib import error
from Xlib.ext.ge import GenericEventCode
from Xlib.protocol.request import QueryPointer
from Xlib.protocol.rq import Event

from agent_client.capture.cursor import Sprite, sprite
from agent_client.capture.x11_connection import X11Connection
from agent_client.capture.x11_requests import (
    ALL_MASTERS,
    XFIXES,
    XINPUT,
    cursor_image,
    tell_of_cursors,
    xinput_version,
)

logger = logging.getLogger(__name__)

_REST_SECONDS = 1.0
_BACKSTOP_SECONDS = 10.0  # a program that moves the pointer itself sends no raw events
_RAW_BUTTON_PRESS, _RAW_MOTION, _RAW_TOUCH_BEGIN, _RAW_TOUCH_UPDATE = 15, 17, 22, 23
_MOVING = 1 << _RAW_MOTION | 1 << _RAW_TOUCH_BEGIN | 1 << _RAW_TOUCH_UPDATE
_PRESSING = 1 << _RAW_BUTTON_PRESS
_WHEEL = range(4, 8)  # buttons that are no clicks
_DETAIL = struct.Struct("=6xI")  # in a raw event, behind its type: device, time, button
_SHAPES_KEPT = 64


class Pointer:
    """Of the X server. It draws nothing."""

    def __init__(self, connection: X11Connection, frame_time: float, *, clicks: bool) -> None:
        """`frame_time` in seconds; `clicks`: whether `clicked` is ever told."""
        self._connection = connection
        self._frame_time = frame_time
        self._pressing = _PRESSING if clicks else 0
        self._shapes: dict[int, Sprite] = {}  # by the server's serial
        self._moved_at: float | None = -inf  # None: it rests, and raw events are listened to
        self._next_poll = 0.0
        self._stirred = False
        self._clicks = 0
        self._has_shapes = connection.has(XFIXES)
        self._shape_told = self._has_shapes
        self._shape_listened = False
        self._cursor_event = 0
        self._asked_place: Any = None
        self._asked_shape: Any = None
        self.place: tuple[int, int] | None = None  # on the root; None: on another X screen
        self.shape: Sprite | None = None
        self.changed = True
        with connection.failures():
            self._has_xinput = connection.has(XINPUT) and xinput_version(connection) >= (2, 2)
            self._listen(0)
            if self._has_shapes:
                connection.display.xfixes_query_version()  # else it refuses what is asked of it
                self._cursor_event = connection.display.extension_event.DisplayCursorNotify[0]
        connection.subscribe(self._handle)

    def _listen(self, raw: int) -> None:
        if self._has_xinput:
            self._connection.root.xinput_select_events([(ALL_MASTERS, raw | self._pressing)])

    def _handle(self, event: Event) -> None:
        if event.type == self._cursor_event:
            self._shape_told = self.changed = True
        elif event.type == GenericEventCode:
            if event.evtype == _RAW_BUTTON_PRESS:
                (button,) = _DETAIL.unpack_from(event.data)
                self._clicks += button not in _WHEEL
            elif event.evtype in {_RAW_MOTION, _RAW_TOUCH_BEGIN, _RAW_TOUCH_UPDATE}:
                self._stirred = True

    def due(self, now: float) -> float:
        """When to ask this again; it asks for the pointer's place if it is time."""
        connection = self._connection
        with connection.failures():
            if self._stirred and self._moved_at is None:
                self._listen(0)
                self._next_poll = now
            if self._stirred:
                self._stirred, self._moved_at = False, now
            if self._shape_told and self._shape_listened:
                tell_of_cursors(connection, wanted=False)
                self._shape_listened = False
            if now >= self._next_poll and not self.changed:
                self._ask_place()
                self._take_place(now)
            connection.display.flush()
        return self._next_poll

    def clicked(self, now: float) -> bool:
        """Whether a button was pressed since this was last asked; `place` is where, then."""
        if not self._clicks:
            return False
        self._clicks = 0
        with self._connection.failures():
            self._ask_place()
            self._take_place(now)
        return self.place is not None

    def diagnostics(self) -> str:
        """How it is followed."""
        followed = "pointer by XInput" if self._has_xinput else "pointer by polling"
        return followed if self._has_shapes else f"{followed}, not drawn"

    def ask(self) -> None:
        """Ask for what may have changed, for `take`; within `failures`."""
        self._ask_place()
        if self._shape_told:
            self._shape_told = False
            if not self._shape_listened:
                tell_of_cursors(self._connection, wanted=True)
                self._shape_listened = True
            self._asked_shape = cursor_image(self._connection)

    def take(self, now: float) -> None:
        """Wait for the answers to `ask`; within `failures`."""
        self._take_place(now)
        self.changed = False
        if self._asked_shape is not None:
            asked, self._asked_shape = self._asked_shape, None
            try:
                asked.reply()
            except error.XError as reason:  # there is none to be seen
                logger.debug("no cursor: %s", reason)
                self.shape = None
            else:
                self.shape = self._shape_of(asked)

    def _ask_place(self) -> None:
        display = self._connection.display.display
        self._asked_place = QueryPointer(display, defer=True, window=self._connection.root)

    def _take_place(self, now: float) -> None:
        asked, self._asked_place = self._asked_place, None
        asked.reply()
        place = (asked.root_x, asked.root_y) if asked.same_screen else None
        if place != self.place:
            self.place, self.changed = place, True
            if self._moved_at is None:
                self._listen(0)
            self._moved_at = now
        self._next_poll = now + self._frame_time
        if self._moved_at is None and self._has_xinput:
            self._next_poll = now + _BACKSTOP_SECONDS
        elif self._moved_at is not None and now - self._moved_at >= _REST_SECONDS:
            # Listened to from here on; what moved just before is found by one more poll.
            self._listen(_MOVING)
            self._moved_at = None

    def _shape_of(self, answer: Any) -> Sprite:  # noqa: ANN401 python-xlib has no types
        shape = self._shapes.get(answer.serial)
        if shape is None:
            if len(self._shapes) >= _SHAPES_KEPT:
                self._shapes.clear()
            hot = answer.hot_x, answer.hot_y
            shape = sprite(answer.width, answer.height, hot, answer.pixels)
            self._shapes[answer.serial] = shape
        return shape
