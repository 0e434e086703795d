"""A full disk ends a recording whole: its ballast makes room for the end."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from contract.envelope import opened
from contract.manifest import Canvas, EndReason
from tests.uploader.spool.staging import KEY, Film, an_opening, at, opened_film, spool_in
from uploader.spool import Spool


def _full_after(monkeypatch: pytest.MonkeyPatch, room: list[int]) -> None:
    """A disk with so many bytes left; the write that does not fit writes what does, then fails."""
    real = os.write

    def write(descriptor: int, content: memoryview) -> int:
        if room[0] < len(content):
            if room[0]:
                written = real(descriptor, content[: room[0]])
                room[0] = 0
                return written
            raise OSError(errno.ENOSPC, "no space left on device")
        room[0] -= len(content)
        return real(descriptor, content)

    monkeypatch.setattr(os, "write", write)


def test_the_ballast_takes_the_end_of_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path, ballast_bytes=1 << 20, reserve_bytes=0)
    folder = spool.create(an_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = Film(folder, 0)
    film.grow(b"one")
    room = [100]
    _full_after(monkeypatch, room)
    give_up = spool._ballast.give_up

    def given_up() -> bool:
        room[0] += 1 << 20
        return give_up()

    monkeypatch.setattr(folder, "_make_room", given_up)
    monkeypatch.setattr(folder._file, "_make_room", given_up)
    monkeypatch.setattr(film.file._file, "_make_room", given_up)
    film.grow(b"two" * 100)
    assert not (tmp_path / "ballast").exists()
    film.close()
    folder.finish(at(2), EndReason.DISK_FULL, [], None)
    (file,) = spool.files(folder.recording_id)
    with file.path.open("rb") as stream:
        assert b"".join(opened(stream, {"here": KEY})) == b"one" + b"two" * 100


def test_without_ballast_a_failed_write_leaves_no_torn_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = spool_in(tmp_path)
    folder = spool.create(an_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = Film(folder, 0)
    film.grow(b"one")
    path = tmp_path / folder.recording_id
    before = (path / "000.seg").read_bytes()
    with monkeypatch.context() as full:
        _full_after(full, [90])
        with pytest.raises(OSError, match="no space"):
            film.grow(b"two" * 100)
    assert (path / "000.seg").read_bytes() == before
    assert (path / "journal.jsonl").read_bytes().endswith(b"\n")
    film.file.abandon()
    folder.abandon()
    assert spool.salvage_all() == [folder.recording_id]
    assert opened_film(path / "000.seg") == b"one"


def test_the_ballast_is_laid_in_when_a_recording_begins(tmp_path: Path) -> None:
    spool = Spool(tmp_path, ballast_bytes=2 << 20, reserve_bytes=0)
    spool.create(an_opening()).abandon()
    assert (tmp_path / "ballast").stat().st_size == 2 << 20
    assert spool.room()


def test_there_is_no_room_when_less_than_the_reserve_is_free(tmp_path: Path) -> None:
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=1 << 60)
    assert not spool.room()
