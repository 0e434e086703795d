"""The capture thread on a real display: what is shown, and only that, comes back as a film."""

from __future__ import annotations

import io
import itertools
import json
import os
import secrets
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.recorder import CaptureThread
from agent_client.capture.screen import Layout, Patch, Rectangle, open_screen
from agent_client.capture.settings import Clocks, ScreenSettings
from agent_client.core.call import Call, CallDetails, CallState
from agent_client.core.commands import CloseRecording, PauseCapture, ResumeCapture
from agent_client.core.events import CaptureFailed, Event, RecordingEnded
from agent_client.ports import CaptureOrder
from contract.envelope import WrongKeyError, opened
from contract.manifest import EndReason, PauseReason, from_json
from tests.agent_client.capture.staging import (
    HEIGHT,
    KEY,
    WIDTH,
    Display,
    Frame,
    Recorded,
    capture_settings,
    frames_of,
    opened_segment,
    opening,
    patch_of,
    until,
    write_bitmap,
    x_server,
)
from uploader.spool import Spool, durable

RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)
WHITE, GREY = (255, 255, 255), (128, 128, 128)
SLATE = (11, 17, 27)
_ASKED = frozenset({PauseReason.ASKED})


def _close(recording_id: str, *legs: Call) -> CloseRecording:
    return CloseRecording(recording_id, EndReason.WRAPPED_UP, legs)


