"""Each call to the file system fails, once or for good, while central starts and takes a recording.

Central may refuse what comes, or not start; no receipt is given that does not hold. When the fault
is over the same central takes the recording (or the next one, if it ended), and its own check of
rows, files and audit finds nothing.
"""

from __future__ import annotations

from pathlib import Path

from tests.faults.desk import Site
from tests.faults.errors import Fault, faults, sample
from tests.faults.forked import KILL, Fork, GoneError, Strace, missing
from tests.faults.methods.kill_central import calls
from tests.faults.oracle import SAFE, Fate, Oracle
from tests.faults.table import Row

NAME = "errno-central"
SHORT = 2
LONG = 0
_SEED = 23


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
    every = faults(calls(site))
    row.figures = {"faults": len(every), "ended by the fault": 0}
    chosen = dict.fromkeys(sample(every, rounds, _SEED))
    for fault in {**chosen, **dict.fromkeys(filter(_is_awkward, every))} if rounds else chosen:
        _fail(site, row, fault, oracle)
    return row


def _is_awkward(fault: Fault) -> bool:
    """SQLite is content with a database that it may only read, and then cannot write it."""
    of_database = (fault.point.call, fault.point.path) == ("openat", "/central.db")
    in_pool = fault.point.thread > 0
    return of_database and in_pool and fault.error == "EROFS" and not fault.for_good


def _fail(site: Site, row: Row, fault: Fault, oracle: Oracle) -> None:
    site.fresh("with one")
    central = site.serve(held=True)
    strace = Strace(central, site.log, fault.point.thread, fault.inject)
    lives = _starts(central) and site.upload() is not None and central.alive()
    strace.ended()
    row.failures += [
        f"{fault}: while it lasted: {one.fate} {one.why}"
        for one in site.judge(oracle)
        if one.fate not in SAFE
    ]
    if not lives:
        row.figures["ended by the fault"] += 1
        site.stop(KILL)
        site.serve()
    again = site.upload()
    if not again.sent:
        row.failures.append(f"{fault}: the recording is not taken when it is over. {again.why}")
    site.stop(KILL)
    row.add(str(fault), site.judge(oracle), frozenset({Fate.CENTRAL}))
    site.serve()  # a start removes what was made for a row that could not be written
    site.stop(KILL)
    row.failures += [f"{fault}: {one}" for one in site.check()]


def _starts(central: Fork) -> bool:
    try:
        central.until("ready")
    except GoneError:
        return False
    return True
