"""kill -9 at every call to the file system while central starts, takes uploads and a manifest.

Central is on SQLite. After each death it is started again, the uploader goes on, and central's own
check of rows, files and audit, with every digest, finds nothing.
"""

from __future__ import annotations

from pathlib import Path

from tests.faults.desk import Site
from tests.faults.forked import KILL, Fork, GoneError, Point, Strace, missing, spread
from tests.faults.oracle import SAFE, Fate, Oracle
from tests.faults.table import Row

NAME = "kill-central"
SHORT = 2
LONG = 0
_SEED = 17


def run(rounds: int, folder: Path) -> Row:
    if missing():
        return Row(NAME, skipped=missing())
    with Site(folder) as site:
        return on(site, rounds)


def on(site: Site, rounds: int) -> Row:
    """In a site whose central is down."""
    row = Row(NAME)
    site.fresh()
    oracle = site.record()
    site.keep("with one")
    points = calls(site)
    row.figures = {f"calls of thread {n}": sum(p.thread == n for p in points) for n in range(9)}
    row.figures = {name: count for name, count in row.figures.items() if count}
    for point in spread(points, rounds, _SEED):
        _kill(site, row, point, oracle)
    return row


def calls(site: Site) -> list[Point]:
    """Every call to the file system, of each thread, while it starts and takes a recording."""
    if not site.counted:
        site.fresh("with one")
        central = site.serve(held=True)
        straces = [
            Strace(central, site.folder / f"thread-{thread}.log", thread, go=False)
            for thread in range(len(central.threads))
        ]
        central.go()
        central.until("ready")
        assert site.upload().sent
        site.stop(KILL)
        for strace in straces:
            strace.ended()
            site.counted += strace.points(site.data)
    return site.counted


def _kill(site: Site, row: Row, point: Point, oracle: Oracle) -> None:
    site.fresh("with one")
    central = site.serve(held=True)
    inject = f"{point.call}:signal=KILL:when={point.number}"
    strace = Strace(central, site.log, point.thread, inject)
    _until_dead(site, central)
    strace.ended()
    if central.status is None:
        row.figures["not reached"] = row.figures.get("not reached", 0) + 1
        site.stop(KILL)
    row.failures += [
        f"{point}: right after it died: {one.fate} {one.why}"
        for one in site.judge(oracle)
        if one.fate not in SAFE
    ]
    site.serve()
    again = site.upload()
    if not again.sent:
        row.failures.append(f"{point}: the recording is not taken afterwards. {again.why}")
    site.stop(KILL)
    row.add(str(point), site.judge(oracle), frozenset({Fate.CENTRAL}))
    row.failures += [f"{point}: {one}" for one in site.check()]


def _until_dead(site: Site, central: Fork) -> None:
    """Let it start and take the recording; it dies somewhere on the way."""
    try:
        central.until("ready")
    except GoneError:
        return
    if not site.upload().sent:
        central.wait()
