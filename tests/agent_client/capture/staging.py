"""A real X display, and the way from a spool back to pictures."""

from __future__ import annotations

import io
import subprocess
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import av
from av.video.reformatter import VideoReformatter
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from agent_client.capture.picture import Picture
from agent_client.capture.recorder import CaptureThread
from agent_client.capture.screen import Patch, Rectangle
from agent_client.capture.settings import CaptureSettings, ScreenSettings
from agent_client.core.call import Call
from agent_client.core.commands import CloseRecording, OpenRecording, PauseCapture, ResumeCapture
from agent_client.core.events import Event, ProblemChanged
from agent_client.ports import CaptureOrder
from contract.envelope import Recipient, opened_prefix, whole_length
from contract.manifest import EndReason, Manifest, PauseReason, from_json
from contract.selection import decide
from uploader.spool import Spool

WIDTH, HEIGHT = 640, 360
SIZE = f"{WIDTH}x{HEIGHT}"
KEY = X25519PrivateKey.generate()
RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)
WHITE, GREY = (255, 255, 255), (128, 128, 128)
SLATE = (11, 17, 27)
ASKED = frozenset({PauseReason.ASKED})
SLOW = frozenset({"capture-late", "encoder-slow", "disk-slow"})  # of machines
_PATIENCE_SECONDS = 60.0


def until(holds: Callable[[], bool], what: str, instead: Callable[[], object] = str) -> None:
    """Wait for it; a busy machine takes its time. `instead`: what there is if it never comes."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"never: {what} {instead()}"
        time.sleep(0.01)


@dataclass
class Display:
    """An X server, and what is shown on it."""

    name: str

    def fill(self, colour: str) -> None:
        """The whole desktop in one colour, at once."""
        subprocess.run(["xsetroot", "-display", self.name, "-solid", colour], check=True)

    def show(self, bitmap: Path, ink: str, paper: str) -> None:
        """The whole desktop in two colours, tiled with a bitmap."""
        subprocess.run(
            ["xsetroot", "-display", self.name, "-bitmap", str(bitmap), "-fg", ink, "-bg", paper],
            check=True,
        )


def write_bitmap(path: Path, content: bytes) -> None:
    """An X bitmap of the display's size: a bit for each pixel, the lowest first."""
    assert len(content) == WIDTH * HEIGHT // 8
    bits = ",\n".join(hex(byte) for byte in content)
    path.write_text(
        f"#define a_width {WIDTH}\n#define a_height {HEIGHT}\n"
        f"static unsigned char a_bits[] = {{\n{bits}}};\n"
    )


def capture_settings(**changes: object) -> CaptureSettings:
    values: dict[str, object] = {
        "screen": ScreenSettings(frames_per_second=15.0),
        "quantiser": 24,
        "bits_per_second": 50_000_000,
        "cpu_share": 1.0,
        "segment_length": timedelta(minutes=5),
        "flush_length": timedelta(milliseconds=200),
        "recipients": (Recipient("here", KEY.public_key().public_bytes_raw()),),
        "device_id": "desk-1",
        "details_keys": frozenset({"Queue"}),
        "client_version": "0.1.0",
    }
    return CaptureSettings(**(values | changes))  # type: ignore[arg-type] # by name


def opening(reasons: frozenset[PauseReason] = frozenset()) -> OpenRecording:
    decision = decide("call-1", Decimal(100), "salt")
    return OpenRecording(str(uuid.uuid4()), "call-1", "agent-7", decision, reasons)


def closing(recording_id: str, *legs: Call) -> CloseRecording:
    return CloseRecording(recording_id, EndReason.WRAPPED_UP, legs)


def ignore(event: Event) -> None:
    assert event


def faults(events: Iterable[Event]) -> list[Event]:
    """All that was told, but for what is no fault: the machine of a test may be slow."""
    return [one for one in events if not (isinstance(one, ProblemChanged) and one.code in SLOW)]


def patch_of(place: Rectangle, colour: tuple[int, int, int]) -> Patch:
    """A part of a desktop in one colour."""
    red, green, blue = colour
    return Patch(place, bytearray(bytes([blue, green, red, 0]) * (place.width * place.height)))


def plain_picture(width: int, height: int, colour: tuple[int, int, int]) -> Picture:
    """A kept picture of a desktop in one colour."""
    picture = Picture(width + width % 2, height + height % 2)
    whole = Rectangle(0, 0, width, height)
    picture.show(width, height, whole)
    picture.update([patch_of(whole, colour)])
    return picture


