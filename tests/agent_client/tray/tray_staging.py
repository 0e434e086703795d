"""The tray's program in an old panel (XEmbed), used by mouse and keyboard, and photographed.

Pictures are kept in the folder that TWINREEL_PICTURES names, else in the test's own.
"""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from bench.stage.display import child, output, piped, wait_for, x_display
from bench.stage.panel import Box, Panel, panel

PROGRAM = str(Path(__file__).with_name("tray_program.py"))
ROOT = Path(__file__).parents[3]
PICTURES = "TWINREEL_PICTURES"
DEADLINE = 60.0  # seconds
MARGIN = 26  # pixels around a window: its frame, and some of what it lies on


@contextmanager
def old_panel(folder: Path) -> Iterator[dict[str, str]]:
    """A display with openbox and trayer; yields the environment for programs on it."""
    with ExitStack() as stack:
        display = stack.enter_context(x_display(folder, 1280, 900))
        bare = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8"}
        bare = {**bare, "PYTHONPATH": str(ROOT), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/none"}
        bar = "trayer --edge bottom --align right --widthtype request --height 28"
        bar += " --transparent false --tint 0x2b3440"
        stack.enter_context(child(["openbox"], bare, folder / "wm"))
        stack.enter_context(child(bar.split(), bare, folder / "bar"))
        yield bare


@dataclass
class InPanel:
    """The program, its icon, and what it says."""

    env: Mapping[str, str]
    tray: Panel
    process: subprocess.Popen[bytes]
    lines: queue.Queue[str]
    folder: Path

    def tell(self, line: str) -> None:
        """A line for the program: see `tray_program.Desk`."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def says(self, wanted: str) -> None:
        """Wait until it says this; what it says before may only be that there was no tray yet."""
        while (line := self.lines.get(timeout=DEADLINE)) != wanted:
            assert line == "no tray"

    def shows(self, title: str) -> Box:
        """Wait until a window with this title stands still on the display."""
        before: list[Box | None] = [None]

        def still() -> bool:
            found = [one for one in self.tray.windows() if one.title.startswith(title)]
            before.append(found[0] if found else None)
            return before[-1] is not None and before[-1] == before[-2]

        wait_for(f"a window named {title!r}", still, DEADLINE)
        assert before[-1] is not None
        return before[-1]

    def shows_no(self, title: str) -> None:
        """Wait until no window has this title."""
        wait_for(
            f"{title!r} to go",
            lambda: not any(one.title.startswith(title) for one in self.tray.windows()),
            DEADLINE,
        )

    def press(self, window: Box, *keys: str) -> None:
        """Press keys in this window."""

        def active() -> bool:
            output(self.env, "xdotool", "windowactivate", str(window.number))
            done = subprocess.run(
                ["xdotool", "getactivewindow"],
                env=dict(self.env),
                capture_output=True,
                check=False,
                text=True,
            )
            return done.stdout.strip() == str(window.number)

        wait_for(f"{window.title!r} to have the keyboard", active, DEADLINE)
        for key in keys:
            output(self.env, "xdotool", "key", key)

    def picture(self, name: str, box: Box) -> Path:
        """A picture of this part of the display, once it has been painted."""
        place = (max(0, box.left - MARGIN), max(0, box.top - MARGIN))
        size = (box.width + 2 * MARGIN, box.height + 2 * MARGIN)
        crop = f"{size[0]}x{size[1]}+{place[0]}+{place[1]}"
        path = self.folder / f"{name}.png"
        seen: list[bytes] = []

        def painted() -> bool:
            command = ["import", "-window", "root", "-crop", crop, "+repage", "rgb:-"]
            done = subprocess.run(command, env=dict(self.env), capture_output=True, check=True)
            seen.append(done.stdout)
            return len(seen) > 1 and seen[-1] == seen[-2] and len(set(seen[-1])) > 2

        wait_for(f"the picture {name}", painted, DEADLINE)
        command = ["import", "-window", "root", "-crop", crop, "+repage", str(path)]
        subprocess.run(command, env=dict(self.env), check=True)
        kept = os.environ.get(PICTURES)
        if kept:
            Path(kept).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, kept)
        return path


@contextmanager
def in_panel(
    env: Mapping[str, str], folder: Path, *arguments: str, **changed: str
) -> Iterator[InPanel]:
    """The program in the panel of this environment, recording if nothing else is asked."""
    lines: queue.Queue[str] = queue.Queue()
    here = {**env, **changed}
    with ExitStack() as stack:
        command = [sys.executable, PROGRAM, *(arguments or ("recording",))]
        program = stack.enter_context(piped(command, here, folder / "program.log", kill=True))

        def listen() -> None:
            assert program.stdout is not None
            for line in program.stdout:
                lines.put(line.decode().strip())

        listener = Thread(target=listen)
        stack.callback(listener.join)
        stack.callback(program.kill)
        listener.start()
        tray = stack.enter_context(panel(here))
        subprocess.run(["xsetroot", "-solid", "#5b6b7b"], env=here, check=True)
        yield InPanel(here, tray, program, lines, folder)
