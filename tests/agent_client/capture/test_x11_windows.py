"""A window that policy names is never to be seen, whatever it does, and nothing else stays hidden.

Real windows on a real X server, with a window manager and without one: a program drives them about
at full speed, while the screen is looked at as fast as it can be. See `secretive.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from Xlib import X

from agent_client.capture import residue, x11_windows
from agent_client.capture.recorder import CaptureThread
from agent_client.capture.screen import Patch, Screen
from agent_client.capture.screen_x11 import open_x11
from agent_client.capture.settings import ScreenSettings, WindowPattern, film_clock
from agent_client.core.commands import CloseRecording
from agent_client.core.events import Event
from contract.manifest import EndReason
from tests.agent_client.capture.compositing import FADES, PICOM, compositor
from tests.agent_client.capture.desktops import x_server
from tests.agent_client.capture.secretive import (
    APPLICATION,
    OTHERS,
    SECRET_BYTES,
    TITLE,
    Program,
)
from tests.agent_client.capture.staging import Frame, Recorded, capture_settings, until
from uploader.spool import Spool

WIDTH, HEIGHT = 640, 360
_BYTES_A_PIXEL = 4
_SECONDS, _LOOKS = 4.0, 50  # so long, and so often, at least
_PROGRAM = "tests.agent_client.capture.secretive"
_EXCLUDE = (WindowPattern(application=APPLICATION.upper()), WindowPattern(title=f"{TITLE}*"))
_COVER = bytes([0x60, 0x60, 0x60])
_OTHERS_BYTES = OTHERS.to_bytes(3, "little")


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs on a busy machine take longer than on a desk to do what nobody tells of."""
    monkeypatch.setattr(x11_windows, "_NAMING_SECONDS", 30.0)
    monkeypatch.setattr(x11_windows, "_LINGERING_SECONDS", 5.0)
    monkeypatch.setattr(residue, "_FADING_SECONDS", 5.0)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with x_server(f"{WIDTH}x{HEIGHT}") as name:
        monkeypatch.setenv("DISPLAY", name)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield name


@contextmanager
def window_manager(name: str) -> Iterator[None]:
    """Openbox puts windows into frames of its own."""
    environment = {**os.environ, "DISPLAY": name}
    manager = subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL)
    try:
        watcher = Program(name, Random(0))  # noqa: S311 chance, not a secret
        atom = watcher.display.intern_atom("_NET_SUPPORTING_WM_CHECK")
        until(
            lambda: watcher.root.get_full_property(atom, X.AnyPropertyType) is not None, "openbox"
        )
        watcher.display.close()
        yield
    finally:
        manager.terminate()
        manager.wait()


@contextmanager
def running(name: str) -> Iterator[Program]:
    """A program whose windows the test opens itself."""
    program = Program(name, Random(0))  # noqa: S311 as above
    try:
        yield program
    finally:
        program.display.close()


@contextmanager
def opened(*patterns: WindowPattern, method: str = "auto") -> Iterator[Screen]:
    screen = open_x11(
        ScreenSettings(exclude=patterns or _EXCLUDE, frames_per_second=15.0, method=method)
    )
    try:
        yield screen
    finally:
        screen.close()


def secret_pixels(patch: Patch) -> int:
    content, found, at = bytes(patch.pixels), 0, -1
    while (at := content.find(SECRET_BYTES, at + 1)) >= 0:
        found += at % _BYTES_A_PIXEL == 0
    return found


