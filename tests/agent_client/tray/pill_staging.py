"""The pill in a program of its own, on a display with a window manager."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from bench.stage.display import child, wait_for, x_display

ROOT = str(Path(__file__).parents[3])
SECONDS = 30.0


def ignore(window: int) -> None:
    assert window


class RunningPill:
    """Tells `shown` of its window before anybody sees it."""

    def __init__(self, process: subprocess.Popen[str], shown: Callable[[int], None]) -> None:
        self._process = process
        self._shown = shown
        self.said: list[str] = []
        self.window = 0
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("window "):
                self.window = int(line.split()[1])
                self._shown(self.window)
                self.say("noted")
            self.said.append(line.strip())

    def say(self, line: str) -> None:
        """Tell the program."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def show(self, mood: str) -> None:
        """Have it draw this mood, and wait until it has."""
        before = len(self.said)
        self.say(mood)
        wait_for(f"the pill, {mood}", lambda: f"shows {mood}" in self.said[before:], SECONDS)

    def close(self) -> None:
        self._process.kill()
        self._reader.join()
        self._process.communicate()


@contextmanager
def pill(
    environment: dict[str, str],
    folder: Path,
    *options: str,
    shown: Callable[[int], None] = ignore,
) -> Iterator[RunningPill]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.agent_client.tray.pill_program", str(folder), *options],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    one = RunningPill(process, shown)
    try:
        yield one
    finally:
        one.close()


@contextmanager
def managed_display(folder: Path, width: int, height: int) -> Iterator[dict[str, str]]:
    """With openbox on it; the environment to run in."""
    with x_display(folder, width, height) as name:
        environment = {**os.environ, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}
        environment |= {"PYTHONPATH": ROOT, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/none"}
        environment.pop("WAYLAND_DISPLAY", None)
        with child(["openbox"], environment, folder / "openbox.log"):
            wait_for("openbox", lambda: xdotool(environment, "get_desktop") is not None, SECONDS)
            yield environment


def xdotool(environment: dict[str, str], *command: str) -> str | None:
    """What it says; None if it fails."""
    done = subprocess.run(
        ["xdotool", *command], env=environment, capture_output=True, check=False, text=True
    )
    return done.stdout.strip() if done.returncode == 0 else None