def _is_slate(frame: Frame) -> bool:
    return frame.is_about(SLATE) and not frame.is_about(SLATE, (WIDTH // 2 + 10, HEIGHT // 2))


def test_what_was_shown_comes_back_in_its_colours(display: Display, recorded: Recorded) -> None:
    recording_id = recorded.open()
    for name, colour in [("red", RED), ("#00ff00", GREEN), ("blue", BLUE), ("#808080", GREY)]:
        display.fill(name)
        recorded.until_seen(recording_id, colour)
    recorded.order(_close(recording_id))
    manifest = recorded.manifest(recording_id)
    (frames,) = recorded.films(recording_id)
    assert [(frame.width, frame.height) for frame in frames[:1]] == [(WIDTH, HEIGHT)]
    assert manifest.canvas is not None
    assert (manifest.canvas.width, manifest.canvas.height) == (WIDTH, HEIGHT)
    assert manifest.canvas.monitors == ((0, 0, WIDTH, HEIGHT),)
    seen = [
        name
        for name, colour in [("red", RED), ("green", GREEN), ("blue", BLUE), ("grey", GREY)]
        if any(frame.is_about(colour) for frame in frames)
    ]
    assert seen == ["red", "green", "blue", "grey"]
    assert manifest.segments[0].frames == len(frames)
    assert recorded.events == []


def test_a_picture_comes_back_where_it_was(
    display: Display, recorded: Recorded, tmp_path: Path
) -> None:
    bitmap = tmp_path / "halves.xbm"
    row = b"\xff" * (WIDTH // 16) + b"\x00" * (WIDTH // 16)
    write_bitmap(bitmap, row * (HEIGHT // 2) + row[::-1] * (HEIGHT // 2))
    recording_id = recorded.open()
    display.show(bitmap, "red", "blue")
    recorded.until_seen(recording_id, RED)
    recorded.order(_close(recording_id))
    recorded.manifest(recording_id)
    last = recorded.films(recording_id)[0][-1]
    right, low = WIDTH - 20, HEIGHT - 20
    assert last.is_about(BLUE, (right, 20))
    assert last.is_about(BLUE, (20, low))
    assert last.is_about(RED, (right, low))


def test_the_first_picture_is_the_slate_then_the_desktop(
    display: Display, recorded: Recorded
) -> None:
    display.fill("white")
    recording_id = recorded.open(resumed=False)
    recorded.order(ResumeCapture(recording_id))
    recorded.until_seen(recording_id, WHITE)
    recorded.order(_close(recording_id))
    recorded.manifest(recording_id)
    first, second = recorded.films(recording_id)[0][:2]
    assert _is_slate(first)
    assert second.is_about(WHITE)
    assert (first.at, second.at) == (0, 1)
    assert (first.key, second.key) == (True, True)


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
    recorded.order(_close(recording_id))
    manifest = recorded.manifest(recording_id)

    before, after = recorded.films(recording_id)
    assert not [
        frame
        for frame in before + after
        if frame.is_about(RED) or frame.is_about(YELLOW) or frame.is_about((255, 255, 0))
    ]
    assert _is_slate(before[-1])
    assert before[-1].key
    assert after[0].key
    assert after[0].is_about(BLUE)
    (pause,) = manifest.pauses
    first, second = manifest.segments
    assert pause.reasons == (PauseReason.ASKED,)
    assert timedelta(seconds=0.6) <= pause.duration < manifest.duration
    assert abs(first.offset + first.duration - pause.offset) < timedelta(seconds=0.1)
    assert abs(second.offset - pause.offset - pause.duration) < timedelta(seconds=0.2)


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
    pauses: list[CaptureOrder] = [PauseCapture(order.recording_id, _ASKED)]

    def meanwhile() -> None:
        if pauses:
            thread.order(pauses.pop())

    thread = CaptureThread(
        spool,
        capture_settings(),
        _ignore,
        open_screen=lambda settings: _Watched(settings, meanwhile),
    )
    thread.start()
    thread.order(order)
    thread.order(ResumeCapture(order.recording_id))
    until(lambda: not pauses, "a look")
    thread.order(_close(order.recording_id))
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
        _ignore,
        open_screen=lambda settings: _SlowlyConverted(settings, meanwhile),
    )
    thread.start()
    recorded = Recorded(spool, tmp_path, thread)
    recording_id = recorded.open()
    recorded.until_seen(recording_id, WHITE)
    pauses.append(PauseCapture(recording_id, _ASKED))
    display.fill("red")
    until(lambda: b'["asked"]' in recorded.journal(recording_id), "paused")
    recorded.order(_close(recording_id))
    thread.stop()
    (frames,) = recorded.films(recording_id)
    assert not any(frame.is_about(RED) for frame in frames)
    assert _is_slate(frames[-1])


def test_nothing_is_looked_at_in_a_pause(display: Display, tmp_path: Path) -> None:
    looks: list[float] = []
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    thread = CaptureThread(
        spool,
        capture_settings(),
        _ignore,
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


def test_a_slow_disk_holds_up_no_picture(
    display: Display, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = recorded.open()
    display.fill("white")
    recorded.until_seen(recording_id, WHITE)
    free, waiting = threading.Event(), threading.Event()

    def slow(_descriptor: int) -> None:
        waiting.set()
        assert free.wait(20)

    monkeypatch.setattr(durable, "sync", slow)
    display.fill("red")
    assert waiting.wait(20)
    for name, colour in [("blue", BLUE), ("#00ff00", GREEN), ("red", RED)]:
        display.fill(name)
        recorded.until_seen(recording_id, colour)
    free.set()
    recorded.order(_close(recording_id))
    assert recorded.manifest(recording_id).end_reason is EndReason.WRAPPED_UP


def test_a_film_on_the_screen_stays_within_the_ceiling(display: Display, tmp_path: Path) -> None:
    noises = [tmp_path / f"{number}.xbm" for number in range(2)]
    for noise in noises:
        write_bitmap(noise, secrets.token_bytes(WIDTH * HEIGHT // 8))
    spool = Spool(tmp_path / "spool", ballast_bytes=0, reserve_bytes=0)
    ceiling = 200_000
    thread = CaptureThread(spool, capture_settings(bits_per_second=ceiling), _ignore)
    thread.start()
    recorded = Recorded(spool, tmp_path / "spool", thread)
    recording_id = recorded.open()
    end = time.monotonic() + 4
    while time.monotonic() < end:
        for noise in noises:
            display.show(noise, "white", "black")
    recorded.order(_close(recording_id))
    thread.stop()
    manifest = recorded.manifest(recording_id)
    biggest = max(len(sample) for sample in _samples(recorded, recording_id))
    assert sum(segment.size for segment in manifest.segments) < ceiling / 8 * 30 + biggest
    assert sum(segment.frames for segment in manifest.segments) < 40  # not 60


def _samples(recorded: Recorded, recording_id: str) -> list[bytes]:
    coded = []
    for file in recorded.spool.files(recording_id):
        with av.open(io.BytesIO(opened_segment(file.path)), "r") as container:
            coded += [bytes(packet) for packet in container.demux(video=0) if packet.size]
    return coded


def test_a_recording_that_is_never_resumed_has_its_pauses_and_no_picture(
    recorded: Recorded,
) -> None:
    order = opening(_ASKED)
    recorded.order(order, _close(order.recording_id))
    manifest = recorded.manifest(order.recording_id)
    assert (manifest.canvas, manifest.segments) == (None, ())
    assert [pause.reasons for pause in manifest.pauses] == [(PauseReason.ASKED,)]


def test_details_are_sealed_and_hold_only_what_policy_lists(recorded: Recorded) -> None:
    recording_id = recorded.open(resumed=False)
    leg = Call(
        "call-1",
        "conn-1",
        CallState.COMPLETED,
        call_type="Inbound",
        details=CallDetails("+4930123", "800", (("Queue", "Sales"), ("Card", "4111"))),
    )
    beside = Call("call-2", "conn-2", CallState.HELD, details=CallDetails("+4940999"))
    recorded.order(replace(_close(recording_id, leg), beside=(beside,)))
    manifest = recorded.manifest(recording_id)
    assert [(one.call_id, one.connection_id) for one in manifest.legs] == [("call-1", "conn-1")]
    (file,) = recorded.spool.files(recording_id)
    with file.path.open("rb") as stream:
        document = json.loads(b"".join(opened(stream, {"here": KEY})))
    assert document == {
        "legs": [
            {
                "call_id": "call-1",
                "connection_id": "conn-1",
                "call_type": "Inbound",
                "ani": "+4930123",
                "dnis": "800",
                "user_data": {"Queue": "Sales"},
            }
        ],
        "beside": [{"call_id": "call-2", "connection_id": "conn-2"}],
    }
    in_the_clear = b"".join(
        path.read_bytes() for path in (recorded.root / recording_id).iterdir() if path.is_file()
    )
    assert b"4930123" not in in_the_clear
    assert b"Sales" not in in_the_clear


def test_the_spool_holds_no_clear_picture_and_opens_with_no_other_key(
    display: Display, recorded: Recorded
) -> None:
    recording_id = recorded.open()
    display.fill("red")
    recorded.until_seen(recording_id, RED)
    recorded.order(_close(recording_id))
    recorded.manifest(recording_id)
    (file,) = recorded.spool.files(recording_id)
    mp4 = opened_segment(file.path)
    sps = mp4[mp4.index(b"avcC") + 12 :][:16]
    for path in recorded.root.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for mark in (b"ftyp", b"moof", b"mdat", b"avcC", sps):
            assert mark not in content
    with file.path.open("rb") as stream, pytest.raises(WrongKeyError):
        b"".join(opened(stream, {"here": X25519PrivateKey.generate()}))


def test_a_still_desktop_is_on_the_disk_and_costs_almost_nothing(
    display: Display, recorded: Recorded
) -> None:
    display.fill("blue")
    recording_id = recorded.open()
    recorded.until_seen(recording_id, BLUE)  # although no second picture ever comes
    time.sleep(1.0)  # fifteen pictures' time
    recorded.order(_close(recording_id))
    manifest = recorded.manifest(recording_id)
    (frames,) = recorded.films(recording_id)
    assert len(frames) == 2  # the slate and the desktop
    assert manifest.segments[0].duration >= timedelta(seconds=1)


def test_segments_join_without_being_encoded_anew(display: Display, tmp_path: Path) -> None:
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    settings = capture_settings(segment_length=timedelta(seconds=0.5))
    thread = CaptureThread(spool, settings, _ignore)
    thread.start()
    order = opening()
    thread.order(order)
    thread.order(ResumeCapture(order.recording_id))
    folder = tmp_path / order.recording_id
    colours = itertools.cycle(("red", "blue"))

    def changed_until(number: int) -> bool:
        display.fill(next(colours))
        return (folder / f"00{number}.seg").exists()

    for number in range(4):
        until(lambda: changed_until(number), "next segment")  # noqa: B023 - waits here
    thread.order(_close(order.recording_id))
    thread.stop()

    manifest = from_json(spool.manifest_bytes(order.recording_id))
    assert len(manifest.segments) >= 4
    heads = set()
    packets = []
    for segment, file in zip(manifest.segments, spool.files(order.recording_id), strict=True):
        mp4 = opened_segment(file.path)
        heads.add(mp4[: mp4.index(b"moof") - 4])
        with av.open(io.BytesIO(mp4), "r") as container:
            coded = [bytes(packet) for packet in container.demux(video=0) if packet.size]
            assert container.streams.video[0].codec_context.extradata
        assert len(coded) == segment.frames
        packets += coded
        if segment.index:
            before = manifest.segments[segment.index - 1]
            gap = segment.offset - before.offset - before.duration
            assert abs(gap) <= timedelta(milliseconds=2)
    assert len(heads) == 1  # SPS, PPS, canvas: the same
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = _configuration(heads.pop())
    decoded = sum(len(decoder.decode(av.Packet(packet))) for packet in packets)
    assert decoded + len(decoder.decode(None)) == len(packets)


def _configuration(head: bytes) -> bytes:
    start = head.index(b"avcC") + 4
    return head[start : start + int.from_bytes(head[start - 8 : start - 4]) - 8]


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
    until(lambda: bool(events), "an event")
    assert events == [CaptureFailed("screen-unreadable")]
    broken[0] = False
    display.fill("blue")
    recorded.order(ResumeCapture(recording_id))
    recorded.until_seen(recording_id, BLUE)
    recorded.order(_close(recording_id))
    thread.stop()
    manifest = recorded.manifest(recording_id)
    assert [pause.reasons for pause in manifest.pauses] == [(PauseReason.CAPTURE_FAILED,)]
    before, after = recorded.films(recording_id)
    assert _is_slate(before[-1])
    assert after[-1].is_about(BLUE)


def test_a_recording_that_is_ready_is_told(display: Display, tmp_path: Path) -> None:
    assert display.name
    ready: list[str] = []
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)

    def spooled(recording_id: str) -> None:
        ready.append(recording_id)
        assert spool.waiting() == ready  # its manifest is there by then

    thread = CaptureThread(spool, capture_settings(), _ignore, spooled=spooled)
    thread.start()
    order = opening(_ASKED)
    thread.order(order)
    thread.order(_close(order.recording_id))
    until(lambda: ready == [order.recording_id], "told")
    thread.stop()


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
    until(lambda: bool(events), "an event")
    display.fill("red")
    time.sleep(0.3)  # several pictures' time
    display.fill("blue")
    recorded.order(ResumeCapture(recording_id))  # it is back
    recorded.until_seen(recording_id, BLUE)
    recorded.order(_close(recording_id))
    thread.stop()
    assert events == [CaptureFailed("engine-silent")]
    before, after = recorded.films(recording_id)
    assert _is_slate(before[-1])
    assert not [frame for frame in before + after if frame.is_about(RED)]


def test_without_a_display_the_recording_waits_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    events: list[Event] = []
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    thread = CaptureThread(spool, capture_settings(), events.append)
    thread.start()
    order = opening()
    thread.order(order)
    thread.order(ResumeCapture(order.recording_id))
    until(lambda: bool(events), "an event")
    assert events == [CaptureFailed("no-display")]
    thread.stop()
    manifest = from_json(spool.manifest_bytes(order.recording_id))
    assert manifest.end_reason is EndReason.STOPPED


def test_without_keys_nothing_is_recorded(display: Display, tmp_path: Path) -> None:
    assert display.name
    events: list[Event] = []
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    thread = CaptureThread(spool, capture_settings(recipients=()), events.append)
    thread.start()
    order = opening()
    thread.order(order)
    thread.stop()
    assert events == [RecordingEnded(order.recording_id, "no-keys")]
    assert spool.abandoned() == []


def test_a_disk_without_room_begins_nothing(tmp_path: Path) -> None:
    events: list[Event] = []
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=1 << 60)
    thread = CaptureThread(spool, capture_settings(), events.append)
    thread.start()
    order = opening()
    thread.order(order)
    thread.stop()
    assert events == [RecordingEnded(order.recording_id, "disk-full")]
    assert spool.abandoned() == []


def test_orders_for_another_recording_change_nothing(recorded: Recorded) -> None:
    recording_id = recorded.open(resumed=False)
    stranger = opening(_ASKED).recording_id
    recorded.order(
        ResumeCapture(stranger),
        PauseCapture(stranger, _ASKED),
        _close(stranger),
        _close(recording_id),
    )
    manifest = recorded.manifest(recording_id)
    assert (manifest.pauses, manifest.segments) == ((), ())


def test_a_desktop_that_shrinks_and_grows_goes_on_in_new_segments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On an X server whose size really changes."""
    with x_server() as name:
        monkeypatch.setenv("DISPLAY", name)
        mode = "400x300 15.0 400 416 456 512 300 303 307 312"
        for arguments in (f"--newmode {mode}", "--addmode screen 400x300"):
            _xrandr(arguments)
        display = Display(name)
        spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
        thread = CaptureThread(spool, capture_settings(), _ignore)
        thread.start()
        recorded = Recorded(spool, tmp_path, thread)
        recording_id = recorded.open()
        for number, (size, colour, shown) in enumerate(
            [
                (f"{WIDTH}x{HEIGHT}", "red", RED),
                ("400x300", "blue", BLUE),
                (f"{WIDTH}x{HEIGHT}", "white", WHITE),
            ]
        ):
            _xrandr(f"--output screen --mode {size}")
            display.fill(colour)
            until((tmp_path / recording_id / f"00{number}.seg").exists, f"segment {number}")
            # beside the pointer, which rests in the middle
            recorded.until_seen(recording_id, shown, (WIDTH // 2 + 60, HEIGHT // 2))
        recorded.order(_close(recording_id))
        thread.stop()
        manifest = recorded.manifest(recording_id)
        assert manifest.pauses == ()
        films = recorded.films(recording_id)
        assert {(frame.width, frame.height) for film in films for frame in film} == {
            (WIDTH, HEIGHT)
        }
        small = films[1][-1]
        assert small.is_about((0, 0, 0), (10, HEIGHT // 2))  # letterboxed


def _xrandr(arguments: str) -> None:
    subprocess.run(["xrandr", *arguments.split()], check=True)


def test_new_settings_hold_from_the_next_recording_on(display: Display, recorded: Recorded) -> None:
    assert display.name
    first = recorded.open(resumed=False)
    until(lambda: bool(recorded.journal(first)), "opened")
    recorded.thread.configure(replace(capture_settings(), device_id="desk-2"))
    recorded.order(_close(first))
    second = recorded.open(resumed=False)
    recorded.order(_close(second))
    assert recorded.manifest(first).device_id == "desk-1"
    assert recorded.manifest(second).device_id == "desk-2"


def test_a_desktop_of_another_size_is_fitted_into_the_canvas(tmp_path: Path) -> None:
    sizes = [(300, 200)]

    class Changing:
        def fileno(self) -> int | None:
            return None

        def due(self, now: float) -> float | None:
            return now

        def layout(self) -> Layout:
            width, height = sizes[-1]
            return Layout(width, height, ((0, 0, width, height),))

        def look(self, now: float, *, whole: bool) -> list[Patch]:
            assert now
            width, height = sizes[-1]
            return [patch_of(Rectangle(0, 0, width, height), RED)] if whole else []

        def diagnostics(self) -> str:
            return "made up"

        def close(self) -> None:
            pass

    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    thread = CaptureThread(
        spool, capture_settings(), _ignore, open_screen=lambda _settings: Changing()
    )
    thread.start()
    recorded = Recorded(spool, tmp_path, thread)
    recording_id = recorded.open()
    recorded.until_seen(recording_id, RED)
    sizes.append((201, 301))
    until((tmp_path / recording_id / "001.seg").exists, "a second segment")
    recorded.order(_close(recording_id))
    thread.stop()
    last = recorded.films(recording_id)[1][-1]
    assert (last.width, last.height) == (300, 200)
    assert last.is_about(RED, (150, 100))
    assert last.is_about((0, 0, 0), (10, 100))
    assert last.is_about((0, 0, 0), (290, 100))


# Crashes and full disks

_RECORDING = """
import sys
from pathlib import Path
from agent_client.capture.recorder import CaptureThread
from agent_client.core.call import Call, CallDetails, CallState
from agent_client.core.commands import CloseRecording, ResumeCapture
from contract.envelope import Recipient
from contract.manifest import EndReason
from tests.agent_client.capture.staging import capture_settings, opening
from uploader.spool import Spool, durable

root, public, ballast, reserve = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
settings = capture_settings(recipients=(Recipient("here", bytes.fromhex(public)),))
spool = Spool(root, ballast_bytes=ballast, reserve_bytes=reserve)
leg = Call("call-1", "conn-1", CallState.ESTABLISHED, details=CallDetails("+4930123"))

def engine(event):
    thread.order(CloseRecording(order.recording_id, EndReason.DISK_FULL, (leg,)))
    print(event, flush=True)

thread = CaptureThread(spool, settings, engine)
thread.start()
order = opening()
thread.order(order)
thread.order(ResumeCapture(order.recording_id))
print(order.recording_id, flush=True)
sys.stdin.read()
thread.stop()
"""


def _recording(root: Path, ballast: int = 0, reserve: int = 0) -> list[str]:
    public = KEY.public_key().public_bytes_raw().hex()
    return [sys.executable, "-c", _RECORDING, str(root), public, str(ballast), str(reserve)]


def test_a_killed_recorder_loses_what_was_not_flushed_and_nothing_else(
    display: Display, tmp_path: Path
) -> None:
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    client = subprocess.Popen(
        _recording(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert client.stdout is not None
    assert client.stdin is not None
    recording_id = client.stdout.readline().strip()
    path = tmp_path / recording_id / "000.seg"
    colours = [("red", RED), ("blue", BLUE), ("white", WHITE)]
    watched = Recorded(spool, tmp_path, CaptureThread(spool, capture_settings(), _ignore))
    for name, colour in colours:
        display.fill(name)
        watched.until_seen(recording_id, colour)
    watched.thread.stop()
    flushed = frames_of(opened_segment(path))
    client.kill()
    client.wait()
    client.stdout.close()
    client.stdin.close()
    with path.open("ab") as torn:
        torn.write(b"\x00\x00\x10\x00torn")

    assert spool.salvage_all() == [recording_id]
    manifest = from_json(spool.manifest_bytes(recording_id))
    assert manifest.end_reason is EndReason.SALVAGED
    frames = frames_of(opened_segment(path))
    assert len(frames) >= len(flushed)
    assert manifest.segments[0].frames == len(frames)
    assert manifest.duration >= timedelta(milliseconds=frames[-1].at)
    for _, colour in colours:
        assert any(frame.is_about(colour) for frame in frames)


_SMALL_DISK = """
mount -t tmpfs -o size=3m tmpfs "$1" && shift && exec "$@"
"""


@contextmanager
def _filled_disk(
    display: Display, tmp_path: Path, *, ballast: int, reserve: int
) -> Iterator[tuple[Path, str]]:
    """A disk of 3 MiB, in a mount namespace of its own, until noise has filled it.

    Yields where the spool is seen from here, and the recording's id.
    """
    disk = tmp_path / "disk"
    disk.mkdir()
    noise = tmp_path / "noise.xbm"
    write_bitmap(noise, secrets.token_bytes(WIDTH * HEIGHT // 8))
    namespace = ["unshare", "--mount" if os.access("/etc/shadow", os.W_OK) else "-rm"]
    client = subprocess.Popen(
        [
            *namespace,
            *("sh", "-c", _SMALL_DISK, "sh", str(disk)),
            *_recording(disk / "spool", ballast, reserve),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert client.stdout is not None
    assert client.stdin is not None
    try:
        recording_id = client.stdout.readline().strip()
        while not select.select([client.stdout], [], [], 0)[0]:  # until an event is told
            display.show(noise, "white", "black")
            display.show(noise, "black", "white")
        assert "disk-full" in client.stdout.readline()
        yield Path(f"/proc/{client.pid}/root{disk}/spool"), recording_id
    finally:
        client.stdin.close()  # it ends by itself then
        client.wait()
        client.stdout.close()


def test_a_full_disk_ends_the_recording_and_keeps_what_was_recorded(
    display: Display, tmp_path: Path
) -> None:
    with _filled_disk(display, tmp_path, ballast=1 << 20, reserve=64 << 10) as (root, recording_id):
        ready = root / recording_id / "manifest.json"
        until(ready.exists, "ready to be sent")
        manifest = from_json(ready.read_bytes())
        assert manifest.end_reason is EndReason.DISK_FULL
        assert [leg.call_id for leg in manifest.legs] == ["call-1"]  # as the engine knows them
        assert manifest.details_sha256 is not None
        assert sum(segment.size for segment in manifest.segments) > 1 << 19
        for segment in manifest.segments:
            with (root / recording_id / f"00{segment.index}.seg").open("rb") as stream:
                mp4 = b"".join(opened(stream, {"here": KEY}))  # complete, with its final mark
            assert len(frames_of(mp4)) == segment.frames


def test_a_disk_without_any_ballast_leaves_a_recording_that_can_be_salvaged(
    display: Display, tmp_path: Path
) -> None:
    with _filled_disk(display, tmp_path, ballast=0, reserve=0) as (root, recording_id):
        spool = Spool(root, ballast_bytes=0, reserve_bytes=0)
        if spool.abandoned():
            assert spool.salvage_all() == [recording_id]
        manifest = from_json(spool.manifest_bytes(recording_id))
        assert sum(segment.size for segment in manifest.segments) > 2 << 20
        for file, segment in zip(spool.files(recording_id), manifest.segments, strict=True):
            assert len(frames_of(opened_segment(file.path))) == segment.frames


def _ignore(event: Event) -> None:
    assert event
