"""The Workspace window on real X servers, with a window manager and without."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent_client.capture.screen import Rectangle
from agent_client.capture.x11_connection import X11Connection
from agent_client.capture.x11_workspace import Workspace
from tests.agent_client.capture.desktops import Painter, painter, x_server
from tests.agent_client.capture.staging import until
from tests.agent_client.capture.x11_staging import until_told


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with x_server("800x600") as name:
        yield name


@pytest.fixture
def other(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Painter]:
    """Whoever opens windows on the desktop."""
    monkeypatch.setenv("DISPLAY", server)
    with painter(server) as one:
        yield one


@pytest.fixture
def connection(other: Painter) -> Iterator[X11Connection]:
    assert other.root
    one = X11Connection()
    yield one
    one.close()


def _until(connection: X11Connection, holds: Callable[[], bool]) -> None:
    until_told(connection, holds, lambda: "the workspace window")


def _opened(connection: X11Connection, title: str = "*workspace*") -> Workspace:
    workspace = Workspace(connection, title)
    connection.subscribe(workspace.handle)
    return workspace


def test_a_window_is_found_by_its_title_whatever_the_case(
    other: Painter, connection: X11Connection
) -> None:
    other.window("Mail", (0, 0, 50, 50))
    other.window("Genesys WORKSPACE - Agent 7", (100, 200, 300, 250))
    assert _opened(connection).place == Rectangle(100, 200, 300, 250)


def test_no_window_of_that_title_is_nowhere(other: Painter, connection: X11Connection) -> None:
    other.window("Mail", (0, 0, 50, 50))
    assert _opened(connection).place is None


def test_a_window_is_followed_from_its_opening_to_its_end(
    other: Painter, connection: X11Connection
) -> None:
    workspace = _opened(connection)
    window = other.window("Workspace", (10, 20, 30, 40))
    _until(connection, lambda: workspace.place == Rectangle(10, 20, 30, 40))
    window.configure(x=300, width=200)
    other.shown()
    _until(connection, lambda: workspace.place == Rectangle(300, 20, 200, 40))
    window.destroy()
    other.shown()
    _until(connection, lambda: workspace.place is None)


def test_a_title_that_comes_later_is_noticed(other: Painter, connection: X11Connection) -> None:
    workspace = _opened(connection)
    window = other.window("New tab", (10, 20, 30, 40))
    other.entitle(window, "Workspace")
    _until(connection, lambda: workspace.place == Rectangle(10, 20, 30, 40))


def test_another_tab_in_front_loses_neither_window_nor_monitor(
    other: Painter, connection: X11Connection
) -> None:
    workspace = _opened(connection)
    window = other.window("Workspace", (10, 20, 30, 40))
    _until(connection, lambda: workspace.place is not None)
    other.entitle(window, "News")
    window.configure(x=500)
    other.shown()
    _until(connection, lambda: workspace.place == Rectangle(500, 20, 30, 40))
    second = other.window("Workspace", (100, 100, 20, 20))
    _until(connection, lambda: workspace.place == Rectangle(100, 100, 20, 20))
    second.destroy()
    other.shown()


def test_the_uppermost_of_several_counts(other: Painter, connection: X11Connection) -> None:
    other.window("Workspace", (0, 0, 30, 40))
    other.window("Workspace", (400, 0, 30, 40))
    assert _opened(connection).place == Rectangle(400, 0, 30, 40)


def test_a_window_that_a_manager_frames_is_told_in_places_of_the_desktop(
    other: Painter, connection: X11Connection, server: str, tmp_path: Path
) -> None:
    managed = tmp_path / "managed"
    manager = subprocess.Popen(
        ["openbox", "--sm-disable", "--startup", f"touch {managed}"],
        env={**os.environ, "DISPLAY": server},
        stderr=subprocess.DEVNULL,
    )
    try:
        until(managed.exists, "a window manager")
        workspace = _opened(connection)
        window = other.window("Workspace", (100, 100, 200, 150), managed=True)
        _until(connection, lambda: workspace.place is not None)
        move = ["xdotool", "windowmove", str(window.id), "350", "220"]
        subprocess.run(move, check=True, env={**os.environ, "DISPLAY": server})

        def there() -> bool:
            place = workspace.place
            return place is not None and 345 <= place.left <= 365 and 215 <= place.top <= 260

        _until(connection, there)
        window.destroy()
        other.shown()
        _until(connection, lambda: workspace.place is None)
    finally:
        manager.terminate()
        manager.wait()
