"""A lookout whose time is handed in, at a screen that is made up; film and disk are real."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.film import Film
from agent_client.capture.lookout import Lookout, Rest
from agent_client.capture.screen import Layout, Patch, Rectangle
from agent_client.capture.settings import Clocks, ScreenSettings
from agent_client.capture.sight import Sight
from agent_client.capture.syncing import Syncing
from agent_client.core.events import Event
from contract.manifest import EndReason, Manifest
from tests.agent_client.capture.staging import (
    RED,
    Frame,
    capture_settings,
    frames_of,
    opened_segment,
    opening,
    patch_of,
)
from uploader.spool import Opening, Spool

WIDTH, HEIGHT = 160, 96
_CHANCE = random.Random(3)  # noqa: S311 - pictures, no secret


@dataclass
class Teller:
    """A screen that tells what it is told to tell. It tells of all changes by its file."""

    shown: list[Patch]
    asked: float | None = None  # what `due` says
    dues: int = 0  # how often it was asked
    looks: list[tuple[float, bool]] = field(default_factory=list)
    opened: int = 0
    broken: bool = False
    stuck: list[Patch] | None = None  # what it shows until it is opened anew, whatever is there
    worked_at: float | None = None
    meanwhile: Callable[[], object] = bool  # happens in the middle of each look

    def fileno(self) -> int | None:
        return 77

    def worked(self) -> float | None:
        return self.worked_at

    def due(self, now: float) -> float | None:
        if self.broken:
            raise CaptureFailedError("screen-unreadable", "it went away")
        assert now
        self.dues += 1
        return self.asked

    def layout(self) -> Layout:
        return Layout(WIDTH, HEIGHT, ((0, 0, WIDTH, HEIGHT),))

    def look(self, now: float, *, whole: bool) -> list[Patch]:
        if self.broken:
            raise CaptureFailedError("screen-unreadable", "it went away")
        told, self.asked = self.asked is not None, None
        self.looks.append((now, whole))
        self.meanwhile()
        shown = self.shown if self.stuck is None else self.stuck
        return shown if whole or told else []

    def diagnostics(self) -> str:
        return "made up"

    def close(self) -> None:
        self.broken = False

    def open(self, _settings: ScreenSettings) -> Teller:
        self.opened += 1
        self.stuck = None
        return self

    def show(self, colour: tuple[int, int, int], now: float) -> None:
        self.shown = [patch_of(Rectangle(0, 0, WIDTH, HEIGHT), colour)]
        self.asked = now

    def show_noise(self, now: float) -> None:
        grey = _CHANCE.randbytes(WIDTH * HEIGHT)
        pixels = bytearray(4 * len(grey))
        for channel in range(3):
            pixels[channel::4] = grey
        self.shown = [Patch(Rectangle(0, 0, WIDTH, HEIGHT), pixels)]
        self.asked = now


@dataclass
class Watched:
    """A lookout, and the hand of its clock."""

    root: Path
    screen: Teller
    film: Film
    lookout: Lookout
    clock: list[float]
    orders: list[str]
    events: list[Event]
    syncing: Syncing
    disk_clock: list[float]  # its hand, for how long syncs take

    def turn(self, now: float) -> Rest:
        self.clock[0] = now
        self.film.keep_up(now)
        return self.lookout.turn(now, self.film.due())

    def settle(self, now: float) -> Rest:
        """Turn until there is nothing to do at this time."""
        rest = self.turn(now)
        while rest.until <= now:
            rest = self.turn(now)
        return rest

    def pass_until(self, now: float, end: float) -> None:
        """Come whenever it is wanted."""
        while now < end:
            rest = self.settle(now)
            now = min(rest.until, self.film.due(), end)

    def close(self) -> Manifest:
        return self.film.close(self.clock[0] + 1, EndReason.WRAPPED_UP)

    def frames(self) -> list[Frame]:
        return [
            frame
            for path in sorted(self.root.glob("*/*.seg"))
            for frame in frames_of(opened_segment(path))
        ]


@contextmanager
def watched(tmp_path: Path) -> Iterator[Watched]:
    """A film of the screen that begins red, at a time of 100 seconds."""
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    order = opening()
    folder = spool.create(
        Opening(
            recording_id=order.recording_id,
            call_id=order.call_id,
            agent_id=order.agent_id,
            device_id="desk-1",
            started_at=datetime(2026, 11, 22, 8, tzinfo=UTC),
            clock_offset=timedelta(0),
            clock_round_trip=timedelta(0),
            decision=order.decision,
            client_version="0.1.0",
        )
    )
    settings = capture_settings(
        screen=ScreenSettings(frames_per_second=5.0), bits_per_second=100_000, quantiser=26
    )
    clock, orders, events = [100.0], list[str](), list[Event]()
    began = datetime(2026, 11, 22, 8, tzinfo=UTC)
    clocks = Clocks(film=lambda: clock[0], utc=lambda: began + timedelta(seconds=clock[0]))
    screen = Teller([patch_of(Rectangle(0, 0, WIDTH, HEIGHT), RED)])
    disk_clock = [0.0]
    syncing = Syncing(lambda: disk_clock[0])
    syncing.start()
    film = Film(folder, settings, syncing=syncing, now=100.0, reasons=frozenset())
    lookout = Lookout(
        film,
        Sight(screen.open, settings.screen),
        settings,
        clocks=clocks,
        syncing=syncing,
        wanted=lambda: not orders,
        post=events.append,
    )
    film.resume(100.0)
    lookout.resume(100.0)
    yield Watched(tmp_path, screen, film, lookout, clock, orders, events, syncing, disk_clock)
    syncing.stop()
