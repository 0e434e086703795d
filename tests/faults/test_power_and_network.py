"""A sample of each method that needs a disk, a network or a clock of its own, and of any order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.__main__ import method

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    "name",
    [
        "power-spool-ext4",
        "power-spool-xfs",
        "power-central-ext4",
        "power-central-xfs",
        "net-front",
        "net-link",
        "net-clock",
        "state-machine",
    ],
)
def test_nothing_is_lost_doubled_or_damaged(name: str, tmp_path: Path) -> None:
    chosen = method(name)
    row = chosen.run(chosen.SHORT, tmp_path)
    if row.skipped:
        pytest.skip(row.skipped)
    assert row.failures == []
    assert row.rounds >= chosen.SHORT
    assert row.passed
