"""The screen of an X11 session: only what the server says has changed is looked at."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack

from Xlib.protocol.rq import Event

from agent_client.capture.cursor import Sprite, draw
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.grabbing import is_black
from agent_client.capture.marker import Clicks, ring
from agent_client.capture.own_windows import OwnWindows, none_of_ours
from agent_client.capture.painting import cover
from agent_client.capture.pointer import listen_to_pointer
from agent_client.capture.polling import Polled
from agent_client.capture.regions import Box, to_look_at
from agent_client.capture.screen import Layout, Patch, Rectangle, Screen
from agent_client.capture.settings import ScreenSettings, film_clock
from agent_client.capture.x11_connection import X11Connection
from agent_client.capture.x11_damage import Damage, boxes_of, can_tell
from agent_client.capture.x11_monitors import open_monitors
from agent_client.capture.x11_parts import Masks, Monitors
from agent_client.capture.x11_pixels import Pixels
from agent_client.capture.x11_pointer import Pointer
from agent_client.capture.x11_requests import XFIXES
from agent_client.capture.x11_windows import open_masks

logger = logging.getLogger(__name__)

_XWAYLAND = "XWAYLAND"  # an extension of XWayland, and what it calls its outputs
_BURST = 0.15  # of a frame time: programs draw in bursts, and what comes together is one look
_ROUNDS = 8  # of taking in events, lest a flood of them keeps us from looking
_ATTEMPTS = 5  # to grab while masked windows move; they give up sooner


class X11Screen:
    """The port to the screen, over a connection that tells what has changed."""

    def __init__(  # noqa: PLR0913 its parts; each has a work of its own
        self,
        connection: X11Connection,
        settings: ScreenSettings,
        *,
        pixels: Pixels,
        monitors: Monitors,
        masks: Masks | None,
        damage: Damage | None,
        doubtful: bool = False,
    ) -> None:
        """Without `damage` every look is at the whole. `doubtful`: a black picture is none."""
        self._connection = connection
        self._pixels = pixels
        self._monitors = monitors
        self._masks = masks
        self._damage = damage
        self._frame_time = 1 / settings.frames_per_second
        self._burst = _BURST * self._frame_time
        self._pointer = Pointer(connection, self._frame_time, clicks=settings.click_marker)
        self._clicks = Clicks()
        self._drawn: list[tuple[Sprite, int, int]] = []  # and where, in the layout
        self._redraw = False  # rings have come or gone
        self._boxes: list[Box] = []  # to be looked at beside the damage, in the layout
        self._whole = True
        self._doubtful = doubtful
        self._looked: float | None = None
        self._news_at: float | None = None  # when there first was something to look at
        connection.subscribe(self._handle)

    def _handle(self, event: Event) -> None:
        if self._masks is not None:
            self._masks.handle(event)
        if self._monitors.handle(event):
            self._begin_anew()

    def _begin_anew(self) -> None:
        logger.info("the desktop has changed: %s", self._monitors.layout())
        self._whole = True
        self._pixels.reopen()

    def fileno(self) -> int | None:
        return self._connection.fileno()

    def due(self, now: float) -> float | None:
        again = self._told(now)
        for _ in range(_ROUNDS):
            # What was asked for may have brought events along, of which `fileno` will not tell.
            if not self._connection.waiting():
                break
            again = self._told(now)
        pointer = self._pointer.changed or self._redraw
        damage = self._damage is None or self._damage.pending
        if self._whole or self._boxes or pointer or damage:
            again = now if self._whole else self._burst_ends(now)
        return again if self._looked is None else max(again, self._looked + self._frame_time)

    def _burst_ends(self, now: float) -> float:
        """When to look at news that are known now; those that a look's rest hid have waited."""
        if self._news_at is None:
            hidden = (
                self._looked is not None and now < self._looked + self._frame_time + self._burst
            )
            self._news_at = now - self._burst if hidden else now
        return self._news_at + self._burst

    def _told(self, now: float) -> float:
        """Take in events, and say when something is due that is not told."""
        self._connection.dispatch()
        if self._monitors.settle(now):
            self._begin_anew()
        self._take_mask_changes()
        if self._pointer.clicked(now) and self._pointer.place is not None:
            self._clicks.add(*self._pointer.place, now)
            self._redraw = True
        self._redraw = self._clicks.drop(now) or self._redraw
        times = [self._pointer.due(now), self._clicks.ends(), self._monitors.due()]
        if self._masks is not None:
            times.append(self._masks.due())
        return min(time for time in times if time is not None)

    def _take_mask_changes(self) -> None:
        if self._masks is not None:
            self._boxes += [_box(area, self._monitors.origin()) for area in self._masks.changed()]

    def layout(self) -> Layout:
        return self._monitors.layout()

    def look(self, now: float, *, whole: bool) -> list[Patch]:
        layout, origin = self._monitors.layout(), self._monitors.origin()
        whole = whole or self._whole or self._damage is None
        self._looked, self._whole, self._news_at = now, False, None
        areas = self._to_look_at(layout, now, whole=whole)
        if not areas:
            return []
        # Whatever goes wrong from here on: it is still to be looked at.
        self._boxes = [_box(area, (0, 0)) for area in areas]
        seen = self._seen(areas, layout, origin)
        self._connection.dispatch()
        if seen is None or not self._is(layout, origin):
            return []
        patches, covered = seen
        if self._doubtful and all(is_black(bytearray(patch.pixels)) for patch in patches):
            raise CaptureFailedError("wayland", "the picture is black")
        self._doubtful = False
        for patch in patches:
            for area in covered:
                cover(patch, _moved(area, origin))
            for picture, x, y in self._drawn:
                draw(picture, x, y, patch)
        self._boxes = []
        return patches

    def diagnostics(self) -> str:
        damage = "damage events" if self._damage is not None else "no damage events"
        return f"X11, {damage}, {self._pointer.diagnostics()}, {self._pixels.diagnostics()}"

    def close(self) -> None:
        self._pixels.close()
        self._connection.close()

    def _to_look_at(self, layout: Layout, now: float, *, whole: bool) -> list[Rectangle]:
        """What there is to ask is asked in one round trip."""
        told: list[Box] = []
        with self._connection.failures():
            damage = self._damage.ask() if self._damage is not None else None
            self._pointer.ask()
            if damage is not None:
                told = boxes_of(damage)
            self._pointer.take(now)
        if self._masks is not None:
            self._masks.damaged(told)
            self._take_mask_changes()
        self._redraw = False
        before, self._drawn = self._drawn, self._to_draw()
        if whole:
            return [Rectangle(0, 0, layout.width, layout.height)]
        left, top = self._monitors.origin()
        dirty = self._boxes + [(w - left, n - top, e - left, s - top) for w, n, e, s in told]
        dirty += [_box(one.place(x, y), (0, 0)) for one, x, y in {*before} ^ {*self._drawn}]
        return to_look_at(dirty, layout.width, layout.height)

    def _to_draw(self) -> list[tuple[Sprite, int, int]]:
        left, top = self._monitors.origin()
        drawn = [(ring(), x - left, y - top) for x, y in self._clicks.places()]
        if self._pointer.place is not None and self._pointer.shape is not None:
            x, y = self._pointer.place
            drawn.append((self._pointer.shape, x - left, y - top))
        return drawn

    def _seen(
        self, areas: list[Rectangle], layout: Layout, origin: tuple[int, int]
    ) -> tuple[list[Patch], list[Rectangle]] | None:
        """The bare patches, and what is to be covered; None: it must be looked at once more."""
        for _ in range(_ATTEMPTS):
            if self._masks is not None:
                self._masks.before_grab()
            try:
                patches = self._grabbed(areas, origin)
            except CaptureFailedError:
                self._connection.round_trip()
                self._connection.dispatch()
                if not self._is(layout, origin):
                    return None  # a monitor was taken away in the middle of it
                self._pixels.reopen()
                patches = self._grabbed(areas, origin)
            covered = self._masks.after_grab() if self._masks is not None else []
            if covered is not None:
                return patches, covered
        return None

    def _grabbed(self, areas: list[Rectangle], origin: tuple[int, int]) -> list[Patch]:
        left, top = origin
        return [
            Patch(
                area, self._pixels.grab(left + area.left, top + area.top, area.width, area.height)
            )
            for area in areas
        ]

    def _is(self, layout: Layout, origin: tuple[int, int]) -> bool:
        return self._monitors.layout() == layout and self._monitors.origin() == origin


