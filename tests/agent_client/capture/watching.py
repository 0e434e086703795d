"""The masks of named windows alone, in a test's hands, and windows for them. Time is made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from agent_client.capture.areas import joined, without
from agent_client.capture.screen import Rectangle
from agent_client.capture.settings import WindowPattern
from agent_client.capture.x11_connection import X11Connection
from agent_client.capture.x11_windows import X11Windows
from tests.agent_client.capture.secretive import APPLICATION, TITLE, Program
from tests.agent_client.capture.staging import HEIGHT, WIDTH

SCREEN = Rectangle(0, 0, WIDTH, HEIGHT)
EXCLUDE = (WindowPattern(application=APPLICATION), WindowPattern(title=f"{TITLE}*"))
HERE, THERE, ELSEWHERE = (20, 20, 100, 80), (300, 20, 100, 80), (20, 200, 100, 80)
LINGERING = 1.5  # seconds; longer than a mask stays for caution's sake


class Watch:
    """The masks, and a clock that the test moves."""

    def __init__(self, connection: X11Connection, patterns: Sequence[WindowPattern]) -> None:
        self.now = 1000.0
        self.masks = X11Windows(connection, patterns, lambda: self.now)
        connection.subscribe(self.masks.handle)
        self._connection = connection

    def covered(self) -> list[Rectangle]:
        """What a grab is painted over with, at rest."""
        self._connection.round_trip()
        self._connection.dispatch()
        for _ in range(3):
            self.masks.before_grab()
            area = self.masks.after_grab()
            if area is not None:
                return area
        raise AssertionError("nothing moves, and it is never sure")

    def drawn_over(self) -> None:
        """All that was left of windows is drawn over."""
        for _ in range(4):
            self.masks.damaged([(0, 0, WIDTH, HEIGHT)])
            self.covered()


@contextmanager
def watching(
    connected: type[X11Connection] = X11Connection, patterns: Sequence[WindowPattern] = EXCLUDE
) -> Iterator[Watch]:
    connection = connected()
    try:
        yield Watch(connection, patterns)
    finally:
        connection.close()


def vault(program: Program, place: tuple[int, int, int, int] = HERE) -> Any:  # noqa: ANN401 made at run time
    window = program.window(place)
    window.set_wm_class(APPLICATION, "Vault")
    window.set_wm_name("a vault")
    window.map()
    program.display.sync()
    return window


def page(program: Program, place: tuple[int, int, int, int], title: str = "a page") -> Any:  # noqa: ANN401 made at run time
    window = program.window(place)
    window.set_wm_class("browser", "Browser")
    window.set_wm_name(title)
    window.map()
    program.display.sync()
    return window


def hides(area: list[Rectangle], *places: tuple[int, int, int, int]) -> bool:
    return not without((Rectangle(*place) for place in places), area)


def shows(area: list[Rectangle], place: tuple[int, int, int, int]) -> bool:
    return joined([Rectangle(*place)]) == without([Rectangle(*place)], area)
