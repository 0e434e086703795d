"""What the X server has seen change, by the DAMAGE extension.

The server tells once that there is something, and then is silent until it is asked what: however
much happens between two looks, it costs one event.
"""

from __future__ import annotations

import struct
from typing import Any

from Xlib.ext.damage import DamageReportNonEmpty
from Xlib.protocol.rq import Event

from agent_client.capture.regions import Box
from agent_client.capture.x11_connection import X11Connection
from agent_client.capture.x11_requests import XFIXES, create_region, fetch_region

_RECTANGLE = struct.Struct("=hhHH")


def can_tell(connection: X11Connection) -> bool:
    """Whether this server reports damage at all."""
    return connection.has("DAMAGE") and connection.has(XFIXES)


class Damage:
    """Of everything that the root window shows."""

    def __init__(self, connection: X11Connection) -> None:
        self._connection = connection
        self.pending = True  # whatever was there before
        with connection.failures():
            connection.display.xfixes_query_version()
            connection.display.damage_query_version()
            self._damage = connection.root.damage_create(DamageReportNonEmpty)
            self._region = create_region(connection)
        self._event = int(connection.display.extension_event.DamageNotify)
        connection.subscribe(self._handle)

    def _handle(self, event: Event) -> None:
        if event.type == self._event:
            self.pending = True

    def ask(self) -> Any:  # noqa: ANN401 python-xlib has no types
        """Ask what has changed since this was last asked, for `boxes_of`; within `failures`.

        What changes from here on is told anew.
        """
        self.pending = False
        self._connection.display.damage_subtract(self._damage, parts=self._region)
        return fetch_region(self._connection, self._region)


def boxes_of(asked: Any) -> list[Box]:  # noqa: ANN401 as above
    """Wait for the answer to `Damage.ask`: in pixels of the root window; within `failures`."""
    asked.reply()
    return [
        (left, top, left + width, top + height)
        for left, top, width, height in _RECTANGLE.iter_unpack(asked.rectangles)
    ]
