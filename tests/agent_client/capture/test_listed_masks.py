"""Masks where windows are listed: never a moment between two lists in which one shines through."""

from __future__ import annotations

from collections.abc import Sequence

from agent_client.capture.areas import within
from agent_client.capture.exclusion import Window
from agent_client.capture.listed_masks import FLIGHT_SECONDS, LINGER_SECONDS, ListedMasks
from agent_client.capture.screen import Rectangle
from agent_client.capture.settings import WindowPattern

SECRETS = [WindowPattern(application="keepass*")]
HERE, THERE = Rectangle(10, 20, 100, 50), Rectangle(300, 200, 100, 50)
ON_THE_WAY = Rectangle(10, 20, 390, 230)
SCREEN = Rectangle(-1920, 0, 1920 + 3840, 2160)


def safe(place: Rectangle, *, mapped: bool = True) -> Window:
    return Window(place, frozenset({"KeePass.exe"}), "Database", opaque=True, mapped=mapped)


class Desk:
    def __init__(self, *windows: Window) -> None:
        self.windows: Sequence[Window] = windows
        self.asked = 0

    def __call__(self) -> Sequence[Window]:
        self.asked += 1
        return self.windows


def test_a_window_that_stands_still_is_covered_and_nothing_else() -> None:
    masks = ListedMasks(Desk(safe(HERE)), SECRETS)
    masks.before_grab()
    assert masks.after_grab(0.0) == [HERE]


def test_a_window_that_moves_during_the_grab_is_covered_wherever_it_may_have_been() -> None:
    desk = Desk(safe(HERE))
    masks = ListedMasks(desk, SECRETS)
    masks.before_grab()
    desk.windows = [safe(THERE)]
    assert masks.after_grab(0.0) == [ON_THE_WAY]


def test_a_window_that_came_or_went_during_the_grab_is_covered() -> None:
    for before, after in (([], [safe(HERE)]), ([safe(HERE)], [])):
        desk = Desk(*before)
        masks = ListedMasks(desk, SECRETS)
        masks.before_grab()
        desk.windows = after
        assert masks.after_grab(0.0) == [HERE]


def test_where_a_window_was_a_moment_ago_is_still_covered() -> None:
    desk = Desk(safe(HERE))
    masks = ListedMasks(desk, SECRETS)
    masks.before_grab()
    masks.after_grab(0.0)
    desk.windows = [safe(THERE)]
    masks.before_grab()
    assert masks.after_grab(LINGER_SECONDS / 4) == [ON_THE_WAY]
    masks.before_grab()
    assert masks.after_grab(LINGER_SECONDS / 2) == [HERE, THERE]
    masks.before_grab()
    assert masks.after_grab(LINGER_SECONDS * 2) == [THERE]


def test_where_a_window_was_at_the_last_look_is_covered_however_long_ago_that_was() -> None:
    """The system may still hand out the picture of then."""
    desk = Desk(safe(HERE))
    masks = ListedMasks(desk, SECRETS)
    masks.before_grab()
    masks.after_grab(0.0)
    desk.windows = [safe(THERE)]
    masks.before_grab()
    assert masks.after_grab(3600.0) == [ON_THE_WAY]
    masks.before_grab()
    assert masks.after_grab(3600.0 + LINGER_SECONDS * 2) == [THERE]


def test_all_is_covered_while_a_window_flies_into_the_taskbar_or_out_of_it() -> None:
    desk = Desk(safe(HERE))
    masks = ListedMasks(desk, SECRETS)

    def covered(now: float) -> list[Rectangle]:
        masks.before_grab()
        return within(masks.after_grab(now), [SCREEN])

    assert covered(0.0) == [HERE]
    desk.windows = [safe(HERE, mapped=False)]
    assert covered(10.0) == [SCREEN]
    assert covered(10.0 + FLIGHT_SECONDS / 2) == [SCREEN]
    assert covered(10.0 + FLIGHT_SECONDS * 3) == []
    desk.windows = [safe(HERE)]
    assert covered(20.0) == [SCREEN]
    assert covered(20.0 + FLIGHT_SECONDS * 3) == [HERE]


def test_a_window_that_begins_to_fly_during_a_grab_covers_all_of_it() -> None:
    desk = Desk(safe(HERE))
    masks = ListedMasks(desk, SECRETS)
    masks.before_grab()
    desk.windows = [safe(HERE, mapped=False)]
    assert within(masks.after_grab(0.0), [SCREEN]) == [SCREEN]


def test_without_a_pattern_windows_are_not_even_listed() -> None:
    desk = Desk(safe(HERE))
    masks = ListedMasks(desk, [])
    masks.before_grab()
    assert masks.after_grab(0.0) == []
    assert desk.asked == 0
