"""Monitors come, go, turn and change in the middle of a recording: the film shows what was there.

A real X server, the real capture thread, and its decoded segments. Each desktop shows four quarters
in colours of its own, so what is in the wrong place or of the wrong time is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent_client.capture.recorder import CaptureThread
from agent_client.capture.screen import Rectangle
from agent_client.capture.settings import ScreenSettings
from agent_client.core.commands import CloseRecording, ResumeCapture
from agent_client.core.events import Event
from contract.manifest import EndReason, Manifest, View
from tests.agent_client.capture.desktops import Desktop, Painter, painter, x_server
from tests.agent_client.capture.staging import (
    Frame,
    Recorded,
    capture_settings,
    frames_of,
    opened_segment,
    until,
)
from uploader.spool import Spool

_METHODS = ["auto", "polling"]
_BLACK = (0, 0, 0)
_Colour = tuple[int, int, int]
_Colours = tuple[_Colour, _Colour, _Colour, _Colour]
_RED, _LIME, _BLUE, _WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
_CYAN, _MAGENTA, _YELLOW, _GREY = (0, 255, 255), (255, 0, 255), (255, 255, 0), (128, 128, 128)
# Upper left, upper right, lower left, lower right; no quarter has the same colour in two of them.
_FIRST: _Colours = (_RED, _LIME, _BLUE, _WHITE)
_SECOND: _Colours = (_CYAN, _MAGENTA, _YELLOW, _GREY)
_THIRD: _Colours = (_LIME, _BLUE, _WHITE, _RED)
_FOURTH: _Colours = (_MAGENTA, _YELLOW, _GREY, _CYAN)


@dataclass
class Scene:
    """A desktop that is recorded."""

    desktop: Desktop
    painter: Painter
    recorded: Recorded
    recording_id: str

    def show(self, colours: _Colours, area: Rectangle) -> None:
        """Four quarters in that part of the root window."""
        for (left, top), colour in zip(_quarters(area), colours, strict=True):
            wide, high = (area.width + 1) // 2, (area.height + 1) // 2
            self.painter.fill(colour, (left, top, wide, high))
        # The pointer is drawn as well: on the seam it hides nothing that is looked at.
        self.painter.point(area.left + area.width // 2, area.top + area.height // 4)

    def until_filmed(self, colours: _Colours, place: Rectangle) -> None:
        """Wait until the newest segment's last picture shows them there on the canvas."""

        def filmed() -> bool:
            segments = sorted((self.recorded.root / self.recording_id).glob("*.seg"))
            mp4 = opened_segment(segments[-1]) if segments else b""
            frames = frames_of(mp4) if b"mdat" in mp4 else []
            return bool(frames) and _shows(frames[-1], colours, place)

        until(filmed, f"{colours} at {place} in the film")

    def close(self) -> tuple[Manifest, list[list[Frame]]]:
        """The manifest, and all pictures of each segment, every one decoded by itself."""
        self.recorded.order(CloseRecording(self.recording_id, EndReason.WRAPPED_UP, ()))
        manifest = self.recorded.manifest(self.recording_id)
        assert self.recorded.events == []
        return manifest, self.recorded.films(self.recording_id)


def _quarters(area: Rectangle) -> list[tuple[int, int]]:
    middle, centre = area.left + area.width // 2, area.top + area.height // 2
    return [(left, top) for top in (area.top, centre) for left in (area.left, middle)]


def _shows(frame: Frame, colours: _Colours, place: Rectangle) -> bool:
    """The colours in the middle of each quarter and near the outer corners, and black around."""
    wide, high = place.width // 4, place.height // 4
    for (left, top), colour in zip(_quarters(place), colours, strict=True):
        if not frame.is_about(colour, (left + wide, top + high)):
            return False
    east, south = place.left + place.width, place.top + place.height
    corners = [
        (left, top) for top in (place.top + 4, south - 5) for left in (place.left + 4, east - 5)
    ]
    inner = all(frame.is_about(one, at) for one, at in zip(colours, corners, strict=True))
    return inner and _dark_around(frame, place)


