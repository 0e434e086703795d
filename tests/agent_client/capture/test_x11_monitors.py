"""Monitors of real X servers: which, where, and told at once when they change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from agent_client.capture.screen import Layout
from agent_client.capture.settings import ScreenSettings
from agent_client.capture.x11_connection import X11Connection
from agent_client.capture.x11_monitors import X11Monitors, open_monitors
from tests.agent_client.capture.desktops import Desktop, painter, x_server
from tests.agent_client.capture.x11_staging import until_told

_WHOLE = Layout(800, 600, ((0, 0, 800, 600),))


class Watched:
    """Monitors, and how often they told of a change."""

    def __init__(self, choice: str) -> None:
        settings = ScreenSettings(monitor=choice)
        self.connection = X11Connection()
        self.monitors: X11Monitors = open_monitors(self.connection, settings)
        self.changes = 0
        self.connection.subscribe(self._take)

    def _take(self, event: object) -> None:
        self.changes += self.monitors.handle(event)

    def until(self, holds: Callable[[], bool]) -> None:
        until_told(self.connection, holds, self.monitors.layout)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with x_server("800x600") as name:
        yield name


@pytest.fixture
def desktop(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    monkeypatch.setenv("DISPLAY", server)
    yield Desktop(server)
    for monitor in ("west", "east"):
        Desktop(server).pull(monitor)
    Desktop(server).resize(800, 600)


@contextmanager
def _watched(choice: str = "all") -> Iterator[Watched]:
    watched = Watched(choice)
    try:
        yield watched
    finally:
        watched.connection.close()


def _halves(desktop: Desktop) -> None:
    desktop.plug("west", (0, 0, 400, 600), output="screen")
    desktop.plug("east", (400, 100, 400, 500))


def test_a_screen_is_what_its_monitors_show(desktop: Desktop) -> None:
    _halves(desktop)
    with _watched() as watched:
        assert watched.monitors.layout() == Layout(
            800, 600, ((0, 0, 400, 600), (400, 100, 400, 500))
        )
        assert watched.monitors.origin() == (0, 0)
        assert "RandR, 2 monitors, recorded: all" in watched.monitors.diagnostics()


def test_a_monitor_is_known_by_its_name(desktop: Desktop) -> None:
    _halves(desktop)
    with _watched("east") as watched:
        assert watched.monitors.layout() == Layout(400, 500, ((0, 0, 400, 500),))
        assert watched.monitors.origin() == (400, 100)


def test_the_primary_monitor_stands_in_for_one_that_is_pulled(desktop: Desktop) -> None:
    _halves(desktop)
    desktop.make_primary()
    with _watched("east") as watched:
        desktop.pull("east")
        watched.until(lambda: watched.monitors.origin() == (0, 0))
        assert watched.monitors.layout() == Layout(400, 600, ((0, 0, 400, 600),))
        assert "which is not there" in watched.monitors.diagnostics()
        desktop.plug("east", (500, 0, 300, 300))
        watched.until(lambda: watched.monitors.origin() == (500, 0))
        assert watched.monitors.layout() == Layout(300, 300, ((0, 0, 300, 300),))
        assert "not there" not in watched.monitors.diagnostics()


def test_the_primary_monitor_is_followed_when_it_is_another_one(desktop: Desktop) -> None:
    _halves(desktop)
    with _watched("primary") as watched:
        assert watched.monitors.origin() == (0, 0)  # none is marked: the one at the origin
        desktop.pull("east")
        desktop.plug("*east", (400, 100, 400, 500))  # the asterisk makes it the primary one
        watched.until(lambda: watched.monitors.origin() == (400, 100))
        assert watched.monitors.layout() == Layout(400, 500, ((0, 0, 400, 500),))


def test_a_change_is_told_at_once_and_once(desktop: Desktop) -> None:
    with _watched() as watched:
        assert watched.monitors.layout() == _WHOLE
        desktop.resize(640, 480)
        watched.until(lambda: watched.monitors.layout().width == 640)
        assert watched.monitors.layout() == Layout(640, 480, ((0, 0, 640, 480),))
        assert watched.changes == 1
        desktop.plug("west", (0, 0, 320, 480), output="screen")
        watched.until(lambda: watched.monitors.layout().width == 320)
        desktop.pull("west")
        watched.until(lambda: watched.monitors.layout().width == 640)
        assert watched.changes == 3


def test_what_was_told_too_early_is_found_when_the_monitors_rest(desktop: Desktop) -> None:
    with _watched() as watched:
        desktop.plug("west", (0, 0, 400, 600), output="screen")
        watched.until(lambda: watched.monitors.layout() != _WHOLE)
        assert not watched.monitors.settle(10.0)
        desktop.plug("east", (400, 100, 400, 500))  # nothing that tells of it is taken in
        assert watched.monitors.due() == 10.5
        assert watched.monitors.settle(10.5)
        assert len(watched.monitors.layout().monitors) == 2
        assert not watched.monitors.settle(12.0)
        assert watched.monitors.due() is None


def test_what_leaves_the_layout_as_it_is_is_no_change(desktop: Desktop) -> None:
    with _watched() as watched:
        told = 0

        def count(_event: object) -> None:
            nonlocal told
            told += 1

        watched.connection.subscribe(count)
        desktop.plug("west", (0, 0, 800, 600), output="screen")
        watched.until(lambda: told > 0)
        watched.connection.round_trip()
        watched.connection.dispatch()
        assert watched.changes == 0


def test_a_desktop_whose_monitors_are_all_off_is_read_as_one(desktop: Desktop) -> None:
    desktop.switch_off()
    with _watched() as watched:
        assert watched.monitors.layout() == _WHOLE
        assert "0 monitors" in watched.monitors.diagnostics()


def test_the_monitor_with_the_workspace_window_is_recorded_and_followed(
    desktop: Desktop,
) -> None:
    _halves(desktop)
    with painter(desktop.name) as other, _watched("workspace") as watched:
        assert watched.monitors.layout().height == 600  # no such window: the first monitor
        window = other.window("Genesys Workspace - Agent", (500, 200, 100, 100))
        watched.until(lambda: watched.monitors.origin() == (400, 100))
        assert watched.monitors.layout() == Layout(400, 500, ((0, 0, 400, 500),))
        window.configure(x=10)
        other.shown()
        watched.until(lambda: watched.monitors.origin() == (0, 0))
        window.destroy()
        other.shown()


def test_of_two_screens_the_one_that_display_names_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with x_server("320x200", "400x300") as name:
        for number, size in enumerate([(320, 200), (400, 300)]):
            monkeypatch.setenv("DISPLAY", f"{name}.{number}")
            with _watched() as watched:
                layout = watched.monitors.layout()
                assert (layout.width, layout.height) == size
                assert f"screen {number} of 2" in watched.monitors.diagnostics()


def test_two_screens_that_xinerama_joins_are_one_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    # Xvfb lays them one upon the other, and its RandR knows the first one only.
    with x_server("320x200", "400x300", options=("+xinerama",)) as name:
        monkeypatch.setenv("DISPLAY", name)
        with _watched() as watched:
            assert watched.monitors.layout() == Layout(400, 300, ((0, 0, 400, 300),))
            assert "Xinerama, 2 monitors" in watched.monitors.diagnostics()


def test_without_randr_the_root_is_the_only_monitor(monkeypatch: pytest.MonkeyPatch) -> None:
    with x_server("320x200", options=("-extension", "RANDR")) as name:
        monkeypatch.setenv("DISPLAY", name)
        with _watched() as watched:
            assert watched.monitors.layout() == Layout(320, 200, ((0, 0, 320, 200),))
            assert "root, 0 monitors" in watched.monitors.diagnostics()
