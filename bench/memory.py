"""`python -m bench.memory`: what the client's memory consists of, step by step.

One process takes in the client's libraries one after the other, shows a tray icon, opens the screen
and encodes: what each adds, in MB (10^6 bytes) of proportional set size, on a display of its own.
It says how low a client made of these libraries can come.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.capture import meter
from bench.stage.display import HEIGHT, WIDTH, StageError, desk, need

_PROGRAMS = ("Xvfb", "openbox", "trayer", "dbus-daemon", "gnome-keyring-daemon")
_CHILD = "--child"
_PICTURES = 3  # from the second on an encoder looks back


def steps() -> Sequence[tuple[str, bool, Callable[[], object]]]:
    """What it is called, whether any client made of these libraries needs it, and how it is had.

    What the latter return is kept.
    """
    return (
        ("Python, asyncio, ssl", True, lambda: _imported("asyncio", "ssl")),
        ("aiohttp: Workspace and the loopback endpoint", False, lambda: _imported("aiohttp.web")),
        ("cryptography, msgspec", True, lambda: _imported(_KEYS, "msgspec.json")),
        ("PyQt6", True, lambda: _imported("PyQt6.QtWidgets")),
        ("an application with a tray icon and a menu", True, _tray),
        ("PyAV", True, lambda: _imported("av")),
        ("mss, python-xlib", True, lambda: _imported("mss", "Xlib.display")),
        ("Twinreel's own modules", False, lambda: _imported("agent_client.app", _SCREEN)),
        (f"libx264 for {WIDTH} x {HEIGHT}", True, _encoder),
        ("the screen looked at once, and the kept picture", False, _picture),
    )


_KEYS = "cryptography.hazmat.primitives.asymmetric.x25519"
_SCREEN = "agent_client.capture.screen_x11"


def _imported(*names: str) -> list[object]:
    return [importlib.import_module(name) for name in names]


def _tray() -> list[object]:
    from PyQt6.QtWidgets import QApplication, QMenu, QSystemTrayIcon  # noqa: PLC0415 this is the step

    from agent_client.tray.pictures import picture  # noqa: PLC0415 as above

    application = QApplication(["memory"])
    menu, icon = QMenu(), QSystemTrayIcon(picture("ready"))
    menu.addAction("Pause recording")
    icon.setContextMenu(menu)
    icon.show()
    application.processEvents()
    return [application, menu, icon]


def _encoder() -> list[object]:
    from av.video.frame import VideoFrame  # noqa: PLC0415 as above

    from agent_client.capture.encoder import Encoder  # noqa: PLC0415 as above

    encoder = Encoder(WIDTH, HEIGHT, frames_per_second=5.0, quantiser=26)
    frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
    for number in range(_PICTURES):
        encoder.encode(frame, number, key=not number)
    return [encoder]


def _picture() -> list[object]:
    from agent_client.capture import heap  # noqa: PLC0415 as above
    from agent_client.capture.adapter import open_screen  # noqa: PLC0415 as above
    from agent_client.capture.picture import Picture  # noqa: PLC0415 as above
    from agent_client.capture.settings import ScreenSettings  # noqa: PLC0415 as above

    screen, picture = open_screen(ScreenSettings()), Picture(WIDTH, HEIGHT)
    picture.update(screen.look(0.0, whole=True))
    heap.give_back()
    return [screen, picture]


def child() -> None:
    """Take the steps; one JSON object a line."""
    from agent_client.capture import heap  # noqa: PLC0415 before all else, as the client does it

    heap.keep_small()
    kept, before = [], 0.0
    for name, needed, take in steps():
        kept.append(take())
        now = meter.memory_mb([os.getpid()])
        print(json.dumps({"step": name, "needed": needed, "mb": now - before}), flush=True)
        before = now


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the steps in a process of their own, and print what each adds."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.memory",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there as well")
    parser.add_argument(_CHILD, action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.child:
        child()
        return 0
    try:
        need(*_PROGRAMS)
        with tempfile.TemporaryDirectory(prefix="twinreel-memory") as folder, ExitStack() as stack:
            env = stack.enter_context(desk(Path(folder)))
            command = [sys.executable, "-m", "bench.memory", _CHILD]
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    except StageError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 2
    if done.returncode:
        print(f"FAILED: {done.stderr.strip()}", file=sys.stderr)
        return 1
    found = [json.loads(line) for line in done.stdout.splitlines()]
    total = sum(one["mb"] for one in found)
    floor = sum(one["mb"] for one in found if one["needed"])
    for one in found:
        print(f"{one['mb']:6.1f} MB  {'*' if one['needed'] else ' '} {one['step']}")
    print(f"{total:6.1f} MB    all of it")
    print(f"{floor:6.1f} MB  * what any client made of these libraries needs")
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        figures = {"steps": found, "total_mb": total, "floor_mb": floor}
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