def _dark_around(frame: Frame, place: Rectangle) -> bool:
    """Nothing but black beside the place; next to it players let colours run into each other."""
    middle, centre = place.left + place.width // 2, place.top + place.height // 2
    beside = [
        (place.left - 4, centre),
        (place.left + place.width + 4, centre),
        (middle, place.top - 4),
        (middle, place.top + place.height + 4),
    ]
    return all(
        frame.is_about(_BLACK, (x, y))
        for x, y in beside
        if 0 <= x < frame.width and 0 <= y < frame.height
    )


@contextmanager
def _recording(
    server: str,
    spool_root: Path,
    *,
    method: str = "auto",
    monitor: str = "all",
    shown: tuple[_Colours, Rectangle] | None = None,
) -> Iterator[Scene]:
    """Record the display that the environment names."""
    events: list[Event] = []
    spool = Spool(spool_root, ballast_bytes=0, reserve_bytes=0)
    screen = ScreenSettings(frames_per_second=15.0, method=method, monitor=monitor)
    thread = CaptureThread(spool, capture_settings(screen=screen), events.append)
    thread.start()
    try:
        with painter(server) as one:
            recorded = Recorded(spool, spool_root, thread, events)
            scene = Scene(Desktop(server), one, recorded, "")
            if shown is not None:
                scene.show(*shown)
            scene.recording_id = recorded.open()
            yield scene
    finally:
        thread.stop()


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
        (_FIRST, (640, 400), Rectangle(0, 0, 640, 400)),
        (_SECOND, (800, 600), Rectangle(52, 0, 534, 400)),  # grown
        (_THIRD, (400, 640), Rectangle(194, 0, 250, 400)),  # turned
        (_FOURTH, (321, 203), Rectangle(158, 98, 321, 203)),  # shrunk, and odd
        (_FIRST, (640, 400), Rectangle(0, 0, 640, 400)),
    ]
    with _recording(server, tmp_path, method=method) as scene:
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
    for frames, (colours, _, place) in zip(_without_slate(films), steps, strict=True):
        assert frames[0].key
        assert _shows(frames[-1], colours, place)
        assert all((frame.width, frame.height) == (640, 400) for frame in frames)
        assert all(_dark_around(frame, place) for frame in frames)


@pytest.mark.parametrize("method", _METHODS)
def test_a_second_monitor_that_is_plugged_and_taken_away_is_in_the_film_meanwhile(
    server: str, tmp_path: Path, method: str
) -> None:
    west, both = Rectangle(0, 0, 320, 400), Rectangle(0, 0, 640, 400)
    Desktop(server).plug("west", (0, 0, 320, 400), output="screen")
    with _recording(server, tmp_path, method=method, shown=(_FIRST, west)) as scene:
        scene.until_filmed(_FIRST, west)
        scene.desktop.plug("east", (320, 40, 320, 360))
        scene.show(_SECOND, both)
        scene.until_filmed(_SECOND, Rectangle(0, 100, 320, 200))
        scene.desktop.pull("east")
        scene.show(_THIRD, west)
        scene.until_filmed(_THIRD, west)
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
    with _recording(server, tmp_path, method=method) as scene:
        scene.painter.ground(_RED)
        scene.painter.point(150, 20)
        scene.until_filmed((_RED, _RED, _RED, _RED), whole)
        for _ in range(10):
            scene.desktop.resize(800, 600)
            scene.desktop.plug("west", (0, 0, 300, 600), output="screen")
            scene.desktop.pull("west")
            scene.desktop.resize(640, 400)
        scene.painter.ground(_BLUE)
        scene.until_filmed((_BLUE, _BLUE, _BLUE, _BLUE), whole)
        manifest, films = scene.close()
    assert (manifest.views[-1].width, manifest.views[-1].height) == (640, 400)
    assert [one.offset for one in manifest.segments] == [one.offset for one in manifest.views]
    for frames, view in zip(_without_slate(films), manifest.views, strict=True):
        place = Rectangle(*view.place)
        for frame in frames:
            assert (frame.width, frame.height) == (640, 400)
            # All of the desktop, and nothing else: the root was red all the time, then blue.
            colour = _BLUE if frame.is_about(_BLUE, (320, 200)) else _RED
            assert _shows(frame, (colour, colour, colour, colour), place), (view, frame.at)


