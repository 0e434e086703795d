"""The film's pictures: H.264 packets of segments and slates, copied bit for bit, in their place.

A segment that closed for a pause ends with a slate of its own, which simply lasts. Everywhere else
the slate is the first picture of the nearest recording's first segment. Whether a segment really
ends with a slate is seen by comparing the two pictures, not believed: where they differ, the known
one is put behind it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import BinaryIO, cast

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from central.core.timeline import Blank, Show, Timeline

TICKS = 90_000  # a second, of the film's video track
_SECOND = timedelta(seconds=1)
_TOLERANCE = timedelta(milliseconds=1)  # what rounding a segment's time stamps may add

OpenSegment = Callable[[str, int], BinaryIO]  # recording id, index


class FilmError(ValueError):
    """No film can be made of this; the message says why."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How a segment's pictures are coded: what a decoder must know before the first one."""

    extradata: bytes  # avcC
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Slate:
    """The picture that stands for a pause: one IDR packet."""

    payload: bytes
    coding: Coding


@dataclass(frozen=True, slots=True)
class Picture:
    """One packet, in its place. Times in TICKS from the film's start."""

    payload: bytes
    at: int
    key: bool
    coding: Coding


def slate_of(file: BinaryIO) -> Slate:
    """The slate that a recording's first segment begins with."""
    with reading(file) as (container, stream):
        for packet in container.demux(stream):
            if packet.size:
                if not packet.is_keyframe:
                    raise FilmError("a recording does not begin with a key frame")
                return Slate(bytes(packet), _coding(stream))
    raise FilmError("a recording's first segment holds no picture")


def coding_of(file: BinaryIO) -> Coding:
    """How a segment is coded."""
    with reading(file) as (_, stream):
        return _coding(stream)


def pictures(
    timeline: Timeline, slates: Mapping[str, Slate], open_segment: OpenSegment
) -> Iterator[Picture]:
    """Every picture of the film, in order; their times strictly grow."""
    shows = [clip for clip in timeline.clips if isinstance(clip, Show)]
    slate = slates[shows[0].recording_id]
    last: Picture | None = None
    before = -1
    for clip in timeline.clips:
        if isinstance(clip, Blank):
            if last is not None and _is(slate, last):
                continue  # the segment's own slate lasts
            found = iter([Picture(slate.payload, _ticks(clip.at), True, slate.coding)])  # noqa: FBT003
        else:
            slate = slates[clip.recording_id]
            found = _shown(clip, open_segment(clip.recording_id, clip.segment.index))
        for picture in found:
            before = max(picture.at, before + 1)
            last = Picture(picture.payload, before, picture.key, picture.coding)
            yield last


def packets(
    stream: VideoStream, found: Iterator[Picture], length: timedelta, *, in_band: bool
) -> Iterator[Packet[VideoStream]]:
    """The pictures as packets of the film's video track; the last one lasts to its end.

    With `in_band`, each key frame carries its own parameter sets: for segments that are not all
    coded alike.
    """
    held = next(found, None)
    while held is not None:
        following = next(found, None)
        until = _ticks(length) if following is None else following.at
        payload = held.payload
        if in_band and held.key:
            payload = _parameter_sets(held.coding.extradata) + payload
        packet = cast("Packet[VideoStream]", Packet(payload))
        packet.stream = stream
        packet.time_base = Fraction(1, TICKS)
        packet.pts = packet.dts = held.at
        packet.duration = max(1, until - held.at)
        packet.is_keyframe = held.key
        yield packet
        held = following


def _shown(clip: Show, file: BinaryIO) -> Iterator[Picture]:
    start = _ticks(clip.at)
    end = _ticks(clip.at + max(clip.length, _TOLERANCE) + _TOLERANCE)
    with reading(file) as (container, stream):
        coding = _coding(stream)
        expected_key = True
        for packet in container.demux(stream):
            if not packet.size:
                continue
            if packet.pts is None or packet.pts != packet.dts or stream.time_base is None:
                raise FilmError("a segment's pictures are not in the order of their times")
            at = start + round(packet.pts * stream.time_base * TICKS)
            if expected_key and not packet.is_keyframe:
                raise FilmError("a segment does not begin with a key frame")
            expected_key = False
            if at <= end:
                yield Picture(bytes(packet), at, packet.is_keyframe, coding)
        drain(file)


def drain(file: BinaryIO) -> None:
    """Read what a demuxer left, so that all of a file is seen to be what was received."""
    while file.read(1 << 16):
        pass


def _is(slate: Slate, picture: Picture) -> bool:
    """Whether a picture is the slate: the same bytes, or, decoded, the same pixels."""
    if not picture.key or picture.coding != slate.coding:
        return False
    return picture.payload == slate.payload or _pixels(slate.payload, slate.coding) == _pixels(
        picture.payload, picture.coding
    )


def _pixels(payload: bytes, coding: Coding) -> list[bytes]:
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = coding.extradata
    frames = [*decoder.decode(Packet(payload)), *decoder.decode(None)]
    return [bytes(plane) for frame in frames for plane in frame.planes]


@contextmanager
def reading(file: BinaryIO) -> Iterator[tuple[InputContainer, VideoStream]]:
    """An opened segment and its only stream. FilmError if it is not what a desk writes."""
    try:
        with file, av.open(file, mode="r", format="mp4") as container:
            streams = container.streams.video
            if len(container.streams) != 1 or len(streams) != 1:
                raise FilmError("a segment is not one video stream")
            if streams[0].codec_context.name != "h264":
                raise FilmError("a segment is not H.264")
            yield container, streams[0]
    except av.FFmpegError as error:
        raise FilmError(f"a segment cannot be read: {error}") from error


def _coding(stream: VideoStream) -> Coding:
    context = stream.codec_context
    return Coding(bytes(context.extradata or b""), context.width, context.height)


def _parameter_sets(avcc: bytes) -> bytes:
    """The parameter sets of an avcC (ISO/IEC 14496-15, 5.3.3.1), each behind its u32 length."""
    sets = bytearray()
    place = 5
    for mask in (0x1F, 0xFF):  # sequence, then picture parameter sets
        count = avcc[place] & mask
        place += 1
        for _ in range(count):
            (length,) = struct.unpack_from(">H", avcc, place)
            sets += struct.pack(">I", length) + avcc[place + 2 : place + 2 + length]
            place += 2 + length
    return bytes(sets)


def _ticks(at: timedelta) -> int:
    return round(at / _SECOND * TICKS)
