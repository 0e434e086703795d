"""The oracle sees what is lost, doubled and damaged."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.oracle import Copy, Fate, Oracle, Recorded, spooled
from tests.faults.table import Row
from tests.uploader.recordings import spooled as recorded_in
from uploader.spool import Spool


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def recording_id(root: Path) -> str:
    return recorded_in(Spool(root, ballast_bytes=0, reserve_bytes=0), 3000, 20, details=10)


@pytest.fixture
def oracle(root: Path, recording_id: str) -> Oracle:
    oracle = Oracle()
    oracle.note(root, recording_id)
    return oracle


def fates(oracle: Oracle, root: Path | None, *central: Copy) -> list[Fate]:
    return [one.fate for one in oracle.judge(root, central)]


def sent(root: Path) -> Copy:
    (copy,) = spooled(root)
    return replace(copy, place="central")


def test_what_waits_is_in_the_spool(oracle: Oracle, root: Path) -> None:
    assert fates(oracle, root) == [Fate.SPOOL]


def test_what_central_holds_is_at_central_whether_or_not_the_spool_still_has_it(
    oracle: Oracle, root: Path
) -> None:
    copy = sent(root)
    assert fates(oracle, root, copy) == [Fate.CENTRAL]
    assert fates(oracle, None, copy) == [Fate.CENTRAL]


def test_what_is_nowhere_is_lost(oracle: Oracle, root: Path, recording_id: str) -> None:
    shutil.rmtree(root / recording_id)
    assert fates(oracle, root) == [Fate.LOST]


def test_what_an_uploader_removes_while_it_is_looked_at_is_gone(
    oracle: Oracle, root: Path, recording_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = sent(root)
    is_folder = Path.is_dir

    def looked_at(path: Path) -> bool:
        found = is_folder(path)
        if path.name == recording_id:
            shutil.rmtree(path)
        return found

    monkeypatch.setattr(Path, "is_dir", looked_at)
    assert fates(oracle, root, copy) == [Fate.CENTRAL]


def test_what_central_took_twice_is_doubled(oracle: Oracle, root: Path) -> None:
    copy = sent(root)
    assert fates(oracle, root, copy, copy) == [Fate.DOUBLED]


def test_the_same_files_under_another_id_are_doubled(oracle: Oracle, root: Path) -> None:
    copy = sent(root)
    twin = replace(copy, recording_id="another")
    assert fates(oracle, root, copy, twin) == [Fate.CENTRAL, Fate.DOUBLED]


@pytest.mark.parametrize("name", ["000.seg", "001.seg", "details", "manifest.json"])
def test_a_file_that_is_cut_or_gone_is_damage(
    oracle: Oracle, root: Path, recording_id: str, name: str
) -> None:
    path = root / recording_id / name
    path.write_bytes(path.read_bytes()[:-1])
    assert fates(oracle, root) == [Fate.DAMAGED]
    path.unlink()
    assert fates(oracle, root) == [Fate.DAMAGED]


def test_a_salvaged_recording_must_hold_each_file_that_was_acknowledged(
    root: Path, recording_id: str
) -> None:
    (copy,) = spooled(root)
    oracle = Oracle()
    oracle.acknowledged(Recorded(recording_id, {"000.seg": copy.files["000.seg"]}))
    assert fates(oracle, root) == [Fate.SPOOL]
    oracle.acknowledged(Recorded(recording_id, {"002.seg": copy.files["000.seg"]}))
    assert fates(oracle, root) == [Fate.DAMAGED]


def test_a_row_counts_and_a_fate_that_is_not_wanted_is_a_failure(
    oracle: Oracle, root: Path, recording_id: str
) -> None:
    row = Row("method")
    row.add("first", oracle.judge(root, []))
    assert row.passed
    Spool(root, ballast_bytes=0, reserve_bytes=0).quarantine(recording_id, "refused")
    row.add("second", oracle.judge(root, []))
    assert (row.rounds, row.lost, row.passed) == (2, 0, False)
