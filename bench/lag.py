"""How long a change on the screen takes to the disk, at the beginning and at the end of a run.

Copies are taken of the file that the recorder is writing, and opened when all is over: what is the
newest state of the screen that was safe on the disk then?
"""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

import av
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bench.capture import marks, pictures
from bench.capture.recorders import Recorded
from contract.envelope import opened_prefix

_EACH_SIDE = 3  # copies at the beginning, and at the end
_CHANGES = 300  # at each end of the film
_BEGIN_SECONDS, _END_SECONDS = 15.0, 45.0  # from the beginning on; before the end


@dataclass(frozen=True, slots=True)
class Copy:
    """The newest file as it was at one moment."""

    path: Path
    at: float  # seconds since 1970
    early: bool


@dataclass(frozen=True, slots=True)
class Lag:
    """Seconds from a change on the screen."""

    seen_first: float  # to its picture: median of the first changes
    seen_last: float  # and of the last ones
    disk_first: float  # until the newest change on the disk is so old: mean of some looks
    disk_last: float

    @property
    def seen_growth(self) -> float:
        """By how much pictures come later at the end."""
        return self.seen_last - self.seen_first

    @property
    def disk_growth(self) -> float:
        """By how much what is on the disk is older at the end."""
        return self.disk_last - self.disk_first

    def __str__(self) -> str:
        return (
            f"lag: picture {self.seen_first:.3f} s, at the end {self.seen_last:.3f} s; "
            f"newest on the disk {self.disk_first:.2f} s old, at the end {self.disk_last:.2f} s"
        )


class Snapshots:
    """Takes the copies."""

    def __init__(self, office: Path, folder: Path, seconds: float) -> None:
        """`office` is where the desks are; the run is to last so many seconds."""
        folder.mkdir()
        self.copies: list[Copy] = []
        self._office = office
        self._folder = folder
        self._began = time.monotonic()
        self._late_from = max(_BEGIN_SECONDS, seconds - _END_SECONDS)

    def look(self, *, last: bool = False) -> None:
        """Copy the newest file, if it is time for that; `last`: there will be no other look."""
        elapsed = time.monotonic() - self._began
        early = sum(copy.early for copy in self.copies)
        late = len(self.copies) - early
        if elapsed >= self._late_from or last:
            if late < _EACH_SIDE:
                self._take(early=False)
        elif elapsed >= _BEGIN_SECONDS and early < _EACH_SIDE:
            self._take(early=True)

    def _take(self, *, early: bool) -> None:
        files = sorted(
            self._office.glob("desk*/state/spool/*/*.seg"), key=lambda path: path.stat().st_mtime
        )
        if files:
            at = time.time()
            path = self._folder / f"{len(self.copies)}.seg"
            shutil.copyfile(files[-1], path)
            self.copies.append(Copy(path, at, early))


def lag(
    snapshots: Snapshots,
    ring: Mapping[str, X25519PrivateKey],
    recorded: Recorded,
    shown: Sequence[tuple[int, float]],
    size: tuple[int, int],
) -> Lag:
    """What the copies and the film tell, when the recording is over."""
    film = pictures.watch(recorded, [], size)
    waits = pictures.delays(film, recorded.began_at or 0.0, shown)
    part = max(1, min(len(waits) // 3, _CHANGES))
    times = dict(shown)
    ages: dict[bool, list[float]] = {True: [], False: []}
    for copy in snapshots.copies:
        number = _newest(copy.path, ring, size)
        if number in times:
            ages[copy.early].append(copy.at - times[number])
    return Lag(
        seen_first=median(waits[:part]),
        seen_last=median(waits[-part:]),
        disk_first=mean(ages[True] or [0.0]),
        disk_last=mean(ages[False] or [0.0]),
    )


def _newest(path: Path, ring: Mapping[str, X25519PrivateKey], size: tuple[int, int]) -> int | None:
    with path.open("rb") as stream:
        mp4 = b"".join(opened_prefix(stream, ring))
    newest = None
    with av.open(io.BytesIO(mp4), "r") as film:
        for frame in film.decode(video=0):
            luma = frame.planes[0]
            block = marks.BLOCK * frame.width / size[0]
            found = marks.read(memoryview(luma), luma.line_size, block=block)
            newest = found if found is not None else newest
    return newest
