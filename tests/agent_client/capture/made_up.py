"""A screen without any display: it shows one colour, and tells of change as it is told to."""

from __future__ import annotations

import socket

from agent_client.capture.screen import Layout, Patch, Rectangle
from agent_client.capture.settings import ScreenSettings
from tests.agent_client.capture.staging import GREEN, HEIGHT, WIDTH, patch_of


class MadeUpScreen:
    """Opened as often as one likes, once at a time."""

    def __init__(self) -> None:
        self.colour = GREEN
        self.open_now = False
        self.looks: list[bool] = []  # whether they were at all of it
        self.silent_at: float | None = None  # when it last had nothing to tell, film clock
        self._bell, self._rope = socket.socketpair()
        self._bell.settimeout(0)

    def open(self, _settings: ScreenSettings) -> MadeUpScreen:
        self.open_now = True
        return self

    def show(self, colour: tuple[int, int, int]) -> None:
        """And tell of it, by the file alone."""
        self.colour = colour
        self._rope.send(b"!")

    def fileno(self) -> int | None:
        return self._bell.fileno()

    def due(self, now: float) -> float | None:
        try:
            self._bell.recv(64)
        except BlockingIOError:
            self.silent_at = now
            return None
        return now

    def layout(self) -> Layout:
        return Layout(WIDTH, HEIGHT, ((0, 0, WIDTH, HEIGHT),))

    def look(self, _now: float, *, whole: bool) -> list[Patch]:
        assert self.open_now
        self.looks.append(whole)
        return [patch_of(Rectangle(0, 0, WIDTH, HEIGHT), self.colour)]

    def diagnostics(self) -> str:
        return "made up"

    def close(self) -> None:
        self.open_now = False

    def end(self) -> None:
        """Its file is no longer needed."""
        self._bell.close()
        self._rope.close()
