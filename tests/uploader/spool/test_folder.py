"""What waits, what is sent, what is set aside, and who may open it."""

from __future__ import annotations

import io
import os
import sys
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from contract.manifest import digest, from_json, to_json
from contract.protocol import Receipt
from tests.uploader.spool.staging import an_opening, at, receipt_for, recorded, sent_ids, spool_in
from uploader.spool import DamagedRecordingError, ReceiptMismatchError


def test_what_was_recorded_waits_and_says_all(tmp_path: Path) -> None:
    spool = spool_in(tmp_path / "spool")
    written = recorded(spool)
    assert spool.waiting() == [written.recording_id]
    text = spool.manifest_bytes(written.recording_id)
    assert from_json(text) == written
    assert [(pause.offset, pause.duration) for pause in written.pauses] == [(at(3), at(2))]
    assert [segment.frames for segment in written.segments] == [2, 1]
    files = spool.files(written.recording_id)
    assert [file.name for file in files] == ["000.seg", "001.seg", "details"]
    for file in files:
        content = file.path.read_bytes()
        assert (len(content), digest(content)) == (file.size, file.sha256)


def test_a_recording_that_is_being_written_is_not_sent(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    folder = spool.create(an_opening())
    assert spool.waiting() == []
    assert spool.abandoned() == [folder.recording_id]
    folder.abandon()


def test_the_oldest_is_sent_first(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    ids = [recorded(spool).recording_id for _ in range(3)]
    for age, recording_id in zip((30, 10, 20), ids, strict=True):
        os.utime(tmp_path / recording_id / "manifest.json", ns=(0, 10**9 * (100 - age)))
    assert spool.waiting() == [ids[0], ids[2], ids[1]]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_only_the_user_can_read_it(tmp_path: Path) -> None:
    root = tmp_path / "spool"
    spool = spool_in(root)
    recorded(spool)
    modes = {path.stat().st_mode & 0o777 for path in root.rglob("*") if path.is_file()}
    assert modes == {0o600}
    folders = {path.stat().st_mode & 0o777 for path in (root, *root.iterdir()) if path.is_dir()}
    assert folders == {0o700}


def test_a_receipt_removes_the_recording_and_is_noted(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    gone, kept = recorded(spool), recorded(spool)
    spool.forget(receipt_for(spool, gone.recording_id))
    assert spool.waiting() == [kept.recording_id]
    assert not (tmp_path / gone.recording_id).exists()
    assert sent_ids(tmp_path) == [gone.recording_id]


def test_a_receipt_for_something_else_removes_nothing(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    manifest = recorded(spool)
    wrong = replace(receipt_for(spool, manifest.recording_id), sha256="0" * 64)
    with pytest.raises(ReceiptMismatchError):
        spool.forget(wrong)
    assert len(spool.files(manifest.recording_id)) == 3
    assert sent_ids(tmp_path) == []


def test_a_receipt_for_what_is_still_open_removes_nothing(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    folder = spool.create(an_opening())
    with pytest.raises(ReceiptMismatchError):
        spool.forget(Receipt(folder.recording_id, "0" * 64, 1, ""))
    assert spool.abandoned() == [folder.recording_id]
    folder.abandon()


def test_what_is_set_aside_is_not_sent_and_comes_back_whole(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    manifest = recorded(spool)
    spool.quarantine(manifest.recording_id, "refused: 422")
    assert spool.waiting() == []
    (aside,) = spool.quarantined()
    assert (aside.recording_id, aside.why) == (manifest.recording_id, "refused: 422")
    spool.release(manifest.recording_id)
    assert spool.quarantined() == []
    assert len(spool.files(manifest.recording_id)) == 3


def test_what_is_set_aside_again_says_the_new_reason(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    one = recorded(spool).recording_id
    for why in ("refused: 422", "refused: 409"):
        spool.quarantine(one, why)
        assert [aside.why for aside in spool.quarantined()] == [why]
        spool.release(one)


def test_no_name_leads_out_of_the_spool(tmp_path: Path) -> None:
    spool = spool_in(tmp_path / "spool")
    for name in ("..", "../etc", "quarantine", str(uuid.uuid4()).upper()):
        with pytest.raises(ValueError, match="not a recording id"):
            spool.quarantine(name, "")


def test_thousands_of_recordings_are_listed_without_opening_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3_000):
        folder = tmp_path / str(uuid.UUID(int=number))
        folder.mkdir()
        (folder / "manifest.json").touch()
    spool = spool_in(tmp_path)

    def refuse(*_: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(io, "open", refuse)
    assert len(spool.waiting()) == 3_000


def test_a_manifest_that_cannot_be_read_is_damage(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    manifest = recorded(spool)
    path = tmp_path / manifest.recording_id / "manifest.json"
    path.write_bytes(to_json(manifest)[:-1])
    with pytest.raises(DamagedRecordingError):
        spool.files(manifest.recording_id)


def test_a_file_that_was_touched_after_it_was_recorded_is_damage(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    manifest = recorded(spool)
    spool.check(manifest.recording_id)  # as recorded
    path = tmp_path / manifest.recording_id / "000.seg"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedRecordingError, match=r"000\.seg is not what was recorded"):
        spool.check(manifest.recording_id)
