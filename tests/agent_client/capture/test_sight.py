"""The way to the screen: opened early, opened anew, and never in the way of a recording."""

from __future__ import annotations

import pytest

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.screen import Layout, Patch, Rectangle, Screen
from agent_client.capture.settings import ScreenSettings
from agent_client.capture.sight import Sight
from tests.agent_client.capture.staging import patch_of

WHOLE = Rectangle(0, 0, 64, 48)


class _Desktop:
    """Hands out screens; the newest works, unless none does."""

    def __init__(self) -> None:
        self.opened: list[_MadeUp] = []
        self.locked = False

    def open(self, settings: ScreenSettings) -> Screen:
        if self.locked:
            raise CaptureFailedError("no-display", "nobody is signed in")
        self.opened.append(_MadeUp(settings))
        return self.opened[-1]


class _MadeUp:
    def __init__(self, settings: ScreenSettings) -> None:
        self.settings = settings
        self.broken = False
        self.closed = False
        self.looks: list[bool] = []
        self.turned: list[bool] = []  # how it stands, each time that is asked; then upright
        self.nothing = 0  # so many looks show nothing

    def fileno(self) -> int | None:
        return None

    def due(self, now: float) -> float | None:
        return now + 1

    def layout(self) -> Layout:
        if self.turned and self.turned.pop(0):
            return Layout(48, 64, ((0, 0, 48, 64),))
        return Layout(64, 48, ((0, 0, 64, 48),))

    def look(self, now: float, *, whole: bool) -> list[Patch]:
        assert not self.closed
        if self.broken:
            raise CaptureFailedError("screen-unreadable", "it went away")
        self.looks.append(whole)
        if self.nothing:
            self.nothing -= 1
            return []
        return [patch_of(WHOLE, (int(now), 0, 0))]

    def diagnostics(self) -> str:
        return "made up"

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def desktop() -> _Desktop:
    return _Desktop()


@pytest.fixture
def sight(desktop: _Desktop) -> Sight:
    return Sight(desktop.open, ScreenSettings())


def test_made_ready_it_keeps_no_screen_open(sight: Sight, desktop: _Desktop) -> None:
    sight.prepare()
    assert [screen.closed for screen in desktop.opened] == [True]
    sight.look(1.0, whole=False)
    assert [screen.closed for screen in desktop.opened] == [True, False]


def test_that_there_is_no_screen_is_told_at_the_look_not_before(
    sight: Sight, desktop: _Desktop
) -> None:
    desktop.locked = True
    sight.prepare()
    with pytest.raises(CaptureFailedError, match="no-display"):
        sight.look(1.0, whole=False)


def test_a_screen_that_breaks_is_opened_anew_and_seen_whole(
    sight: Sight, desktop: _Desktop
) -> None:
    sight.look(1.0, whole=False)
    sight.owed = False
    desktop.opened[0].broken = True
    patches, _ = sight.look(2.0, whole=False)
    assert patches == [patch_of(WHOLE, (2, 0, 0))]
    assert desktop.opened[0].closed
    assert desktop.opened[1].looks == [True]


def test_a_look_in_which_the_desktop_turned_is_repeated_at_all_of_it(
    sight: Sight, desktop: _Desktop
) -> None:
    """Even if it has turned back by then: what was told before is used up."""
    sight.look(1.0, whole=False)
    sight.owed = False
    desktop.opened[0].turned = [False, True]
    patches, layout = sight.look(2.0, whole=False)
    assert patches == [patch_of(WHOLE, (2, 0, 0))]
    assert (layout.width, layout.height) == (64, 48)
    assert desktop.opened[0].looks == [True, False, True]


def test_a_look_at_all_of_it_that_shows_nothing_is_repeated(
    sight: Sight, desktop: _Desktop
) -> None:
    sight.look(1.0, whole=False)
    sight.owed = False
    desktop.opened[0].nothing = 2
    patches, _ = sight.look(2.0, whole=True)
    assert patches == [patch_of(WHOLE, (2, 0, 0))]
    desktop.opened[0].nothing = 1
    sight.owed = False
    assert sight.look(3.0, whole=False)[0] == []


def test_all_of_it_is_owed_until_it_was_kept(sight: Sight, desktop: _Desktop) -> None:
    assert sight.due(5.0) == 5.0
    sight.look(5.0, whole=False)
    sight.look(5.0, whole=False)
    sight.owed = False
    sight.look(6.0, whole=False)
    assert desktop.opened[0].looks == [True, True, False]
    assert sight.due(6.0) == 7.0


def test_settings_of_the_next_recording_open_the_screen_anew(
    sight: Sight, desktop: _Desktop
) -> None:
    sight.look(1.0, whole=False)
    sight.configure(ScreenSettings())
    assert not desktop.opened[0].closed
    sight.configure(ScreenSettings(monitor="primary"))
    assert desktop.opened[0].closed
    sight.look(2.0, whole=False)
    assert desktop.opened[1].settings.monitor == "primary"
