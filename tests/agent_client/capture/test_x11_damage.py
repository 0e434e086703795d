"""What the X server tells of change is enough to see all of it."""

from __future__ import annotations

import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_client.capture.screen import Rectangle
from tests.agent_client.capture.desktops import Painter, painter
from tests.agent_client.capture.staging import HEIGHT, WIDTH
from tests.agent_client.capture.x11_staging import GREEN, Film, film, truth, x11_of

_RECTANGLE = struct.Struct("=HHBBBBB")


def test_ten_thousand_changes_end_in_the_picture_that_is_shown(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with painter(server) as hand, film(server, monkeypatch) as one:
        hand.hide_pointer()
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
    hand.fill(GREEN, (70, 40, 10, 10))
    hand.shown()
    assert seen.woken()
    assert seen.due()
    seen.see()
    assert [patch.place for patch in seen.patches] == [Rectangle(64, 32, 64, 32)]
    assert seen.pixel(75, 45) == GREEN
    assert not seen.due()


def test_however_much_is_drawn_between_two_looks_it_is_told_once(seen: Film, hand: Painter) -> None:
    told: list[int] = []
    x11_of(seen)._connection.subscribe(lambda event: told.append(event.type))
    for place in range(500):
        hand.fill(GREEN, (place, 0, 5, 5))
    hand.shown()
    assert seen.due()
    assert len(told) == 1