class Viewer:
    """Keeps the picture that a film would show."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.picture = bytearray(WIDTH * HEIGHT * _BYTES_A_PIXEL)

    def look(self, *, whole: bool = False) -> int:
        """Once, whether or not it is time; how much of a secret was in it."""
        now = film_clock()
        self.screen.due(now)
        patches = self.screen.look(now, whole=whole)
        for patch in patches:
            self._keep(patch)
        return sum(secret_pixels(patch) for patch in patches)

    def settled(self, holds: Any, what: str) -> None:  # noqa: ANN401 a question
        """Look when the screen asks for it, until that holds; nothing secret may come."""

        def asked() -> bool:
            due = self.screen.due(film_clock())
            if due is not None and due <= film_clock():
                assert self.look() == 0
            return bool(holds())

        until(asked, what)

    def pixel(self, x: int, y: int) -> bytes:
        at = (y * WIDTH + x) * _BYTES_A_PIXEL
        return bytes(self.picture[at : at + 3])

    def _keep(self, patch: Patch) -> None:
        place, step = patch.place, patch.place.width * _BYTES_A_PIXEL
        for row in range(place.height):
            at = ((place.top + row) * WIDTH + place.left) * _BYTES_A_PIXEL
            self.picture[at : at + step] = patch.pixels[row * step : (row + 1) * step]


@contextmanager
def driven(name: str, seed: int, rest: float) -> Iterator[subprocess.Popen[str]]:
    program = subprocess.Popen(
        [sys.executable, "-m", _PROGRAM, name, str(seed), str(rest)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield program
    finally:
        program.communicate()


def _enough(program: subprocess.Popen[str]) -> None:
    """Nothing secret is shown any more."""
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write("enough\n")
    program.stdin.flush()
    assert program.stdout.readline().endswith("done\n")


def _chased(name: str, seed: int, rest: float) -> None:
    chance = Random(seed)  # noqa: S311 as above
    with opened() as screen, driven(name, seed, rest) as program:
        viewer = Viewer(screen)
        end = time.monotonic() + _SECONDS + 1.0
        looks = 0
        while time.monotonic() < end or looks <= _LOOKS:
            looks += 1
            assert viewer.look(whole=chance.random() < 0.3) == 0, f"look {looks}"
        _enough(program)
        viewer.settled(lambda: _COVER not in bytes(viewer.picture), "no mask is left")
        assert _OTHERS_BYTES in bytes(viewer.picture)
        assert program.poll() is None


@pytest.mark.parametrize("seed", range(2))
def test_a_named_window_never_flashes_through(server: str, seed: int) -> None:
    _chased(server, seed, 0.0)


@pytest.mark.parametrize("seed", range(2))
def test_a_named_window_in_a_frame_never_flashes_through(server: str, seed: int) -> None:
    with window_manager(server):
        _chased(server, seed, 0.05)  # the manager has to keep up


def test_a_named_window_never_flashes_through_where_windows_fade(server: str) -> None:
    with compositor(server, *PICOM, *FADES):
        _chased(server, 1, 0.0)


def test_a_menu_is_hidden_though_the_window_that_says_whose_it_is_is_not_shown(server: str) -> None:
    with opened() as screen, running(server) as vault:
        viewer = Viewer(screen)
        main = vault.window((20, 20, 100, 80))
        main.set_wm_class(APPLICATION, "Vault")
        vault.window((200, 20, 100, 80), menu=True).map()
        vault.display.sync()
        assert viewer.look(whole=True) == 0
        assert viewer.pixel(250, 60) == _COVER


def test_a_menu_is_hidden_while_its_window_comes_out_of_a_frame_and_into_one(server: str) -> None:
    with opened() as screen, running(server) as vault, running(server) as manager:
        viewer = Viewer(screen)
        main = vault.window((20, 20, 100, 80))
        main.set_wm_class(APPLICATION, "Vault")
        vault.display.sync()
        framed(manager, main.id).map()
        vault_in_frame = manager.display.create_resource_object("window", main.id)
        vault_in_frame.map()
        manager.display.sync()
        assert viewer.look(whole=True) == 0
        assert viewer.pixel(70, 60) == _COVER
        vault_in_frame.unmap()
        vault_in_frame.reparent(manager.root, 20, 20)
        manager.display.sync()
        vault.window((200, 20, 100, 80), menu=True).map()
        vault.display.sync()
        assert viewer.look(whole=True) == 0
        framed(manager, main.id)  # not shown yet
        manager.display.sync()
        vault.window((320, 20, 100, 80), menu=True).map()
        vault.display.sync()
        assert viewer.look(whole=True) == 0
        assert viewer.pixel(370, 60) == _COVER


def test_a_menu_is_hidden_as_soon_as_its_program_says_what_it_is(server: str) -> None:
    with opened() as screen, running(server) as program:
        viewer = Viewer(screen)
        program.window((200, 20, 100, 80), menu=True, background_pixel=OTHERS).map()
        program.display.sync()
        viewer.look(whole=True)
        assert viewer.pixel(250, 60) == _OTHERS_BYTES
        main = program.window((20, 20, 100, 80))
        program.display.sync()
        viewer.look(whole=True)
        main.set_wm_class(APPLICATION, "Vault")
        program.display.sync()
        viewer.look(whole=True)
        assert viewer.pixel(250, 60) == _COVER


def framed(manager: Program, number: int) -> Any:  # noqa: ANN401 made at run time
    """What a window manager puts a program's window into; it is not shown yet."""
    frame = manager.window((20, 20, 120, 100), menu=True, background_pixel=OTHERS)
    manager.display.create_resource_object("window", number).reparent(frame, 10, 10)
    return frame


def test_a_named_window_is_in_no_picture_of_the_film(server: str, tmp_path: Path) -> None:
    events: list[Event] = []
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    screen = ScreenSettings(exclude=_EXCLUDE, frames_per_second=15.0)
    thread = CaptureThread(spool, capture_settings(screen=screen), events.append)
    thread.start()
    recorded = Recorded(spool, tmp_path, thread, events)
    with window_manager(server), driven(server, 2, 0.1) as program:
        recording_id = recorded.open()
        time.sleep(_SECONDS)  # so long windows are driven about
        _enough(program)
        until(
            lambda: recorded.is_filmed(recording_id, _green), "what may be seen, once all is calm"
        )
        recorded.order(CloseRecording(recording_id, EndReason.WRAPPED_UP, ()))
        recorded.manifest(recording_id)
    thread.stop()
    frames = [frame for film in recorded.films(recording_id) for frame in film]
    assert len(frames) > 8
    assert not [frame.at for frame in frames if _secret(frame)]


def _secret(frame: Frame) -> int:
    """How many pixels are nearer to the secret than to any grey."""
    red, green, blue = (frame.rgb[channel::3] for channel in range(3))
    return sum(
        one > 150 and two < 90 and three > 150
        for one, two, three in zip(red, green, blue, strict=True)
    )


def _green(frame: Frame) -> bool:
    """Whether the other program's colour is somewhere."""
    places = ((x, y) for x in range(0, WIDTH, 8) for y in range(0, HEIGHT, 8))
    return any(frame.is_about((0x2E, 0x8B, 0x57), place) for place in places)
