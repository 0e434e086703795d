"""Whether a compositing manager draws the screen: windows may then shine through each other."""

from __future__ import annotations

from Xlib.ext import xfixes
from Xlib.protocol.rq import Event

from agent_client.capture.x11_connection import X11Connection

_OWNER_CHANGES = 7  # set, its window destroyed, its program gone


class Compositor:
    """Of this screen. It says that it runs by owning a selection."""

    def __init__(self, connection: X11Connection) -> None:
        self._connection = connection
        with connection.failures():
            display = connection.display
            number = display.get_default_screen()
            self._selection = int(display.intern_atom(f"_NET_WM_CM_S{number}"))
            if connection.has(xfixes.extname):
                display.xfixes_query_version()
                display.xfixes_select_selection_input(
                    connection.root, self._selection, _OWNER_CHANGES
                )
        self.window = self._owner()

    @property
    def running(self) -> bool:
        """Whether one does."""
        return self.window != 0

    def handle(self, event: Event) -> bool:
        """Take in an event, whatever it is about; whether another one runs now, or none."""
        if not isinstance(event, xfixes.SelectionNotify) or event.selection != self._selection:
            return False
        before, self.window = self.window, self._owner()
        return self.window != before

    def _owner(self) -> int:
        with self._connection.failures():
            owner = self._connection.display.get_selection_owner(self._selection)
        return int(getattr(owner, "id", owner))
