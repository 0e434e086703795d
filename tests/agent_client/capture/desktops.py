"""X servers of any shape: monitors come, go and change, and windows stand about."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from Xlib import X
from Xlib.protocol import display as protocol
from Xlib.protocol.event import event_class

from agent_client.capture.x11_connection import connected

_STRIP_BYTES = 200_000  # an X request without extensions holds 256 KB
_BYTES_A_PIXEL = 4
_TEXT = 8  # bits


@contextmanager
def x_server(*screens: str, options: tuple[str, ...] = ()) -> Iterator[str]:
    """An Xvfb with these screens ("640x360"); what to put into DISPLAY."""
    with mortal_server(*screens, options=options) as (name, _):
        yield name


@contextmanager
def mortal_server(
    *screens: str, options: tuple[str, ...] = ()
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The same, and the process: it may be killed before its time."""
    readable, writable = os.pipe()
    command = ["Xvfb", "-displayfd", str(writable), "-nolisten", "tcp", "-noreset", *options]
    for number, size in enumerate(screens):
        command += ["-screen", str(number), f"{size}x24"]
    server = subprocess.Popen(command, pass_fds=[writable], stderr=subprocess.DEVNULL)
    os.close(writable)
    with os.fdopen(readable) as pipe:
        number_text = pipe.readline().strip()
    assert number_text, "Xvfb did not start"
    _forget_codes()
    try:
        yield f":{number_text}", server
    finally:
        server.terminate()
        server.wait()
        forget(int(number_text))
        _forget_codes()


def forget(number: int) -> None:
    """Remove what says that a server of this number is there: one that was killed leaves it.

    Who comes to the same number later might take another process for that server.
    """
    with suppress(OSError):
        lock = Path(f"/tmp/.X{number}-lock")  # noqa: S108 where X puts it
        if not Path("/proc", lock.read_text("ascii").strip()).exists():
            lock.unlink()


def _forget_codes() -> None:
    """What codes mean is shared by all of python-xlib's connections, and differs with servers."""
    protocol.Display.event_classes = event_class.copy()


@dataclass(frozen=True)
class Desktop:
    """The monitors of a display, to be plugged and pulled, and what is drawn on its root."""

    name: str

    def resize(self, width: int, height: int) -> None:
        """Another mode for the only output: no bigger than the server began with."""
        mode = f"{width}x{height}"
        if mode not in self._xrandr("--query"):
            sides = [str(width)] * 4 + [str(height)] * 4
            self._xrandr("--newmode", mode, "1", *sides)
            self._xrandr("--addmode", "screen", mode)
        self._xrandr("--output", "screen", "--mode", mode)

    def plug(self, name: str, place: tuple[int, int, int, int], *, output: str = "none") -> None:
        """A monitor at left, top, width, height."""
        left, top, width, height = place
        self._xrandr("--setmonitor", name, f"{width}/100x{height}/100+{left}+{top}", output)

    def pull(self, name: str) -> None:
        self._xrandr("--delmonitor", name)

    def switch_off(self) -> None:
        """The only output."""
        command = ["xrandr", "--display", self.name, "--output", "screen", "--off"]
        # xrandr fails: it would have the root vanish as well. The output is off by then.
        subprocess.run(command, check=False, capture_output=True)

    def make_primary(self) -> None:
        """The only output, and the monitor on it."""
        self._xrandr("--output", "screen", "--primary")

    def _xrandr(self, *arguments: str) -> str:
        command = ["xrandr", "--display", self.name, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Painter:
    """Draws on a display with a connection of its own."""

    def __init__(self, name: str) -> None:
        self.display: Any = connected(name)
        self.root: Any = self.display.screen().root
        self._ink: Any = self.root.create_gc(subwindow_mode=X.IncludeInferiors)

    def fill(self, colour: tuple[int, int, int], place: tuple[int, int, int, int]) -> None:
        """A rectangle (left, top, width, height) of the root."""
        red, green, blue = colour
        self._ink.change(foreground=red << 16 | green << 8 | blue)
        self.root.fill_rectangle(self._ink, *place)

    def ground(self, colour: tuple[int, int, int]) -> None:
        """What the root shows wherever nothing else is drawn, also when it has another size."""
        red, green, blue = colour
        self.root.change_attributes(background_pixel=red << 16 | green << 8 | blue)
        self.root.clear_area()
        self.shown()

    def picture(self, width: int, height: int, pixels: bytes, at: tuple[int, int] = (0, 0)) -> None:
        """B, G, R, unused on the root."""
        row = width * _BYTES_A_PIXEL
        step = max(1, _STRIP_BYTES // row)
        for top in range(0, height, step):
            rows = min(step, height - top)
            strip = pixels[top * row : (top + rows) * row]
            self.root.put_image(self._ink, at[0], at[1] + top, width, rows, X.ZPixmap, 24, 0, strip)

    def window(self, title: str, place: tuple[int, int, int, int], *, managed: bool = False) -> Any:  # noqa: ANN401 see Xlib
        """A window at left, top, width, height; unless `managed`, no window manager moves it."""
        window = self.root.create_window(*place, 0, X.CopyFromParent, override_redirect=not managed)
        self.entitle(window, title)
        window.map()
        self.shown()
        return window

    def entitle(self, window: Any, title: str) -> None:  # noqa: ANN401 see Xlib
        atom, text = (self.display.intern_atom(name) for name in ("_NET_WM_NAME", "UTF8_STRING"))
        window.change_property(atom, text, _TEXT, title.encode())
        self.shown()

    def point(self, left: int, top: int) -> None:
        """Put the pointer there as programs do it: no device moves."""
        self.root.warp_pointer(left, top)
        self.shown()

    def hide_pointer(self) -> None:
        """Wherever no window says otherwise."""
        empty = self.root.create_pixmap(1, 1, 1)
        ink = empty.create_gc(foreground=0)
        empty.fill_rectangle(ink, 0, 0, 1, 1)
        none = empty.create_cursor(empty, (0, 0, 0), (0, 0, 0), 0, 0)
        self.root.change_attributes(cursor=none)
        self.shown()

    def shown(self) -> None:
        """Wait until the server has done it all."""
        self.display.sync()

    def close(self) -> None:
        self.display.close()


@contextmanager
def painter(name: str) -> Iterator[Painter]:
    one = Painter(name)
    try:
        yield one
    finally:
        one.close()
