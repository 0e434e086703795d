"""When the screen is looked at: time is handed in, the screen made up, film and disk are real."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.film import Film
from agent_client.capture.lookout import Lookout, Rest
from agent_client.capture.screen import Layout, Patch, Rectangle
from agent_client.capture.settings import Clocks, ScreenSettings
from agent_client.capture.sight import Sight
from agent_client.capture.syncing import Syncing
from agent_client.core.events import Event, ProblemChanged
from contract.manifest import EndReason, Manifest
from tests.agent_client.capture.staging import (
    Frame,
    capture_settings,
    frames_of,
    opened_segment,
    opening,
    patch_of,
)
from uploader.spool import Opening, Spool

WIDTH, HEIGHT = 160, 96
RED, BLUE, BLACK = (255, 0, 0), (0, 0, 255), (0, 0, 0)
_CHANCE = random.Random(3)  # noqa: S311 - pictures, no secret


@dataclass
class _MadeUp:
    """A screen that tells what it is told to tell. It tells of all changes by its file."""

    shown: list[Patch]
    asked: float | None = None  # what `due` says
    dues: int = 0  # how often it was asked
    looks: list[tuple[float, bool]] = field(default_factory=list)
    opened: int = 0
    broken: bool = False
    stuck: list[Patch] | None = None  # what it shows until it is opened anew, whatever is there
    worked_at: float | None = None

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
        shown = self.shown if self.stuck is None else self.stuck
        return shown if whole or told else []

    def diagnostics(self) -> str:
        return "made up"

    def close(self) -> None:
        self.broken = False

    def open(self, _settings: ScreenSettings) -> _MadeUp:
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
class _Watch:
    """A lookout, and the hand of its clock."""

    root: Path
    screen: _MadeUp
    film: Film
    lookout: Lookout
    clock: list[float]
    orders: list[str]
    events: list[Event]

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


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[_Watch]:
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
    screen = _MadeUp([patch_of(Rectangle(0, 0, WIDTH, HEIGHT), RED)])
    syncing = Syncing(time.monotonic)
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
    yield _Watch(tmp_path, screen, film, lookout, clock, orders, events)
    syncing.stop()


def test_the_first_look_is_at_once_and_at_all_of_it(watch: _Watch) -> None:
    watch.settle(100.0)
    assert watch.screen.looks == [(100.0, True)]


def test_after_a_look_nobody_listens_until_the_next_may_come(watch: _Watch) -> None:
    rest = watch.settle(100.0)
    assert rest.until == pytest.approx(100.2)
    assert rest.fileno is None
    rest = watch.settle(100.2)
    assert rest.until > 101
    assert rest.fileno == 77


def test_a_screen_that_tells_nothing_is_asked_nothing_until_the_rest_ends(watch: _Watch) -> None:
    watch.settle(100.0)
    rest = watch.settle(100.2)
    asked = watch.screen.dues
    while (now := watch.film.due()) < min(rest.until, 104.5):
        watch.clock[0] = now
        watch.film.keep_up(now)
        assert watch.lookout.turn(now, watch.film.due(), told=False) == rest
    assert watch.clock[0] > 103.0
    assert watch.screen.dues == asked
    watch.screen.show(BLUE, 104.5)
    watch.clock[0] = 104.5
    watch.lookout.turn(104.5, watch.film.due(), told=True)
    assert watch.screen.looks[-1] == (104.5, False)


def test_a_turn_that_came_late_is_told_though_the_screen_told_nothing(watch: _Watch) -> None:
    watch.settle(100.0)
    rest = watch.settle(100.2)
    again = 102.0
    watch.lookout.turn(100.3, again, told=False)
    watch.clock[0] = late = 103.5
    assert late < rest.until
    watch.lookout.turn(late, late + 2, told=False)
    assert watch.events == [ProblemChanged("capture-late", present=True)]


def test_a_change_after_a_rest_is_looked_at_as_soon_as_it_is_told(watch: _Watch) -> None:
    watch.settle(100.0)
    watch.screen.show(BLUE, 103.03)
    watch.settle(103.03)
    assert watch.screen.looks[1:] == [(103.03, False)]


def test_a_change_right_after_a_look_waits_for_its_time_and_is_not_listened_for(
    watch: _Watch,
) -> None:
    watch.settle(100.0)
    watch.screen.show(BLUE, 100.05)
    rest = watch.settle(100.05)
    assert rest.until == pytest.approx(100.2)
    assert rest.fileno is None
    watch.settle(rest.until)
    assert [at for at, _ in watch.screen.looks] == pytest.approx([100.0, 100.2])


def test_a_screen_that_is_polled_is_looked_at_when_it_says(watch: _Watch) -> None:
    watch.settle(100.0)
    watch.screen.asked = 100.7
    rest = watch.settle(100.1)
    assert rest.until == pytest.approx(100.7)
    assert rest.fileno == 77  # it may tell of something sooner
    watch.settle(rest.until)
    assert len(watch.screen.looks) == 2


def test_what_an_order_interrupted_is_seen_again_whole(watch: _Watch) -> None:
    watch.settle(100.0)
    watch.screen.show(BLUE, 100.5)
    watch.orders.append("an order")
    watch.turn(100.5)
    watch.orders.clear()
    watch.settle(100.6)
    assert watch.screen.looks == [(100.0, True), (100.5, False), (100.6, True)]
    watch.close()
    assert watch.frames()[-1].is_about(BLUE)


def test_a_screen_that_broke_is_opened_anew_at_once(watch: _Watch) -> None:
    watch.settle(100.0)
    watch.screen.show(BLUE, 100.5)
    watch.screen.looks.clear()

    class Breaking(_MadeUp):
        pass

    watch.screen.broken = True
    with pytest.raises(CaptureFailedError):
        watch.turn(100.5)  # `due` says so: the recorder pauses, and is told to try again
    watch.screen.close()
    watch.lookout.resume(101.0)
    watch.settle(101.0)
    assert watch.screen.looks == [(101.0, True)]


def test_a_film_on_the_screen_stays_within_the_ceiling_and_is_sharp_when_it_stops(
    watch: _Watch,
) -> None:
    now = 100.0
    while now < 160:
        watch.screen.show_noise(now)
        now = min(watch.settle(now).until, watch.film.due())
    assert len(watch.screen.looks) < 120  # not 300
    watch.pass_until(now, 260)
    manifest = watch.close()
    bits = 8 * sum(segment.size for segment in manifest.segments)
    assert bits < 100_000 * (60 + 25) * 1.2
    *_, coarse, sharp = watch.frames()  # the last one without any change on the screen
    assert sharp.key
    assert sharp.at > coarse.at + 1000
    assert _difference(sharp, watch.screen.shown[0]) < _difference(coarse, watch.screen.shown[0])
    assert _difference(sharp, watch.screen.shown[0]) < 4


def _difference(frame: Frame, patch: Patch) -> float:
    """The mean difference of green, which is most of the luma."""
    shown, true = frame.rgb[1::3], bytes(patch.pixels)[1::4]
    return sum(abs(one - other) for one, other in zip(shown, true, strict=True)) / len(true)


def test_a_black_screen_is_opened_anew_then_told_and_noted(watch: _Watch) -> None:
    watch.screen.show(BLACK, 100.0)
    watch.pass_until(100.0, 120.0)
    assert watch.screen.opened > 1
    assert ProblemChanged("screen-black", present=True) in watch.events
    watch.screen.show(RED, 120.0)
    watch.pass_until(120.0, 140.0)
    assert watch.events[-1] == ProblemChanged("screen-black", present=False)
    (trouble,) = watch.close().troubles
    assert trouble.code == "screen-black"
    assert timedelta(seconds=10) < trouble.duration < timedelta(seconds=30)


def test_a_pause_ends_every_trouble(watch: _Watch) -> None:
    watch.screen.show(BLACK, 100.0)
    watch.pass_until(100.0, 120.0)
    watch.lookout.pause(120.0)
    assert watch.events[-1] == ProblemChanged("screen-black", present=False)


def test_all_of_a_still_screen_is_looked_at_once_a_minute(watch: _Watch) -> None:
    watch.screen.show(RED, 100.0)
    watch.pass_until(100.0, 400.0)
    checks = [now for now, whole in watch.screen.looks if whole]
    assert 5 <= len(checks) <= 7
    assert watch.events == []


def test_a_change_that_was_not_told_comes_into_the_film_with_the_next_check(watch: _Watch) -> None:
    watch.screen.show(RED, 100.0)
    watch.pass_until(100.0, 101.0)
    watch.screen.shown = [patch_of(Rectangle(0, 0, WIDTH, HEIGHT), BLUE)]
    watch.pass_until(101.0, 115.0)
    watch.close()
    assert watch.frames()[-1].is_about(BLUE)
    assert watch.events == []  # one alone proves nothing


def test_a_screen_on_which_somebody_works_and_nothing_changes_is_opened_anew(
    watch: _Watch,
) -> None:
    watch.screen.show(RED, 100.0)
    watch.pass_until(100.0, 101.0)
    watch.screen.stuck = watch.screen.shown
    watch.screen.shown = [patch_of(Rectangle(0, 0, WIDTH, HEIGHT), BLUE)]
    for now in range(101, 131):
        watch.screen.asked = watch.screen.worked_at = float(now)  # it is polled
        watch.pass_until(now, now + 1.0)
    assert watch.screen.opened == 2
    watch.pass_until(131.0, 140.0)
    told = [ProblemChanged("screen-frozen", present=one) for one in (True, False)]
    assert watch.events == told
    (trouble,) = watch.close().troubles
    assert trouble.duration > timedelta(seconds=15)
    assert watch.frames()[-1].is_about(BLUE)


def test_a_turn_that_came_late_is_told_though_nothing_was_to_be_looked_at(watch: _Watch) -> None:
    watch.screen.show(RED, 100.0)
    watch.pass_until(100.0, 103.0)
    due = watch.film.due()
    watch.settle(due + 5.0)
    assert watch.events == [ProblemChanged("capture-late", present=True)]
    (trouble,) = watch.close().troubles
    assert trouble.duration > timedelta(seconds=4.5)
