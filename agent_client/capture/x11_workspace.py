"""Where the Workspace window is, on X11: policy may have its monitor recorded, and no other."""

from __future__ import annotations

import logging
from fnmatch import fnmatchcase
from typing import Any

from Xlib import X, error
from Xlib.protocol.rq import Event

from agent_client.capture.screen import Rectangle
from agent_client.capture.x11_connection import X11Connection

logger = logging.getLogger(__name__)

_LISTS = ("_NET_CLIENT_LIST_STACKING", "_NET_CLIENT_LIST")
_TITLES = ("_NET_WM_NAME", "WM_NAME")
_GONE = (error.BadWindow, error.BadDrawable)


class Workspace:
    """The uppermost window whose title matches; kept while it lives and no other one does.

    Workspace is a page in a browser: when the agent turns to another tab the title changes, and
    the recording must not jump to another monitor for that.
    """

    def __init__(self, connection: X11Connection, title: str) -> None:
        """`title` is a glob, upper and lower case alike."""
        self._connection = connection
        self._pattern = title.casefold()
        self._titles: dict[int, str] = {}  # by window, from below to above
        self._found: int | None = None
        self.place: Rectangle | None = None  # on the root window; None: there is none
        with connection.failures():
            self._lists = [int(connection.display.intern_atom(name)) for name in _LISTS]
            self._names = [int(connection.display.intern_atom(name)) for name in _TITLES]
        connection.listen(X.PropertyChangeMask | X.SubstructureNotifyMask)
        self._scan()
        self._look_up()

    def handle(self, event: Event) -> bool:
        """Take in an event, whatever it is about; whether the window has another place now."""
        if event.type == X.PropertyNotify:
            if event.window == self._connection.root and event.atom in self._lists:
                self._scan()
            elif event.window.id in self._titles and event.atom in self._names:
                self._titles[event.window.id] = self._title(event.window)
            else:
                return False
        elif event.type in {X.MapNotify, X.UnmapNotify, X.DestroyNotify, X.ReparentNotify}:
            self._scan()
        elif event.type != X.ConfigureNotify or event.window.id != self._found:
            return False
        before = self.place
        self._look_up()
        return self.place != before

    def _look_up(self) -> None:
        matching = [window for window, title in self._titles.items() if self._matches(title)]
        if matching:
            self._found = matching[-1]
        elif self._found not in self._titles:
            self._found = None
        self.place = None if self._found is None else self._place(self._found)

    def _matches(self, title: str) -> bool:
        return fnmatchcase(title.casefold(), self._pattern)

    def _scan(self) -> None:
        """Which windows there are; the titles of those that were not there before."""
        with self._connection.failures():
            windows = self._windows()
            for window in windows:
                if window.id not in self._titles:
                    self._connection.listen_to(window, X.PropertyChangeMask | X.StructureNotifyMask)
                    self._titles[window.id] = self._title(window)
        self._titles = {window.id: self._titles[window.id] for window in windows}

    def _windows(self) -> list[Any]:
        display, root = self._connection.display, self._connection.root
        for atom in self._lists:
            listed = root.get_full_property(atom, X.AnyPropertyType)
            if listed is not None:
                return [display.create_resource_object("window", one) for one in listed.value]
        return list(root.query_tree().children)  # nobody manages windows here

    def _title(self, window: Any) -> str:  # noqa: ANN401 python-xlib makes its types at run time
        with self._connection.failures():
            for atom in self._names:
                try:
                    told = window.get_full_property(atom, X.AnyPropertyType)
                except _GONE:
                    return ""
                if told is not None and told.format == 8:  # noqa: PLR2004 text is in bytes
                    return bytes(told.value).decode(errors="replace")
        return ""

    def _place(self, window: int) -> Rectangle | None:
        with self._connection.failures():
            shown = self._connection.display.create_resource_object("window", window)
            try:
                size = shown.get_geometry()
                corner = self._connection.root.translate_coords(shown, 0, 0)
            except _GONE:
                return None
        return Rectangle(corner.x, corner.y, size.width, size.height)
