"""Closed segments of a recording that goes on."""

import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from contract.manifest import EndReason
from tests.uploader.recordings import opening
from uploader.spool import RecordingFolder, Spool

SECOND = timedelta(seconds=1)


def begun(spool: Spool) -> RecordingFolder:
    return spool.create(opening())


def with_segment(folder: RecordingFolder, index: int, content: bytes) -> None:
    segment = folder.segment(index * SECOND)
    segment.append(content, SECOND, 5)
    folder.close_segment(segment.closed(SECOND, 5))


def spool_in(folder: Path) -> Spool:
    return Spool(folder / "spool", ballast_bytes=0, reserve_bytes=0)


def test_a_segment_is_there_once_it_is_closed(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    closed, folder = spool.closed_segments(), begun(spool)
    assert list(closed.look()) == []
    segment = folder.segment(timedelta(0))
    segment.append(b"film", SECOND, 5)
    assert list(closed.look()) == []
    folder.close_segment(segment.closed(SECOND, 5))
    with_segment(folder, 1, b"more film")
    found = [(one, file.name, file.size, file.sha256) for one, file in closed.look()]
    assert found == [
        (folder.recording_id, "000.seg", 4, sha256(b"film").hexdigest()),
        (folder.recording_id, "001.seg", 9, sha256(b"more film").hexdigest()),
    ]
    assert [file.path.read_bytes() for _, file in closed.look()] == [b"film", b"more film"]


def test_a_finished_recording_has_none_here(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    closed, folder = spool.closed_segments(), begun(spool)
    with_segment(folder, 0, b"film")
    assert len(list(closed.look())) == 1
    folder.finish(SECOND, EndReason.WRAPPED_UP, [], None)
    assert list(closed.look()) == []


def test_a_torn_line_is_read_when_it_is_whole(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    folder = begun(spool)
    with_segment(folder, 0, b"film")
    journal = tmp_path / "spool" / folder.recording_id / "journal.jsonl"
    text = journal.read_bytes()
    for kept in range(1, len(text), 7):
        journal.write_bytes(text[:kept])
        closed = spool.closed_segments()
        assert list(closed.look()) == []
        journal.write_bytes(text)
        assert len(list(closed.look())) == 1


def test_what_follows_a_strange_line_proves_nothing(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    closed, folder = spool.closed_segments(), begun(spool)
    with_segment(folder, 0, b"film")
    assert len(list(closed.look())) == 1
    journal = tmp_path / "spool" / folder.recording_id / "journal.jsonl"
    with journal.open("ab") as file:
        file.write(b'{"line":"from a later version"}\n')
    with_segment(folder, 1, b"film")
    assert [file.name for _, file in closed.look()] == ["000.seg"]


@pytest.mark.skipif(sys.platform == "win32", reason="what is open cannot go there")
def test_a_folder_that_goes_meanwhile_is_no_trouble(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    closed, folder = spool.closed_segments(), begun(spool)
    with_segment(folder, 0, b"film")
    (tmp_path / "spool" / folder.recording_id / "journal.jsonl").unlink()
    assert list(closed.look()) == []
    spool.quarantine(folder.recording_id, "by a person")
    assert list(closed.look()) == []


def test_when_a_recording_became_ready_is_the_time_of_its_manifest(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    folder = begun(spool)
    folder.finish(SECOND, EndReason.WRAPPED_UP, [], None)
    written = (tmp_path / "spool" / folder.recording_id / "manifest.json").stat().st_mtime
    assert spool.ready_at(folder.recording_id).timestamp() == pytest.approx(written)
