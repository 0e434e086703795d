"""What a film shows and how well: its numbers, its bytes, likeness and legibility."""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import mss
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from PIL import Image

from bench.capture import marks
from bench.capture.recorders import Recorded

_SHOWN_FPS = 5  # what a recorder at five frames a second could tell apart
_SMALL = (64, 36)  # enough to tell one colour matrix from the other
_SAME_DB = 100.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a film."""

    at: float  # seconds of the film
    number: int | None  # state of the screen that it shows


@dataclass(frozen=True, slots=True)
class Packet:
    """One coded picture."""

    at: float
    size: int
    key: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """A film, decoded; times are the film's."""

    frames: tuple[Frame, ...]
    packets: tuple[Packet, ...]
    size: int  # bytes, as they were stored
    held: Mapping[int, VideoFrame]  # what stands in the film when such a state is shown

    def time_of(self, number: int) -> float:
        """When the film first shows this state or a later one; if it never does, when it ends."""
        if not self.frames:
            raise ValueError("the film is empty")
        later = (one.at for one in self.frames if one.number is not None and one.number >= number)
        return next(later, self.frames[-1].at)


def watch(recorded: Recorded, held: Sequence[int], size: tuple[int, int]) -> Watched:
    """Decode all its parts; `size` is the screen's."""
    packets: list[Packet] = []
    frames: list[Frame] = []
    kept: dict[int, VideoFrame] = {}
    for path, begins in recorded.parts:
        with av.open(str(path)) as film:
            stream = film.streams.video[0]
            base = float(stream.time_base or 0)
            for packet in film.demux(stream):
                if packet.size and packet.pts is not None:
                    at = begins + packet.pts * base
                    packets.append(Packet(at, packet.size, packet.is_keyframe))
                for frame in packet.decode():
                    plane = frame.planes[0]
                    block = marks.BLOCK * frame.width / size[0]
                    number = marks.read(memoryview(plane), plane.line_size, block=block)
                    frames.append(Frame(begins + float(frame.time or 0), number))
                    if number is not None:
                        kept |= dict.fromkeys((one for one in held if one >= number), frame)
    stored = recorded.size
    if stored is None:
        stored = sum(path.stat().st_size for path, _ in recorded.parts)
    return Watched(tuple(frames), tuple(packets), stored, kept)


def megabytes_an_hour(film: Watched, begin: float, end: float, key_seconds: float) -> float:
    """Of this span of a film, as it would be in a long one, in MB (10^6 bytes).

    The key frame that begins each film counts as often as a recorder makes one of its own accord;
    those that fell into the span count as they are. What the container adds counts by length.
    """
    length = end - begin
    inside = sum(one.size for one in film.packets if begin <= one.at < end)
    key = max(one.size for one in film.packets if one.key)
    regular = key / key_seconds if key_seconds > length else 0.0
    times = [one.at for one in film.packets]
    around = max(0, film.size - sum(one.size for one in film.packets))
    rate = inside / length + regular + around / max(length, max(times) - min(times))
    return rate * 3600 / 1e6


def changes_shown(shown: Sequence[tuple[int, float]]) -> int:
    """How many states a recorder at five frames a second could have caught."""
    return len({int(at * _SHOWN_FPS) for _, at in shown})


def changes_kept(film: Watched, first: int, last: int) -> int:
    """How many states of the span are in the film."""
    numbers = {one.number for one in film.frames if one.number is not None}
    return len({number for number in numbers if first <= number <= last})


def delays(film: Watched, began_at: float, shown: Sequence[tuple[int, float]]) -> list[float]:
    """For each state in the film: seconds from when it was shown until the film shows it.

    States that were over before the next frame are in no film; `waits` counts them too.
    """
    first: dict[int, float] = {}
    for one in film.frames:
        if one.number is not None:
            first.setdefault(one.number, one.at)
    return [began_at + first[number] - at for number, at in shown if number in first]


def waits(film: Watched, began_at: float, shown: Sequence[tuple[int, float]]) -> list[float]:
    """For each change: seconds from when it was shown until the film shows it, or a later one."""
    frames = [one for one in film.frames if one.number is not None]
    found: list[float] = []
    place = 0
    for number, at in shown:
        while place < len(frames) and (frames[place].number or 0) < number:
            place += 1
        if place == len(frames):
            break
        found.append(began_at + frames[place].at - at)
    return found


def true_picture(display: str) -> Image.Image:
    """What is on the screen now, pointer and all."""
    with mss.MSS(display=display, with_cursor=True) as screen:
        shot = screen.grab(screen.monitors[0])
    return Image.frombytes("RGB", (shot.width, shot.height), bytes(shot.raw), "raw", "BGRX")


def as_played(frame: VideoFrame, truth: Image.Image) -> Image.Image:
    """A film's picture as a player shows it that knows the film's colour matrix.

    Few recorders say which they used, so it is the matrix that comes nearer to the truth.
    """
    small = truth.resize(_SMALL).tobytes()
    pictures = [_in_rgb(frame, truth.size, one) for one in (Colorspace.ITU709, Colorspace.ITU601)]

    def distance(picture: Image.Image) -> int:
        pairs = zip(picture.resize(_SMALL).tobytes(), small, strict=True)
        return sum((a - b) ** 2 for a, b in pairs)

    return min(pictures, key=distance)


def _in_rgb(frame: VideoFrame, size: tuple[int, int], matrix: Colorspace) -> Image.Image:
    clear = frame.reformat(
        *size,
        format="rgb24",
        src_colorspace=matrix,
        dst_colorspace=matrix,
        interpolation=Interpolation.BICUBIC,
    )
    plane = clear.planes[0]
    return Image.frombytes("RGB", size, bytes(plane), "raw", "RGB", plane.line_size)


def likeness(truth: Path, seen: Path) -> tuple[float, float]:
    """PSNR of luma in dB and SSIM of all planes, by FFmpeg's filters."""
    return (
        _filtered(truth, seen, "psnr", r"psnr_y:(\S+)"),
        _filtered(truth, seen, "ssim", r"All:(\S+)"),
    )


def _filtered(truth: Path, seen: Path, name: str, wanted: str) -> float:
    inputs = ["-i", str(seen), "-i", str(truth)]
    same = f"[0]format=yuv420p[a];[1]format=yuv420p[b];[a][b]{name}=stats_file=-"
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", *inputs, "-lavfi", same]
    done = subprocess.run(
        [*command, "-f", "null", os.devnull], capture_output=True, text=True, check=True
    )
    found = re.search(wanted, done.stdout)
    if found is None:
        raise ValueError(f"ffmpeg says nothing of {name}: {done.stdout}{done.stderr}")
    return min(_SAME_DB, float(found[1]))  # pictures that are the same: infinite


class Reader:
    """Reads pictures by OCR, each but once."""

    def __init__(self) -> None:
        self._read: dict[str, list[str]] = {}

    def agreement(self, truth: Path, seen: Path) -> float:
        """Percent of the words that both pictures give, in order."""
        true, read = self._words(truth), self._words(seen)
        same = difflib.SequenceMatcher(None, true, read, autojunk=False).get_matching_blocks()
        return 200 * sum(block.size for block in same) / max(1, len(true) + len(read))

    def _words(self, path: Path) -> list[str]:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest not in self._read:
            done = subprocess.run(
                ["tesseract", str(path), "-", "--psm", "11"],  # 11: text wherever it stands
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},
                capture_output=True,
                text=True,
                check=True,
            )
            self._read[digest] = done.stdout.split()
        return self._read[digest]
