"""Clocks that are set by a day in mid-upload, at the desk or at central, and programs that sleep.

The wall clock alone is set (libfaketime); monotonic time goes on. Sleep is SIGSTOP and SIGCONT: the
program finds its connections dead, or its patience over. Time goes ten times as fast at the desk.
"""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

from tests.faults.far_site import FarSite
from tests.faults.forked import GO_ON, HALT
from tests.faults.oracle import Fate
from tests.faults.table import Row

NAME = "net-clock"
SHORT, LONG = 2, 32
_FACTOR = 10
_DAY = 86_400  # seconds
_AT_CENTRAL = frozenset({Fate.CENTRAL})
_KINDS = ("desk +1 day", "central -1 day", "desk sleeps", "desk -1 day", "central +1 day")
_MORE = ("central sleeps", "both +1 day", "desk +1 day, and it is started anew")


def run(rounds: int, folder: Path) -> Row:
    """So many recordings, while the clocks jump."""
    row = Row(NAME, skipped=_unavailable())
    if row.skipped:
        return row
    clocks = {name: _Clock(folder / f"{name}.time") for name in ("desk", "central")}
    with FarSite(
        folder,
        factor=_FACTOR,
        desk_environment=clocks["desk"].environment,
        central_environment=clocks["central"].environment,
    ) as site:
        site.fault("trickle")
        for number in range(rounds):
            _round(site, clocks, row, number)
    return row


class _Clock:
    """A program's wall clock, to be set while it runs."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set(0)
        self.environment = {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, seconds: int) -> None:
        """So far ahead of the true time."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{seconds:+d}")
        draft.replace(self._file)


def _round(site: FarSite, clocks: dict[str, _Clock], row: Row, number: int) -> None:
    kinds = (*_KINDS, *_MORE)
    kind, chance = kinds[number % len(kinds)], random.Random(number)  # noqa: S311  # no secret
    point = f"{number}: {kind}"
    began = time.monotonic()
    oracle = site.record(*(chance.randint(100_000, 400_000) for _ in range(2)))
    time.sleep(chance.uniform(0.05, 0.8))  # in mid-upload, or before, or at its end
    who, _, what = kind.partition(" ")
    if what == "sleeps":
        assert site.desk is not None
        pid = site.desk.pid if who == "desk" else site.central.pid
        os.kill(pid, HALT)
        time.sleep(chance.uniform(0.5, 4 if number >= SHORT else 1))  # for so long it sleeps
        os.kill(pid, GO_ON)
    else:
        for name in ("desk", "central") if who == "both" else (who,):
            clocks[name].set(_DAY if what.startswith("+") else -_DAY)
    if "anew" in what:
        site.stop_desk()
        site.start_desk()
    if not site.empty():
        row.failures.append(f"{point}: not overcome")
    for clock in clocks.values():
        clock.set(0)
    site.empty()
    row.add(f"{point}: {time.monotonic() - began:.1f} s", site.judge(oracle), _AT_CENTRAL)
    row.failures += [f"{point}: {one.why}" for one in site.spool.quarantined()]


def _library() -> Path | None:
    """libfaketime; None if it is not installed."""
    found = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    return next(found, None)


def _unavailable() -> str:
    if sys.platform != "linux":
        return "libfaketime is for Linux"
    return "" if _library() else "libfaketime is not installed"
