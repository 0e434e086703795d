"""What the X server tells about windows: read for many at once, in two round trips."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from Xlib import X, Xatom, error
from Xlib.ext import res, shape
from Xlib.protocol import request

from agent_client.capture.screen import Rectangle
from agent_client.capture.x11_connection import X11Connection

_GONE = (error.BadWindow, error.BadDrawable)
_TEXT_WORDS = 512  # of four bytes: a title that is longer is cut
_BYTES = 8  # the format of text
_TITLES = ("_NET_WM_NAME", "WM_NAME")
_TELLING = (*_TITLES, "WM_CLASS", "WM_TRANSIENT_FOR")
_STATE = "WM_STATE"
_PROCESS = "_NET_WM_PID"


@dataclass(frozen=True, slots=True)
class Facts:
    """One window, as it was when it was read."""

    window: int
    place: Rectangle  # with its border, in its parent
    depth: int  # bits a pixel; 32: it may be seen through
    drawn: bool  # False: it only takes input
    mapped: bool
    overrides: bool  # the window manager leaves it alone: a menu, a tooltip
    shaped: bool
    managed: bool  # the window manager calls it a program's window
    classes: tuple[str, ...]  # instance and class
    titles: tuple[str, ...]
    programs: frozenset[str]  # names of the program that opened it
    owner: int | None  # the window for which it was opened, a dialog say; 0: of any of its program
    children: tuple[int, ...]


class Reader:
    """Asks the server. Whoever reads a window is told of its changes from before that on."""

    def __init__(self, connection: X11Connection, *, titles: bool) -> None:
        """Without `titles` it does not matter when they change."""
        self._connection = connection
        self._display = connection.display.display
        names = (*_TELLING, _STATE, _PROCESS)
        with connection.failures():
            self._atoms = {name: int(connection.display.intern_atom(name)) for name in names}
        quiet = () if titles else _TITLES
        self.telling = frozenset(self._atoms[name] for name in names if name not in quiet)
        self._shapes = connection.has(shape.extname)
        self._processes = connection.has(res.extname)

    def tops(self) -> list[tuple[int, Rectangle, bool]]:
        """What stands on the desktop, from below to above: number, place, whether it is shown."""
        with self._connection.failures():
            asked = [
                (
                    child.id,
                    request.GetWindowAttributes(self._display, defer=True, window=child.id),
                    request.GetGeometry(self._display, defer=True, drawable=child.id),
                )
                for child in self._connection.root.query_tree().children
            ]
            return [
                (window, _place(geometry), attributes.map_state != X.IsUnmapped)
                for window, attributes, geometry in asked
                if all([_answered(attributes), _answered(geometry)])
            ]

    def read(self, windows: Iterable[int]) -> list[Facts]:
        """Those of them that still exist."""
        with self._connection.failures():
            there = self._told(windows)
            answers = [(window, attributes, self._ask(window)) for window, attributes in there]
            read = [self._facts(*answer) for answer in answers]
        return [facts for facts in read if facts is not None]

    def look_into(self, windows: Iterable[int]) -> list[tuple[int, tuple[int, ...]]]:
        """Those of them that still exist, each with the windows in it."""
        with self._connection.failures():
            asked = [
                (window, request.QueryTree(self._display, defer=True, window=window))
                for window, _ in self._told(windows)
            ]
            return [
                (window, tuple(child.id for child in tree.children))
                for window, tree in asked
                if _answered(tree)
            ]

    def _told(self, windows: Iterable[int]) -> list[tuple[int, Any]]:
        """Be told of them from here on; each that exists, with its attributes."""
        asked = [
            (window, request.GetWindowAttributes(self._display, defer=True, window=window))
            for window in windows
        ]
        there = [(window, attributes) for window, attributes in asked if _answered(attributes)]
        for window, attributes in there:
            self._listen(window, attributes)
        return there

    def _listen(self, window: int, attributes: Any) -> None:  # noqa: ANN401 made at run time
        told = attributes.your_event_mask
        wanted = told | X.PropertyChangeMask | X.SubstructureNotifyMask
        thing = self._connection.display.create_resource_object("window", window)
        if wanted != told:
            thing.change_attributes(event_mask=wanted)
        if self._shapes:
            thing.shape_select_input(1)

    def _ask(self, window: int) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "geometry": request.GetGeometry(self._display, defer=True, drawable=window),
            "tree": request.QueryTree(self._display, defer=True, window=window),
        }
        for name, atom in self._atoms.items():
            asked[name] = request.GetProperty(
                self._display,
                defer=True,
                delete=0,
                window=window,
                property=atom,
                type=X.AnyPropertyType,
                long_offset=0,
                long_length=_TEXT_WORDS,
            )
        if self._shapes:
            asked["shape"] = shape.QueryExtents(
                self._display,
                defer=True,
                opcode=self._display.get_extension_major(shape.extname),
                destination_window=window,
            )
        if self._processes:
            asked["process"] = res.QueryClientIds(
                self._display,
                defer=True,
                opcode=self._display.get_extension_major(res.extname),
                specs=[{"client": window, "mask": res.LocalClientPIDMask}],
            )
        return asked

    def _facts(self, window: int, attributes: Any, asked: dict[str, Any]) -> Facts | None:  # noqa: ANN401 as above
        gone = [not _answered(answer) for name, answer in asked.items() if name != "process"]
        if any(gone):
            return None
        geometry = asked["geometry"]
        owner = _numbers(asked["WM_TRANSIENT_FOR"])
        root = self._connection.root.id
        return Facts(
            window,
            _place(geometry),
            geometry.depth,
            attributes.win_class != X.InputOnly,
            attributes.map_state != X.IsUnmapped,
            bool(attributes.override_redirect),
            "shape" not in asked
            or bool(asked["shape"].bounding_shaped or asked["shape"].clip_shaped),
            _present(asked[_STATE]),
            tuple(name for name in _text(asked["WM_CLASS"]).split("\0") if name),
            tuple(dict.fromkeys(_text(asked[name]) for name in _TITLES if _present(asked[name]))),
            programs(process) if (process := self._process(asked)) else frozenset(),
            None if not owner else 0 if owner[0] in (X.NONE, root) else owner[0],
            tuple(child.id for child in asked["tree"].children),
        )

    def _process(self, asked: dict[str, Any]) -> int | None:
        """As the server knows it, else as the program says: in a sandbox it may not know."""
        if "process" in asked:
            with suppress(error.XError):
                asked["process"].reply()
                for answer in asked["process"].ids:
                    if answer.value:
                        return int(answer.value[0])
            return None
        said = _numbers(asked[_PROCESS])
        return said[0] if said else None


def programs(process: int) -> frozenset[str]:
    """The names of the program that runs as this process; none, if Linux does not tell."""
    folder = f"/proc/{process}"
    names = set()
    with suppress(OSError), open(f"{folder}/comm", encoding="utf-8", errors="replace") as text:
        names.add(text.read().strip())
    with suppress(OSError):
        names.add(os.path.basename(os.readlink(f"{folder}/exe").removesuffix(" (deleted)")))
    with suppress(OSError), open(f"{folder}/cmdline", "rb") as line:
        names.add(os.path.basename(line.read(4096).split(b"\0")[0]).decode(errors="replace"))
    return frozenset(names - {""})


def _place(geometry: Any) -> Rectangle:  # noqa: ANN401 as above
    edge = 2 * geometry.border_width
    return Rectangle(geometry.x, geometry.y, geometry.width + edge, geometry.height + edge)


def _answered(asked: Any) -> bool:  # noqa: ANN401 as above
    try:
        asked.reply()
    except _GONE:
        return False
    return True


def _present(answer: Any) -> bool:  # noqa: ANN401 as above
    return bool(answer.property_type)


def _numbers(answer: Any) -> tuple[int, ...]:  # noqa: ANN401 as above
    if not _present(answer) or answer.value[0] == _BYTES:
        return ()
    return tuple(int(number) for number in answer.value[1])


def _text(answer: Any) -> str:  # noqa: ANN401 as above
    if not _present(answer) or answer.value[0] != _BYTES:
        return ""
    told = bytes(answer.value[1])
    if answer.property_type == Xatom.STRING:
        return told.decode("latin-1")
    return told.decode(errors="replace")
