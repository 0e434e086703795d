"""Nothing of a pause comes into a film, whoever or whatever paused it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent_client.capture.adapter import open_screen
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.recorder import CaptureThread
from agent_client.capture.screen import Patch
from agent_client.capture.settings import Clocks, ScreenSettings
from agent_client.core.commands import PauseCapture, ResumeCapture
from agent_client.core.events import CaptureFailed, Event
from agent_client.ports import CaptureOrder
from contract.manifest import PauseReason, from_json
from tests.agent_client.capture.made_up import MadeUpScreen
from tests.agent_client.capture.staging import (
    ASKED,
    BLUE,
    GREEN,
    RED,
    WHITE,
    YELLOW,
    Display,
    Recorded,
    capture_settings,
    closing,
    faults,
    ignore,
    is_slate,
    opening,
    until,
)
from uploader.spool import Spool


def test_nothing_of_a_pause_is_in_the_film(display: Display, recorded: Recorded) -> None:
    recording_id = recorded.open()
    display.fill("white")
    recorded.until_seen(recording_id, WHITE)
    recorded.pause(recording_id)
    for colour in ("red", "yellow"):
        display.fill(colour)
        time.sleep(0.3)  # several pictures' time: what must not happen would happen now
    display.fill("blue")
    recorded.order(ResumeCapture(recording_id))
    recorded.until_seen(recording_id, BLUE)
    recorded.order(closing(recording_id))
    manifest = recorded.manifest(recording_id)

    before, after = recorded.films(recording_id)
    assert not [
        frame
        for frame in before + after
        if frame.is_about(RED) or frame.is_about(YELLOW) or frame.is_about((255, 255, 0))
    ]
    assert is_slate(before[-1])
    assert before[-1].key
    assert after[0].key
    assert after[0].is_about(BLUE)
    (pause,) = manifest.pauses
    first, second = manifest.segments
    assert pause.reasons == (PauseReason.ASKED,)
    assert timedelta(seconds=0.6) <= pause.duration < manifest.duration
    assert abs(first.offset + first.duration - pause.offset) < timedelta(seconds=0.1)
    assert second.offset >= pause.offset + pause.duration


class _Watched:
    """The real screen; each look is counted, and something may happen in the middle of it."""

    def __init__(self, settings: ScreenSettings, meanwhile: Callable[[], None]) -> None:
        self._screen = open_screen(settings)
        self._meanwhile = meanwhile
        self.fileno = self._screen.fileno
        self.due = self._screen.due
        self.layout = self._screen.layout
        self.diagnostics = self._screen.diagnostics
        self.close = self._screen.close

    def look(self, now: float, *, whole: bool) -> list[Patch]:
        patches = self._screen.look(now, whole=whole)
        self._meanwhile()
        return patches


def test_what_is_seen_while_a_pause_comes_is_dropped(display: Display, tmp_path: Path) -> None:
    display.fill("red")
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    order = opening()
    pauses: list[CaptureOrder] = [PauseCapture(order.recording_id, ASKED)]

    def meanwhile() -> None:
        if pauses:
            thread.order(pauses[0])
            pauses.clear()  # only now: what follows is ordered after it

    thread = CaptureThread(
        spool,
        capture_settings(),
        ignore,
        open_screen=lambda settings: _Watched(settings, meanwhile),
    )
    thread.start()
    thread.order(order)
    thread.order(ResumeCapture(order.recording_id))
    until(lambda: not pauses, "a look")
    thread.order(closing(order.recording_id))
    thread.stop()
    manifest = from_json(spool.manifest_bytes(order.recording_id))
    assert manifest.segments == ()
    assert manifest.canvas is None


class _Slow(list[Patch]):
    """Patches whose conversion takes so long that something happens meanwhile."""

    def __init__(self, patches: list[Patch], meanwhile: Callable[[], None]) -> None:
        super().__init__(patches)
        self._meanwhile = meanwhile

    def __iter__(self) -> Iterator[Patch]:
        self._meanwhile()
        return super().__iter__()


class _SlowlyConverted(_Watched):
    def __init__(self, settings: ScreenSettings, meanwhile: Callable[[], None]) -> None:
        super().__init__(settings, _nothing)
        self._while_converted = meanwhile

    def look(self, now: float, *, whole: bool) -> list[Patch]:
        return _Slow(super().look(now, whole=whole), self._while_converted)


def _nothing() -> None:
    pass


def test_what_is_converted_while_a_pause_comes_is_dropped(display: Display, tmp_path: Path) -> None:
    display.fill("white")
    pauses: list[CaptureOrder] = []

    def meanwhile() -> None:
        if pauses:
            thread.order(pauses.pop())

    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    thread = CaptureThread(
        spool,
        capture_settings(),
        ignore,
        open_screen=lambda settings: _SlowlyConverted(settings, meanwhile),
    )
    thread.start()
    recorded = Recorded(spool, tmp_path, thread)
    recording_id = recorded.open()
    recorded.until_seen(recording_id, WHITE)
    pauses.append(PauseCapture(recording_id, ASKED))
    display.fill("red")
    until(lambda: b'["asked"]' in recorded.journal(recording_id), "paused")
    recorded.order(closing(recording_id))
    thread.stop()
    (frames,) = recorded.films(recording_id)
    assert not any(frame.is_about(RED) for frame in frames)
    assert is_slate(frames[-1])


def test_nothing_is_looked_at_in_a_pause(display: Display, tmp_path: Path) -> None:
    looks: list[float] = []
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    thread = CaptureThread(
        spool,
        capture_settings(),
        ignore,
        open_screen=lambda settings: _Watched(settings, lambda: looks.append(time.monotonic())),
    )
    thread.start()
    recorded = Recorded(spool, tmp_path, thread)
    display.fill("white")
    recording_id = recorded.open()
    recorded.until_seen(recording_id, WHITE)
    recorded.pause(recording_id)
    before = len(looks)
    for colour in ("red", "blue", "red"):
        display.fill(colour)
        time.sleep(0.2)  # several pictures' time: what must not happen would happen now
    assert len(looks) == before > 0
    recorded.order(ResumeCapture(recording_id))
    until(lambda: len(looks) > before, "a look")
    thread.stop()


def test_in_a_pause_the_screen_is_let_go_of(tmp_path: Path, screen: MadeUpScreen) -> None:
    """So the system hands out nothing either."""
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    thread = CaptureThread(spool, capture_settings(), ignore, open_screen=screen.open)
    thread.start()
    recorded = Recorded(spool, tmp_path, thread)
    recording_id = recorded.open()
    recorded.until_seen(recording_id, GREEN)
    assert screen.open_now
    recorded.pause(recording_id)
    until(lambda: not screen.open_now, "closed")
    recorded.order(ResumeCapture(recording_id))
    until(lambda: screen.open_now, "opened anew")
    thread.stop()
    assert not screen.open_now


def test_a_recording_that_is_never_resumed_has_its_pauses_and_no_picture(
    recorded: Recorded,
) -> None:
    order = opening(ASKED)
    recorded.order(order, closing(order.recording_id))
    manifest = recorded.manifest(order.recording_id)
    assert (manifest.canvas, manifest.segments) == (None, ())
    assert [pause.reasons for pause in manifest.pauses] == [(PauseReason.ASKED,)]


def test_a_lost_screen_is_a_pause_and_capture_can_go_on(display: Display, tmp_path: Path) -> None:
    display.fill("white")
    broken = [False]

    def fail() -> None:
        if broken[0]:
            raise CaptureFailedError("screen-unreadable", "the screen went away")

    spool = Spool(tmp_path / "spool", ballast_bytes=0, reserve_bytes=0)
    events: list[Event] = []
    thread = CaptureThread(
        spool,
        capture_settings(),
        events.append,
        open_screen=lambda settings: _Watched(settings, fail),
    )
    thread.start()
    recorded = Recorded(spool, tmp_path / "spool", thread)
    recording_id = recorded.open()
    recorded.until_seen(recording_id, WHITE)
    broken[0] = True
    display.fill("yellow")
    until(lambda: bool(faults(events)), "an event")
    assert faults(events) == [CaptureFailed("screen-unreadable")]
    broken[0] = False
    display.fill("blue")
    recorded.order(ResumeCapture(recording_id))
    recorded.until_seen(recording_id, BLUE)
    recorded.order(closing(recording_id))
    thread.stop()
    manifest = recorded.manifest(recording_id)
    assert [pause.reasons for pause in manifest.pauses] == [(PauseReason.CAPTURE_FAILED,)]
    before, after = recorded.films(recording_id)
    assert is_slate(before[-1])
    assert after[-1].is_about(BLUE)


def test_nothing_is_captured_when_the_engine_is_silent(display: Display, tmp_path: Path) -> None:
    display.fill("white")
    clock = [0.0]
    events: list[Event] = []
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    thread = CaptureThread(
        spool, capture_settings(), events.append, clocks=Clocks(awake=lambda: clock[0])
    )
    thread.start()
    recorded = Recorded(spool, tmp_path, thread)
    recording_id = recorded.open()
    thread.alive()
    recorded.until_seen(recording_id, WHITE)
    clock[0] = 11.0  # the engine hangs
    until(lambda: bool(faults(events)), "an event")
    display.fill("red")
    time.sleep(0.3)  # several pictures' time
    display.fill("blue")
    recorded.order(ResumeCapture(recording_id))  # it is back
    recorded.until_seen(recording_id, BLUE)
    recorded.order(closing(recording_id))
    thread.stop()
    assert faults(events) == [CaptureFailed("engine-silent")]
    before, after = recorded.films(recording_id)
    assert is_slate(before[-1])
    assert not [frame for frame in before + after if frame.is_about(RED)]


@pytest.mark.parametrize("ends", [True, False])
def test_a_film_stops_when_it_was_told_to_not_when_its_thread_comes_to_it(
    display: Display, tmp_path: Path, *, ends: bool
) -> None:
    display.fill("red")
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    order = opening()
    pause, close = PauseCapture(order.recording_id, ASKED), closing(order.recording_id)
    orders: list[CaptureOrder] = [close if ends else pause]
    now = [100.0]

    def meanwhile() -> None:
        if orders:
            now[0] = 100.5
            thread.order(orders[0])
            now[0] = 103.0  # the screen took its time
            orders.clear()  # only now: what follows is ordered after it

    thread = CaptureThread(
        spool,
        capture_settings(),
        ignore,
        clocks=Clocks(film=lambda: now[0]),
        open_screen=lambda settings: _Watched(settings, meanwhile),
    )
    thread.start()
    thread.order(order)
    thread.order(ResumeCapture(order.recording_id))
    until(lambda: not orders, "a look")
    thread.order(close)
    thread.stop()
    manifest = from_json(spool.manifest_bytes(order.recording_id))
    if ends:
        assert manifest.duration == timedelta(seconds=0.5)
    else:
        (told,) = [one for one in manifest.pauses if one.reasons == (PauseReason.ASKED,)]
        assert told.offset == timedelta(seconds=0.5)
