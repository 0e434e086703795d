"""A call as central receives it: real H.264 with flashes, real voice with beeps, sealed."""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import av
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.core.marks import Span
from central.media.audio import Channel
from central.media.film import FilmInputs, Screen, Voice
from contract.envelope import Recipient, Sealer
from contract.manifest import (
    Canvas,
    EndReason,
    Manifest,
    Pause,
    PauseReason,
    Segment,
    Trouble,
    View,
)
from contract.selection import RecordingDecision

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FPS = 5
VOICE_RATE = 8000
DIM, FLASH, SLATE = 60, 235, 16  # luma of an ordinary picture, of a flash, of the slate
QUIET, LOUD = 1500, 24_000  # amplitudes


class SealsTo(Protocol):
    """Whoever has recipients to seal to: a `Lock`, or central's own keys."""

    @property
    def recipients(self) -> Sequence[Recipient]: ...


@dataclass(frozen=True)
class Lock:
    """Keys to seal to and to open with."""

    private: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)

    @property
    def keys(self) -> dict[str, X25519PrivateKey]:
        return {"k1": self.private}

    @property
    def recipients(self) -> list[Recipient]:
        return [Recipient("k1", self.private.public_key().public_bytes_raw())]


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def sealed(path: Path, content: Iterable[bytes], lock: SealsTo) -> tuple[int, str]:
    """A sealed file with frames of whatever size the content comes in; its size and SHA-256."""
    sealer = Sealer({"test": path.name}, lock.recipients, sha256(path.name.encode()).digest())
    data = sealer.header + b"".join(sealer.seal(piece) for piece in content)
    data += sealer.seal(b"", final=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return len(data), sha256(data).hexdigest()


class _Pieces(io.RawIOBase):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]  # whatever has a buffer
        self.pieces.append(piece)
        return len(piece)


def _picture(luma: int, size: tuple[int, int], tick: int) -> av.VideoFrame:
    frame = av.VideoFrame(*size, "yuv420p")
    for number, plane in enumerate(frame.planes):
        content = bytearray([luma if number == 0 else 128]) * plane.buffer_size
        if number == 0 and luma == DIM:
            row = tick % size[1]
            content[row * plane.line_size : (row + 1) * plane.line_size] = bytes(
                [200] * plane.line_size
            )
        plane.update(bytes(content))
    return frame


def film_segment(
    lumas: Sequence[tuple[int, int]], size: tuple[int, int] = (320, 240), gop: int = 250
) -> list[bytes]:
    """(milliseconds, luma) as fragmented MP4, piece by piece; slates are key frames."""
    sink = _Pieces()
    with av.open(
        sink,
        "w",
        format="mp4",
        options={
            "movflags": "frag_keyframe+empty_moov+default_base_moof",
            "frag_duration": "1000000",
        },
    ) as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.time_base = Fraction(1, 1000)
        stream.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "qp": "26",
            "threads": "1",
            "x264-params": f"scenecut=0:keyint={gop}",
        }
        for number, (at, luma) in enumerate(lumas):
            frame = _picture(luma, size, number)
            frame.pts, frame.time_base = at, Fraction(1, 1000)
            if luma == SLATE:
                frame.pict_type = av.video.frame.PictureType.I
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return sink.pieces


