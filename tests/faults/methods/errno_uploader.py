"""Each call to the file system fails, once or for good, while the uploader sends and removes.

It may say that it cannot; the recording is at central or whole in the spool, and when the fault is
over the next uploader brings it there, once.
"""

from __future__ import annotations

from pathlib import Path

from tests.faults.desk import Site
from tests.faults.errors import Fault, faults, sample
from tests.faults.forked import Strace, missing
from tests.faults.methods.kill_uploader import calls
from tests.faults.oracle import SAFE, Fate
from tests.faults.table import Row

NAME = "errno-uploader"
SHORT = 3
LONG = 0
_SEED = 41


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
    every = faults(calls(site))
    row.figures = {"faults": len(every)}
    for fault in sample(every, rounds, _SEED):
        _fail(site, row, fault)
    site.stop()
    row.failures += [f"afterwards: {one}" for one in site.check()]
    return row


def _fail(site: Site, row: Row, fault: Fault) -> None:
    site.fresh_desk()
    oracle = site.record()
    fork = site.upload(held=True)
    strace = Strace(fork, site.log, inject=fault.inject)
    fork.wait()
    strace.ended()
    if fork.why:
        row.failures.append(f"{fault}: it ended without a word. {fork.why}")
    row.failures += [
        f"{fault}: while it lasted: {one.fate} {one.why}"
        for one in site.judge(oracle)
        if one.fate not in SAFE
    ]
    again = site.begin_again()
    if not again.sent:
        row.failures.append(f"{fault}: it does not go on when the fault is over. {again.why}")
    row.add(str(fault), site.judge(oracle), frozenset({Fate.CENTRAL}))
    row.failures += [f"{fault}: {one}" for one in site.left()]
    site.done(oracle)
