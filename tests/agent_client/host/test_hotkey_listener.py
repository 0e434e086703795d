"""The last resort listens to all keys, keeps nothing of them, and is not even loaded before."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent_client.host.hotkey_listener import Chord, named
from bench.stage.display import x_display
from contract.hotkey import combination

ROOT = str(Path(__file__).parents[3])
SECONDS = 30.0
_LOST_SECONDS = 15.0  # after which a key has not only come late
LISTENING = """
import sys
from agent_client.capture.pointer import listen_to_pointer
from agent_client.host.hotkey import combination, listened

def loaded():
    return sorted(name for name in sys.modules if name.startswith("pynput.keyboard."))

pointer = listen_to_pointer()
print("before:", *loaded(), flush=True)
hotkey = listened(
    combination("Ctrl+Alt+P"), lambda: print("pressed", flush=True), lambda _code: None
)
hotkey._listener.wait()
print("after:", *loaded(), flush=True)
sys.stdin.readline()
hotkey.stop()
pointer.close()
"""


@pytest.mark.parametrize("again", [1, 2])
def test_the_combination_in_any_order_of_its_modifiers(again: int) -> None:
    chord = Chord(combination("Ctrl+Alt+P"))
    for _ in range(again):
        assert [chord.pressed(name) for name in ("alt_l", "ctrl_r", "p")] == [False, False, True]
        for name in ("p", "ctrl_r", "alt_l"):
            chord.released(name)


def test_a_key_that_is_held_down_is_pressed_once() -> None:
    chord = Chord(combination("F9"))
    assert [chord.pressed("f9") for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize("held", [(), ("ctrl",), ("ctrl", "alt", "shift")])
def test_fewer_or_more_modifiers_are_another_combination(held: tuple[str, ...]) -> None:
    chord = Chord(combination("Ctrl+Alt+P"))
    assert not any(chord.pressed(name) for name in (*held, "p"))


def test_nothing_is_kept_of_other_keys() -> None:
    chord = Chord(combination("Ctrl+Alt+P"))
    before = str([getattr(chord, name) for name in vars(chord)])
    for name in "4929 1234":
        assert not chord.pressed(name)
    assert str([getattr(chord, name) for name in vars(chord)]) == before


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (SimpleNamespace(name="ctrl_l"), "ctrl_l"),
        (SimpleNamespace(char="P", vk=None), "p"),
        (SimpleNamespace(char="\x10", vk=0x50), "p"),  # Windows, with Ctrl
        (SimpleNamespace(char=None, vk=None), ""),
        (None, ""),
    ],
)
def test_a_key_has_one_name_whatever_is_held_with_it(key: object, name: str) -> None:
    assert named(key) == name


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    with x_display(tmp_path, 320, 200) as name:
        yield {**os.environ, "DISPLAY": name, "PYTHONPATH": ROOT}


@pytest.mark.skipif(sys.platform == "win32", reason="the keys are X11's")
def test_keys_are_listened_to_only_once_that_was_asked_for(environment: dict[str, str]) -> None:
    environment.pop("WAYLAND_DISPLAY", None)
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENING],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        before, after = process.stdout.readline().split(), process.stdout.readline().split()
        assert "pynput.keyboard._xorg" not in before
        assert "pynput.keyboard._xorg" in after
        subprocess.run(
            ["xdotool", "type", "pay 4929"], env=environment, check=True, timeout=SECONDS
        )
        for _ in range(2):
            while True:  # it says that it listens just before it does
                subprocess.run(["xdotool", "key", "ctrl+alt+p"], env=environment, check=True)
                if select.select([process.stdout], [], [], _LOST_SECONDS)[0]:
                    break
            assert process.stdout.readline() == "pressed\n"
        said, _ = process.communicate("end\n", timeout=SECONDS)
        assert (said, process.returncode) == ("", 0)
    finally:
        process.kill()
        process.communicate()
