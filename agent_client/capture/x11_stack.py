"""The windows that stand on the desktop by themselves, from below to above, as events tell. Pure.

What happens to one is told by the root window. A window's number may come again when it has gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from Xlib import X
from Xlib.protocol.rq import Event

from agent_client.capture.screen import Rectangle
from agent_client.capture.x11_families import Members, leans

_SMALL = 16  # pixels: windows that were never shown and are smaller are only for messages


@dataclass(slots=True)
class Top:
    """One of them. Times are seconds of the film clock."""

    window: int
    place: Rectangle  # on the root window, with its border
    mapped: bool
    members: Members = ()  # as last read
    read: bool = False  # since it was last shown, or its names were changed
    known: bool = False  # what was read says whether it is named
    framing: bool = False  # a program's window has been found in it since it was mapped
    named: bool = False  # as far as is known, to be painted over
    held: float = 0.0  # until then it is painted over whatever it is
    shown: float = 0.0  # when it was mapped

    @property
    def tells(self) -> bool:
        """Whether it may be a program's window, though it is not shown, as far as its size goes."""
        return self.place.width <= 0 or min(self.place.width, self.place.height) >= _SMALL

    @property
    def drawn(self) -> bool:
        """Whether there is something to be seen of it while it is mapped; in doubt there is."""
        return not self.read or self.members[0].drawn


@dataclass(frozen=True, slots=True)
class Move:
    """What an event has done to a top."""

    top: Top
    before: Rectangle | None  # where it was to be seen; None: nowhere
    after: Rectangle | None


class Stack:
    """All tops, by number, the lowest first."""

    def __init__(self, tops: Iterable[Top] = ()) -> None:
        """From below to above."""
        self.tops = {top.window: top for top in tops}
        self.whole = True  # False: an event spoke of a window that is not here

    def take(self, event: Event, root: int, now: float) -> Move | None:
        """Follow an event that the root window told; None: nothing that can be seen."""
        number = event.window.id
        kind = event.type
        if kind == X.CreateNotify or (kind == X.ReparentNotify and event.parent.id == root):
            self.tops.pop(number, None)
            self.tops[number] = Top(number, _place(event), mapped=False)
            return None
        top = self.tops.get(number)
        if top is None:
            return None
        before = top.place if top.mapped else None
        if kind in {X.DestroyNotify, X.ReparentNotify}:
            del self.tops[number]
            top.mapped = False
        elif kind == X.MapNotify:
            top.mapped, top.shown = True, now
            top.read = top.known = top.named = top.framing = False
        elif kind == X.UnmapNotify:
            top.mapped = False
        elif kind == X.ConfigureNotify:
            top.place = _place(event)
            self._put(number, event.above_sibling)
        elif kind == X.GravityNotify:
            top.place = Rectangle(event.x, event.y, top.place.width, top.place.height)
        elif kind == X.CirculateNotify:
            self._put(number, X.NONE if event.place else None)
        after = top.place if top.mapped else None
        return None if before is None and after is None else Move(top, before, after)

    def pending(self) -> list[Top]:
        """Those to be read; of those that are not shown, those that may say what others are."""
        tops = self.tops.values()
        return [top for top in tops if not top.read and (top.mapped or top.tells)]

    def leaning(self) -> list[Top]:
        """Those to be seen that would be painted over if another window said so."""
        shown = [top for top in self.tops.values() if top.mapped and top.drawn]
        return [top for top in shown if not top.named and leans(top.members)]

    def _put(self, number: int, below: object) -> None:
        """Right above the window given; X.NONE: to the bottom; None: to the top."""
        top = self.tops.pop(number)
        if below is None:
            self.tops[number] = top
            return
        lower = getattr(below, "id", below)
        if lower != X.NONE and lower not in self.tops:
            self.whole = False
            self.tops[number] = top
            return
        order: dict[int, Top] = {number: top} if lower == X.NONE else {}
        for other, each in self.tops.items():
            order[other] = each
            if other == lower:
                order[number] = top
        self.tops = order


def _place(event: Event) -> Rectangle:
    """Reparenting does not tell the size: nothing, until it is read."""
    edge = 2 * getattr(event, "border_width", 0)
    width, height = getattr(event, "width", -edge), getattr(event, "height", -edge)
    return Rectangle(event.x, event.y, width + edge, height + edge)
