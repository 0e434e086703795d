"""The windows that policy names, on X11: known at any moment of a grab, and painted over in it.

The server tells what happens to windows in the order in which it happens. What is known before a
grab, and all that is told until a round trip after it, is all that windows did during it: if
nothing was told that could matter, the masks are exact; else the grab is made anew, and when that
does not help, all that such windows touched is painted over, in full.

A window counts as named until it has been read after it was shown, and until it has said what it
is. Nothing here is asked for by the clock: windows are read when an event speaks of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence

from Xlib import X
from Xlib.protocol.rq import Event

from agent_client.capture.areas import few, joined, overlap, within, without
from agent_client.capture.exclusion import visible
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.own_windows import OwnWindows, none_of_ours
from agent_client.capture.regions import Box
from agent_client.capture.residue import Residue
from agent_client.capture.screen import Rectangle
from agent_client.capture.settings import WindowPattern, film_clock
from agent_client.capture.x11_compositor import Compositor
from agent_client.capture.x11_connection import X11Connection
from agent_client.capture.x11_families import Bereaved, untold
from agent_client.capture.x11_fence import Fence
from agent_client.capture.x11_members import members_of
from agent_client.capture.x11_nudge import nudge
from agent_client.capture.x11_stack import Move, Stack, Top
from agent_client.capture.x11_window_facts import Reader

logger = logging.getLogger(__name__)

_TRIES = 2  # after them, what moved during a grab is painted over in full
_SCANS = 5  # until nothing happens while the windows are asked for
_ROUNDS = 4  # of reading windows before a grab; what is still unread then is painted over
_AGAIN_SECONDS = 0.05  # until those are read
_NAMING_SECONDS = 2.0  # so long a program may take to say what its window is
_LINGERING_SECONDS = 1.0  # a title may change before what is shown does
_MOST = 64  # rectangles of what moved; then it is told more coarsely
_CREATED_OR_GONE = frozenset({X.CreateNotify, X.DestroyNotify, X.ReparentNotify})
_STRUCTURE = _CREATED_OR_GONE | {
    X.MapNotify,
    X.UnmapNotify,
    X.ConfigureNotify,
    X.GravityNotify,
    X.CirculateNotify,
}


class X11Windows:
    """The masks of `screen_x11`. CaptureFailedError when the server does not tell of windows."""

    def __init__(
        self,
        connection: X11Connection,
        patterns: Sequence[WindowPattern],
        clock: Callable[[], float] = film_clock,
        ours: OwnWindows = none_of_ours,
    ) -> None:
        """`ours` are hidden from the film as well."""
        self._connection = connection
        self._ours = ours
        self._patterns = tuple(patterns)
        self._clock = clock
        self._root = int(connection.root.id)
        with connection.failures():
            size = connection.root.get_geometry()
        self._depth = int(size.depth)
        self._screen = Rectangle(0, 0, size.width, size.height)
        self._resources = int(connection.display.display.info.resource_id_mask)
        self._own = int(connection.display.display.info.resource_id_base)
        self._bereaved = Bereaved(self._patterns, self._resources)
        self._reader = Reader(connection, titles=any(one.title for one in patterns))
        self._compositor = Compositor(connection)
        self._fence = Fence(connection)
        # python-xlib clones the classes of extensions' events: their codes alone tell them apart.
        self._shape_event = getattr(connection.display.extension_event, "ShapeNotify", None)
        self._residue = Residue(self._screen, fading=self._compositor.running)
        self._inside: dict[int, int] = {}  # any window that was read, to its top
        self._seen: list[Rectangle] = []  # of named windows, when that was last found out
        self._unsure: list[Rectangle] = []  # of windows not read yet, or held
        self._mask: list[Rectangle] = []  # what a grab has to be painted over with
        self._painted: list[Rectangle] = []  # in the pictures that were handed out
        self._differs: list[Rectangle] = []  # where that is not sure
        self._touched: list[Rectangle] = []  # by events since `before_grab`
        self._trail: list[Rectangle] = []  # where such windows have been since `_settle`
        self._managers: set[int] = set()  # programs that put windows of others into frames
        self._stale = True  # something may be otherwise than `_mask` says
        self._disturbed = False  # since `before_grab`
        self._busy = self._was_busy = False  # windows moved since the last look, or before it
        self._tries = 0
        self._next: float | None = None  # when something is to be decided by time
        self._stack = Stack()
        self._scan()

    def due(self) -> float | None:
        return self._next

    def handle(self, event: Event) -> None:
        if getattr(event, "send_event", False):
            return  # programs say so; the server does not
        if event.type in _STRUCTURE:
            self._busy = self._busy or event.window.id & ~self._resources != self._own
            at = event.parent if event.type == X.CreateNotify else event.event
            if at.id == self._root:
                self._structure(event)
            elif event.window.id != at.id:
                self._within(event, self._stack.tops.get(self._inside.get(at.id, 0)))
        elif event.type == X.PropertyNotify:
            if event.atom in self._reader.telling:
                self._unread(self._inside.get(event.window.id, 0))
        elif event.type == self._shape_event:
            self._unread(self._inside.get(event.affected_window.id, 0))
        elif self._compositor.handle(event):
            self._fence.close()
            self._residue.turned(self._clock(), fading=self._compositor.running)
            self._disturb([self._screen])

    def damaged(self, boxes: Iterable[Box]) -> None:
        # Damage of moves may be among it, which is told for what lies above as well, though nobody
        # has drawn that: nothing is believed of looks in which windows moved, nor of the next.
        self._connection.dispatch()
        believed = not self._busy and not self._was_busy
        self._stale = self._stale or bool(self._residue.area())
        self._was_busy, self._busy = self._busy, False
        drawn = [
            Rectangle(left, top, right - left, bottom - top) for left, top, right, bottom in boxes
        ]
        self._residue.drawn(drawn if believed else [])

    def changed(self) -> list[Rectangle]:
        self._settle()
        told = joined(self._differs, without(self._painted, self._mask))
        told = joined(told, without(self._mask, self._painted))
        self._painted, self._differs = self._mask, []
        return told

    def before_grab(self) -> None:
        self._settle()
        self._disturbed, self._touched = False, []

    def after_grab(self) -> list[Rectangle] | None:
        self._connection.round_trip()
        self._connection.dispatch()
        if not self._disturbed:
            covered = self._mask
        elif self._tries < _TRIES:
            self._tries += 1
            return None
        else:
            covered = within(joined(self._mask, self._touched), [self._screen])
        self._tries = 0
        if covered != self._painted:
            self._differs = joined(self._differs, without(covered, self._painted))
            self._differs = joined(self._differs, without(self._painted, covered))
            self._next = self._clock()
        return covered

    def _structure(self, event: Event) -> None:
        """The root window tells what has happened to one that stands on it."""
        now = self._clock()
        number = int(event.window.id)
        if number == self._root:
            if event.type == X.ConfigureNotify:
                self._screen = self._residue.screen = Rectangle(0, 0, event.width, event.height)
                self._disturb([self._screen])
            return
        move = self._stack.take(event, self._root, now)
        if not self._stack.whole:
            self._disturb([self._screen])
        if number & ~self._resources == self._own:
            return
        if move is not None:
            self._moved(move, now)
        elif event.type in _CREATED_OR_GONE:
            self._unread(number)

    def _within(self, event: Event, top: Top | None) -> None:
        """A window in a top has come, gone or moved."""
        if top is None:
            return
        if event.type in _CREATED_OR_GONE:
            now = self._clock()
            if event.type != X.CreateNotify and self._may_be_hidden(top, now):
                top.held = max(top.held, now + _LINGERING_SECONDS)  # a frame shows what was in it
            self._unread(top.window)
        if event.type in {X.ConfigureNotify, X.GravityNotify}:
            # It may reach beyond the top, where its damage is told though it is not to be seen.
            width = getattr(event, "width", top.place.width)
            height = getattr(event, "height", top.place.height)
            at = Rectangle(top.place.left + event.x, top.place.top + event.y, width, height)
            left = [*self._residue.area(), *self._trail]
            met = any(overlap(place, one) for place in left for one in (top.place, at))
            if top.mapped and met:
                self._disturb([top.place, at])
                self._trail = self._few([*self._trail, top.place, at])

    def _moved(self, move: Move, now: float) -> None:
        places = [place for place in (move.before, move.after) if place is not None]
        places = [place if place.width > 0 else self._screen for place in places]  # not told
        if self._may_be_hidden(move.top, now):
            self._disturb(places)
            if move.before is not None:
                self._trail.append(places[0])
        for top in self._stack.tops.values():
            if top is not move.top and top.mapped and self._may_be_hidden(top, now):
                parts = [part for place in places if (part := overlap(top.place, place))]
                if parts:
                    self._disturb([top.place])
                    self._trail += parts
        if move.before is not None and move.after is not None and move.before != move.after:
            self._carried(move.before, move.after)
        self._trail = self._few(self._trail)

    def _carried(self, before: Rectangle, after: Rectangle) -> None:
        """A window takes along what is left in it of another's pixels.

        Where it comes, damage is told for windows above it too, though nobody has drawn them.
        """
        left = [*self._residue.area(), *self._trail]
        if any(overlap(place, one) for place in left for one in (before, after)):
            # All of it: where in it they are depends on how its own windows are moved along.
            self._disturb([before, after])
            self._trail += [before, after]

    def _unread(self, number: int) -> None:
        """Something about a window in this top is otherwise than it was read."""
        top = self._stack.tops.get(number)
        if top is not None:
            top.read = top.known = False
            told = [top] if top.mapped else self._stack.leaning() if top.tells else []
            if told:
                self._disturb([each.place for each in told])

    def _disturb(self, places: Iterable[Rectangle]) -> None:
        self._stale = self._disturbed = True
        self._touched = self._few([*self._touched, *places])

    def _few(self, area: list[Rectangle]) -> list[Rectangle]:
        """The same in few rectangles, or more than it: a storm of moves may not stop all else."""
        return few(area, _MOST, self._screen)

    def _may_be_hidden(self, top: Top, now: float) -> bool:
        return top.named or not top.known or top.held > now

    def _settle(self) -> None:
        """Read what must be read, and say what is to be painted over."""
        now = self._clock()
        if not self._stale and (self._next is None or now < self._next):
            return
        if self._fence.answered():
            self._residue.answered(now)
        for _ in range(_ROUNDS):
            if not self._stack.whole:
                self._scan()
            if not (pending := self._stack.pending()):
                break
            self._read(pending)
            self._connection.dispatch()
        self._weigh(now)

    def _scan(self) -> None:
        """Which windows there are; told from then on."""
        self._connection.listen(X.SubstructureNotifyMask | X.StructureNotifyMask)
        known = self._stack.tops
        for _ in range(_SCANS):
            self._connection.round_trip()
            self._connection.dispatch()
            found = self._reader.tops()
            if not self._connection.waiting():
                break
        now = self._clock()
        was = [top for top in known.values() if top.mapped and self._may_be_hidden(top, now)]
        self._trail += [top.place if top.place.width > 0 else self._screen for top in was]
        tops = []
        for number, place, mapped in found:
            top = known.get(number) or Top(number, place, mapped=False)
            if mapped and not top.mapped:
                top.shown = now
            top.place, top.mapped = place, mapped
            top.read = top.known = False
            tops.append(top)
        self._stack = Stack(tops)
        # Else what was told meanwhile may be in the answer already, and its order is lost.
        self._stack.whole = not self._connection.waiting()
        self._read([top for top in tops if top.tells])
        self._stale = True

    def _read(self, tops: Sequence[Top]) -> None:
        members, inside = members_of(
            self._reader, [top.window for top in tops], self._resources, self._own
        )
        self._inside |= inside
        for top in tops:
            top.read = top.window in members
            if top.read:
                top.members = members[top.window]
            if top.read and top.place.width <= 0:  # else events that are on their way tell
                top.place = top.members[0].place

    def _weigh(self, now: float) -> None:
        tops = self._stack.tops
        hit = self._bereaved.named(
            {number: top.members for number, top in tops.items() if top.members},
            [number for number, top in tops.items() if top.named and top.mapped],
        )
        ours = self._ours()
        hit |= {n for n, top in tops.items() if any(one.window in ours for one in top.members)}
        self._managers |= {
            number & ~self._resources for number, top in tops.items() if len(top.members) > 1
        }
        cleared: list[Rectangle] = []  # of windows that show nothing any more that was named
        for number, top in tops.items():
            if not top.read:
                continue
            if top.named and number not in hit and top.mapped:
                top.held = max(top.held, now + _LINGERING_SECONDS)
                cleared.append(top.place)
            top.named, top.known = number in hit, True
            top.framing = top.framing or len(top.members) > 1
            if untold(top.members, self._patterns):
                top.held = max(top.held, top.shown + _NAMING_SECONDS)
            if number & ~self._resources in self._managers and not top.framing:
                # A frame whose window went before it was read shows what that has left.
                top.held = max(top.held, top.shown + _LINGERING_SECONDS)
        self._paint(now, cleared)
        self._stale = False
        self._next = self._later(now)

    def _paint(self, now: float, cleared: list[Rectangle]) -> None:
        """Where named windows are, and where they have been and nobody has drawn since."""
        stack = [top for top in self._stack.tops.values() if top.mapped and top.drawn]
        doubtful = [top.window for top in (self._stack.leaning() if self._stack.pending() else [])]
        opaque = [self._is_opaque(top) for top in stack]
        known = [(top.place, top.named, solid) for top, solid in zip(stack, opaque, strict=True)]
        unsure = [
            (top.place, not top.read or top.held > now or top.window in doubtful, solid)
            for top, solid in zip(stack, opaque, strict=True)
        ]
        seen, doubt = visible(known), visible(unsure)
        told = [top.place for top in stack if top.read and not top.named]
        left = without(without(self._seen, seen), cleared)
        left = joined(left, without(without(self._unsure, joined(seen, doubt)), told))
        left = joined(left, self._trail)
        self._residue.left(without(left, seen), now)
        self._residue.covered(seen)
        self._residue.passed(now)
        if not self._busy:
            nudge(self._connection, self._residue.to_nudge(now))
        if self._residue.to_ask() and not self._fence.asked:
            self._fence.ask(now)
            self._residue.asked(now)
        self._seen, self._unsure, self._trail = seen, doubt, []
        mask = joined(joined(seen, doubt), self._residue.area())
        # What lies above what is not known while the windows' order is not.
        self._mask = within(mask, [self._screen]) if self._stack.whole else [self._screen]

    def _later(self, now: float) -> float | None:
        """When something is to be decided though nothing is told."""
        mapped = [top for top in self._stack.tops.values() if top.mapped]
        times = [top.held for top in mapped if top.held > now]
        if not self._stack.whole or self._stack.pending():
            times.append(now + _AGAIN_SECONDS)
        by_time = (self._residue.due(), self._fence.due(now))
        return min((*times, *(one for one in by_time if one is not None)), default=None)

    def _is_opaque(self, top: Top) -> bool:
        """Whether nothing of what lies below can be seen through it; in doubt not.

        A compositing manager lets any window shine through as it likes, and tells nobody.
        """
        if self._compositor.running or not top.read or top.named:
            return False
        frame = top.members[0]
        server = top.window & ~self._resources == 0  # its own: a compositing manager draws on it
        return frame.depth == self._depth and not frame.shaped and not server


def open_masks(
    connection: X11Connection, patterns: Sequence[WindowPattern], ours: OwnWindows = none_of_ours
) -> X11Windows:
    """The windows of that connection's screen that patterns name, and our own."""
    try:
        return X11Windows(connection, patterns, ours=ours)
    except CaptureFailedError as failure:
        raise CaptureFailedError("exclusion-impossible", str(failure)) from failure
