"""The capture thread on a real display: what is shown, and only that, comes back as a film."""

from __future__ import annotations

import io
import json
import secrets
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from agent_client.capture.recorder import CaptureThread
from agent_client.capture.settings import Clocks
from agent_client.core.call import Call, CallDetails, CallState
from agent_client.core.commands import PauseCapture, ResumeCapture
from agent_client.core.events import CaptureFailed, Event, RecordingEnded
from contract.envelope import WrongKeyError, opened
from contract.manifest import EndReason, from_json
from contract.policy import Spooling
from tests.agent_client.capture.made_up import MadeUpScreen
from tests.agent_client.capture.staging import (
    ASKED,
    BLUE,
    GREEN,
    GREY,
    HEIGHT,
    KEY,
    RED,
    WHITE,
    WIDTH,
    Display,
    Recorded,
    capture_settings,
    closing,
    faults,
    ignore,
    is_slate,
    opened_segment,
    opening,
    until,
    write_bitmap,
)
from uploader.spool import Spool, durable


def test_what_was_shown_comes_back_in_its_colours(display: Display, recorded: Recorded) -> None:
    recording_id = recorded.open()
    for name, colour in [("red", RED), ("#00ff00", GREEN), ("blue", BLUE), ("#808080", GREY)]:
        display.fill(name)
        recorded.until_seen(recording_id, colour)
    recorded.order(closing(recording_id))
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
    assert faults(recorded.events) == []


