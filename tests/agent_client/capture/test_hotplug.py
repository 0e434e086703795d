"""Monitors come, go, turn and change in the middle of a recording: the film shows what was there.

A real X server, the real capture thread, and its segments, each decoded by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_client.capture.screen import Rectangle
from agent_client.core.commands import ResumeCapture
from contract.manifest import View
from tests.agent_client.capture.desktops import Desktop, painter, x_server
from tests.agent_client.capture.scenes import (
    BLUE,
    FIRST,
    FOURTH,
    GREY,
    RED,
    SECOND,
    THIRD,
    dark_around,
    recording,
    shows,
)
from tests.agent_client.capture.staging import SLOW, Frame

_METHODS = ["auto", "polling"]


@pytest.fixture(scope="module")
def shared_server() -> Iterator[str]:
    with x_server("800x800") as name:
        yield name


@pytest.fixture
def server(shared_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A desktop of 640 x 400 that may grow to 800 x 800."""
    monkeypatch.setenv("DISPLAY", shared_server)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    desktop = Desktop(shared_server)
    desktop.resize(640, 400)
    yield shared_server
    for monitor in ("west", "east"):
        desktop.pull(monitor)


def _without_slate(films: list[list[Frame]]) -> list[list[Frame]]:
    """The pictures of the desktop: the first of all is the slate."""
    return [films[0][1:], *films[1:]]


def _places(views: tuple[View, ...]) -> list[tuple[int, int, tuple[int, int, int, int]]]:
    return [(view.width, view.height, view.place) for view in views]


@pytest.mark.parametrize("method", _METHODS)
def test_a_desktop_that_grows_turns_and_shrinks_is_filmed_on_one_canvas(
    server: str, tmp_path: Path, method: str
) -> None:
    steps = [
        (FIRST, (640, 400), Rectangle(0, 0, 640, 400)),
        (SECOND, (800, 600), Rectangle(52, 0, 534, 400)),  # grown
        (THIRD, (400, 640), Rectangle(194, 0, 250, 400)),  # turned
        (FOURTH, (321, 203), Rectangle(158, 98, 321, 203)),  # shrunk, and odd
        (FIRST, (640, 400), Rectangle(0, 0, 640, 400)),
    ]
    with recording(server, tmp_path, method=method) as scene:
        for colours, (width, height), place in steps:
            scene.desktop.resize(width, height)
            scene.show(colours, Rectangle(0, 0, width, height))
            scene.until_filmed(colours, place)
        manifest, films = scene.close()
    assert _places(manifest.views) == [
        (*size, (place.left, place.top, place.width, place.height)) for _, size, place in steps
    ]
    assert [view.monitors for view in manifest.views] == [((0, 0, *size),) for _, size, _ in steps]
    assert [one.offset for one in manifest.segments] == [one.offset for one in manifest.views]
    # Grown and turned it was bigger than the canvas; that was one stretch, and it is told.
    (scaled,) = (one for one in manifest.troubles if one.code == "picture-scaled")
    assert scaled.offset >= manifest.views[1].offset
    assert scaled.offset + scaled.duration >= manifest.views[3].offset
    for frames, (colours, _, place) in zip(_without_slate(films), steps, strict=True):
        assert frames[0].key
        assert shows(frames[-1], colours, place)
        assert all((frame.width, frame.height) == (640, 400) for frame in frames)
        assert all(dark_around(frame, place) for frame in frames)


@pytest.mark.parametrize("method", _METHODS)
def test_a_second_monitor_that_is_plugged_and_taken_away_is_in_the_film_meanwhile(
    server: str, tmp_path: Path, method: str
) -> None:
    west, both = Rectangle(0, 0, 320, 400), Rectangle(0, 0, 640, 400)
    Desktop(server).plug("west", (0, 0, 320, 400), output="screen")
    with recording(server, tmp_path, method=method, shown=(FIRST, west)) as scene:
        scene.until_filmed(FIRST, west)
        scene.desktop.plug("east", (320, 40, 320, 360))
        scene.show(SECOND, both)
        scene.until_filmed(SECOND, Rectangle(0, 100, 320, 200))
        scene.desktop.pull("east")
        scene.show(THIRD, west)
        scene.until_filmed(THIRD, west)
        manifest, films = scene.close()
    assert [view.monitors for view in manifest.views] == [
        ((0, 0, 320, 400),),
        ((0, 0, 320, 400), (320, 40, 320, 360)),
        ((0, 0, 320, 400),),
    ]
    assert manifest.canvas is not None
    assert (manifest.canvas.width, manifest.canvas.height) == (320, 400)
    assert len(films) == 3


@pytest.mark.parametrize("method", _METHODS)
def test_monitors_that_flap_lose_and_garble_nothing(
    server: str, tmp_path: Path, method: str
) -> None:
    whole = Rectangle(0, 0, 640, 400)
    with recording(server, tmp_path, method=method) as scene:
        scene.painter.ground(RED)
        scene.painter.point(150, 20)
        scene.until_filmed((RED, RED, RED, RED), whole)
        for _ in range(10):
            scene.desktop.resize(800, 600)
            scene.desktop.plug("west", (0, 0, 300, 600), output="screen")
            scene.desktop.pull("west")
            scene.desktop.resize(640, 400)
        scene.painter.ground(BLUE)
        scene.until_filmed((BLUE, BLUE, BLUE, BLUE), whole)
        manifest, films = scene.close()
    assert (manifest.views[-1].width, manifest.views[-1].height) == (640, 400)
    assert [one.offset for one in manifest.segments] == [one.offset for one in manifest.views]
    for frames, view in zip(_without_slate(films), manifest.views, strict=True):
        place = Rectangle(*view.place)
        for frame in frames:
            assert (frame.width, frame.height) == (640, 400)
            # All of the desktop, and nothing else: the root was red all the time, then blue.
            colour = BLUE if frame.is_about(BLUE, (320, 200)) else RED
            assert shows(frame, (colour, colour, colour, colour), place), (view, frame.at)


