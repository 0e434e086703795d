"""A recorder that is killed, or whose disk is full, leaves what it has recorded."""

from __future__ import annotations

import os
import secrets
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from agent_client.capture.recorder import CaptureThread
from contract.envelope import opened
from contract.manifest import EndReason, from_json
from tests.agent_client.capture.staging import (
    BLUE,
    HEIGHT,
    KEY,
    RED,
    WHITE,
    WIDTH,
    Display,
    Recorded,
    capture_settings,
    frames_of,
    ignore,
    opened_segment,
    until,
    write_bitmap,
)
from uploader.spool import Spool

_RECORDING = """
import sys
from pathlib import Path
from agent_client.capture.recorder import CaptureThread
from agent_client.core.call import Call, CallDetails, CallState
from agent_client.core.commands import CloseRecording, ResumeCapture
from contract.envelope import Recipient
from contract.manifest import EndReason
from tests.agent_client.capture.staging import capture_settings, faults, opening
from uploader.spool import Spool

root, public, ballast, reserve = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
settings = capture_settings(recipients=(Recipient("here", bytes.fromhex(public)),))
spool = Spool(root, ballast_bytes=ballast, reserve_bytes=reserve)
leg = Call("call-1", "conn-1", CallState.ESTABLISHED, details=CallDetails("+4930123"))

def engine(event):
    if not faults([event]):
        return  # that the machine is slow ends nothing
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
    watched = Recorded(spool, tmp_path, CaptureThread(spool, capture_settings(), ignore))
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