def wav(length: float, beeps: Sequence[float] = (), parties: str = "ac") -> bytes:
    """Eight kHz; agent hums at 300 Hz, customer at 700 Hz; both hear each beep of 100 ms."""
    tones = {"a": 300, "c": 700, "m": 500}
    samples = array("h")
    for number in range(round(length * VOICE_RATE)):
        at = number / VOICE_RATE
        loud = any(beep <= at < beep + 0.1 for beep in beeps)
        for party in parties:
            tone, loudness = (2000, LOUD) if loud else (tones[party], QUIET)
            samples.append(round(loudness * math.sin(2 * math.pi * tone * at)))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(len(parties))
        out.setsampwidth(2)
        out.setframerate(VOICE_RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def screen(  # noqa: PLR0913 - a recording is all of these
    folder: Path,
    lock: SealsTo,
    spans: Sequence[tuple[float, float]],
    *,
    start: float = 0,
    flashes: Sequence[float] = (),
    pauses: Sequence[tuple[float, float]] = (),
    reasons: tuple[PauseReason, ...] = (PauseReason.ASKED,),
    own_slates: bool = True,
    size: tuple[int, int] = (320, 240),
    name: int = 1,
    clock_offset: float = 0,
    call_id: str = "CALL-1",
    gop: int = 250,
    views: tuple[View, ...] = (),
    troubles: tuple[Trouble, ...] = (),
) -> Screen:
    """A recording that shows these spans; times in seconds from its start, flashes as well."""
    recording_id = f"00000000-0000-4000-8000-{name:012}"
    segments, paths = [], []
    for index, (since, until) in enumerate(spans):
        lumas = []
        first = round(since * 1000)
        for at in range(first, round(until * 1000), 1000 // FPS):
            flash = any(round(one * 1000) <= at < round(one * 1000) + 200 for one in flashes)
            lumas.append((at - first, FLASH if flash else DIM))
        if index == 0:
            lumas = [(0, SLATE), *((max(at, 1), luma) for at, luma in lumas)]
        if own_slates:
            lumas.append((round(until * 1000) - first - 1, SLATE))
        path = folder / recording_id / f"{index:03}.seg"
        length, digest = sealed(path, film_segment(lumas, size, gop), lock)
        segments.append(
            Segment(index, seconds(since), seconds(until - since), length, digest, len(lumas))
        )
        paths.append(path)
    manifest = Manifest(
        recording_id=recording_id,
        call_id=call_id,
        agent_id="A1",
        device_id="D1",
        started_at=NOON + seconds(start - clock_offset),
        duration=seconds(max((until for _, until in spans), default=0)),
        clock_offset=seconds(clock_offset),
        clock_round_trip=seconds(0.02),
        decision=RecordingDecision(bool(spans), 0, Decimal(100), "salt"),
        canvas=Canvas(*size, ((0, 0, *size),)) if spans else None,
        segments=tuple(segments),
        pauses=tuple(
            Pause(seconds(since), seconds(until - since), reasons) for since, until in pauses
        ),
        views=views,
        troubles=troubles,
        legs=(),
        details_sha256=None,
        end_reason=EndReason.WRAPPED_UP,
        client_version="0",
    )
    return Screen(manifest, tuple(paths))


def voice(  # noqa: PLR0913 - a voice recording is all of these
    folder: Path,
    lock: SealsTo,
    length: float,
    *,
    start: float = 0,
    beeps: Sequence[float] = (),
    parties: str = "ac",
    pauses: Sequence[tuple[float, float]] = (),
) -> Voice:
    """A voice recording; times in seconds from its start, but pauses from NOON."""
    content = wav(length, beeps, parties)
    path = folder / f"voice-{parties}-{start}.wav"
    pieces = [content[at : at + 50_000] for at in range(0, len(content), 50_000)]
    _, digest = sealed(path, pieces, lock)
    names: dict[str, Channel] = {"a": "agent", "c": "customer", "m": "mixed"}
    return Voice(
        path=path,
        sha256=digest,
        content_sha256=sha256(content).hexdigest(),
        started_at=NOON + seconds(start),
        length=seconds(length),
        channels=tuple(names[party] for party in parties),
        pauses=tuple(Span(NOON + seconds(since), NOON + seconds(until)) for since, until in pauses),
    )


def inputs(
    screens: Sequence[Screen] = (), voices: Sequence[Voice] = (), masks: Sequence[Span] = ()
) -> FilmInputs:
    return FilmInputs("CALL-1", tuple(screens), tuple(voices), tuple(masks))


def with_other_digest(one: Screen) -> Screen:
    """The same recording, but its manifest promises another first segment."""
    first = replace(one.manifest.segments[0], sha256="0" * 64)
    return replace(
        one, manifest=replace(one.manifest, segments=(first, *one.manifest.segments[1:]))
    )
