"""What is written is on the disk before anything counts on it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from contract.manifest import Canvas, EndReason
from tests.uploader.spool.staging import Film, an_opening, at, spool_in


def test_a_file_is_synced_before_its_name_and_its_name_before_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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

    spool = spool_in(tmp_path / "spool")
    folder = spool.create(an_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = Film(folder, 0)
    film.grow(b"one")
    monkeypatch.setattr(os, "open", noted_open)
    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "write", noted_write)
    monkeypatch.setattr(os, "replace", noted_replace)
    names[film.file._file._descriptor] = "000.seg"
    names[folder._file._descriptor] = "journal.jsonl"
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
