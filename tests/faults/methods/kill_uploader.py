"""kill -9 at every call to the file system while the uploader sends a recording and removes it.

At the moment of each death the recording is at central or whole in the spool; the next uploader
brings it there, once.
"""

from __future__ import annotations

from pathlib import Path

from tests.faults.desk import Site
from tests.faults.forked import Point, Strace, missing, spread
from tests.faults.oracle import SAFE, Fate
from tests.faults.table import Row

NAME = "kill-uploader"
SHORT = 3
LONG = 0
_SEED = 29
_LOGS = "/logs"  # what is written there is no recording


def run(rounds: int, folder: Path) -> Row:
    if missing():
        return Row(NAME, skipped=missing())
    with Site(folder) as site:
        return on(site, rounds)


def on(site: Site, rounds: int) -> Row:
    """In a site whose central is down."""
    row = Row(NAME)
    site.fresh()
    site.serve()
    points = calls(site)
    row.figures = {"calls": len(points)}
    for point in spread(points, rounds, _SEED):
        _kill(site, row, point)
    site.stop()
    row.failures += [f"afterwards: {one}" for one in site.check()]
    return row


def calls(site: Site) -> list[Point]:
    """Every call to the file system in one run of the uploader with a recording to send."""
    site.record()
    fork = site.upload(held=True)
    strace = Strace(fork, site.log)
    assert fork.wait() == 0, fork.why
    strace.ended()
    return [one for one in strace.points(site.state) if not one.path.startswith(_LOGS)]


def _kill(site: Site, row: Row, point: Point) -> None:
    site.fresh_desk()
    oracle = site.record()
    fork = site.upload(held=True)
    strace = Strace(fork, site.log, inject=f"{point.call}:signal=KILL:when={point.number}")
    status = fork.wait()
    strace.ended()
    if status != -9:
        row.failures.append(f"{point}: it ended with {status}. {fork.why}")
    row.failures += [
        f"{point}: right after it died: {one.fate} {one.why}"
        for one in site.judge(oracle)
        if one.fate not in SAFE
    ]
    again = site.begin_again()
    if not again.sent:
        row.failures.append(f"{point}: the next uploader does not send it. {again.why}")
    row.add(str(point), site.judge(oracle), frozenset({Fate.CENTRAL}))
    row.failures += [f"{point}: {one}" for one in site.left()]
    site.done(oracle)
