"""What the client uses up, sampled over a long time: memory, CPU, wake-ups, threads, files."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.capture import meter

_WARM_UP = 0.2  # of the time, and no more than:
_LONGEST_WARM_UP = 300.0  # seconds
_SHORTEST = 600.0  # seconds behind the warm-up: nothing can be said of less
_FLAT_MB_PER_HOUR = 3.0
_SURE = 2.0  # standard errors


@dataclass(frozen=True, slots=True)
class Sample:
    """One look."""

    at: float  # seconds since the first
    memory_mb: float  # proportional set size, 10^6 bytes
    own_mb: float  # of it what nobody could share: others that come and go do not alter it
    beside_mb: float  # the uploader's
    threads: int
    files: int  # open file descriptors
    cpu_percent: float  # of one core, since the look before
    wakes: float  # a second, since the look before


@dataclass(frozen=True, slots=True)
class Memory:
    """How the memory that is its own went on behind the warm-up, by least squares."""

    warm_up_seconds: float
    begin_mb: float
    end_mb: float
    most_mb: float
    slope_mb_per_hour: float
    error_mb_per_hour: float  # standard error of the slope
    flat: bool | None  # None: too short to tell

    def __str__(self) -> str:
        how = {True: "flat", False: "growing", None: "too short to tell"}[self.flat]
        return (
            f"own memory: {self.begin_mb:.1f} to {self.end_mb:.1f} MB, most {self.most_mb:.1f}; "
            f"{self.slope_mb_per_hour:+.2f} ± {self.error_mb_per_hour:.2f} MB/h: {how}"
        )


@dataclass(frozen=True, slots=True)
class Thread:
    """What one thread has used up so far."""

    name: str
    cpu: float  # seconds
    wakes: int


class Watch:
    """Looks at some processes, from now on."""

    def __init__(
        self,
        pids: Callable[[], list[int]],
        beside: Callable[[], list[int]],
        every: float,
    ) -> None:
        """`every` so many seconds a sample is due."""
        self._pids = pids
        self._beside = beside
        self._every = every
        self.samples: list[Sample] = []
        self._began = self._before = time.monotonic()
        self._first = self._last = meter.read(pids())
        self._beside_first = self._beside_last = meter.read(beside())
        self._threads_first = self._threads_last = _threads(pids())
        self._due = self._began + every

    def seconds_left(self) -> float:
        """Until the next sample is due."""
        return max(0.0, self._due - time.monotonic())

    def sample(self) -> Sample:
        """Look now."""
        now, pids = time.monotonic(), self._pids()
        reading = meter.read(pids)
        use = meter.used(self._last, reading)
        length = now - self._before
        sample = Sample(
            at=round(now - self._began, 1),
            memory_mb=meter.memory_mb(pids),
            own_mb=meter.own_mb(pids),
            beside_mb=meter.memory_mb(self._beside()),
            threads=sum(_count(f"/proc/{pid}/task") for pid in pids),
            files=sum(_count(f"/proc/{pid}/fd") for pid in pids),
            cpu_percent=100 * use.cpu / length,
            wakes=use.wakes / length,
        )
        self.samples.append(sample)
        self._last, self._before = reading, now
        self._threads_last = _threads(pids) or self._threads_last
        self._beside_last = meter.read(self._beside())
        self._due += self._every
        return sample

    def done(self) -> Watch:
        """Look once more, if never before."""
        if not self.samples:
            self.sample()
        return self

    def mean(self) -> dict[str, float]:
        """Of the processes together, over the whole time."""
        return self._mean(self._first, self._last, self.samples[-1].memory_mb)

    def beside_mean(self) -> dict[str, float]:
        """Of those beside."""
        return self._mean(self._beside_first, self._beside_last, self.samples[-1].beside_mb)

    def by_thread(self) -> list[dict[str, str | float]]:
        """What each thread uses up by the minute or second, in the order of their start."""
        seconds = self._before - self._began
        found: list[dict[str, str | float]] = []
        for number, (thread, last) in enumerate(sorted(self._threads_last.items()), start=1):
            first = self._threads_first.get(thread, Thread(last.name, 0.0, 0))
            found.append(
                {
                    "thread": f"{number} {last.name}",
                    "cpu_seconds_per_minute": 60 * (last.cpu - first.cpu) / seconds,
                    "wakes_per_second": (last.wakes - first.wakes) / seconds,
                }
            )
        return found

    def _mean(
        self, first: meter.Reading, last: meter.Reading, memory_mb: float
    ) -> dict[str, float]:
        use, seconds = meter.used(first, last), self._before - self._began
        return {
            "cpu_percent": 100 * use.cpu / seconds,
            "wakes": use.wakes / seconds,
            "memory_mb": memory_mb,
        }


def memory(samples: Sequence[Sample]) -> Memory:
    """How memory went on, once it was warm."""
    warm_up = min(samples[-1].at * _WARM_UP, _LONGEST_WARM_UP)
    warm = [one for one in samples if one.at >= warm_up]
    slope, error = line([one.at / 3600 for one in warm], [one.own_mb for one in warm])
    flat = None
    if warm[-1].at - warm[0].at >= _SHORTEST:
        flat = slope <= max(_FLAT_MB_PER_HOUR, _SURE * error)
    return Memory(
        warm_up_seconds=warm_up,
        begin_mb=warm[0].own_mb,
        end_mb=warm[-1].own_mb,
        most_mb=max(one.own_mb for one in samples),
        slope_mb_per_hour=slope,
        error_mb_per_hour=error,
        flat=flat,
    )


def line(across: Sequence[float], up: Sequence[float]) -> tuple[float, float]:
    """The slope of the line of least squares, and its standard error; zero of too few points."""
    count = len(across)
    if count < 3:  # noqa: PLR2004 (two points always lie on a line)
        return 0.0, 0.0
    middle, height = sum(across) / count, sum(up) / count
    spread = sum((x - middle) ** 2 for x in across)
    if not spread:
        return 0.0, 0.0
    slope = sum((x - middle) * (y - height) for x, y in zip(across, up, strict=True)) / spread
    rest = sum((y - height - slope * (x - middle)) ** 2 for x, y in zip(across, up, strict=True))
    return slope, math.sqrt(rest / (count - 2) / spread)


def threads_table(watch: Watch) -> str:
    """The threads, one a line."""
    lines = ["thread               CPU s/min   wake-ups/s"]
    lines += [
        f"{one['thread']:20} {one['cpu_seconds_per_minute']:9.4f} {one['wakes_per_second']:12.2f}"
        for one in watch.by_thread()
    ]
    return "\n".join(lines)


def _threads(pids: Sequence[int]) -> dict[tuple[int, int], Thread]:
    """All threads of these processes; the ids of a process's threads grow with their start."""
    found = {}
    for pid in pids:
        wakes = meter.read([pid]).wakes
        for key, count in wakes.items():
            task = Path(f"/proc/{pid}/task/{key[1]}")
            try:
                name = (task / "comm").read_text(encoding="utf-8").strip()
                spent = int((task / "schedstat").read_text(encoding="utf-8").split()[0]) / 1e9
            except OSError:
                continue  # it has ended
            found[key] = Thread(name, spent, count)
    return found


def _count(folder: str) -> int:
    try:
        return sum(1 for _ in Path(folder).iterdir())
    except OSError:
        return 0
