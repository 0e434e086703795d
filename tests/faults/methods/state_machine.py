"""A state machine of hypothesis: spool, uploader, false central, clock, faults, in any order."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.machine import DeskAndCentral
from tests.faults.oracle import from_memory
from tests.faults.table import Row

NAME = "state-machine"
SHORT, LONG = 4, 400
_STEPS = 30


def run(rounds: int, folder: Path) -> Row:
    """So many examples, the same each time. What hypothesis tries again, it counts again."""
    del folder
    row = Row(NAME)

    class Counted(DeskAndCentral):
        def done(self) -> None:
            judged = self.oracle.judge(self.root, from_memory(self.central.taken))
            row.add(f"{row.rounds}: {len(self.central.requests)} requests", judged)

    how = settings(
        max_examples=rounds,
        stateful_step_count=_STEPS,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(Counted, settings=how)
    except AssertionError as error:
        notes = [*getattr(error, "__notes__", [])]
        row.failures.append("\n".join([str(error), *notes]))
    return row
