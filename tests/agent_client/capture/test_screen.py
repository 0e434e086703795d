"""What every way to the screen must do, whichever adapter it is; and what is said if there is none.

Each test that takes a `method` is run with each adapter that this system has.
"""

from __future__ import annotations

import gc
import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from random import Random

import mss
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from Xlib import X
from Xlib.ext import xtest

from agent_client.capture.adapter import open_screen
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Layout, Screen
from agent_client.capture.settings import ScreenSettings, film_clock
from tests.agent_client.capture.desktops import Painter, painter, x_server
from tests.agent_client.capture.staging import HEIGHT, WIDTH, Display, until

ADAPTERS = {"auto": "X11, damage events", "polling": "polling"}
RED, GREEN = (200, 30, 40), (20, 180, 60)

every_adapter = pytest.mark.parametrize("method", ADAPTERS)


def opened(method: str, **changes: object) -> Screen:
    values: dict[str, object] = {"method": method, "frames_per_second": 50.0}
    return open_screen(ScreenSettings(**(values | changes)))  # type: ignore[arg-type] # by name


class Watcher:
    """Does what the recorder does, and keeps all that it is shown."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.layout: Layout | None = None
        self.shown = bytearray()

    def look(self, *, whole: bool = False) -> bool:
        """Whether anything came, and put it in its place."""
        layout = self.screen.layout()
        if layout != self.layout:
            self.layout, self.shown = layout, bytearray(layout.width * layout.height * 4)
            whole = True
        patches = self.screen.look(film_clock(), whole=whole)
        for patch in patches:
            place = patch.place
            assert place.left % 2 == place.top % 2 == 0
            assert 0 < place.width <= layout.width - place.left
            assert 0 < place.height <= layout.height - place.top
            assert len(patch.pixels) == place.width * place.height * 4
            for row in range(place.height):
                start = ((place.top + row) * layout.width + place.left) * 4
                self.shown[start : start + place.width * 4] = patch.pixels[
                    row * place.width * 4 : (row + 1) * place.width * 4
                ]
        return bool(patches)

    def look_when_due(self, patience: float = 0.2) -> None:
        """Sleep as the recorder does, so many seconds at most, and look if it is time."""
        now = film_clock()
        due = self.screen.due(now)
        if due is not None and due <= now:
            self.look()
            return
        fileno = self.screen.fileno()
        seconds = patience if due is None else min(patience, due - now)
        select.select([] if fileno is None else [fileno], [], [], seconds)

    def until(self, holds: Callable[[], bool], what: str) -> None:
        def looked() -> bool:
            self.look_when_due()
            return holds()

        until(looked, what)

    def pixel(self, across: int, down: int) -> tuple[int, int, int]:
        assert self.layout is not None
        at = (down * self.layout.width + across) * 4
        blue, green, red = self.shown[at : at + 3]
        return red, green, blue

    def colours(self) -> bytes:
        """Without the byte of each pixel that means nothing."""
        kept = bytearray(self.shown)
        kept[3::4] = bytes(len(kept) // 4)
        return bytes(kept)


@pytest.fixture
def paint(display: Display) -> Iterator[Painter]:
    with painter(display.name) as one:
        one.fill((0, 0, 0), (0, 0, WIDTH, HEIGHT))
        one.root.change_attributes(cursor=X.NONE)  # the server's own, a cross
        one.point(WIDTH - 1, HEIGHT - 1)
        yield one


@pytest.fixture
def watcher(paint: Painter, method: str) -> Iterator[Watcher]:
    paint.shown()
    with closing(opened(method)) as screen:
        one = Watcher(screen)
        one.until(lambda: one.layout is not None, "a first look")
        yield one


@every_adapter
def test_the_adapter_and_its_way_to_the_pixels_are_told(watcher: Watcher, method: str) -> None:
    said = watcher.screen.diagnostics()
    assert said.startswith(ADAPTERS[method])
    assert "MIT-SHM is working" in said


@every_adapter
def test_the_first_look_shows_the_whole_desktop(watcher: Watcher) -> None:
    assert watcher.layout == Layout(WIDTH, HEIGHT, ((0, 0, WIDTH, HEIGHT),))
    assert watcher.pixel(0, 0) == watcher.pixel(WIDTH - 40, HEIGHT - 40) == (0, 0, 0)


@every_adapter
def test_what_is_drawn_is_shown_in_its_colours(watcher: Watcher, paint: Painter) -> None:
    paint.fill(RED, (101, 53, 33, 17))
    paint.shown()
    watcher.until(lambda: watcher.pixel(101, 53) == RED, "what was drawn")
    assert watcher.pixel(133, 69) == RED
    assert watcher.pixel(100, 53) == watcher.pixel(134, 69) == watcher.pixel(101, 70) == (0, 0, 0)


@every_adapter
def test_nothing_is_shown_while_nothing_changes(watcher: Watcher) -> None:
    until(lambda: not watcher.look(), "a look that shows nothing")
    assert not watcher.look()


@every_adapter
def test_all_of_it_is_shown_when_that_is_asked(watcher: Watcher, paint: Painter) -> None:
    until(lambda: not watcher.look(), "a look that shows nothing")
    watcher.shown = bytearray(len(watcher.shown))
    paint.fill(GREEN, (0, 0, 10, 10))
    paint.shown()
    assert watcher.look(whole=True)
    assert watcher.pixel(5, 5) == GREEN
    watcher.shown = bytearray(b"\x55" * len(watcher.shown))
    assert watcher.look(whole=True)
    assert b"\x55\x55\x55" not in watcher.shown


@every_adapter
def test_a_still_desktop_lets_the_recorder_sleep(watcher: Watcher) -> None:
    def sleeps() -> bool:
        now = film_clock()
        due = watcher.screen.due(now)
        return due is None or due - now > 0.5

    watcher.until(sleeps, "a long rest")


@every_adapter
def test_the_pointer_is_in_the_picture_and_its_moves_are_shown(
    watcher: Watcher, paint: Painter
) -> None:
    def shown_at(left: int, top: int) -> bool:
        return any(
            watcher.pixel(x, y) != (0, 0, 0)
            for x in range(left - 8, left + 8)
            for y in range(top - 8, top + 8)
        )

    paint.point(200, 100)
    watcher.until(lambda: shown_at(200, 100), "the pointer")
    paint.point(400, 250)
    watcher.until(lambda: shown_at(400, 250) and not shown_at(200, 100), "the pointer elsewhere")


@every_adapter
def test_somebody_at_the_pointer_wakes_the_recorder(watcher: Watcher, paint: Painter) -> None:
    def rests() -> bool:
        now = film_clock()
        due = watcher.screen.due(now)
        return due is None or due - now > 0.5

    watcher.until(rests, "a long rest")
    fileno = watcher.screen.fileno()
    assert fileno is not None
    move(paint, 320, 180)
    move(paint, 300, 170)
    assert select.select([fileno], [], [], 60.0)[0]
    now = film_clock()
    due = watcher.screen.due(now)
    assert due is not None
    assert due - now <= 1 / 50


def move(paint: Painter, left: int, top: int) -> None:
    """As a hand does it."""
    xtest.fake_input(paint.display, X.MotionNotify, x=left, y=top)
    paint.shown()


def strokes(seed: int) -> Iterator[tuple[tuple[int, int, int], tuple[int, int, int, int]]]:
    """Coloured rectangles, small and large; 20 times so many are 10,000."""
    chance = Random(seed)  # noqa: S311 colours and places
    for _ in range(500):
        side = chance.choice((3, 30, 90, 300))
        place = chance.randrange(WIDTH), chance.randrange(HEIGHT)
        size = chance.randint(1, side), chance.randint(1, side)
        yield (chance.randrange(256), chance.randrange(256), chance.randrange(256)), place + size


@every_adapter
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_drawn_the_picture_is_the_desktops(
    watcher: Watcher, paint: Painter, seed: int
) -> None:
    for number, (colour, place) in enumerate(strokes(seed)):
        paint.fill(colour, place)
        if number % 100 == 0:  # some are drawn between looks, some during them
            watcher.look_when_due(patience=0.0)
    paint.shown()
    with closing(opened("auto")) as fresh:
        truth = Watcher(fresh)
        truth.look(whole=True)
    watcher.until(lambda: watcher.colours() == truth.colours(), "the desktop's picture")


@every_adapter
def test_what_is_read_is_what_is_there(watcher: Watcher, paint: Painter) -> None:
    """The truth by other means: mss, without any of our code."""
    paint.point(WIDTH - 1, HEIGHT - 1)
    noise = bytes(value * 151 % 251 for value in range(WIDTH * (HEIGHT - 20) * 4))
    paint.picture(WIDTH, HEIGHT - 20, noise)
    paint.shown()
    with mss.MSS() as other:
        truth = other.grab(other.monitors[0]).raw
    truth[3::4] = bytes(len(truth) // 4)
    rows = (HEIGHT - 20) * WIDTH * 4  # the pointer is below, in our picture alone
    watcher.until(lambda: watcher.colours()[:rows] == truth[:rows], "the picture")


@every_adapter
def test_it_may_be_closed_twice(display: Display, method: str) -> None:
    assert display.name
    screen = opened(method)
    screen.close()
    screen.close()


@every_adapter
def test_a_closed_screen_leaves_nothing_open(display: Display, method: str) -> None:
    assert display.name
    opened(method).close()  # what is loaded once
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        screen = opened(method)
        screen.look(film_clock(), whole=True)
        screen.close()
    deadline = time.monotonic() + 30  # who listens to the pointer ends in its own time
    while len(os.listdir("/proc/self/fd")) != before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.filterwarnings(
    "ignore:unclosed:ResourceWarning"
)  # python-xlib, when it cannot connect
@every_adapter
def test_a_display_that_goes_away_is_a_failure_and_no_fault(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with x_server("64x64") as name:
        monkeypatch.setenv("DISPLAY", name)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        screen = opened(method)
        screen.look(film_clock(), whole=True)

    def failed() -> bool:
        try:
            screen.due(film_clock())
            screen.look(film_clock(), whole=True)
        except CaptureFailedError as failure:
            return failure.code in {"screen-unreadable", "no-display"}
        return False

    until(failed, "a failure")
    screen.close()
    gc.collect()


@every_adapter
def test_frames_are_no_closer_than_policy_lets_them(
    paint: Painter, method: str, display: Display
) -> None:
    assert display.name
    with closing(opened(method, frames_per_second=10.0)) as screen:
        times = []
        for shade in range(200):
            paint.fill((shade, 0, 0), (0, 0, 50, 50))
            paint.shown()
            now = film_clock()
            due = screen.due(now)
            if due is not None and due <= now:
                screen.look(now, whole=False)
                times.append(now)
            select.select([], [], [], 0.003)
    assert len(times) > 3
    assert all(later - earlier >= 0.1 - 1e-6 for earlier, later in pairwise(times))


@pytest.mark.parametrize(
    ("display", "wayland", "code"),
    [("", "", "no-display"), ("", "wayland-0", "wayland"), (":9876", "", "no-display")],
)
@every_adapter
def test_what_is_missing_is_named(
    method: str, display: str, wayland: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    with pytest.raises(CaptureFailedError) as failure:
        opened(method)
    assert failure.value.code == code


@every_adapter
def test_a_black_picture_beside_wayland_is_no_picture(
    method: str, paint: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    paint.shown()
    with closing(opened(method)) as screen, pytest.raises(CaptureFailedError, match="wayland"):
        screen.look(film_clock(), whole=True)
    paint.fill((0, 0, 1), (0, 0, 1, 1))  # as good as black, yet a picture
    paint.shown()
    with closing(opened(method)) as screen:
        assert screen.look(film_clock(), whole=True)
