"""An X11 desktop is looked at when there is something to see, and whatever the server lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Rectangle
from agent_client.capture.screen_x11 import open_x11
from agent_client.capture.settings import ScreenSettings
from agent_client.capture.x11_pixels import Pixels
from tests.agent_client.capture.desktops import Desktop, Painter, painter, x_server
from tests.agent_client.capture.x11_staging import (
    GREEN,
    GREY,
    HEIGHT,
    WIDTH,
    Film,
    clear,
    film,
    hide_pointer,
    press,
    push_pointer,
    server_without,
    truth,
    x11_of,
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with x_server(f"{WIDTH}x{HEIGHT}") as name:
        yield name


@pytest.fixture
def hand(server: str) -> Iterator[Painter]:
    with painter(server) as one:
        clear(one)
        yield one


@pytest.fixture
def seen(server: str, hand: Painter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Film]:
    assert hand.root
    with film(server, monkeypatch, ScreenSettings(click_marker=True)) as one:
        one.settle()
        yield one


def test_looks_are_a_frame_time_apart(seen: Film, hand: Painter) -> None:
    hand.fill(GREEN, (70, 40, 10, 10))
    hand.shown()
    assert seen.due()
    seen.see()
    hand.fill(GREY, (70, 40, 10, 10))
    hand.shown()
    assert seen.screen.due(seen.now) == pytest.approx(seen.now + 0.2)


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


def test_a_desktop_that_shrinks_in_the_middle_of_a_look_is_seen_whole_at_the_next() -> None:
    with (
        x_server("800x600") as name,
        painter(name) as hand,
        pytest.MonkeyPatch.context() as environment,
        film(name, environment) as one,
    ):
        hide_pointer(hand)
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
        hide_pointer(hand)
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
