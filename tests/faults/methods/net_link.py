"""A network that is slow, loses, resets, goes away for minutes, or falls silent in mid-upload.

The uploader's time goes ten times as fast, so the rates are ten times as high: what is tried is
64 kbit/s to 8 Mbit/s and minutes without a link. Half-open: desk and central hear nothing of each
other, and when the network is back, central still waits for the rest of the old request.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

from tests.faults.far_site import FarSite
from tests.faults.namespaces import Cable, cable, unavailable
from tests.faults.oracle import Fate
from tests.faults.table import Row

NAME = "net-link"
SHORT, LONG = 2, 35
_FACTOR = 10
_KINDS = ("half-open", "resets", "loss", "down", "slow", "slow and loss", "slow and resets")
_AT_CENTRAL = frozenset({Fate.CENTRAL})
_SLOWEST, _FASTEST = 64, 8_000  # kbit/s
_MINUTE = 60 / _FACTOR  # seconds


def run(rounds: int, folder: Path) -> Row:
    """So many recordings, each through another network."""
    row = Row(NAME, skipped=unavailable())
    if row.skipped:
        return row
    with cable() as laid, FarSite(folder, factor=_FACTOR, cable=laid) as site:
        for number in range(rounds):
            _round(site, laid, row, number, short=rounds <= SHORT)
    return row


def _round(site: FarSite, laid: Cable, row: Row, number: int, *, short: bool) -> None:
    kind, chance = _KINDS[number % len(_KINDS)], random.Random(number)  # noqa: S311  # no secret
    what = _broken(kind, laid, chance)
    began = time.monotonic()
    size = int(what[1] * _FACTOR * 1000 / 8 * (1 if short else 4))  # bytes in so many seconds
    longest = _MINUTE / 6 if short else 3 * _MINUTE
    oracle = site.record(*(max(1, min(size, 3_000_000) // 2) for _ in range(2)))
    point = f"{number}: {what[0]}"
    if kind in {"down", "half-open"}:
        time.sleep(
            chance.uniform(0.1, 0.8 if short else 3)
        )  # in mid-upload, or before, or at its end
        seconds = chance.uniform(longest / 4, longest)
        point += f" {seconds * _FACTOR:.0f} s"
        laid.link("down") if kind == "down" else laid.silence()
        time.sleep(seconds)  # for so long it lasts
        laid.mend()
    away = site.empty()
    laid.mend()
    if not away:
        row.failures.append(f"{point}: not overcome")
        site.empty()
    took = time.monotonic() - began
    row.add(f"{point}: {took:.1f} s", site.judge(oracle), _AT_CENTRAL)
    row.failures += [f"{point}: {one.why}" for one in site.spool.quarantined()]


def _broken(kind: str, laid: Cable, chance: random.Random) -> tuple[str, float]:
    """What the network is like now, and its rate in kbit/s."""
    rate = 400.0
    if kind.startswith("slow"):
        rate = _SLOWEST * (_FASTEST / _SLOWEST) ** chance.random()
    laid.rate(rate * _FACTOR)
    said = f"{kind}, {rate:.0f} kbit/s"
    if kind.endswith("loss"):
        lost = chance.uniform(5, 20)
        laid.loss(lost)
        return f"{said}, {lost:.0f} % lost", rate
    if kind.endswith("resets"):
        reset = chance.uniform(0.2, 2)
        laid.resets(reset)
        return f"{said}, {reset:.1f} % reset", rate
    return said, rate