def test_a_change_during_a_pause_is_in_the_view_of_the_next_segment(
    server: str, tmp_path: Path
) -> None:
    whole = Rectangle(0, 0, 640, 400)
    with recording(server, tmp_path, shown=(FIRST, whole)) as scene:
        scene.until_filmed(FIRST, whole)
        scene.recorded.pause(scene.recording_id)
        scene.desktop.resize(320, 200)
        scene.show(SECOND, Rectangle(0, 0, 320, 200))
        scene.recorded.order(ResumeCapture(scene.recording_id))
        scene.until_filmed(SECOND, Rectangle(160, 100, 320, 200))
        manifest, films = scene.close()
    assert _places(manifest.views) == [
        (640, 400, (0, 0, 640, 400)),
        (320, 200, (160, 100, 320, 200)),
    ]
    assert manifest.views[1].offset == manifest.segments[1].offset
    assert all(shows(frame, SECOND, Rectangle(160, 100, 320, 200)) for frame in films[1])


def test_only_the_monitor_that_policy_names_is_filmed(server: str, tmp_path: Path) -> None:
    east = Rectangle(320, 40, 320, 360)
    Desktop(server).plug("west", (0, 0, 320, 400), output="screen")
    Desktop(server).plug("east", (320, 40, 320, 360))
    with recording(server, tmp_path, monitor="east", shown=(FIRST, east)) as scene:
        scene.until_filmed(FIRST, Rectangle(0, 0, 320, 360))
        scene.show(SECOND, east)
        scene.until_filmed(SECOND, Rectangle(0, 0, 320, 360))
        manifest, _ = scene.close()
    assert _places(manifest.views) == [(320, 360, (0, 0, 320, 360))]


def test_the_film_follows_the_workspace_window_to_another_monitor(
    server: str, tmp_path: Path
) -> None:
    west, east = Rectangle(0, 0, 320, 400), Rectangle(320, 0, 320, 400)
    Desktop(server).plug("west", (0, 0, 320, 400), output="screen")
    Desktop(server).plug("east", (320, 0, 320, 400))
    with recording(server, tmp_path, monitor="workspace", shown=(FIRST, west)) as scene:
        window = scene.painter.window("Workspace", (20, 20, 8, 8))
        scene.show(FIRST, west)
        scene.until_filmed(FIRST, west)
        scene.show(SECOND, east)
        window.configure(x=400)
        scene.painter.shown()
        scene.show(SECOND, east)
        scene.until_filmed(SECOND, west)  # the same place on the canvas
        manifest, _ = scene.close()
    assert len(manifest.segments) == 1


@pytest.mark.parametrize("method", _METHODS)
def test_of_two_x_screens_the_one_that_display_names_is_filmed(
    tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with x_server("320x200", "400x300") as name:
        for number, (width, height) in enumerate([(320, 200), (400, 300)]):
            whole = Rectangle(0, 0, width, height)
            monkeypatch.setenv("DISPLAY", f"{name}.{number}")
            with (
                painter(f"{name}.{1 - number}") as other,
                recording(
                    f"{name}.{number}", tmp_path / str(number), method=method, shown=(FIRST, whole)
                ) as scene,
            ):
                other.fill(GREY, (0, 0, 400, 300))
                other.shown()
                scene.until_filmed(FIRST, whole)
                scene.show(SECOND, whole)
                scene.until_filmed(SECOND, whole)
                manifest, _ = scene.close()
            assert _places(manifest.views) == [(width, height, (0, 0, width, height))]


@pytest.mark.parametrize("method", _METHODS)
def test_screens_that_xinerama_joins_are_filmed_on_one_canvas(
    tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with x_server("320x200", "400x300", options=("+xinerama",)) as name:
        monkeypatch.setenv("DISPLAY", name)
        whole = Rectangle(0, 0, 400, 300)
        with recording(name, tmp_path, method=method, shown=(FIRST, whole)) as scene:
            scene.until_filmed(FIRST, whole)
            scene.show(SECOND, whole)
            scene.until_filmed(SECOND, whole)
            manifest, _ = scene.close()
    assert _places(manifest.views) == [(400, 300, (0, 0, 400, 300))]


def test_a_desktop_beyond_the_encoders_limits_is_filmed_smaller_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with x_server("8800x1200") as name:
        monkeypatch.setenv("DISPLAY", name)
        whole = Rectangle(0, 0, 8304, 1132)
        with recording(name, tmp_path, shown=(FIRST, Rectangle(0, 0, 8800, 1200))) as scene:
            scene.until_filmed(FIRST, whole)
            manifest, _ = scene.close()
    assert manifest.canvas is not None
    assert (manifest.canvas.width, manifest.canvas.height) == (8304, 1132)
    assert _places(manifest.views) == [(8800, 1200, (0, 0, 8304, 1132))]
    codes = [one.code for one in manifest.troubles if one.code not in SLOW]
    assert codes == ["picture-scaled"]
