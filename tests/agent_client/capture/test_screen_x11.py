"""An X11 desktop is looked at when there is something to see, and whatever the server lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

import pytest
from Xlib import X
from Xlib.protocol.rq import Event

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.regions import Box
from agent_client.capture.screen import Rectangle
from agent_client.capture.screen_x11 import open_x11
from agent_client.capture.settings import ScreenSettings
from agent_client.capture.x11_pixels import Pixels
from tests.agent_client.capture.desktops import Desktop, Painter, mortal_server, painter, x_server
from tests.agent_client.capture.staging import HEIGHT, WIDTH
from tests.agent_client.capture.x11_staging import (
    GREEN,
    GREY,
    Film,
    film,
    press,
    push_pointer,
    server_without,
    show_pointer,
    truth,
    x11_of,
)


def test_looks_are_a_frame_time_apart(seen: Film, hand: Painter) -> None:
    hand.fill(GREEN, (70, 40, 10, 10))
    hand.shown()
    assert seen.due()
    seen.see()
    hand.fill(GREY, (70, 40, 10, 10))
    hand.shown()
    assert seen.screen.due(seen.now) == pytest.approx(seen.now + 0.2)


def test_what_is_drawn_in_one_go_is_one_look(seen: Film, hand: Painter) -> None:
    hand.fill(GREEN, (70, 40, 10, 10))
    hand.shown()
    first = seen.now
    assert seen.screen.due(first) == pytest.approx(first + 0.03)
    hand.fill(GREEN, (200, 140, 10, 10))
    hand.shown()
    assert seen.screen.due(first + 0.02) == pytest.approx(first + 0.03)  # never put off
    assert seen.due()
    seen.see()
    assert seen.colours(Rectangle(70, 40, 10, 10)) == {GREEN}
    assert seen.colours(Rectangle(200, 140, 10, 10)) == {GREEN}
    hand.shown()
    assert not seen.due()


def test_what_was_drawn_while_nobody_listened_waits_no_longer(seen: Film, hand: Painter) -> None:
    hand.fill(GREEN, (70, 40, 10, 10))
    hand.shown()
    assert seen.due()
    seen.see()
    hand.fill(GREY, (70, 40, 10, 10))
    hand.shown()
    at = seen.now + 0.2
    due = seen.screen.due(at)
    assert due is not None
    assert due <= at


def _nothing() -> None:
    pass


class _Counted(Pixels):
    """Pixels that say how often they were asked for, and do something before that."""

    def __init__(self) -> None:
        super().__init__()
        self.grabs = 0
        self.before: Callable[[], None] = _nothing

    def grab(self, left: int, top: int, width: int, height: int) -> bytearray:
        self.grabs += 1
        before, self.before = self.before, _nothing
        before()
        return super().grab(left, top, width, height)


def test_pixels_are_read_in_looks_only(seen: Film, hand: Painter) -> None:
    x11_of(seen)._pixels = pixels = _Counted()
    hand.fill(GREEN, (70, 40, 10, 10))
    push_pointer(hand, 40, 0)
    press(hand)
    for _ in range(20):
        assert seen.screen.due(seen.now) is not None
        assert seen.screen.layout().width == WIDTH
    assert pixels.grabs == 0
    seen.see()
    assert pixels.grabs > 0


class _Unsure:
    """Masks that at first cannot tell what a grab shows."""

    def __init__(self) -> None:
        self.grabs = 0

    def handle(self, event: Event) -> None:
        pass

    def due(self) -> float | None:
        return None

    def damaged(self, boxes: Iterable[Box]) -> None:
        pass

    def changed(self) -> list[Rectangle]:
        return []

    def before_grab(self) -> None:
        self.grabs += 1

    def after_grab(self) -> list[Rectangle] | None:
        return [Rectangle(72, 42, 2, 2)] if self.grabs > 7 else None


def test_what_nobody_can_vouch_for_is_not_handed_out_but_looked_at_again(
    seen: Film, hand: Painter
) -> None:
    x11_of(seen)._masks = _Unsure()
    hand.fill(GREEN, (70, 40, 10, 10))
    hand.shown()
    assert seen.due()
    assert seen.see() == []
    seen.now += 1
    assert seen.due()
    assert [patch.place for patch in seen.see()] == [Rectangle(64, 32, 64, 32)]
    assert seen.pixel(75, 45) == GREEN
    assert seen.pixel(73, 43) not in {GREEN, GREY}
    seen.now += 1
    assert not seen.due()


def test_another_monitor_of_the_same_size_is_seen_whole() -> None:
    with (
        x_server("640x360") as name,
        painter(name) as hand,
        pytest.MonkeyPatch.context() as environment,
    ):
        Desktop(name).plug("left", (0, 0, 320, 360), output="screen")
        Desktop(name).plug("right", (320, 0, 320, 360))
        hand.fill(GREEN, (320, 0, 320, 360))
        window = hand.window("The Workspace", (10, 10, 50, 50))
        with film(name, environment, ScreenSettings(monitor="workspace")) as one:
            one.settle()
            before = one.layout
            window.configure(x=330)
            hand.shown()
            one.settle()
            assert one.layout == before
            assert one.pixel(200, 300) == GREEN


def test_a_desktop_that_shrinks_in_the_middle_of_a_look_is_seen_whole_at_the_next() -> None:
    with (
        x_server("800x600") as name,
        painter(name) as hand,
        pytest.MonkeyPatch.context() as environment,
        film(name, environment) as one,
    ):
        hand.hide_pointer()
        one.settle()
        x11_of(one)._pixels = pixels = _Counted()
        hand.fill(GREEN, (0, 0, 800, 600))
        hand.shown()
        pixels.before = lambda: Desktop(name).resize(640, 480)
        assert one.due()
        assert one.see() == []
        one.now += 1
        assert one.due()
        one.see()
        assert (one.layout and (one.layout.width, one.layout.height)) == (640, 480)
        assert [patch.place for patch in one.patches] == [Rectangle(0, 0, 640, 480)]
        Desktop(name).resize(800, 600)
        hand.fill(GREEN, (0, 0, 800, 600))
        hand.shown()
        one.settle()
        assert one.picture == truth(name, one.screen.layout())


def _happen(chance: Random, hand: Painter, windows: list[Any]) -> None:
    """One of the things that happen on a desktop."""
    place = chance.randrange(-50, WIDTH), chance.randrange(-50, HEIGHT)
    size = chance.randrange(5, 200), chance.randrange(5, 150)
    window = chance.choice(windows) if windows else None
    match chance.randrange(10):
        case 0 | 1:
            hand.fill((chance.randrange(256), 0, 99), (*place, *size))
        case 2:
            hand.point(*place)
        case 3:
            push_pointer(hand, chance.randrange(-50, 50), chance.randrange(-50, 50))
        case 4:
            show_pointer(hand, chance.randrange(0, 150, 2))
        case 5:
            windows.append(hand.window("a window", (*place, *size)))
        case 6:
            hand.root.copy_area(hand.root.create_gc(), hand.root, *place, *size, 300, 100)
        case 7:
            press(hand)
        case 8 if window is not None:
            window.configure(x=place[0], y=place[1], stack_mode=X.Above)
        case 9 if window is not None:
            windows.remove(window)
            window.destroy()
        case _:
            pass
    hand.shown()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_the_film_ends_in_what_is_shown(
    seed: int, seen: Film, hand: Painter
) -> None:
    chance = Random(seed)  # noqa: S311 the same again each time
    windows: list[Any] = []
    for _ in range(60):
        _happen(chance, hand, windows)
        if chance.random() < 0.4:
            seen.now += chance.choice([0.05, 0.2, 1.0, 3.0])
            if seen.due():
                seen.see(whole=chance.random() < 0.05)
    for window in windows:
        window.destroy()
    hand.shown()
    seen.settle()
    patched = bytes(seen.picture)
    seen.see(whole=True)
    assert all(patched[colour::4] == seen.picture[colour::4] for colour in range(3))


def test_a_server_that_dies_in_the_middle_of_a_look_is_a_failure() -> None:
    with (
        mortal_server("320x200") as (name, server),
        pytest.MonkeyPatch.context() as environment,
        film(name, environment) as one,
    ):
        x11_of(one)._pixels = pixels = _Counted()
        pixels.before = server.kill
        with pytest.raises(CaptureFailedError) as failure:
            one.see(whole=True)
        assert failure.value.code in {"screen-unreadable", "no-display"}
        with pytest.raises(CaptureFailedError):
            one.screen.due(one.now)


@pytest.mark.parametrize(
    ("missing", "how"),
    [("DAMAGE", "no damage events"), ("MIT-SHM", "MIT-SHM extension not present")],
)
def test_what_an_x_server_lacks_is_done_without_and_said(
    missing: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        server_without(missing) as name,
        film(name, monkeypatch) as one,
        painter(name) as hand,
    ):
        hand.hide_pointer()
        hand.fill(GREEN, (8, 8, 50, 50))
        hand.shown()
        for _ in range(3):
            one.now += 2
            assert one.screen.due(one.now) is not None
            one.see()
        assert one.pixel(20, 20) == GREEN
        assert how in one.screen.diagnostics()


def test_policy_may_have_the_screen_polled(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with film(server, monkeypatch, ScreenSettings(method="polling")) as one:
        assert "polling" in one.screen.diagnostics()
        assert [patch.place for patch in one.see(whole=True)] == [Rectangle(0, 0, WIDTH, HEIGHT)]


def test_a_display_that_goes_away_is_a_failure_each_time_it_is_asked(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with x_server("64x64") as name:
        monkeypatch.setenv("DISPLAY", name)
        screen = open_x11(ScreenSettings())
        screen.look(0.0, whole=True)
    for _ in range(2):
        with pytest.raises(CaptureFailedError) as failure:
            screen.due(1.0)
        assert failure.value.code == "screen-unreadable"
        with pytest.raises(CaptureFailedError):
            screen.look(1.0, whole=True)
    screen.close()
    screen.close()
    assert capfd.readouterr().err == ""
