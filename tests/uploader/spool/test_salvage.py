"""A recording that was cut short is made whole as far as it goes, or set aside."""

from __future__ import annotations

import os
import secrets
import shutil
import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.manifest import Canvas, EndReason, digest, from_json
from tests.uploader.spool.staging import (
    ASKED,
    Film,
    an_opening,
    at,
    opened_film,
    recorded,
    spool_in,
)
from uploader.spool import DamagedRecordingError


def test_a_torn_segment_is_cut_at_its_last_whole_piece(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    folder = spool.create(an_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = Film(folder, 1)
    film.grow(b"one")
    film.grow(b"two")
    whole = film.file.size
    film.grow(b"three")
    film.file.abandon()
    folder.abandon()
    path = tmp_path / folder.recording_id / "000.seg"
    os.truncate(path, film.file.size - 1)

    assert spool.salvage_all() == [folder.recording_id]
    manifest = from_json(spool.manifest_bytes(folder.recording_id))
    assert manifest.end_reason is EndReason.SALVAGED
    (segment,) = manifest.segments
    assert (segment.size, segment.frames, segment.duration) == (whole, 2, at(2))
    assert opened_film(path) == b"onetwo"
    assert [file.size for file in spool.files(folder.recording_id)] == [whole]


def test_what_was_told_of_the_segment_before_is_not_told_of_a_torn_one(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    folder = spool.create(an_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = Film(folder, 1)
    film.grow(b"one")
    film.close()
    torn = Film(folder, 5)
    sealed = torn.header + torn.sealer.seal(b"a whole piece of the first fragment")
    torn.file.append(sealed + torn.sealer.seal(b"and its end"), at(1), 9)
    torn.file.abandon()
    folder.abandon()
    os.truncate(tmp_path / folder.recording_id / "001.seg", len(sealed) + 3)
    manifest = spool.salvage(folder.recording_id)
    assert manifest is not None
    assert [(one.frames, one.duration) for one in manifest.segments] == [(1, at(1)), (0, at(0))]


def test_a_crash_in_a_pause_keeps_the_pauses_length(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    folder = spool.create(an_opening())
    folder.begin_pause(at(1), ASKED)
    folder.passed(at(11))
    folder.passed(at(21))
    folder.abandon()
    manifest = spool.salvage(folder.recording_id)
    assert manifest is not None
    assert [(pause.offset, pause.duration) for pause in manifest.pauses] == [(at(1), at(20))]


def test_a_recording_of_nothing_is_not_salvaged(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    folder = spool.create(an_opening())
    folder.abandon()
    (tmp_path / str(uuid.uuid4())).mkdir()  # a crash before the journal's first line
    assert spool.salvage_all() == []
    assert spool.abandoned() == []


def test_a_recording_that_contradicts_its_journal_is_set_aside(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    manifest = recorded(spool)
    folder = tmp_path / manifest.recording_id
    (folder / "manifest.json").unlink()
    (folder / "000.seg").unlink()
    with pytest.raises(DamagedRecordingError):
        spool.salvage(manifest.recording_id)
    assert spool.salvage_all() == []
    (aside,) = spool.quarantined()
    assert "000.seg is missing" in aside.why


def test_salvage_writes_the_manifest_that_was_about_to_be_written(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    manifest = recorded(spool)
    (tmp_path / manifest.recording_id / "manifest.json").unlink()
    assert spool.salvage(manifest.recording_id) == manifest


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cut=st.integers(0, 5000), garbage=st.binary(max_size=40))
def test_any_cut_of_the_journal_salvages_or_is_set_aside(
    tmp_path: Path, cut: int, garbage: bytes
) -> None:
    root = tmp_path / secrets.token_hex(4)
    spool = spool_in(root)
    manifest = recorded(spool)
    folder = root / manifest.recording_id
    (folder / "manifest.json").unlink()
    journal = folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:cut] + garbage)
    spool.salvage_all()
    assert spool.abandoned() == []
    if spool.waiting():
        salvaged = from_json(spool.manifest_bytes(manifest.recording_id))
        assert len(salvaged.segments) <= 2
        for file in spool.files(manifest.recording_id):
            assert digest(file.path.read_bytes()) == file.sha256
    else:
        assert [one.recording_id for one in spool.quarantined()] == [manifest.recording_id]
    shutil.rmtree(root)
