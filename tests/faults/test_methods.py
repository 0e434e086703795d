"""A sample of each method: what dies or fails anywhere neither loses nor doubles a recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.desk import Site
from tests.faults.forked import missing
from tests.faults.methods import (
    errno_central,
    errno_spool,
    errno_uploader,
    kill_central,
    kill_spool,
    kill_uploader,
)

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(missing()), reason=missing() or "strace is here"),
]


def test_a_recorder_may_die_at_any_call_to_the_file_system(tmp_path: Path) -> None:
    row = kill_spool.run(kill_spool.SHORT, tmp_path)
    assert (row.rounds, row.failures) == (kill_spool.SHORT, [])
    assert row.passed


def test_any_call_of_a_recorder_to_the_file_system_may_fail(tmp_path: Path) -> None:
    row = errno_spool.run(errno_spool.SHORT, tmp_path)
    assert (row.rounds, row.failures) == (errno_spool.SHORT, [])
    assert row.passed


def test_uploader_and_central_may_die_and_fail_at_any_call_to_the_file_system(
    tmp_path: Path,
) -> None:
    with Site(tmp_path) as site:  # one for all: it takes seconds to begin
        for on, rounds in (
            (kill_uploader.on, kill_uploader.SHORT),
            (errno_uploader.on, errno_uploader.SHORT),
            (kill_central.on, kill_central.SHORT),
            (errno_central.on, errno_central.SHORT),
        ):
            row = on(site, rounds)
            assert (row.method, row.failures) == (row.method, [])
            assert row.rounds >= rounds
            assert row.passed
