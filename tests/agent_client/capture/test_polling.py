"""A screen that must be asked: what is handed on, and how often it is asked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.polling import LONGEST_REST_SECONDS, Polled, rest_after
from agent_client.capture.screen import Layout, Patch, Rectangle
from agent_client.capture.settings import ScreenSettings

FRAME_TIME = 0.2
SETTINGS = ScreenSettings(frames_per_second=1 / FRAME_TIME)


class Canvas:
    """A desktop in memory."""

    def __init__(self, width: int = 3, height: int = 100) -> None:
        self.resize(width, height)
        self.closed = 0

    def resize(self, width: int, height: int) -> None:
        self.pixels = bytearray(width * height * 4)
        self._layout = Layout(width, height, ((0, 0, width, height),))

    def layout(self) -> Layout:
        return self._layout

    def grab(self, layout: Layout) -> bytearray:
        assert layout == self._layout
        return bytearray(self.pixels)

    def diagnostics(self) -> str:
        return "in memory"

    def close(self) -> None:
        self.closed += 1


class Hand:
    """Somebody at the pointer."""

    def __init__(self, fileno: int | None = None) -> None:
        self.moves = 0
        self.closed = 0
        self._fileno = fileno

    def fileno(self) -> int | None:
        return self._fileno

    def stirred(self) -> bool:
        moved, self.moves = self.moves > 0, 0
        return moved

    def close(self) -> None:
        self.closed += 1


def places(patches: list[Patch]) -> list[tuple[int, int]]:
    return [(patch.place.top, patch.place.height) for patch in patches]


@pytest.mark.parametrize(
    ("rest", "frame_time", "changed", "then"),
    [
        (0.2, 0.2, False, 0.4),
        (0.4, 0.2, False, 0.8),
        (0.8, 0.2, False, 1.0),
        (1.0, 0.2, False, 1.0),
        (1.0, 0.2, True, 0.2),
        (2.0, 2.0, False, 2.0),  # policy wants even less
    ],
)
def test_the_rest_doubles_until_something_changes(
    rest: float, frame_time: float, *, changed: bool, then: float
) -> None:
    assert rest_after(rest, frame_time, changed=changed) == then


@given(
    strokes=st.lists(
        st.lists(st.tuples(st.integers(0, 1199), st.integers(1, 255)), max_size=5), max_size=8
    )
)
def test_what_is_handed_on_makes_up_the_desktop(strokes: list[list[tuple[int, int]]]) -> None:
    canvas = Canvas()
    screen = Polled(canvas, SETTINGS)
    shown = bytearray(b"\x77" * len(canvas.pixels))
    for stroke in [[], *strokes]:
        for at, value in stroke:
            canvas.pixels[at] = value
        for patch in screen.look(0.0, whole=False):
            place = patch.place
            shown[place.top * 12 : (place.top + place.height) * 12] = patch.pixels
        assert shown == canvas.pixels


def test_only_bands_that_changed_are_handed_on_and_neighbours_are_one() -> None:
    canvas = Canvas()
    screen = Polled(canvas, SETTINGS)
    assert places(screen.look(0.0, whole=False)) == [(0, 100)]
    assert screen.look(0.2, whole=False) == []
    canvas.pixels[0] = canvas.pixels[40 * 12] = canvas.pixels[-1] = 1
    assert places(screen.look(0.4, whole=False)) == [(0, 64), (96, 4)]


def test_all_is_handed_on_when_that_is_asked_or_the_desktop_is_another() -> None:
    canvas = Canvas()
    screen = Polled(canvas, SETTINGS)
    screen.look(0.0, whole=False)
    assert places(screen.look(0.2, whole=True)) == [(0, 100)]
    canvas.resize(4, 75)  # as many pixels
    assert screen.layout().width == 4
    (patch,) = screen.look(0.4, whole=False)
    assert patch.place == Rectangle(0, 0, 4, 75)


def test_a_still_desktop_is_asked_less_and_less_often() -> None:
    screen = Polled(Canvas(), SETTINGS)
    looks = [0.0]
    assert screen.due(0.0) == 0.0
    for _ in range(6):
        screen.look(looks[-1], whole=False)
        due = screen.due(looks[-1])
        assert due is not None
        looks.append(due)
    rests = [later - earlier for earlier, later in pairwise(looks)]
    assert rests == pytest.approx([0.2, 0.4, 0.8, 1.0, 1.0, 1.0])


def test_a_change_brings_back_the_full_rate() -> None:
    canvas = Canvas()
    screen = Polled(canvas, SETTINGS)
    for now in range(5):
        screen.look(now, whole=False)
    assert screen.due(4.0) == 5.0
    canvas.pixels[7] = 1
    screen.look(5.0, whole=False)
    assert screen.due(5.0) == pytest.approx(5.2)


def test_a_look_at_all_of_a_still_desktop_is_no_change() -> None:
    screen = Polled(Canvas(), SETTINGS)
    for now in range(5):
        screen.look(now, whole=True)
    assert screen.due(4.0) == 4.0 + LONGEST_REST_SECONDS


def test_a_hand_at_the_pointer_brings_back_the_full_rate() -> None:
    hand = Hand(fileno=7)
    screen = Polled(Canvas(), SETTINGS, hand)
    for now in range(5):
        screen.look(now, whole=False)
    assert screen.due(4.1) == 5.0
    assert screen.fileno() == 7
    hand.moves = 1000
    assert screen.due(4.15) == pytest.approx(4.2)  # never faster than the full rate
    screen.look(4.2, whole=False)
    assert screen.due(4.2) == pytest.approx(4.6)  # and it rests again


def test_a_hand_at_the_pointer_is_work_and_what_the_system_delivers_is_none() -> None:
    hand, delivery = Hand(fileno=7), Hand(fileno=8)
    attended = Polled(Canvas(), SETTINGS, hand)
    delivered = Polled(Canvas(), SETTINGS, delivery, by_hand=False)
    for screen in (attended, delivered):
        screen.due(4.0)
        assert screen.worked() is None
    hand.moves = delivery.moves = 1
    for screen in (attended, delivered):
        screen.due(5.0)
        screen.due(6.0)
    assert attended.worked() == 5.0
    assert delivered.worked() is None


def test_a_hand_that_does_not_tell_is_asked_each_frame_time() -> None:
    hand = Hand()
    screen = Polled(Canvas(), SETTINGS, hand)
    for now in range(5):
        screen.look(now, whole=False)
    assert screen.fileno() is None
    assert screen.due(4.0) == pytest.approx(4.2)
    assert screen.due(4.2) == pytest.approx(4.4)  # asked, and nothing is looked at
    assert screen.due(4.9) == 5.0
    hand.moves = 1
    assert screen.due(4.5) == pytest.approx(4.2)  # at once


def test_a_picture_of_another_size_than_was_asked_for_is_a_failure() -> None:
    canvas = Canvas()
    screen = Polled(canvas, SETTINGS)
    screen.look(0.0, whole=False)
    canvas.pixels = bytearray(4)
    with pytest.raises(CaptureFailedError):
        screen.look(0.2, whole=False)


def test_it_says_what_it_is_and_lets_go_of_all() -> None:
    canvas, hand = Canvas(), Hand()
    screen = Polled(canvas, SETTINGS, hand)
    assert screen.diagnostics() == "polling, quickened by activity, in memory"
    assert "not listened to" in Polled(canvas, SETTINGS).diagnostics()
    screen.close()
    assert canvas.closed == hand.closed == 1
