"""What was sent is noted once, for 90 days, and no crash tears the notes."""

from __future__ import annotations

import contextlib
import os
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.canonical import utc_text
from contract.protocol import Receipt
from tests.uploader.spool.staging import receipt_for, recorded, sent_ids, spool_in
from uploader.spool.sent import SentNotes

NEWEST = datetime(2026, 11, 22, 7, tzinfo=UTC)


def receipt(days_ago: float) -> Receipt:
    stored = utc_text(NEWEST - timedelta(days=days_ago))
    return Receipt(str(uuid.uuid4()), "0" * 64, 1234, stored)


def noted(root: Path, *days_ago: float) -> list[Receipt]:
    notes, receipts = SentNotes(root), [receipt(days) for days in days_ago]
    for one in receipts:
        notes.add(one, lambda: False)
    return receipts


def test_notes_are_kept_for_90_days_by_centrals_clock(tmp_path: Path) -> None:
    receipts = noted(tmp_path, 400, 91, 90, 89, 0)
    SentNotes(tmp_path).cut()
    assert sent_ids(tmp_path) == [one.recording_id for one in receipts[2:]]
    SentNotes(tmp_path).cut()
    assert len(sent_ids(tmp_path)) == 3


def test_a_desk_that_sent_nothing_for_a_year_keeps_its_last_notes(tmp_path: Path) -> None:
    noted(tmp_path, 500, 480)
    SentNotes(tmp_path).cut()
    assert len(sent_ids(tmp_path)) == 2


def test_notes_without_anything_old_are_left_alone(tmp_path: Path) -> None:
    SentNotes(tmp_path).cut()
    assert not (tmp_path / "sent.jsonl").exists()
    noted(tmp_path, 3, 2, 1)
    before = (tmp_path / "sent.jsonl").stat()
    SentNotes(tmp_path).cut()
    assert (tmp_path / "sent.jsonl").stat().st_ino == before.st_ino


def test_a_receipt_that_comes_twice_is_noted_once_however_many_came_between(tmp_path: Path) -> None:
    (first, *_) = noted(tmp_path, 80, *([1] * 500))
    SentNotes(tmp_path).add(first, lambda: False)
    assert len(sent_ids(tmp_path)) == 501


@pytest.mark.parametrize("last_call", range(6))
def test_a_crash_while_notes_are_cut_leaves_the_old_ones_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last_call: int
) -> None:
    receipts = noted(tmp_path, 200, 100, 1, 0)
    left = [last_call]

    class PowerCutError(BaseException):
        pass

    with monkeypatch.context() as failing:
        for name in ("open", "write", "fsync", "replace"):
            real = getattr(os, name)

            def dies(*args: object, real: object = real, **more: object) -> object:
                if not left[0]:
                    raise PowerCutError
                left[0] -= 1
                assert callable(real)
                return real(*args, **more)

            failing.setattr(os, name, dies)
        with contextlib.suppress(PowerCutError):
            SentNotes(tmp_path).cut()
    ids = [one.recording_id for one in receipts]
    assert sent_ids(tmp_path) in (ids, ids[2:])
    SentNotes(tmp_path).cut()
    assert sent_ids(tmp_path) == ids[2:]


def test_the_uploader_cuts_them_at_its_start_and_not_if_the_disk_refuses(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    receipts = noted(tmp_path, 200, 0)
    (tmp_path / "sent.jsonl.draft").mkdir()
    spool.tidy()
    assert len(sent_ids(tmp_path)) == 2
    (tmp_path / "sent.jsonl.draft").rmdir()
    spool.tidy()
    assert sent_ids(tmp_path) == [receipts[1].recording_id]


def test_a_torn_line_is_no_note(tmp_path: Path) -> None:
    noted(tmp_path, 100, 0)
    with (tmp_path / "sent.jsonl").open("ab") as file:
        file.write(b'{"recording_id":"12')
    SentNotes(tmp_path).cut()
    assert len(sent_ids(tmp_path)) == 1


def test_the_last_note_is_found(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    assert spool.last_sent() is None
    one = recorded(spool).recording_id
    spool.forget(receipt_for(spool, one))
    last = spool.last_sent()
    assert last is not None
    assert last["recording_id"] == one