def test_a_picture_comes_back_where_it_was(
    display: Display, recorded: Recorded, tmp_path: Path
) -> None:
    bitmap = tmp_path / "halves.xbm"
    row = b"\xff" * (WIDTH // 16) + b"\x00" * (WIDTH // 16)
    write_bitmap(bitmap, row * (HEIGHT // 2) + row[::-1] * (HEIGHT // 2))
    recording_id = recorded.open()
    display.show(bitmap, "red", "blue")
    recorded.until_seen(recording_id, RED)
    recorded.order(closing(recording_id))
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
    recorded.order(closing(recording_id))
    recorded.manifest(recording_id)
    first, second = recorded.films(recording_id)[0][:2]
    assert is_slate(first)
    assert second.is_about(WHITE)
    assert (first.at, second.at) == (0, 1)
    assert (first.key, second.key) == (True, True)


def test_a_slow_disk_holds_up_no_picture(
    display: Display, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = recorded.open()
    display.fill("white")
    recorded.until_seen(recording_id, WHITE)
    free, waiting = threading.Event(), threading.Event()

    def slow(_descriptor: int) -> None:
        waiting.set()
        assert free.wait(240)

    monkeypatch.setattr(durable, "sync", slow)
    display.fill("red")
    assert waiting.wait(60)
    for name, colour in [("blue", BLUE), ("#00ff00", GREEN), ("red", RED)]:
        display.fill(name)
        recorded.until_seen(recording_id, colour)
    free.set()
    recorded.order(closing(recording_id))
    assert recorded.manifest(recording_id).end_reason is EndReason.WRAPPED_UP


def test_a_film_on_the_screen_stays_within_the_ceiling(display: Display, tmp_path: Path) -> None:
    noises = [tmp_path / f"{number}.xbm" for number in range(2)]
    for noise in noises:
        write_bitmap(noise, secrets.token_bytes(WIDTH * HEIGHT // 8))
    spool = Spool(tmp_path / "spool", ballast_bytes=0, reserve_bytes=0)
    ceiling = 200_000
    thread = CaptureThread(spool, capture_settings(bits_per_second=ceiling), ignore)
    thread.start()
    recorded = Recorded(spool, tmp_path / "spool", thread)
    recording_id = recorded.open()
    end = time.monotonic() + 4
    while time.monotonic() < end:
        for noise in noises:
            display.show(noise, "white", "black")
    recorded.order(closing(recording_id))
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
    recorded.order(replace(closing(recording_id, leg), beside=(beside,)))
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
    recorded.order(closing(recording_id))
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
    recorded.order(closing(recording_id))
    manifest = recorded.manifest(recording_id)
    (frames,) = recorded.films(recording_id)
    assert len(frames) == 2  # the slate and the desktop
    assert manifest.segments[0].duration >= timedelta(seconds=1)


def test_a_recording_that_is_ready_is_told(display: Display, tmp_path: Path) -> None:
    assert display.name
    ready: list[str] = []
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)

    def spooled(recording_id: str) -> None:
        ready.append(recording_id)
        assert spool.waiting() == ready  # its manifest is there by then

    thread = CaptureThread(spool, capture_settings(), ignore, spooled=spooled)
    thread.start()
    order = opening(ASKED)
    thread.order(order)
    thread.order(closing(order.recording_id))
    until(lambda: ready == [order.recording_id], "told")
    thread.stop()


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
    until(lambda: bool(faults(events)), "an event")
    assert faults(events) == [CaptureFailed("no-display")]
    thread.stop()
    manifest = from_json(spool.manifest_bytes(order.recording_id))
    assert manifest.end_reason is EndReason.STOPPED


def test_what_the_screen_tells_after_a_rest_is_looked_at_at_once(
    tmp_path: Path, screen: MadeUpScreen
) -> None:
    """The film's clock stands still, so no rest ever ends by itself."""
    now = 100.0
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    settings = capture_settings(flush_length=timedelta(seconds=1))
    clocks = Clocks(film=lambda: now)
    thread = CaptureThread(spool, settings, ignore, clocks=clocks, open_screen=screen.open)
    thread.start()
    recorded = Recorded(spool, tmp_path, thread)
    recording_id = recorded.open()
    recorded.until_seen(recording_id, GREEN)
    now = 101.0  # no look is too early any more
    until(lambda: screen.silent_at == now, "it rests, and listens")
    screen.show(RED)
    until(lambda: screen.looks == [True, False], "a look")
    now = 102.0
    recorded.until_seen(recording_id, RED)
    thread.stop()


def test_a_film_begins_when_it_was_ordered_however_long_anything_takes(tmp_path: Path) -> None:
    began = datetime(2026, 11, 22, 8, tzinfo=UTC)
    seconds = 100.0

    def to_central() -> tuple[timedelta, timedelta]:
        nonlocal seconds
        seconds += 3.0  # the disk holds back what was measured
        return timedelta(), timedelta()

    clocks = Clocks(
        film=lambda: seconds, utc=lambda: began + timedelta(seconds=seconds), to_central=to_central
    )
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    thread = CaptureThread(spool, capture_settings(), ignore, clocks=clocks)
    thread.start()
    order = opening(ASKED)
    thread.order(order)
    thread.order(closing(order.recording_id))
    thread.stop()
    manifest = from_json(spool.manifest_bytes(order.recording_id))
    assert manifest.started_at == began + timedelta(seconds=100)


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


def test_beyond_the_policys_quota_none_begins_until_there_is_room(tmp_path: Path) -> None:
    events: list[Event] = []
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    waits = tmp_path / opening().recording_id
    waits.mkdir()
    (waits / "manifest.json").write_bytes(b"123456")
    spool.obey(Spooling(quota_bytes=6, least_free_percent=0))
    thread = CaptureThread(spool, capture_settings(), events.append)
    thread.start()
    first, second = opening(), opening()
    thread.order(first)
    until(lambda: events != [], "a word of why none begins")
    assert events == [RecordingEnded(first.recording_id, "spool-full")]
    spool.obey(Spooling(quota_bytes=7, least_free_percent=0))
    thread.order(second)
    thread.order(closing(second.recording_id))
    thread.stop()
    assert RecordingEnded(second.recording_id, "spool-full") not in events
    assert not (tmp_path / first.recording_id).exists()
    assert second.recording_id in {*spool.waiting(), *spool.abandoned()}


def test_orders_for_another_recording_change_nothing(recorded: Recorded) -> None:
    recording_id = recorded.open(resumed=False)
    stranger = opening(ASKED).recording_id
    recorded.order(
        ResumeCapture(stranger),
        PauseCapture(stranger, ASKED),
        closing(stranger),
        closing(recording_id),
    )
    manifest = recorded.manifest(recording_id)
    assert (manifest.pauses, manifest.segments) == ((), ())


def test_new_settings_hold_from_the_next_recording_on(display: Display, recorded: Recorded) -> None:
    assert display.name
    first = recorded.open(resumed=False)
    until(lambda: bool(recorded.journal(first)), "opened")
    recorded.thread.configure(replace(capture_settings(), device_id="desk-2"))
    recorded.order(closing(first))
    second = recorded.open(resumed=False)
    recorded.order(closing(second))
    assert recorded.manifest(first).device_id == "desk-1"
    assert recorded.manifest(second).device_id == "desk-2"
