"""Each call to the file system fails, once or for good, while a recording is written or salvaged.

The recorder may say that it cannot; what it acknowledged before must be there. What failed once
does not keep the next call from being recorded, nor what failed for good once it is over.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from tests.faults.errors import Fault, faults, sample
from tests.faults.forked import Prepared, Strace, missing
from tests.faults.methods.kill_spool import Act, Stage
from tests.faults.recording import acknowledged, cut_pieces
from tests.faults.table import Row

NAME = "errno-spool"
SHORT = 12
LONG = 0
_SEED = 11


def run(rounds: int, folder: Path) -> Row:
    row = Row(NAME, skipped=missing())
    if row.skipped:
        return row
    with Prepared("writer", log=folder / "writer.log") as writer:
        stage = Stage(folder, writer)
        writing = faults(stage.points(stage.record))
        salvaging = faults(stage.points(stage.salvage))
        row.figures = {"writing": len(writing), "salvaging": len(salvaging)}
        share = max(1, rounds // 4)
        for fault in sample(writing, rounds and rounds - share, _SEED):
            _fail(stage, row, fault, stage.record_two, "writing")
        for fault in sample(salvaging, rounds and share, _SEED):
            _fail(stage, row, fault, stage.salvage, "salvaging")
    return row


def _fail(stage: Stage, row: Row, fault: Fault, act: Act, what: str) -> None:
    name = f"{what}, {fault}"
    fork, before = act()
    strace = Strace(fork, stage.log, inject=fault.inject)
    status = fork.wait()
    strace.ended()
    if status != 0 and not fork.refused:
        row.failures.append(f"{name}: it ended with {status}. {fork.why}")
    heard = [*before, *fork.heard]
    if not fault.for_good and status == 0 and what == "writing" and len(fork.all("manifest")) < 1:
        row.failures.append(f"{name}: the call after that was not recorded")
    later = str(uuid.uuid4())
    again = stage.writer.run(do="start", root=str(stage.root), record=[later])
    if again.status != 0 or not again.all("manifest"):
        row.failures.append(f"{name}: it does not go on when the fault is over. {again.why}")
    heard += again.heard
    row.add(name, acknowledged(heard).judge(stage.root, []))
    row.failures += [f"{name}: {one}" for one in cut_pieces(heard, stage.root)]
