"""The combination comes to us, and no other key does: on a real server, with a real window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest

from agent_client.host import hotkey_x11
from agent_client.host.hotkey import HOTKEY_IMPOSSIBLE, HOTKEY_TAKEN
from agent_client.host.hotkey_x11 import X11Hotkey
from bench.stage.display import child, wait_for, x_display
from contract.hotkey import Combination, combination

PROGRAM = str(Path(__file__).with_name("typing_program.py"))
ROOT = str(Path(__file__).parents[3])
TITLE = "What somebody writes"
CTRL_ALT_P = combination("Ctrl+Alt+P")
LETTER = (
    "Dear Sir, my card is 4929 1234 5678 9012, valid to 11/29; the code is 737. "
    "Please reply to Kate Novak, +44 20 7946 0000, P.O. Box 7, or to kate@example.com! "
) * 3
SECONDS = 30.0

EVENTS: list[Any] = []  # whatever the server has told the connection of the hotkey
GRABBED: list[int] = []  # behind how many of them it was grabbed, each time


class Watched(Display):  # type: ignore[misc] # python-xlib has no types
    """The connection of the hotkey: nothing comes to it but through here."""

    def next_event(self) -> Any:  # noqa: ANN401 as above
        event = super().next_event()
        EVENTS.append(event)
        return event

    def sync(self) -> None:
        super().sync()
        GRABBED.append(len(EVENTS))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("keyboard")
    with x_display(folder, 800, 600) as name:
        environment = {**os.environ, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}
        environment |= {"PYTHONPATH": ROOT, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/none"}
        with child(["openbox"], environment, folder / "openbox.log"):
            wait_for("openbox", lambda: xdotool(environment, "get_desktop") is not None)
            yield environment


@pytest.fixture
def desk(server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    monkeypatch.setenv("DISPLAY", server["DISPLAY"])
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(hotkey_x11, "Display", Watched)
    EVENTS.clear()
    GRABBED.clear()
    yield server
    subprocess.run(["setxkbmap", "us"], env=server, check=True)


def xdotool(environment: dict[str, str], *command: str) -> str | None:
    done = subprocess.run(
        ["xdotool", *command], env=environment, capture_output=True, check=False, text=True
    )
    return done.stdout.strip() if done.returncode == 0 else None


def press(environment: dict[str, str], *keys: str) -> None:
    assert xdotool(environment, "key", *keys) is not None


class Held:
    """A hotkey that is registered, what it told, and how often it was pressed."""

    def __init__(self, wanted: Combination = CTRL_ALT_P) -> None:
        self.presses = 0
        self.told: list[str] = []
        self.hotkey = X11Hotkey(wanted, self._pressed, self.told.append)
        wait_for("the server's answer", lambda: self.told, SECONDS)

    def _pressed(self) -> None:
        self.presses += 1

    def was_pressed(self, times: int) -> None:
        wait_for(f"{times} presses", lambda: self.presses == times, SECONDS)


@contextmanager
def held(wanted: Combination = CTRL_ALT_P) -> Iterator[Held]:
    one = Held(wanted)
    try:
        yield one
    finally:
        one.hotkey.stop()


class Paper:
    """The window, and what stands on it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.text = ""
        self._process = process
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.text = json.loads(line)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def paper(environment: dict[str, str]) -> Iterator[Paper]:
    process = subprocess.Popen(
        [sys.executable, PROGRAM], env=environment, stdout=subprocess.PIPE, text=True
    )
    one = Paper(process)
    try:
        wait_for("the window", lambda: xdotool(environment, "search", "--name", TITLE), SECONDS)
        wait_for("its focus", lambda: has_focus(environment), SECONDS)
        yield one
    finally:
        one.close()


def has_focus(environment: dict[str, str]) -> bool:
    return xdotool(environment, "getactivewindow", "getwindowname") == TITLE


def key_codes(display: Display, *names: str) -> list[int]:
    return [display.keysym_to_keycode(XK.string_to_keysym(name)) for name in names]


def grabbed_anew() -> bool:
    """Whether it is ours on the keyboard as it is mapped now."""
    mapped = [number for number, event in enumerate(EVENTS) if event.type == X.MappingNotify]
    return bool(mapped and GRABBED) and GRABBED[-1] > mapped[-1]


def keys_heard() -> list[int]:
    """The codes of all keys that came to us, whatever the kind of event."""
    told = {event.type for event in EVENTS}
    # xdotool maps keys anew to write some letters
    assert told <= {X.KeyPress, X.KeyRelease, X.MappingNotify}
    return [event.detail for event in EVENTS if event.type != X.MappingNotify]


