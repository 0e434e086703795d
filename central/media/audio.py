"""The film's sound: voice where it belongs, zero wherever it must be silent, AAC.

48 kHz, two channels: agent left, customer right; a mixed recording is heard on both. Silence is
written into the samples before they are encoded, so the encoder never sees what was asked away.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import BinaryIO, Literal

import av
from av.audio.stream import AudioStream
from av.packet import Packet

from central.core.marks import Stretch
from central.core.timeline import Timeline

RATE = 48_000  # samples a second
BLOCK = RATE // 20  # samples; one value of the peaks: 50 ms
BIT_RATE = 96_000  # bits a second, both channels
_PAIR = 4  # bytes of one sample of both channels
_SECOND = timedelta(seconds=1)

Channel = Literal["agent", "customer", "mixed"]


@dataclass(frozen=True, slots=True)
class VoiceSource:
    """A voice recording: how to open it, and whose voice each of its channels holds."""

    open: Callable[[], BinaryIO]
    channels: tuple[Channel, ...]


class Peaks:
    """The loudest sample of each 50 ms, 0..100, of both channels: what the player draws."""

    def __init__(self) -> None:
        self.agent = bytearray()
        self.customer = bytearray()

    def add(self, block: bytes) -> None:
        """One block. Every fourth sample will do: voices have little above 4 kHz."""
        samples = array("h", block)
        for kept, drawn in ((self.agent, samples[0::8]), (self.customer, samples[1::8])):
            loudest = max((max(drawn), -min(drawn))) if drawn else 0
            kept.append(min(100, -(-loudest * 100 // 32_768)))


def sounds(timeline: Timeline, voices: Sequence[VoiceSource]) -> Iterator[bytes]:
    """All of the film's samples, in blocks of BLOCK; the last one may be shorter."""
    held = bytearray()
    position = 0
    for piece in _laid(timeline, voices):
        held += piece
        while len(held) >= BLOCK * _PAIR:
            block = held[: BLOCK * _PAIR]
            del held[: BLOCK * _PAIR]
            _silence(block, position, timeline.silence)
            position += BLOCK
            yield bytes(block)
    if held:
        _silence(held, position, timeline.silence)
        yield bytes(held)


def encoded(
    stream: AudioStream, blocks: Iterator[bytes], peaks: Peaks
) -> Iterator[Packet[AudioStream]]:
    """The blocks as AAC packets of the stream; the peaks are filled on the way."""
    position = 0
    for block in blocks:
        peaks.add(block)
        frame = av.AudioFrame("s16", "stereo", len(block) // _PAIR)
        frame.rate = RATE
        frame.planes[0].update(block)
        frame.pts = position
        frame.time_base = Fraction(1, RATE)  # an encoder of av 18 that is not open yet has none
        position += frame.samples
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _laid(timeline: Timeline, voices: Sequence[VoiceSource]) -> Iterator[bytes]:
    position = 0
    for speak in timeline.voices:
        start = _sample(speak.at)
        yield from _nothing(start - position)
        missing = _sample(speak.at + speak.length) - start
        position = start + missing
        for piece in _heard(voices[speak.voice]):
            part = piece[: missing * _PAIR]
            missing -= len(part) // _PAIR
            yield part
            if not missing:
                break
        yield from _nothing(missing)
    yield from _nothing(_sample(timeline.length) - position)


def _nothing(samples: int) -> Iterator[bytes]:
    while samples > 0:
        part = min(samples, RATE)
        yield bytes(part * _PAIR)
        samples -= part


def _heard(voice: VoiceSource) -> Iterator[bytes]:
    """A recording's samples at 48 kHz, agent and customer in turn."""
    layout = "mono" if len(voice.channels) == 1 else "stereo"
    resampler = av.AudioResampler(format="s16", layout=layout, rate=RATE)
    with voice.open() as file, av.open(file, mode="r") as container:
        for frame in container.decode(audio=0):
            frame.pts = None  # samples are counted: recorders leave no holes in a file
            for even in resampler.resample(frame):
                yield _seated(even, voice.channels)
        while file.read(1 << 16):
            pass  # so that all of the file is seen to be what was received
        for even in resampler.resample(None):
            yield _seated(even, voice.channels)


def _seated(frame: av.AudioFrame, channels: tuple[Channel, ...]) -> bytes:
    """Agent left, customer right, whatever the order in the recording."""
    count = len(channels)
    if channels == ("agent", "customer"):
        return bytes(frame.planes[0])[: frame.samples * _PAIR]
    samples = array("h", bytes(frame.planes[0])[: frame.samples * count * 2])
    pairs = array("h", bytes(frame.samples * _PAIR))
    for side, party in enumerate(("agent", "customer")):
        for channel, whose in enumerate(channels):
            if whose in {party, "mixed"}:
                pairs[side::2] = samples[channel::count]
    return pairs.tobytes()


def _silence(block: bytearray, position: int, silence: Sequence[Stretch]) -> None:
    length = len(block) // _PAIR
    for one in silence:
        first = max(0, _sample(one.at) - 1 - position)
        last = min(length, _sample(one.end) + 1 - position)
        if first < last:
            block[first * _PAIR : last * _PAIR] = bytes((last - first) * _PAIR)


def _sample(at: timedelta) -> int:
    return round(at / _SECOND * RATE)
