"""The pointer is seen where it is, whatever moves it, and costs nothing while it rests."""

from __future__ import annotations

import pytest

from agent_client.capture.screen import Rectangle
from tests.agent_client.capture.desktops import Painter
from tests.agent_client.capture.staging import HEIGHT, WIDTH
from tests.agent_client.capture.x11_staging import (
    GREY,
    Film,
    around,
    film,
    press,
    push_pointer,
    server_without,
    show_pointer,
    truth,
    x11_of,
)


def test_the_pointer_is_drawn_and_leaves_no_trail(seen: Film, hand: Painter) -> None:
    for x, y in [(100, 100), (300, 60), (301, 61), (638, 358), (200, 200)]:
        before = around(*seen_at(seen))
        hand.point(x, y)
        seen.now += 10.5  # nothing tells of a warp
        assert seen.due()
        seen.see()
        if x > before.left + 40:
            assert seen.colours(inside(before)) == {GREY}
        assert {(0, 0, 0), GREY} < seen.colours(inside(around(x, y)))


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
    assert {(0, 0, 0), GREY} < seen.colours(around(350, 200))


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
    x11_of(seen)._connection.round_trip()  # else the painter's requests may be served before ours
    for glyph in range(60, 100, 2):
        show_pointer(hand, glyph)
    assert seen.screen.due(seen.now)
    assert len(told) <= 2


def test_a_click_is_marked_for_half_a_second(seen: Film, hand: Painter) -> None:
    plain = bytes(seen.picture)
    press(hand)
    assert seen.woken()
    clicked = seen.now
    assert seen.due()
    seen.see()
    assert (255, 128, 0) in seen.colours(around(320, 180, 24))
    due = seen.screen.due(seen.now)
    assert due == pytest.approx(clicked + 0.5) or due == pytest.approx(seen.now + 0.2)
    seen.now += 0.6
    assert seen.due()
    seen.see()
    assert bytes(seen.picture) == plain


def test_turning_the_wheel_is_no_click(seen: Film, hand: Painter) -> None:
    plain = bytes(seen.picture)
    press(hand, 4)
    press(hand, 5)
    assert seen.woken()
    assert not seen.due()
    seen.see(whole=True)
    assert bytes(seen.picture) == plain


def test_clicks_are_not_marked_unless_policy_wants_it(
    server: str, hand: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with film(server, monkeypatch) as one:
        one.settle()
        press(hand)
        one.settle()
        assert (255, 128, 0) not in one.colours(around(320, 180, 24))


def test_an_x_server_without_a_shaped_pointer_is_recorded_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        server_without("XFIXES") as name,
        film(name, monkeypatch) as one,
    ):
        assert one.picture == truth(name, one.screen.layout())
