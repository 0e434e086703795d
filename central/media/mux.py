"""Joins pictures and sound into one MP4. H.264 is copied; the sound is encoded here.

Packets are handed to FFmpeg in the order of their times, one of each track at a time, so memory
does not grow with the film.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from central.core.timeline import Show, Timeline
from central.media import audio, pictures
from central.media.audio import Peaks, VoiceSource
from central.media.pictures import FilmError, OpenSegment, Slate
from central.media.scratch import Scratch


@dataclass(frozen=True, slots=True)
class Muxed:
    """What was joined."""

    codec_tag: str  # "avc1"; "avc3" if segments were not all coded alike; "" without a screen
    width: int
    height: int
    peaks: Peaks


def mux(
    timeline: Timeline,
    open_segment: OpenSegment,
    voices: Sequence[VoiceSource],
    scratch: Scratch,
) -> Muxed:
    """Write the film to the scratch. FilmError if an input cannot be used.

    TamperedError comes through from the segments as it is.
    """
    slates = _slates(timeline, open_segment)
    codings = {
        pictures.coding_of(open_segment(clip.recording_id, clip.segment.index))
        for clip in timeline.clips
        if isinstance(clip, Show)
    } | {slate.coding for slate in slates.values()}
    peaks = Peaks()
    tag = ("avc1" if len(codings) == 1 else "avc3") if codings else ""
    try:
        with av.open(scratch, mode="w", format="mp4") as film:
            video = None
            if slates:
                first = next(clip for clip in timeline.clips if isinstance(clip, Show))
                video = _video(film, open_segment(first.recording_id, 0), tag)
            sound = film.add_stream("aac", rate=audio.RATE, layout="stereo")
            sound.bit_rate = audio.BIT_RATE
            for packet in _in_order(timeline, open_segment, slates, voices, video, sound, peaks):
                film.mux_one(packet)
    except av.FFmpegError as error:
        raise FilmError(f"the film cannot be written: {error}") from error
    width = max((coding.width for coding in codings), default=0)
    height = max((coding.height for coding in codings), default=0)
    return Muxed(tag, width, height, peaks)


def _slates(timeline: Timeline, open_segment: OpenSegment) -> dict[str, Slate]:
    shown = {clip.recording_id for clip in timeline.clips if isinstance(clip, Show)}
    return {
        recording_id: pictures.slate_of(open_segment(recording_id, 0))
        for recording_id in sorted(shown)
    }


def _video(film: OutputContainer, first: BinaryIO, tag: str) -> VideoStream:
    with pictures.reading(first) as (_, template):
        stream = film.add_stream_from_template(template)
    stream.time_base = Fraction(1, pictures.TICKS)
    stream.codec_context.codec_tag = tag
    return stream


def _in_order(  # noqa: PLR0913, PLR0917 - both tracks and what they are made of
    timeline: Timeline,
    open_segment: OpenSegment,
    slates: dict[str, Slate],
    voices: Sequence[VoiceSource],
    video: VideoStream | None,
    sound: AudioStream,
    peaks: Peaks,
) -> Iterator[Packet[Stream]]:
    tracks: list[Iterator[Packet[Any]]] = [
        audio.encoded(sound, audio.sounds(timeline, voices), peaks)
    ]
    if video is not None:
        found = pictures.pictures(timeline, slates, open_segment)
        in_band = video.codec_context.codec_tag == "avc3"
        tracks.append(pictures.packets(video, found, timeline.length, in_band=in_band))
    return heapq.merge(*tracks, key=_when)


def _when(packet: Packet[Stream]) -> Fraction:
    if packet.dts is None or packet.time_base is None:
        raise FilmError("a packet without a time")
    return packet.dts * packet.time_base
