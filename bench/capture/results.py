"""Rounds to figures: medians, ratios, and whether the goals are met. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from statistics import median

from bench.capture.findings import Round

PRODUCT = "twinreel"
VERYFAST = "ffmpeg-veryfast"
ULTRAFAST = "ffmpeg-ultrafast"
NOBODY = "nobody"
CEILING_MB_PER_HOUR = 600_000 / 8 * 3600 / 1e6  # policy's default, bits_per_second
_FRAME_MS = 200.0
_SAME_LEGIBILITY = 1.0  # points


@dataclass(frozen=True, slots=True)
class Goal:
    """One line of what was promised."""

    what: str
    limit: float
    measured: float
    unit: str
    least: bool = False  # the limit must be reached, not kept below

    @property
    def met(self) -> bool:
        """Whether the promise holds."""
        return self.measured >= self.limit if self.least else self.measured <= self.limit

    def __str__(self) -> str:
        """One line for a person."""
        sign = ">=" if self.least else "<="
        word = "met" if self.met else "MISSED"
        unit = self.unit
        return (
            f"{self.what}: {sign} {self.limit:g}{unit}, measured {self.measured:.4g}{unit}: {word}"
        )


class Medians:
    """The middle of each figure over the rounds of each recorder on each workload."""

    def __init__(self, rounds: Sequence[Round]) -> None:
        """X's own work, as nobody's rounds show it, is taken off every recorder's share."""
        self._figures: dict[tuple[str, str], Round] = {}
        self.failed = [one for one in rounds if one.failed]
        well = [one for one in rounds if not one.failed]
        for key in dict.fromkeys((one.workload, one.recorder) for one in well):
            same = [one for one in well if (one.workload, one.recorder) == key]
            self._figures[key] = _middle(same)
        self._alone = {
            workload: figures.x_cpu
            for (workload, recorder), figures in self._figures.items()
            if recorder == NOBODY
        }

    def of(self, workload: str, recorder: str) -> Round | None:
        """The figures, if that was measured."""
        return self._figures.get((workload, recorder))

    def workloads(self) -> list[str]:
        """In the order in which they were played."""
        return list(dict.fromkeys(workload for workload, _ in self._figures))

    def recorders(self, workload: str) -> list[Round]:
        """All that recorded this workload."""
        return [
            one for (name, who), one in self._figures.items() if name == workload and who != NOBODY
        ]

    def x_share(self, one: Round) -> float | None:
        """X's CPU seconds a minute that a recorder causes; None if nobody's round is missing."""
        alone = self._alone.get(one.workload)
        return None if alone is None else max(0.0, one.x_cpu - alone)

    def cost(self, one: Round) -> float:
        """CPU seconds a minute, with its share of X."""
        return one.cpu + (self.x_share(one) or 0.0)

    def best_peer(self, workload: str, legible: float | None) -> Round | None:
        """The cheapest other recorder that is as legible, as far as that was looked at."""
        others = [
            one
            for one in self.recorders(workload)
            if one.recorder != PRODUCT
            and (legible is None or one.ocr is None or one.ocr >= legible - _SAME_LEGIBILITY)
        ]
        return min(others, key=self.cost, default=None)


def _middle(same: Sequence[Round]) -> Round:
    """One round with the median of each figure."""
    middle = replace(same[0])
    for field in fields(Round):
        values = [getattr(one, field.name) for one in same]
        numbers = [one for one in values if isinstance(one, int | float)]
        if numbers and field.name != "number":
            setattr(middle, field.name, median(numbers))
    middle.memory_peak = max(one.memory_peak for one in same)
    return middle


def goals(medians: Medians) -> list[Goal]:
    """Every goal that what was measured can answer."""
    return [
        *_at_work(medians),
        *_at_rest(medians),
        *_in_motion(medians),
        *_everywhere(medians),
    ]


def _at_work(medians: Medians) -> Iterable[Goal]:
    ours, theirs = medians.of("work", PRODUCT), medians.of("work", VERYFAST)
    if ours is None:
        return
    if theirs is not None:
        ratio = medians.cost(ours) / medians.cost(theirs)
        yield Goal("work: CPU with share of X, of ffmpeg veryfast", 0.25, ratio, " x")
        if ours.mb_per_hour and theirs.mb_per_hour:
            size = ours.mb_per_hour / theirs.mb_per_hour
            yield Goal("work: MB an hour, of ffmpeg veryfast", 0.4, size, " x")
        if ours.ocr is not None and theirs.ocr is not None:
            behind = theirs.ocr - ours.ocr
            yield Goal("work: OCR agreement behind ffmpeg veryfast", 1.0, behind, " points")
    best = medians.best_peer("work", ours.ocr)
    if best is not None:
        ratio = medians.cost(ours) / medians.cost(best)
        what = f"work: CPU with share of X, of the best peer as legible ({best.recorder})"
        yield Goal(what, 0.4, ratio, " x")
    if ours.delay_p99 is not None:
        yield Goal(
            "work: delay of a frame behind the screen, p99", _FRAME_MS, ours.delay_p99, " ms"
        )


def _at_rest(medians: Medians) -> Iterable[Goal]:
    ours, theirs = medians.of("static", PRODUCT), medians.of("static", VERYFAST)
    if ours is None:
        return
    yield Goal("static: share of a core, with share of X", 0.15, medians.cost(ours) / 0.6, " %")
    yield Goal("static: wake-ups a second of the whole client", 2.0, ours.wakes, "")
    if theirs is not None:
        ratio = medians.cost(ours) / medians.cost(theirs)
        yield Goal("static: CPU with share of X, of ffmpeg veryfast", 0.02, ratio, " x")


def _in_motion(medians: Medians) -> Iterable[Goal]:
    ours, theirs = medians.of("motion", PRODUCT), medians.of("motion", ULTRAFAST)
    if ours is None:
        return
    if ours.mb_per_hour_late is not None:
        what = "motion: MB an hour in the second half, the ceiling"
        yield Goal(what, CEILING_MB_PER_HOUR, ours.mb_per_hour_late, "")
    if theirs is not None:
        ratio = medians.cost(ours) / medians.cost(theirs)
        yield Goal("motion: CPU with share of X, of ffmpeg ultrafast", 1.0, ratio, " x")
    if ours.delay_growth is not None:
        what = "motion: growth of the delay, last third against first"
        yield Goal(what, _FRAME_MS, ours.delay_growth, " ms")


def _everywhere(medians: Medians) -> Iterable[Goal]:
    ours = [one for name in medians.workloads() if (one := medians.of(name, PRODUCT)) is not None]
    at_hd = [one for one in ours if one.workload in {"static", "work"}]
    if at_hd:
        peak = max(one.memory_peak for one in at_hd)
        yield Goal("static, work: memory of the client at its peak (PSS)", 140.0, peak, " MB")
        yield Goal("the same without numpy", 100.0, peak, " MB")
    first = [one.first_picture_ms for one in ours if one.first_picture_ms is not None]
    if first:
        yield Goal("first picture after the call is answered", 300.0, median(first), " ms")
