"""A sample of each method: what dies or fails anywhere neither loses nor doubles a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from tests.faults.table import Row

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(missing()), reason=missing() or "strace is here"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site")) as site:
        yield site


def test_a_recorder_may_die_at_any_call_to_the_file_system(tmp_path: Path) -> None:
    row = kill_spool.run(kill_spool.SHORT, tmp_path)
    assert (row.rounds, row.failures) == (kill_spool.SHORT, [])
    assert row.passed


def test_any_call_of_a_recorder_to_the_file_system_may_fail(tmp_path: Path) -> None:
    row = errno_spool.run(errno_spool.SHORT, tmp_path)
    assert (row.rounds, row.failures) == (errno_spool.SHORT, [])
    assert row.passed


@pytest.mark.parametrize(
    ("on", "rounds"),
    [
        (kill_uploader.on, kill_uploader.SHORT),
        (errno_uploader.on, errno_uploader.SHORT),
        (kill_central.on, kill_central.SHORT),
        (errno_central.on, errno_central.SHORT),
    ],
    ids=["uploader-dies", "uploader-fails", "central-dies", "central-fails"],
)
def test_uploader_and_central_may_die_and_fail_at_any_call_to_the_file_system(
    site: Site, on: Callable[[Site, int], Row], rounds: int
) -> None:
    row = on(site, rounds)
    assert row.failures == []
    assert row.rounds >= rounds
    assert row.passed