def test_the_combination_alone_comes_to_us_and_what_is_written_stays_whole(
    desk: dict[str, str],
) -> None:
    with paper(desk) as sheet, held() as one:
        assert one.told == [""]
        third = len(LETTER) // 3
        for times in range(3):
            part = LETTER[times * third : (times + 1) * third]
            assert xdotool(desk, "type", "--delay", "4", part) is not None
            press(desk, "ctrl+alt+p")
            one.was_pressed(times + 1)
        press(desk, "p", "ctrl+p", "alt+p", "ctrl+alt+shift+p", "ctrl+alt+o")
        wait_for("the text", lambda: sheet.text.startswith(LETTER + "p"), SECONDS)
    display = Display(desk["DISPLAY"])
    codes = key_codes(display, "p")
    display.close()
    assert one.presses == 3
    assert keys_heard() == codes * 3


def test_what_is_pressed_in_the_same_moment_goes_to_the_window(desk: dict[str, str]) -> None:
    """While the combination is still held down, and before we could have let go of it."""
    with paper(desk) as sheet, held() as one:
        display = Display(desk["DISPLAY"])
        ctrl, alt, p, a, b = key_codes(display, "Control_L", "Alt_L", "p", "a", "b")
        for code in (ctrl, alt, p):
            xtest.fake_input(display, X.KeyPress, code)
        for code in (alt, ctrl):
            xtest.fake_input(display, X.KeyRelease, code)
        for code in (a, b):
            xtest.fake_input(display, X.KeyPress, code)
            xtest.fake_input(display, X.KeyRelease, code)
        xtest.fake_input(display, X.KeyRelease, p)
        display.sync()
        wait_for("the text", lambda: sheet.text == "ab", SECONDS)
        one.was_pressed(1)
        display.close()
    assert keys_heard() == [p]


@pytest.mark.parametrize("lock", ["Caps_Lock", "Num_Lock"])
def test_locks_do_not_matter(desk: dict[str, str], lock: str) -> None:
    with held() as one:
        press(desk, lock)
        try:
            press(desk, "ctrl+alt+p")
            one.was_pressed(1)
        finally:
            press(desk, lock)


def test_holding_it_down_is_one_press(desk: dict[str, str]) -> None:
    with held() as one:
        display = Display(desk["DISPLAY"])
        codes = key_codes(display, "Control_L", "Alt_L", "p")
        display.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOn)
        for code in codes:
            xtest.fake_input(display, X.KeyPress, code)
        display.sync()
        try:  # the keyboard repeats it
            wait_for("more presses", lambda: len(keys_heard()) >= 5, SECONDS)
        finally:
            for code in reversed(codes):
                xtest.fake_input(display, X.KeyRelease, code)
            display.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOff)
            display.sync()
            display.close()
        assert one.presses == 1
        assert set(keys_heard()) == {codes[-1]}
        press(desk, "ctrl+alt+p")
        one.was_pressed(2)


def test_another_program_that_has_it_is_told_and_it_is_ours_when_that_ends(
    desk: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hotkey_x11, "_AGAIN_SECONDS", 0.1)
    with held() as first, held() as second:
        assert (first.told, second.told) == ([""], [HOTKEY_TAKEN])
        press(desk, "ctrl+alt+p")
        first.was_pressed(1)
        assert second.presses == 0
        first.hotkey.stop()
        wait_for("the second's turn", lambda: second.told == [HOTKEY_TAKEN, ""], SECONDS)
        press(desk, "ctrl+alt+p")
        second.was_pressed(1)
        assert first.presses == 1


def test_with_another_layout_it_is_where_its_letter_is(desk: dict[str, str]) -> None:
    with held() as one:
        subprocess.run(["setxkbmap", "us", "-variant", "dvorak"], env=desk, check=True)
        display = Display(desk["DISPLAY"])
        wait_for("the other layout", grabbed_anew, SECONDS)
        (code,) = key_codes(display, "p")
        display.close()
        press(desk, "ctrl+alt+p")
        one.was_pressed(1)
        assert keys_heard() == [code]


def test_a_keyboard_without_the_key_is_told(desk: dict[str, str]) -> None:
    subprocess.run(["setxkbmap", "ru"], env=desk, check=True)
    with held() as one:
        assert one.told == [HOTKEY_IMPOSSIBLE]
        subprocess.run(["setxkbmap", "us"], env=desk, check=True)
        wait_for("the other layout", lambda: one.told == [HOTKEY_IMPOSSIBLE, ""], SECONDS)
        press(desk, "ctrl+alt+p")
        one.was_pressed(1)


def test_under_wayland_it_is_impossible(
    desk: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with held() as one:
        assert one.told == [HOTKEY_IMPOSSIBLE]
    assert desk


def test_without_a_display_it_is_impossible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with held() as one:
        assert one.told == [HOTKEY_IMPOSSIBLE]
