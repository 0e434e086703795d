"""What is found in one round: costs, and what the film is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean, quantiles

from PIL import Image

from bench.capture import pictures
from bench.capture.recorders import Recorded, Recorder, Scene


@dataclass(frozen=True, slots=True)
class Played:
    """What the scripted desktop did."""

    seconds: float
    size: tuple[int, int]  # of the screen
    last: int  # number of the last state; the first is 1
    shown: tuple[tuple[int, float], ...]  # number, when (seconds since 1970)
    held: Mapping[int, Image.Image]  # true pictures, by number


@dataclass(frozen=True, slots=True)
class Cost:
    """What was used up while it played."""

    cpu: float  # seconds
    x_cpu: float
    beside_cpu: float
    wakes: int
    memory_peak: float  # MB
    memory_end: float


@dataclass(slots=True)
class Round:
    """One recorder on one workload, once; None: it does not apply, or was not looked at."""

    workload: str
    recorder: str
    number: int
    seconds: float = 0.0
    cpu: float = 0.0  # seconds a minute
    x_cpu: float = 0.0  # the X server's, all of it
    beside_cpu: float = 0.0  # the uploader's
    wakes: float = 0.0  # a second
    memory_peak: float = 0.0  # MB, proportional set size
    memory_end: float = 0.0
    mb_per_hour: float | None = None
    mb_per_hour_late: float | None = None  # of the second half alone
    kept: int | None = None
    shown: int | None = None
    psnr: float | None = None
    ssim: float | None = None
    ocr: float | None = None  # percent
    delay_p50: float | None = None  # ms, of the states that the film has
    delay_p99: float | None = None
    wait_p50: float | None = None  # ms, of all changes, the passed over ones too
    wait_p99: float | None = None
    delay_growth: float | None = None  # ms, last third against first
    first_picture_ms: float | None = None
    failed: str = ""  # why there is no more


def note(done: Round, played: Played, cost: Cost) -> None:
    """What it cost, by the minute."""
    minutes = played.seconds / 60
    done.seconds = played.seconds
    done.cpu = cost.cpu / minutes
    done.x_cpu = cost.x_cpu / minutes
    done.beside_cpu = cost.beside_cpu / minutes
    done.wakes = cost.wakes / played.seconds
    done.memory_peak, done.memory_end = cost.memory_peak, cost.memory_end


def look(done: Round, recorder: Recorder, recorded: Recorded, played: Played) -> pictures.Watched:
    """What the film holds and how big it is; ValueError if it does not show what was played."""
    film = pictures.watch(recorded, list(played.held), played.size)
    begin, end = film.time_of(1), film.time_of(played.last)
    if begin >= end:
        raise ValueError("the film does not show what was played")
    middle = (begin + end) / 2
    rate = pictures.megabytes_an_hour
    done.mb_per_hour = rate(film, begin, end, recorder.key_seconds)
    done.mb_per_hour_late = rate(film, middle, end, recorder.key_seconds)
    done.kept = pictures.changes_kept(film, 1, played.last)
    done.shown = pictures.changes_shown(played.shown)
    done.first_picture_ms = recorded.first_picture_ms
    if recorded.began_at is not None:
        delays = [1000 * one for one in pictures.delays(film, recorded.began_at, played.shown)]
        waits = [1000 * one for one in pictures.waits(film, recorded.began_at, played.shown)]
        done.delay_p50, done.delay_p99 = _percentile(delays, 50), _percentile(delays, 99)
        done.wait_p50, done.wait_p99 = _percentile(waits, 50), _percentile(waits, 99)
        third = len(delays) // 3
        if third:
            done.delay_growth = _percentile(delays[-third:], 50) - _percentile(delays[:third], 50)
    return film


def judge(
    done: Round,
    film: pictures.Watched,
    played: Played,
    scene: Scene,
    reader: pictures.Reader | None,
) -> None:
    """How like the truth its pictures are, and (with a reader) how well they can be read."""
    found: list[tuple[float, float]] = []
    words: list[float] = []
    for number, truth in played.held.items():
        true, seen = (scene.folder / f"{kind}-{number:05}.png" for kind in ("true", "seen"))
        truth.save(true, compress_level=1)
        pictures.as_played(film.held[number], truth).save(seen, compress_level=1)
        found.append(pictures.likeness(true, seen))
        if reader is not None:
            words.append(reader.agreement(true, seen))
    done.psnr, done.ssim = (mean(column) for column in zip(*found, strict=True))
    done.ocr = mean(words) if words else None


def _percentile(values: list[float], percent: int) -> float:
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]
