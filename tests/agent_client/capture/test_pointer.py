"""Somebody at the pointer is noticed, and never what is typed."""

from __future__ import annotations

import gc
import re
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from Xlib import XK, X
from Xlib.ext import xtest

import agent_client
from agent_client.capture import pointer
from agent_client.capture.pointer import PointerListener, listen_to_pointer
from tests.agent_client.capture.desktops import Painter, painter, x_server
from tests.agent_client.capture.staging import Display, until

KEY_SYMBOLS = [XK.XK_a, XK.XK_Return, XK.XK_Shift_L]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener ends when its thread comes to it: that may be long on a busy machine."""
    monkeypatch.setattr(pointer, "_PATIENCE_SECONDS", 60.0)


@pytest.fixture
def paint(display: Display) -> Iterator[Painter]:
    with painter(display.name) as one:
        yield one


@pytest.fixture
def listener(paint: Painter) -> Iterator[PointerListener]:
    paint.shown()
    one = listen_to_pointer()
    assert isinstance(one, PointerListener)
    until(lambda: heard_a_move(paint, one), "the listener listens")
    yield one
    one.close()


def heard_a_move(paint: Painter, listener: PointerListener) -> bool:
    move(paint, 1 + int(time.monotonic() * 1000) % 300)
    return bool(select.select([listener.fileno()], [], [], 0.05)[0]) and listener.stirred()


def move(paint: Painter, left: int) -> None:
    xtest.fake_input(paint.display, X.MotionNotify, x=left, y=10)
    paint.shown()


def press(paint: Painter, down: int, up: int, what: int) -> None:
    xtest.fake_input(paint.display, down, what)
    xtest.fake_input(paint.display, up, what)
    paint.shown()


def rings(listener: PointerListener, seconds: float = 60.0) -> bool:
    return bool(select.select([listener.fileno()], [], [], seconds)[0])


@pytest.mark.parametrize("button", [1, 3, 4])
def test_a_click_and_a_turn_of_the_wheel_are_noticed(
    listener: PointerListener, paint: Painter, button: int
) -> None:
    until(lambda: not listener.stirred(), "quiet")
    press(paint, X.ButtonPress, X.ButtonRelease, button)
    assert rings(listener)
    assert listener.stirred()


def test_a_flood_of_moves_rings_once_until_it_is_asked(
    listener: PointerListener, paint: Painter
) -> None:
    until(lambda: not listener.stirred(), "quiet")
    for left in range(100, 400):
        xtest.fake_input(paint.display, X.MotionNotify, x=left, y=20)
    paint.shown()
    assert rings(listener)
    assert len(listener._bell.recv(1000)) == 1
    assert not rings(listener, 0.1)
    assert listener.stirred()


def test_what_is_typed_is_never_noticed(listener: PointerListener, paint: Painter) -> None:
    until(lambda: not rings(listener, 0.3) and not listener.stirred(), "quiet")
    for symbol in KEY_SYMBOLS * 5:
        press(paint, X.KeyPress, X.KeyRelease, paint.display.keysym_to_keycode(symbol))
    # What is told is told in order: behind the keys, nothing but this move.
    assert not rings(listener, 0.2)
    move(paint, 333)
    assert rings(listener)


def test_nothing_in_the_process_can_listen_to_keys(display: Display) -> None:
    """Checked in a process of its own, for other tests may have loaded what they like."""
    script = """
import sys
import agent_client.app
from agent_client.capture.pointer import listen_to_pointer
listener = listen_to_pointer()
assert listener is not None
loaded = sorted(name for name in sys.modules if name.startswith("pynput.keyboard"))
assert loaded == ["pynput.keyboard", "pynput.keyboard._base", "pynput.keyboard._dummy"], loaded
import pynput.keyboard
keys = pynput.keyboard.Listener()
try:
    keys._run()
except NotImplementedError:
    listener.close()
    print("deaf to keys")
"""
    command = [sys.executable, "-c", script]
    path = str(Path(agent_client.__file__).parent.parent)
    environment = {"DISPLAY": display.name, "PYTHONPATH": path, "HOME": "/nonexistent"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "deaf to keys", done.stderr


def test_no_module_of_the_client_names_the_half_of_pynput_that_knows_keys() -> None:
    folder = Path(agent_client.__file__).parent
    imports = re.compile(r"^\s*(from|import) +pynput.*$", re.MULTILINE)
    found = {
        line.group().strip()
        for path in folder.rglob("*.py")
        for line in imports.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == {"from pynput import mouse  # noqa: PLC0415 see above"}


def test_it_ends_at_once_though_nothing_happens(listener: PointerListener) -> None:
    assert "pointer" in {thread.name for thread in threading.enumerate()}
    listener.close()
    assert "pointer" not in {thread.name for thread in threading.enumerate()}
    listener.close()


def test_it_ends_even_while_it_begins(display: Display) -> None:
    assert display.name
    for _ in range(5):
        one = listen_to_pointer()
        assert one is not None
        one.close()
        assert "pointer" not in {thread.name for thread in threading.enumerate()}


def test_a_server_that_tells_nobody_costs_the_activity_alone(
    display: Display, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert display.name
    with x_server("64x64", options=("-extension", "RECORD")) as name:
        monkeypatch.setenv("DISPLAY", name)
        one = listen_to_pointer()
        assert one is not None
        until(lambda: "pointer" not in {thread.name for thread in threading.enumerate()}, "an end")
        assert not one.stirred()
        one.close()
        del one
        gc.collect()  # of a connection left open it would warn, and so fail this test
