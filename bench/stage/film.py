"""Watch and listen to a finished film: the eyes and ears of the demo and the end-to-end tests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import av
from av.video.frame import VideoFrame

from bench.stage.desktop import MARKER
from bench.stage.voices import BEEP_HZ

_BRIGHT = 180  # luma of the marker while it flashes; 16 otherwise
_BLOCK_SECONDS = 0.01
_BEEP_SHARE = 0.5  # of a block's energy at the beep's pitch
_BEEP_LEVEL = 0.05  # of full scale


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person would notice; times in seconds of the film."""

    seconds: float
    width: int
    height: int
    codecs: tuple[str, ...]
    channels: int
    frames: int
    flashes: tuple[float, ...]
    lit: tuple[tuple[float, float], ...]  # of each flash: the last dark picture, the first bright
    beeps: tuple[float, ...]
    card_frames: int  # frames in which the card's banner stands
    quiet: tuple[tuple[float, float], ...]  # spans of at least half a second of exact silence

    def marked(self, beep: float, slip: float) -> bool:
        """Whether some flash begins with this beep: it was dark before it, and bright after it."""
        return any(dark - slip <= beep <= bright + slip for dark, bright in self.lit)

    @property
    def skew(self) -> float | None:
        """Median of picture minus sound over all marks, in seconds; positive: picture late."""
        pairs = [
            min((flash - beep for flash in self.flashes), key=abs)
            for beep in self.beeps
            if self.flashes
        ]
        return median(pairs) if pairs else None


def watch(path: Path) -> Seen:
    """Decode all of it."""
    with av.open(str(path)) as film:
        codecs = tuple(stream.codec_context.name for stream in film.streams)
        length = (film.duration or 0) / av.time_base
        pictures = _pictures(path) if film.streams.video else _Pictures(0, 0, 0, (), 0)
        channels = film.streams.audio[0].channels if film.streams.audio else 0
    blocks = list(_blocks(path)) if channels else []
    return Seen(
        seconds=length,
        width=pictures.width,
        height=pictures.height,
        codecs=codecs,
        channels=channels,
        frames=pictures.frames,
        flashes=tuple(bright for _, bright in pictures.lit),
        lit=pictures.lit,
        beeps=tuple(at for _, at in _onsets([(at, tone) for at, tone, _ in blocks])),
        card_frames=pictures.card_frames,
        quiet=_quiet([(at, peak) for at, _, peak in blocks]),
    )


@dataclass(frozen=True, slots=True)
class _Pictures:
    width: int
    height: int
    frames: int
    lit: tuple[tuple[float, float], ...]
    card_frames: int


def _pictures(path: Path) -> _Pictures:
    marks: list[tuple[float, bool]] = []
    cards = width = height = 0
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            width, height = frame.width, frame.height
            marks.append((float(frame.time or 0), _marker_lit(frame)))
            cards += _card_shown(frame)
    return _Pictures(width, height, len(marks), _onsets(marks), cards)


def _marker_lit(frame: VideoFrame) -> bool:
    return _at(frame, 0, MARKER // 2, MARKER // 2) > _BRIGHT


def _card_shown(frame: VideoFrame) -> bool:
    """Whether the banner's light yellow fills places where its letters never are."""
    places = [(x, 0.36) for x in (0.12, 0.3, 0.5, 0.7, 0.88)]
    yellow = 0
    for across, down in places:
        x, y = int(frame.width * across), int(frame.height * down)
        yellow += _at(frame, 0, x, y) > 200 and _at(frame, 1, x // 2, y // 2) < 110  # noqa: PLR2004 (BT.709 of #ffe9a8 is 216, 97)
    return yellow >= len(places) // 2


def _at(frame: VideoFrame, plane: int, x: int, y: int) -> int:
    one = frame.planes[plane]
    return memoryview(one)[y * one.line_size + x]


def _blocks(path: Path) -> Iterator[tuple[float, bool, int]]:
    """Time, whether the beep sounds, and the peak, for each 10 ms of the left and right sides."""
    resampler = av.AudioResampler("s16", "stereo", 48_000)
    size = int(48_000 * _BLOCK_SECONDS)
    rest: list[int] = []
    at = 0
    with av.open(str(path)) as film:
        for frame in film.decode(audio=0):
            for piece in resampler.resample(frame):
                samples = memoryview(bytes(piece.planes[0])[: piece.samples * 4]).cast("h")
                rest.extend(samples)
                while len(rest) >= 2 * size:
                    block, rest = rest[: 2 * size], rest[2 * size :]
                    peak = max(*block, -min(block))
                    yield at * _BLOCK_SECONDS, _beeping(block[0::2]), peak
                    at += 1


def _beeping(samples: Sequence[int]) -> bool:
    """Goertzel's sum at the beep's pitch against the block's whole energy."""
    energy = sum(sample * sample for sample in samples)
    if energy < len(samples) * (_BEEP_LEVEL * 32768) ** 2 / 2:
        return False
    turn = 2 * math.cos(2 * math.pi * BEEP_HZ / 48_000)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    power = before * before + last * last - turn * before * last
    return power * 2 / len(samples) > _BEEP_SHARE * energy


def _onsets(marks: Sequence[tuple[float, bool]]) -> tuple[tuple[float, float], ...]:
    """Where it begins: the last moment without it, and the first with it."""
    before = [(0.0, False), *marks]
    return tuple(
        (off, at) for (off, was), (at, on) in zip(before, marks, strict=False) if on and not was
    )


def _quiet(peaks: Sequence[tuple[float, int]]) -> tuple[tuple[float, float], ...]:
    spans: list[tuple[float, float]] = []
    since: float | None = None
    for at, peak in [*peaks, (len(peaks) * _BLOCK_SECONDS, 1)]:
        if peak == 0 and since is None:
            since = at
        elif peak and since is not None:
            if at - since >= 0.5:  # noqa: PLR2004 (half a second; shorter ones are breath)
                spans.append((since, at))
            since = None
    return tuple(spans)
