"""The way to the screen through a recording, on a desktop that changes at the wrong moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Layout, Patch, Rectangle
from agent_client.capture.settings import ScreenSettings
from agent_client.capture.sight import Sight
from tests.agent_client.capture.staging import patch_of

_SMALL = Layout(64, 48, ((0, 0, 64, 48),))
_BIG = Layout(128, 96, ((0, 0, 128, 96),))
_WHITE = (255, 255, 255)


@dataclass
class Desktop:
    """A screen in memory; `during` may change it while it is looked at."""

    layouts: list[Layout] = field(default_factory=lambda: [_SMALL])  # the present one is the first
    during: Callable[[Desktop], None] = lambda _desktop: None
    torn: bool = False  # the next look is thrown away, as if a mask could not be told
    looks: list[bool] = field(default_factory=list)  # whether each was at all of it
    opened: int = 0

    def fileno(self) -> int | None:
        return None

    def due(self, now: float) -> float | None:
        return now

    def layout(self) -> Layout:
        return self.layouts[0]

    def look(self, now: float, *, whole: bool) -> list[Patch]:
        assert now >= 0
        self.looks.append(whole)
        layout = self.layouts[0]
        self.during(self)
        if self.torn:
            self.torn = False
            return []
        if not whole:
            return []
        return [patch_of(Rectangle(0, 0, layout.width, layout.height), _WHITE)]

    def diagnostics(self) -> str:
        return "in memory"

    def close(self) -> None:
        """Nothing is held."""


def _sight(desktop: Desktop) -> Sight:
    def opened(_settings: ScreenSettings) -> Desktop:
        desktop.opened += 1
        return desktop

    return Sight(opened, ScreenSettings())


def _kept(sight: Sight, *, whole: bool = False) -> tuple[list[Rectangle], Layout]:
    patches, layout = sight.look(1.0, whole=whole)
    sight.owed = False
    return [patch.place for patch in patches], layout


def test_the_first_look_is_at_all_of_it_and_the_next_one_only_at_changes() -> None:
    desktop = Desktop()
    sight = _sight(desktop)
    assert _kept(sight) == ([Rectangle(0, 0, 64, 48)], _SMALL)
    assert _kept(sight) == ([], _SMALL)
    assert desktop.looks == [True, False]


def test_what_is_seen_while_the_monitors_change_is_thrown_away_and_looked_at_anew() -> None:
    desktop = Desktop(layouts=[_SMALL, _BIG])
    sight = _sight(desktop)

    def grow(one: Desktop) -> None:
        one.layouts = [_BIG]

    desktop.during = grow
    assert _kept(sight) == ([Rectangle(0, 0, 128, 96)], _BIG)
    assert desktop.looks == [True, True]
    assert desktop.opened == 1


def test_another_layout_is_seen_whole_though_nobody_asks_for_that() -> None:
    desktop = Desktop()
    sight = _sight(desktop)
    _kept(sight)
    desktop.layouts = [_BIG]
    assert _kept(sight) == ([Rectangle(0, 0, 128, 96)], _BIG)


def test_a_change_during_a_look_at_little_is_not_lost() -> None:
    desktop = Desktop()
    sight = _sight(desktop)
    _kept(sight)

    def grow(one: Desktop) -> None:
        one.layouts = [_BIG]

    desktop.during = grow
    assert _kept(sight) == ([Rectangle(0, 0, 128, 96)], _BIG)


def test_a_look_at_all_that_shows_nothing_is_repeated() -> None:
    desktop = Desktop(torn=True)
    assert _kept(_sight(desktop)) == ([Rectangle(0, 0, 64, 48)], _SMALL)
    assert desktop.looks == [True, True]


def test_a_desktop_that_never_stands_still_is_a_failure_after_a_second_way_to_it() -> None:
    desktop = Desktop()

    def flap(one: Desktop) -> None:
        one.layouts = [_BIG if one.layouts[0] == _SMALL else _SMALL]

    desktop.during = flap
    with pytest.raises(CaptureFailedError) as failure:
        _sight(desktop).look(1.0, whole=True)
    assert failure.value.code == "screen-unreadable"
    assert desktop.opened == 2
