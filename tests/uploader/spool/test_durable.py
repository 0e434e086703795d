"""What is written is on the disk before anything counts on it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from contract.manifest import Canvas, EndReason
from tests.uploader.spool.staging import Film, an_opening, at, spool_in


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done to files, in order."""
    acts: list[str] = []
    names: dict[int, str] = {}
    real_open, real_fsync, real_replace, real_write = os.open, os.fsync, os.replace, os.write

    def noted_open(path: str | Path, *args: int) -> int:
        descriptor = real_open(path, *args)
        names[descriptor] = Path(path).name
        return descriptor

    def noted_fsync(descriptor: int) -> None:
        acts.append(f"sync {names[descriptor]}")
        real_fsync(descriptor)

    def noted_write(descriptor: int, content: bytes) -> int:
        acts.append(f"write {names[descriptor]}")
        return real_write(descriptor, content)

    def noted_replace(source: Path, target: Path) -> None:
        acts.append(f"name {target.name}")
        real_replace(source, target)

    monkeypatch.setattr(os, "open", noted_open)
    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "write", noted_write)
    monkeypatch.setattr(os, "replace", noted_replace)
    return acts


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not synced there")
def test_a_file_is_synced_before_its_name_and_its_name_before_the_next_step(
    tmp_path: Path, acts: list[str]
) -> None:
    folder = spool_in(tmp_path / "spool").create(an_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = Film(folder, 0)
    film.grow(b"one")
    acts.clear()
    film.close()
    folder.finish(at(1), EndReason.WRAPPED_UP, [], None)
    assert acts == [
        "write journal.jsonl",  # progress
        "write 000.seg",
        "sync 000.seg",
        "write journal.jsonl",  # segment-closed
        "sync journal.jsonl",
        "write journal.jsonl",  # closed
        "sync journal.jsonl",
        "write manifest.json.draft",
        "sync manifest.json.draft",
        "name manifest.json",
        f"sync {folder.recording_id}",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not synced there")
def test_the_journal_knows_of_a_segment_and_of_its_first_piece_before_they_are_there(
    tmp_path: Path, acts: list[str]
) -> None:
    folder = spool_in(tmp_path / "spool").create(an_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    acts.clear()
    film = Film(folder, 0)
    film.grow(b"one")
    film.grow(b"two")
    assert acts == [
        "write journal.jsonl",  # segment-opened
        "sync journal.jsonl",
        f"sync {folder.recording_id}",
        "write journal.jsonl",  # progress
        "write 000.seg",
        "sync journal.jsonl",
        "sync 000.seg",
        "write journal.jsonl",
        "write 000.seg",
        "sync 000.seg",
    ]
    film.close()
    folder.abandon()