def test_a_change_during_a_pause_is_in_the_view_of_the_next_segment(
    server: str, tmp_path: Path
) -> None:
    whole = Rectangle(0, 0, 640, 400)
    with _recording(server, tmp_path, shown=(_FIRST, whole)) as scene:
        scene.until_filmed(_FIRST, whole)
        scene.recorded.pause(scene.recording_id)
        scene.desktop.resize(320, 200)
        scene.show(_SECOND, Rectangle(0, 0, 320, 200))
        scene.recorded.order(ResumeCapture(scene.recording_id))
        scene.until_filmed(_SECOND, Rectangle(160, 100, 320, 200))
        manifest, films = scene.close()
    assert _places(manifest.views) == [
        (640, 400, (0, 0, 640, 400)),
        (320, 200, (160, 100, 320, 200)),
    ]
    assert manifest.views[1].offset == manifest.segments[1].offset
    assert all(_shows(frame, _SECOND, Rectangle(160, 100, 320, 200)) for frame in films[1])


def test_only_the_monitor_that_policy_names_is_filmed(server: str, tmp_path: Path) -> None:
    east = Rectangle(320, 40, 320, 360)
    Desktop(server).plug("west", (0, 0, 320, 400), output="screen")
    Desktop(server).plug("east", (320, 40, 320, 360))
    with _recording(server, tmp_path, monitor="east", shown=(_FIRST, east)) as scene:
        scene.until_filmed(_FIRST, Rectangle(0, 0, 320, 360))
        scene.show(_SECOND, east)
        scene.until_filmed(_SECOND, Rectangle(0, 0, 320, 360))
        manifest, _ = scene.close()
    assert _places(manifest.views) == [(320, 360, (0, 0, 320, 360))]


def test_the_film_follows_the_workspace_window_to_another_monitor(
    server: str, tmp_path: Path
) -> None:
    west, east = Rectangle(0, 0, 320, 400), Rectangle(320, 0, 320, 400)
    Desktop(server).plug("west", (0, 0, 320, 400), output="screen")
    Desktop(server).plug("east", (320, 0, 320, 400))
    with _recording(server, tmp_path, monitor="workspace", shown=(_FIRST, west)) as scene:
        window = scene.painter.window("Workspace", (20, 20, 8, 8))
        scene.show(_FIRST, west)
        scene.until_filmed(_FIRST, west)
        scene.show(_SECOND, east)
        window.configure(x=400)
        scene.painter.shown()
        scene.show(_SECOND, east)
        scene.until_filmed(_SECOND, west)  # the same place on the canvas
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
                _recording(
                    f"{name}.{number}", tmp_path / str(number), method=method, shown=(_FIRST, whole)
                ) as scene,
            ):
                other.fill(_GREY, (0, 0, 400, 300))
                other.shown()
                scene.until_filmed(_FIRST, whole)
                scene.show(_SECOND, whole)
                scene.until_filmed(_SECOND, whole)
                manifest, _ = scene.close()
            assert _places(manifest.views) == [(width, height, (0, 0, width, height))]


@pytest.mark.parametrize("method", _METHODS)
def test_screens_that_xinerama_joins_are_filmed_on_one_canvas(
    tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with x_server("320x200", "400x300", options=("+xinerama",)) as name:
        monkeypatch.setenv("DISPLAY", name)
        whole = Rectangle(0, 0, 400, 300)
        with _recording(name, tmp_path, method=method, shown=(_FIRST, whole)) as scene:
            scene.until_filmed(_FIRST, whole)
            scene.show(_SECOND, whole)
            scene.until_filmed(_SECOND, whole)
            manifest, _ = scene.close()
    assert _places(manifest.views) == [(400, 300, (0, 0, 400, 300))]
