"""A recording's segments join into one film, whatever size the desktop has in each."""

from __future__ import annotations

import io
import itertools
import subprocess
from datetime import timedelta
from pathlib import Path

import av
import pytest

from agent_client.capture.recorder import CaptureThread
from agent_client.capture.screen import Layout, Patch, Rectangle
from agent_client.core.commands import ResumeCapture
from contract.manifest import from_json
from tests.agent_client.capture.desktops import x_server
from tests.agent_client.capture.staging import (
    BLUE,
    HEIGHT,
    RED,
    SIZE,
    WHITE,
    WIDTH,
    Display,
    Recorded,
    capture_settings,
    closing,
    ignore,
    opened_segment,
    opening,
    patch_of,
    until,
)
from uploader.spool import Spool


def test_segments_join_without_being_encoded_anew(display: Display, tmp_path: Path) -> None:
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    settings = capture_settings(segment_length=timedelta(seconds=0.5))
    thread = CaptureThread(spool, settings, ignore)
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
    thread.order(closing(order.recording_id))
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


def test_a_desktop_that_shrinks_and_grows_goes_on_in_new_segments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On an X server whose size really changes."""
    with x_server(SIZE) as name:
        monkeypatch.setenv("DISPLAY", name)
        mode = "400x300 15.0 400 416 456 512 300 303 307 312"
        for arguments in (f"--newmode {mode}", "--addmode screen 400x300"):
            _xrandr(arguments)
        display = Display(name)
        spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
        thread = CaptureThread(spool, capture_settings(), ignore)
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
        recorded.order(closing(recording_id))
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
        spool, capture_settings(), ignore, open_screen=lambda _settings: Changing()
    )
    thread.start()
    recorded = Recorded(spool, tmp_path, thread)
    recording_id = recorded.open()
    recorded.until_seen(recording_id, RED)
    sizes.append((201, 301))
    until((tmp_path / recording_id / "001.seg").exists, "a second segment")
    recorded.order(closing(recording_id))
    thread.stop()
    last = recorded.films(recording_id)[1][-1]
    assert (last.width, last.height) == (300, 200)
    assert last.is_about(RED, (150, 100))
    assert last.is_about((0, 0, 0), (10, 100))
    assert last.is_about((0, 0, 0), (290, 100))
