"""The way to the screen, and what is said when there is none."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.grabbing import is_black, layout_of
from agent_client.capture.screen import Picture, open_screen
from tests.agent_client.capture.staging import HEIGHT, WIDTH, Display, until


def test_the_whole_desktop_is_grabbed_over_shared_memory(display: Display) -> None:
    display.fill("red")
    screen = open_screen()
    picture = screen.grab()
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    assert picture.pixels[:3] == bytes([0, 0, 255])
    assert "MIT-SHM is working" in screen.diagnostics()
    assert "with pointer" in screen.diagnostics()
    assert screen.layout().monitors == ((0, 0, WIDTH, HEIGHT),)
    screen.close()
    screen.close()


def test_the_pointer_is_in_the_picture(display: Display) -> None:
    display.fill("#336699")
    subprocess.run(["xsetroot", "-display", display.name, "-cursor_name", "left_ptr"], check=True)
    move = ["xdotool", "mousemove", "200", "100"]
    subprocess.run(move, check=True, env={**os.environ, "DISPLAY": display.name})
    screen = open_screen()
    row = WIDTH * 4

    def near_the_pointer() -> set[bytes]:
        pixels = screen.grab().pixels
        return {
            bytes(pixels[y * row + x * 4 :][:3]) for y in range(95, 120) for x in range(195, 215)
        }

    until(lambda: len(near_the_pointer()) > 1, "a pointer")
    screen.close()


def test_a_layout_is_told_from_the_desktops_corner() -> None:
    whole = {"left": -1280, "top": 0, "width": 3200, "height": 1080}
    left = {"left": -1280, "top": 56, "width": 1280, "height": 1024}
    right = {"left": 0, "top": 0, "width": 1920, "height": 1080}
    layout = layout_of([whole, left, right])
    assert layout.monitors == ((0, 56, 1280, 1024), (1280, 0, 1920, 1080))
    assert layout_of([whole]).monitors == ((0, 0, 3200, 1080),)


@pytest.mark.parametrize(
    ("display", "wayland", "code"),
    [("", "", "no-display"), ("", "wayland-0", "wayland"), (":9876", "", "no-display")],
)
def test_what_is_missing_is_named(
    display: str, wayland: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    with pytest.raises(CaptureFailedError) as failure:
        open_screen()
    assert failure.value.code == code


def test_a_black_picture_beside_wayland_is_no_picture(
    display: Display, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    hidden = ["xdotool", "mousemove", str(WIDTH - 1), str(HEIGHT - 1)]
    subprocess.run(hidden, check=True, env={**os.environ, "DISPLAY": display.name})
    display.fill("#000001")  # as good as black, yet a picture
    open_screen().close()


def test_only_a_picture_without_any_colour_is_black() -> None:
    assert is_black(Picture(2, 1, bytearray(b"\x00\x00\x00\xff\x00\x00\x00\x00")))
    for place in range(3):
        pixels = bytearray(8)
        pixels[4 + place] = 1
        assert not is_black(Picture(2, 1, pixels))


@contextmanager
def _server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    readable, writable = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writable), "-screen", "0", "64x64x24", "-nolisten", "tcp"],
        pass_fds=[writable],
        stderr=subprocess.DEVNULL,
    )
    os.close(writable)
    with os.fdopen(readable) as pipe:
        number = pipe.readline().strip()
    try:
        yield f":{number}", server
    finally:
        server.kill()
        server.wait()


def test_a_display_that_goes_away_is_a_failure_and_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with _server() as (name, server):
        monkeypatch.setenv("DISPLAY", name)
        screen = open_screen()
        screen.grab()
        server.kill()
        server.wait()
        with pytest.raises(CaptureFailedError):
            screen.grab()
        screen.close()