class _WholePictures:
    """What `Polled` compares: each time all of an X11 screen."""

    def __init__(self, screen: X11Screen) -> None:
        self._screen = screen

    def layout(self) -> Layout:
        self._screen.due(film_clock())
        return self._screen.layout()

    def grab(self, layout: Layout) -> bytearray:
        for _ in range(_ATTEMPTS):
            for patch in self._screen.look(film_clock(), whole=True):
                if (patch.place.width, patch.place.height) == (layout.width, layout.height):
                    pixels = patch.pixels
                    return pixels if isinstance(pixels, bytearray) else bytearray(pixels)
        return bytearray()

    def diagnostics(self) -> str:
        return self._screen.diagnostics()

    def close(self) -> None:
        self._screen.close()


def open_x11(settings: ScreenSettings, own: OwnWindows = none_of_ours) -> Screen:
    """By damage events where the server has them. Refused under Wayland: it would be black."""
    wayland = bool(os.environ.get("WAYLAND_DISPLAY"))
    if not os.environ.get("DISPLAY"):
        raise CaptureFailedError("wayland" if wayland else "no-display", "DISPLAY is not set")
    with ExitStack() as opened:
        pixels = Pixels()
        opened.callback(pixels.close)
        connection = X11Connection()
        opened.callback(connection.close)
        screen = _opened(connection, pixels, settings, own, wayland=wayland)
        opened.pop_all()  # it closes them itself
    return screen


