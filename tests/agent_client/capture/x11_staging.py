"""An X11 screen in the hands of a test, and the picture that its patches make."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from select import select

import mss
import pytest
from Xlib import X

from agent_client.capture.screen import Layout, Patch, Rectangle, Screen
from agent_client.capture.screen_x11 import X11Screen, open_x11
from agent_client.capture.settings import ScreenSettings
from agent_client.capture.x11_connection import X11Connection
from tests.agent_client.capture.desktops import Painter, x_server
from tests.agent_client.capture.staging import HEIGHT, WIDTH, until

GREY, GREEN = (0x33, 0x66, 0x99), (0, 200, 0)
BURST = 0.031  # seconds, at five pictures a second
_BYTES = 4
_PATIENCE_SECONDS = 60.0


class Film:
    """Looks at a screen as the recorder does, at times that the test makes up."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.now = 1000.0
        self.layout: Layout | None = None
        self.picture = bytearray()
        self.patches: list[Patch] = []
        self.see(whole=True)

    def see(self, *, whole: bool = False) -> list[Patch]:
        """Take in the patches of one look."""
        layout = self.screen.layout()
        changed = layout != self.layout
        if changed:
            self.layout, self.picture = layout, bytearray(layout.width * layout.height * _BYTES)
        self.patches = self.screen.look(self.now, whole=whole or changed)
        for patch in self.patches:
            self._take(patch)
        return self.patches

    def _take(self, patch: Patch) -> None:
        assert self.layout is not None
        place, row = patch.place, patch.place.width * _BYTES
        assert len(patch.pixels) == row * place.height
        for number in range(place.height):
            start = ((place.top + number) * self.layout.width + place.left) * _BYTES
            self.picture[start : start + row] = patch.pixels[number * row : (number + 1) * row]

    def due(self) -> bool:
        """Whether a look is due now, or when the burst that has begun is over: it is, then."""
        due = self.screen.due(self.now)
        if due is not None and self.now < due <= self.now + BURST:
            self.now = due
        return due is not None and due <= self.now

    def woken(self, seconds: float = 60.0) -> bool:
        """Whether the server tells something within that time."""
        fileno = self.screen.fileno()
        assert fileno is not None
        return bool(select([fileno], [], [], seconds)[0])

    def settle(self) -> None:
        """Let time pass and look, until nothing is due."""

        def calm() -> bool:
            self.now += 10.5  # what no event tells is asked for by then
            if self.due():
                self.see()
                return False
            return not self.woken(0)

        until(calm, "nothing is due any more")

    def pixel(self, x: int, y: int) -> tuple[int, int, int]:
        """Red, green, blue."""
        assert self.layout is not None
        blue, green, red = self.picture[(y * self.layout.width + x) * _BYTES :][:3]
        return red, green, blue

    def colours(self, place: Rectangle) -> set[tuple[int, int, int]]:
        """All that are seen there."""
        return {
            self.pixel(x, y)
            for y in range(place.top, place.top + place.height)
            for x in range(place.left, place.left + place.width)
        }


def until_told(
    connection: X11Connection, holds: Callable[[], bool], what: Callable[[], object]
) -> None:
    """Sleep until the server tells: nothing is asked here, so what is not told never comes."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        rest = deadline - time.monotonic()
        assert rest > 0, f"never told: {what()}"
        if not connection.waiting():
            select([connection.fileno()], [], [], rest)
        connection.dispatch()


def around(x: int, y: int, reach: int = 20) -> Rectangle:
    """A square around a place."""
    return Rectangle(x - reach, y - reach, 2 * reach, 2 * reach)


@contextmanager
def server_without(extension: str) -> Iterator[str]:
    """An X server that lacks it, and so gives the others other codes."""
    with x_server("320x200", options=("-extension", extension)) as name:
        yield name


@contextmanager
def film(
    name: str, monkeypatch: pytest.MonkeyPatch, settings: ScreenSettings | None = None
) -> Iterator[Film]:
    """A screen opened on that display, and looked at once."""
    monkeypatch.setenv("DISPLAY", name)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    screen = open_x11(settings or ScreenSettings())
    try:
        yield Film(screen)
    finally:
        screen.close()


def x11_of(one: Film) -> X11Screen:
    """Its screen, which must be the one that goes by damage."""
    assert isinstance(one.screen, X11Screen)
    return one.screen


def truth(name: str, layout: Layout) -> bytearray:
    """What the display shows, without the pointer, from a connection of its own."""
    with mss.MSS(display=name) as source:
        return source.grab((0, 0, layout.width, layout.height)).raw


def show_pointer(painter: Painter, glyph: int = 68) -> None:
    """Over the root: one of the standard shapes; 68 is an arrow."""
    font = painter.display.open_font("cursor")
    cursor = font.create_glyph_cursor(font, glyph, glyph + 1, (0, 0, 0), (65535, 65535, 65535))
    painter.root.change_attributes(cursor=cursor)
    painter.shown()


def push_pointer(painter: Painter, across: int, down: int) -> None:
    """As a mouse does it."""
    painter.display.xtest_fake_input(X.MotionNotify, detail=True, x=across, y=down)
    painter.shown()


def press(painter: Painter, button: int = 1) -> None:
    """A whole click."""
    painter.display.xtest_fake_input(X.ButtonPress, detail=button)
    painter.display.xtest_fake_input(X.ButtonRelease, detail=button)
    painter.shown()


def clear(painter: Painter) -> None:
    """An arrow in the middle of an empty desktop."""
    show_pointer(painter)
    painter.point(WIDTH // 2, HEIGHT // 2)
    painter.fill(GREY, (0, 0, WIDTH, HEIGHT))
    painter.shown()
