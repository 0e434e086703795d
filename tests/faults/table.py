"""The fault table: a row for each method, what it lost, what it doubled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.faults.oracle import SAFE, Fate, Judgement


@dataclass
class Row:
    """What one method found. A method that cannot run on this machine says why in `skipped`."""

    method: str
    rounds: int = 0
    recordings: int = 0
    lost: int = 0
    doubled: int = 0
    damaged: int = 0
    seconds: float = 0.0
    points: list[str] = field(default_factory=list)  # what was done, one for each round
    failures: list[str] = field(default_factory=list)  # sentences
    figures: dict[str, float] = field(default_factory=dict)
    skipped: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing was lost, doubled or otherwise wrong."""
        return not (self.lost or self.doubled or self.damaged or self.failures)

    def add(
        self,
        point: str,
        judged: Iterable[Judgement],
        wanted: frozenset[Fate] = SAFE,
    ) -> None:
        """Enter a round. A fate that is not `wanted` is a failure."""
        self.rounds += 1
        self.points.append(point)
        for one in judged:
            self.recordings += 1
            self.lost += one.fate is Fate.LOST
            self.doubled += one.fate is Fate.DOUBLED
            self.damaged += one.fate is Fate.DAMAGED
            if one.fate not in wanted:
                self.failures.append(f"{point}: {one.recording_id} {one.fate} {one.why}".rstrip())


_FORM = "{:24} {:>7} {:>10} {:>5} {:>8} {:>8} {:>8}  {}"


def lines(rows: Iterable[Row]) -> list[str]:
    """The table, for people."""
    table = [_FORM.format("method", "rounds", "recordings", "lost", "doubled", "damaged", "s", "")]
    for row in rows:
        word = f"skipped: {row.skipped}" if row.skipped else "ok" if row.passed else "FAILED"
        table.append(
            _FORM.format(
                row.method,
                row.rounds,
                row.recordings,
                row.lost,
                row.doubled,
                row.damaged,
                f"{row.seconds:.1f}",
                word,
            )
        )
    return table
