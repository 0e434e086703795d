"""What is complete is looked at once; what comes and goes is seen all the same."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

from tests.uploader.spool.staging import an_opening, receipt_for, recorded, spool_in
from uploader.spool.listing import Listing


def _thousands(root: Path, number: int = 300) -> None:
    for one in range(number):
        folder = root / str(uuid.UUID(int=one))
        folder.mkdir()
        (folder / "manifest.json").write_bytes(b"12345")


def test_each_complete_recording_is_looked_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _thousands(tmp_path)
    listing = Listing(tmp_path)
    assert len(listing.ready()) == 300
    assert listing.size_bytes() == 1_500
    real, looks = os.scandir, []

    def scandir(path: Path) -> object:
        looks.append(path)
        return real(path)

    def stat(path: object) -> object:
        raise AssertionError(f"looked at {path} again")

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "stat", stat)
    assert len(listing.ready()) == 300
    assert listing.size_bytes() == 1_500
    assert {*looks} == {tmp_path}


def test_what_comes_and_goes_is_seen(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    first = recorded(spool).recording_id
    assert spool.waiting() == [first]
    size = spool.size_bytes()
    folder = spool.create(an_opening())
    assert spool.abandoned() == [folder.recording_id]
    folder.abandon()
    second = recorded(spool).recording_id
    assert spool.waiting() == [first, second]
    assert spool.size_bytes() > size
    spool.forget(receipt_for(spool, first))
    assert spool.waiting() == [second]
    spool.quarantine(second, "refused: 422")
    assert spool.waiting() == []
    spool.release(second)
    assert spool.waiting() == [second]


def test_a_recording_on_its_way_out_waits_no_more_though_its_files_cannot_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = spool_in(tmp_path)
    one = recorded(spool).recording_id
    assert spool.waiting() == [one]

    def refuse(_: object) -> None:
        raise OSError(5, "input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "unlink", refuse)
        with pytest.raises(OSError, match="input/output"):
            spool.forget(receipt_for(spool, one))
    assert spool.waiting() == []
    assert spool.abandoned() == []
    spool.tidy()
    assert not (tmp_path / one).exists()