@dataclass(frozen=True)
class Frame:
    """One decoded picture of a segment."""

    at: int  # milliseconds
    key: bool
    width: int
    height: int
    rgb: bytes

    def pixel(self, across: int, down: int) -> tuple[int, int, int]:
        start = (down * self.width + across) * 3
        return self.rgb[start], self.rgb[start + 1], self.rgb[start + 2]

    def is_about(self, colour: tuple[int, int, int], at: tuple[int, int] = (20, 20)) -> bool:
        return all(
            abs(one - other) <= 4 for one, other in zip(self.pixel(*at), colour, strict=True)
        )


def is_slate(frame: Frame) -> bool:
    return frame.is_about(SLATE) and not frame.is_about(SLATE, (WIDTH // 2 + 10, HEIGHT // 2))


def opened_segment(path: Path) -> bytes:
    """The MP4 in a sealed segment, as far as it is whole."""
    with path.open("rb") as stream:
        if not whole_length(stream):
            return b""
        stream.seek(0)
        return b"".join(opened_prefix(stream, {"here": KEY}))


def frames_of(mp4: bytes) -> list[Frame]:
    converter = VideoReformatter()  # PyAV's own one is the thread's, and so every test's
    with av.open(io.BytesIO(mp4), "r") as container:
        return [_frame(frame, converter) for frame in container.decode(video=0)]


def _frame(frame: av.VideoFrame, converter: VideoReformatter) -> Frame:
    rgb = converter.reformat(frame, format="rgb24", threads=1)
    plane = rgb.planes[0]
    rows = bytes(plane)
    content = b"".join(
        rows[row * plane.line_size : row * plane.line_size + rgb.width * 3]
        for row in range(rgb.height)
    )
    return Frame(frame.pts or 0, bool(frame.key_frame), rgb.width, rgb.height, content)


@dataclass
class Recorded:
    """A recorder at work on the display."""

    spool: Spool
    root: Path
    thread: CaptureThread
    events: list[Event] = field(default_factory=list)

    def order(self, *orders: CaptureOrder) -> None:
        for order in orders:
            self.thread.order(order)

    def open(self, *, resumed: bool = True) -> str:
        """Begin a recording, and capture unless told otherwise."""
        order = opening()
        self.order(order)
        if resumed:
            self.order(ResumeCapture(order.recording_id))
        return order.recording_id

    def pause(self, recording_id: str, reason: PauseReason = PauseReason.ASKED) -> None:
        """Pause, and wait until it is written."""
        self.order(PauseCapture(recording_id, frozenset({reason})))
        until(
            lambda: (
                self.journal(recording_id).splitlines()[-1].find(b'"segment-closed"') >= 0
                or self.journal(recording_id).splitlines()[-1].find(b'"paused"') >= 0
            ),
            "paused",
        )

    def journal(self, recording_id: str) -> bytes:
        path = self.root / recording_id / "journal.jsonl"
        return path.read_bytes() if path.exists() else b""

    def until_seen(
        self, recording_id: str, colour: tuple[int, int, int], at: tuple[int, int] = (20, 20)
    ) -> None:
        """Wait until the newest segment's last picture on the disk is of this colour."""
        until(
            lambda: self.is_filmed(recording_id, lambda frame: frame.is_about(colour, at)),
            f"{colour} in the film",
            lambda: self._told(recording_id, at),
        )

    def is_filmed(self, recording_id: str, shows: Callable[[Frame], bool]) -> bool:
        """Whether the newest segment's last picture on the disk is such a one."""
        frames = self._newest(recording_id)
        return bool(frames) and shows(frames[-1])

    def _newest(self, recording_id: str) -> list[Frame]:
        segments = sorted((self.root / recording_id).glob("*.seg"))
        mp4 = opened_segment(segments[-1]) if segments else b""
        return frames_of(mp4) if b"mdat" in mp4 else []

    def _told(self, recording_id: str, at: tuple[int, int]) -> str:
        """What the newest segment shows there, when, and how it came to that."""
        shown = [(frame.at, frame.pixel(*at)) for frame in self._newest(recording_id)]
        return f"but {shown[-3:]}\n{self.journal(recording_id).decode()}"

    def manifest(self, recording_id: str) -> Manifest:
        until(lambda: recording_id in self.spool.waiting(), "ready to be sent")
        return from_json(self.spool.manifest_bytes(recording_id))

    def films(self, recording_id: str) -> list[list[Frame]]:
        """Every picture of every segment."""
        return [
            frames_of(opened_segment(file.path))
            for file in self.spool.files(recording_id)
            if file.name.endswith(".seg")
        ]
