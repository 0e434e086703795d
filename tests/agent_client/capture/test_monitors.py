"""Which monitors are recorded, and where they are drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_client.capture.monitors import Monitor, chosen, fit
from agent_client.capture.screen import Layout, Rectangle
from contract.manifest import Canvas

_LEFT = Monitor("DP-1", Rectangle(0, 0, 1920, 1080), primary=False)
_RIGHT = Monitor("HDMI-1", Rectangle(1920, 56, 1280, 1024), primary=True)
_DESKTOP = Rectangle(0, 0, 3200, 1080)


def _layout(width: int, height: int) -> Layout:
    return Layout(width, height, ((0, 0, width, height),))


def test_all_monitors_are_one_picture_with_its_parts() -> None:
    what = chosen([_RIGHT, _LEFT], "all", _DESKTOP)
    assert what.part == _DESKTOP
    assert what.layout == Layout(3200, 1080, ((0, 0, 1920, 1080), (1920, 56, 1280, 1024)))
    assert not what.missing


def test_a_desktop_wider_than_its_monitors_is_recorded_where_something_is_shown() -> None:
    what = chosen([_LEFT], "all", Rectangle(0, 0, 4096, 4096))
    assert what.part == _LEFT.place
    assert what.layout == _layout(1920, 1080)


def test_monitors_left_of_the_primary_one_have_negative_places_only_outside() -> None:
    beside = Monitor("DISPLAY2", Rectangle(-1280, 56, 1280, 1024), primary=False)
    above = Monitor("DISPLAY3", Rectangle(0, -600, 800, 600), primary=False)
    main = Monitor("DISPLAY1", Rectangle(0, 0, 1920, 1080), primary=True)
    what = chosen([main, beside, above], "all", Rectangle(-1280, -600, 3200, 1680))
    assert what.part == Rectangle(-1280, -600, 3200, 1680)
    assert what.layout.monitors == (
        (0, 656, 1280, 1024),
        (1280, 0, 800, 600),
        (1280, 600, 1920, 1080),
    )


def test_mirrored_monitors_are_listed_once() -> None:
    beamer = Monitor("VGA-1", Rectangle(0, 0, 1024, 768), primary=False)
    twin = Monitor("DP-2", _LEFT.place, primary=False)
    what = chosen([beamer, _LEFT, twin], "all", _DESKTOP)
    assert what.layout == _layout(1920, 1080)


def test_monitors_that_share_a_strip_are_both_listed() -> None:
    other = Monitor("DP-2", Rectangle(1800, 0, 1400, 1080), primary=False)
    what = chosen([_LEFT, other], "all", _DESKTOP)
    assert what.layout.monitors == ((0, 0, 1920, 1080), (1800, 0, 1400, 1080))


def test_policy_may_name_one_monitor() -> None:
    what = chosen([_LEFT, _RIGHT], "HDMI-1", _DESKTOP)
    assert what.part == Rectangle(1920, 56, 1280, 1024)
    assert what.layout == _layout(1280, 1024)
    assert not what.missing


def test_a_mirrored_monitor_can_still_be_named() -> None:
    beamer = Monitor("VGA-1", Rectangle(0, 0, 1024, 768), primary=False)
    assert chosen([beamer, _LEFT], "VGA-1", _DESKTOP).part == Rectangle(0, 0, 1024, 768)


def test_in_place_of_a_monitor_that_is_not_there_stands_the_primary_one_and_it_is_told() -> None:
    what = chosen([_LEFT, _RIGHT], "DP-9", _DESKTOP)
    assert what.part == _RIGHT.place
    assert what.missing


def test_without_a_primary_monitor_the_one_at_the_origin_is_it() -> None:
    first = Monitor("B", Rectangle(0, 0, 800, 600), primary=False)
    other = Monitor("A", Rectangle(-800, 0, 800, 600), primary=False)
    desktop = Rectangle(-800, 0, 1600, 600)
    assert chosen([first, other], "primary", desktop).part == first.place
    assert chosen([_RIGHT], "primary", _DESKTOP).part == _RIGHT.place


@pytest.mark.parametrize(
    ("window", "monitor"),
    [
        (Rectangle(100, 100, 800, 600), _LEFT),
        (Rectangle(2000, 100, 800, 600), _RIGHT),
        (Rectangle(1500, 100, 800, 600), _LEFT),
        (Rectangle(1600, 100, 800, 600), _RIGHT),
        (Rectangle(1520, 100, 800, 600), _RIGHT),  # as much on each: the primary one
    ],
)
def test_the_workspace_monitor_shows_most_of_its_window(
    window: Rectangle, monitor: Monitor
) -> None:
    what = chosen([_LEFT, _RIGHT], "workspace", _DESKTOP, window)
    assert what.part == monitor.place
    assert not what.missing


@pytest.mark.parametrize("window", [None, Rectangle(-4000, 0, 800, 600)])
def test_without_a_workspace_window_in_sight_the_primary_monitor_is_recorded(
    window: Rectangle | None,
) -> None:
    what = chosen([_LEFT, _RIGHT], "workspace", _DESKTOP, window)
    assert what.part == _RIGHT.place
    assert what.missing


def test_without_any_monitor_the_desktop_is_one() -> None:
    nowhere = Monitor("X", Rectangle(9000, 0, 10, 10), primary=True)
    for monitors in ([], [nowhere]):
        what = chosen(monitors, "all", _DESKTOP)
        assert what.part == _DESKTOP
        assert what.layout == _layout(3200, 1080)


def test_what_of_a_monitor_lies_outside_the_desktop_cannot_be_read() -> None:
    wide = Monitor("X", Rectangle(3000, 1000, 1000, 1000), primary=True)
    assert chosen([wide], "X", _DESKTOP).part == Rectangle(3000, 1000, 200, 80)


def test_an_odd_desktop_is_padded_and_not_scaled() -> None:
    made = fit(_layout(1367, 769), None)
    assert made.canvas == Canvas(1368, 770, ((0, 0, 1367, 769),))
    assert made.place == Rectangle(0, 0, 1367, 769)
    assert not made.scaled


def test_the_biggest_picture_that_level_5_2_knows_is_not_scaled() -> None:
    assert not fit(_layout(4096, 2304), None).scaled  # exactly 36,864 blocks
    assert not fit(_layout(8688, 1072), None).scaled
    assert fit(_layout(4096, 2306), None).scaled
    assert fit(_layout(8690, 1080), None).scaled
    assert fit(_layout(1080, 8689), None).scaled


def test_a_desktop_beyond_the_limits_is_scaled_with_its_monitors() -> None:
    wall = Layout(11_520, 2160, tuple((left, 0, 3840, 2160) for left in (0, 3840, 7680)))
    made = fit(wall, None)
    assert made.scaled
    assert (made.canvas.width, made.canvas.height) == (7086, 1328)
    assert made.place == Rectangle(0, 0, 7086, 1328)
    assert made.canvas.monitors == (
        (0, 0, 2362, 1328),
        (2362, 0, 2362, 1328),
        (4724, 0, 2362, 1328),
    )


def test_a_smaller_desktop_stands_in_the_middle_in_its_own_size() -> None:
    canvas = fit(_layout(1920, 1080), None).canvas
    later = fit(_layout(1367, 769), canvas)
    assert later.canvas == canvas
    assert later.place == Rectangle(276, 154, 1367, 769)
    assert not later.scaled


def test_a_bigger_desktop_is_scaled_into_the_canvas() -> None:
    canvas = fit(_layout(1920, 1080), None).canvas
    assert fit(_layout(3840, 1080), canvas).place == Rectangle(0, 270, 1920, 540)
    turned = fit(_layout(1080, 1920), canvas)
    assert turned.place == Rectangle(656, 0, 608, 1080)
    assert turned.scaled


def test_the_first_desktop_come_again_fills_its_canvas() -> None:
    for size in [(1367, 769), (11_520, 2160), (9000, 9000)]:
        first = fit(_layout(*size), None)
        assert fit(_layout(*size), first.canvas) == first


_SIDES = st.integers(1, 40_000)
_SIZES = st.tuples(_SIDES, _SIDES)


@given(_SIZES, st.none() | _SIZES)
def test_whatever_the_desktop_it_lies_within_a_canvas_that_can_be_encoded(
    size: tuple[int, int], first: tuple[int, int] | None
) -> None:
    canvas = None if first is None else fit(_layout(*first), None).canvas
    layout = _layout(*size)
    made = fit(layout, canvas)
    wide, high, place = made.canvas.width, made.canvas.height, made.place
    assert wide % 2 == high % 2 == 0
    assert min(wide, high) >= 2
    assert max(wide, high) <= 8688
    assert -(-wide // 16) * -(-high // 16) <= 36_864
    assert place.left % 2 == place.top % 2 == 0
    assert 0 <= place.left <= place.left + place.width <= wide
    assert 0 <= place.top <= place.top + place.height <= high
    # In the middle, to a step of chroma; but the padding of an odd side is right and below.
    assert abs(wide - place.width - 2 * place.left) <= 3
    assert abs(high - place.height - 2 * place.top) <= 3
    if made.scaled:
        assert place.width % 2 == place.height % 2 == 0
        if min(place.width, place.height) > 2:
            across = place.height * layout.width / layout.height
            down = place.width * layout.height / layout.width
            assert abs(place.width - across) <= 1 or abs(place.height - down) <= 1
            assert place.width <= layout.width
            assert place.height <= layout.height
        # As big as can be: it touches two borders, or is as big as the encoder takes.
        assert place.width == wide or place.height == high
    else:
        assert (place.width, place.height) == size


@given(
    st.lists(
        st.builds(
            Rectangle,
            st.integers(-5000, 5000),
            st.integers(-5000, 5000),
            st.integers(1, 5000),
            st.integers(1, 5000),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_wherever_monitors_stand_each_lies_within_the_picture_and_is_drawn_on_the_canvas(
    places: list[Rectangle],
) -> None:
    desktop = Rectangle(-20_000, -20_000, 40_000, 40_000)
    monitors = [Monitor(str(at), place, primary=False) for at, place in enumerate(places)]
    what = chosen(monitors, "all", desktop)
    layout = what.layout
    for place in places:
        left, top = place.left - what.part.left, place.top - what.part.top
        assert any(
            one[0] <= left
            and one[1] <= top
            and left + place.width <= one[0] + one[2]
            and top + place.height <= one[1] + one[3]
            for one in layout.monitors
        )
    assert min(one[0] for one in layout.monitors) == min(one[1] for one in layout.monitors) == 0
    assert max(one[0] + one[2] for one in layout.monitors) == layout.width
    assert max(one[1] + one[3] for one in layout.monitors) == layout.height
    canvas = fit(layout, None).canvas
    assert len(canvas.monitors) == len(layout.monitors)
    for left, top, width, height in canvas.monitors:
        assert left >= 0
        assert top >= 0
        assert left + width <= canvas.width
        assert top + height <= canvas.height
