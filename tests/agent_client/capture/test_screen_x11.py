"""What is seen of an X11 desktop by its damage is what it shows."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Rectangle
from agent_client.capture.screen_x11 import open_x11
from agent_client.capture.settings import ScreenSettings
from agent_client.capture.x11_pixels import Pixels
from tests.agent_client.capture.desktops import Desktop, Painter, painter, x_server
from tests.agent_client.capture.x11_staging import (
    Film,
    around,
    film,
    hide_pointer,
    press,
    push_pointer,
    show_pointer,
    truth,
    warp_pointer,
    x11_of,
)

WIDTH, HEIGHT = 640, 360
_GREY, _GREEN = (0x33, 0x66, 0x99), (0, 200, 0)
_ALL = (0, 0, WIDTH, HEIGHT)
_RECTANGLE = struct.Struct("=HHBBBBB")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with x_server(f"{WIDTH}x{HEIGHT}") as name:
        yield name


@pytest.fixture
def hand(server: str) -> Iterator[Painter]:
    with painter(server) as one:
        show_pointer(one)
        warp_pointer(one, 320, 180)
        one.fill(_GREY, _ALL)
        one.shown()
        yield one


@pytest.fixture
def seen(server: str, hand: Painter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Film]:
    assert hand.root
    with film(server, monkeypatch, ScreenSettings(click_marker=True)) as one:
        one.settle()
        yield one


def test_ten_thousand_changes_end_in_the_picture_that_is_shown(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with painter(server) as hand, film(server, monkeypatch) as one:
        hide_pointer(hand)
        window = hand.window("a window", (50, 40, 200, 100))
        one.settle()
        layout = one.screen.layout()

        @settings(
            max_examples=100,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        @given(st.binary(min_size=900, max_size=900), st.integers(0, 600), st.integers(0, 300))
        def changed(rectangles: bytes, left: int, top: int) -> None:
            for number, found in enumerate(_RECTANGLE.iter_unpack(rectangles)):
                x, y, width, height, *colour = found
                place = x % WIDTH, y % HEIGHT, width + 1, height + 1
                hand.fill((colour[0], colour[1], colour[2]), place)
                if number % 30 == 29:
                    hand.shown()
                    one.now += 1
                    assert one.due()
                    one.see()
                if number == 70:
                    window.configure(x=left, y=top)
            hand.shown()
            one.now += 1
            if one.due():
                one.see()
            assert one.picture[::4] == (shown := truth(server, layout))[::4]
            assert one.picture[1::4] == shown[1::4]
            assert one.picture[2::4] == shown[2::4]

        changed()
        window.destroy()
        hand.shown()


def test_of_a_still_desktop_nothing_is_told_and_nothing_is_due(seen: Film) -> None:
    due = seen.screen.due(seen.now)
    assert due is not None
    assert due > seen.now  # the pointer is asked for, in case a program has moved it
    assert not seen.woken(0.3)


def test_only_what_has_changed_is_looked_at(seen: Film, hand: Painter) -> None:
    hand.fill(_GREEN, (70, 40, 10, 10))
    hand.shown()
    assert seen.woken()
    assert seen.due()
    seen.see()
    assert [patch.place for patch in seen.patches] == [Rectangle(64, 32, 64, 32)]
    assert seen.pixel(75, 45) == _GREEN
    assert not seen.due()


def test_looks_are_a_frame_time_apart(seen: Film, hand: Painter) -> None:
    hand.fill(_GREEN, (70, 40, 10, 10))
    hand.shown()
    assert seen.due()
    seen.see()
    hand.fill(_GREY, (70, 40, 10, 10))
    hand.shown()
    assert seen.screen.due(seen.now) == pytest.approx(seen.now + 0.2)


def test_however_much_is_drawn_between_two_looks_it_is_told_once(seen: Film, hand: Painter) -> None:
    told: list[int] = []
    x11_of(seen)._connection.subscribe(lambda event: told.append(event.type))
    for place in range(500):
        hand.fill(_GREEN, (place, 0, 5, 5))
    hand.shown()
    assert seen.due()
    assert len(told) == 1


def test_the_pointer_is_drawn_and_leaves_no_trail(seen: Film, hand: Painter) -> None:
    for x, y in [(100, 100), (300, 60), (301, 61), (638, 358), (200, 200)]:
        before = around(*seen_at(seen))
        warp_pointer(hand, x, y)
        seen.now += 2.5  # nothing tells of a warp
        assert seen.due()
        seen.see()
        if x > before.left + 40:
            assert seen.colours(inside(before)) == {_GREY}
        assert {(0, 0, 0), _GREY} < seen.colours(inside(around(x, y)))


def seen_at(one: Film) -> tuple[int, int]:
    place = x11_of(one)._pointer.place
    assert place is not None
    return place


def inside(area: Rectangle) -> Rectangle:
    """What of it is on the desktop."""
    left, top = max(0, area.left), max(0, area.top)
    right, bottom = min(WIDTH, area.left + area.width), min(HEIGHT, area.top + area.height)
    return Rectangle(left, top, right - left, bottom - top)


def test_a_mouse_that_moves_wakes_the_recorder(seen: Film, hand: Painter) -> None:
    push_pointer(hand, 30, 20)
    assert seen.woken()
    assert seen.due()
    seen.see()
    assert {(0, 0, 0), _GREY} < seen.colours(around(350, 200))


def test_a_fast_mouse_is_not_listened_to_while_it_moves(seen: Film, hand: Painter) -> None:
    push_pointer(hand, 1, 0)
    assert seen.due()
    seen.see()
    told: list[int] = []
    x11_of(seen)._connection.subscribe(lambda event: told.append(event.type))
    for step in range(500):
        push_pointer(hand, 1 if step % 2 else -1, 0)
    push_pointer(hand, 5, 0)
    assert not seen.due()
    seen.now += 0.2
    assert seen.due()
    assert told == []
    seen.settle()  # and once it has rested, it is listened to again
    push_pointer(hand, 5, 0)
    assert seen.woken()
    assert seen.due()


def test_another_shape_of_the_pointer_is_seen_where_it_stands(seen: Film, hand: Painter) -> None:
    arrow = seen.colours(around(320, 180)), bytes(seen.picture)
    show_pointer(hand, 58)  # a hand
    assert seen.woken()
    assert seen.due()
    seen.see()
    assert bytes(seen.picture) != arrow[1]
    show_pointer(hand)
    seen.settle()
    assert bytes(seen.picture) == arrow[1]


def test_a_pointer_that_changes_all_the_time_is_told_of_once_in_a_look(
    seen: Film, hand: Painter
) -> None:
    told: list[int] = []
    x11_of(seen)._connection.subscribe(lambda event: told.append(event.type))
    show_pointer(hand, 58)
    assert seen.due() or seen.woken()
    assert seen.screen.due(seen.now)
    for glyph in range(60, 100, 2):
        show_pointer(hand, glyph)
    assert seen.screen.due(seen.now)
    assert len(told) <= 2


def test_a_click_is_marked_for_half_a_second(seen: Film, hand: Painter) -> None:
    plain = bytes(seen.picture)
    press(hand)
    assert seen.woken()
    assert seen.due()
    seen.see()
    assert (255, 128, 0) in seen.colours(around(320, 180, 24))
    due = seen.screen.due(seen.now)
    assert due == seen.now + 0.5 or due == pytest.approx(seen.now + 0.2)
    seen.now += 0.6
    assert seen.due()
    seen.see()
    assert bytes(seen.picture) == plain


def test_turning_the_wheel_is_no_click(seen: Film, hand: Painter) -> None:
    press(hand, 4)
    press(hand, 5)
    seen.settle()
    assert (255, 128, 0) not in seen.colours(around(320, 180, 24))


def test_clicks_are_not_marked_unless_policy_wants_it(
    server: str, hand: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with film(server, monkeypatch) as one:
        one.settle()
        press(hand)
        one.settle()
        assert (255, 128, 0) not in one.colours(around(320, 180, 24))


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
    hand.fill(_GREEN, (70, 40, 10, 10))
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
        hand.fill(_GREEN, (0, 0, 800, 600))
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
        hand.fill(_GREEN, (0, 0, 800, 600))
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
        x_server("320x200", options=("-extension", missing)) as name,
        film(name, monkeypatch) as one,
        painter(name) as hand,
    ):
        hide_pointer(hand)
        hand.fill(_GREEN, (8, 8, 50, 50))
        hand.shown()
        for _ in range(3):
            one.now += 2
            assert one.screen.due(one.now) is not None
            one.see()
        assert one.pixel(20, 20) == _GREEN
        assert how in one.screen.diagnostics()


def test_policy_may_have_the_screen_polled(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with film(server, monkeypatch, ScreenSettings(method="polling")) as one:
        assert "polling" in one.screen.diagnostics()
        assert [patch.place for patch in one.see(whole=True)] == [Rectangle(0, 0, WIDTH, HEIGHT)]


def test_an_x_server_without_a_shaped_pointer_is_recorded_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        x_server("320x200", options=("-extension", "XFIXES")) as name,
        film(name, monkeypatch) as one,
    ):
        assert one.picture == truth(name, one.screen.layout())


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