def _opened(
    connection: X11Connection,
    pixels: Pixels,
    settings: ScreenSettings,
    own: OwnWindows,
    *,
    wayland: bool,
) -> Screen:
    named = any(output.startswith(_XWAYLAND) for output in pixels.outputs())
    if named or connection.serves(_XWAYLAND):
        raise CaptureFailedError("wayland", "this X server is XWayland")
    monitors = open_monitors(connection, settings)
    can, told, masks = can_tell(connection), settings.method != "polling", None
    if settings.exclude and not can:
        raise CaptureFailedError("exclusion-impossible", "the X server reports no damage")
    if can and (settings.exclude or settings.mask_own):
        masks = open_masks(connection, settings.exclude, own)
    # Masks need it as well: it tells when nothing is left of a window that has gone.
    damage = Damage(connection) if can and (told or masks is not None) else None
    told = told and can
    screen = X11Screen(
        connection,
        settings,
        pixels=pixels,
        monitors=monitors,
        masks=masks,
        damage=damage,
        doubtful=wayland,
    )
    if told:
        return screen
    # Xvfb without XFIXES dies of it; no other server is without.
    activity = listen_to_pointer() if connection.has(XFIXES) else None
    return Polled(_WholePictures(screen), settings, activity)


def _box(area: Rectangle, origin: tuple[int, int]) -> Box:
    left, top = area.left - origin[0], area.top - origin[1]
    return left, top, left + area.width, top + area.height


def _moved(area: Rectangle, origin: tuple[int, int]) -> Rectangle:
    """From the root window to the layout."""
    return Rectangle(area.left - origin[0], area.top - origin[1], area.width, area.height)
