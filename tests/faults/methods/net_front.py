"""A proxy that cuts, refuses and delays; a server that lies, stammers, fails and forgets to answer.

Each fault is overcome while it lasts, or, where nothing could get through, as soon as it is over.
The uploader's time goes faster, so an hour of answers 5xx is over in a minute.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.far_site import FarSite
from tests.faults.oracle import Fate
from tests.faults.table import Row

NAME = "net-front"
SHORT, LONG = 3, 48
_FACTOR = 60
_AT_CENTRAL = frozenset({Fate.CENTRAL})
_HOUR = 3600 / _FACTOR  # seconds
_LONGEST = 6 * _HOUR  # for one file three answers in a row must be good, which chance may put off


@dataclass(frozen=True)
class _Fault:
    """One thing that goes wrong."""

    name: str
    value: Callable[[random.Random], int] = lambda _: 0
    times: Callable[[random.Random], int] = lambda _: 1 << 30
    chance: float = 1.0
    seconds: float = 0.0  # then it is over; 0: it lasts until the recording is away


def _few(chance: random.Random) -> int:
    return chance.randint(1, 12)


_FAULTS = (
    _Fault("swallow", times=_few),
    _Fault("cut", value=lambda chance: chance.randint(100_000, 400_000)),
    _Fault("lie", chance=0.5, times=_few),
    _Fault("rubbish", chance=0.7, times=_few),
    _Fault("too-large", value=lambda chance: chance.randint(70_000, 400_000)),
    _Fault("hang-up", value=lambda chance: chance.randint(100_000, 400_000)),
    _Fault("status", chance=0.4),
    _Fault("status", seconds=2.0),
    _Fault("early", chance=0.6, times=_few),
    _Fault("twice"),
    _Fault("trickle"),
    _Fault("stall", chance=0.5, times=_few),
    _Fault("swallow", chance=0.4),
    _Fault("rubbish", seconds=2.0),
    _Fault("lie", seconds=2.0),
    _Fault("status", seconds=_HOUR),
)


def run(rounds: int, folder: Path) -> Row:
    """So many faults, one after the other, with a recording in each."""
    row = Row(NAME)
    with FarSite(folder, factor=_FACTOR) as site:
        for number in range(rounds):
            _round(site, row, number)
    return row


def _round(site: FarSite, row: Row, number: int) -> None:
    fault, chance = _FAULTS[number % len(_FAULTS)], random.Random(number)  # noqa: S311
    value = fault.value(chance)
    point = f"{number}: {fault.name} {value or ''} {fault.chance:.0%} {fault.seconds:.0f} s"
    if value:  # it has learned from the last one what passes
        site.stop_desk()
        site.start_desk()
    site.fault(fault.name, value=value, times=fault.times(chance), chance=fault.chance)
    began = time.monotonic()
    oracle = site.record(*(chance.randint(1, 900_000) for _ in range(2)))
    if fault.seconds:
        time.sleep(fault.seconds)  # for so long it lasts
        if site.spool.quarantined():
            row.failures.append(f"{point}: given up")
        done = site.fault("")
        site.empty()
    else:
        away = site.empty(_LONGEST)
        done = site.fault("")
        if not away:
            row.failures.append(f"{point}: not overcome, after {done} times")
            site.empty()
    row.add(f"{point}: {done} times, {time.monotonic() - began:.1f} s", site.judge(oracle))
    row.failures += [f"{point}: {one.why}" for one in site.spool.quarantined()]
