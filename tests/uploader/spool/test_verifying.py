"""`Spool.verify` reads every byte, says what would be lost, and changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

from contract.manifest import Canvas
from tests.uploader.spool.staging import Film, an_opening, receipt_for, recorded, spool_in
from uploader.spool import Finding, Place


def test_a_whole_spool_has_nothing_to_tell(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    recorded(spool)
    folder = spool.create(an_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = Film(folder, 0)
    film.grow(b"it goes on")
    looked: list[None] = []
    assert spool.verify(lambda: looked.append(None)) == []
    assert len(looked) == 2
    film.file.abandon()
    folder.abandon()


def test_bytes_that_changed_on_the_disk_are_lost(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    recorded(spool)
    damaged = recorded(spool).recording_id
    path = tmp_path / damaged / "001.seg"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert spool.verify() == [
        Finding(damaged, Place.WAITING, "001.seg is not what was recorded", lost=True)
    ]
    assert len(spool.waiting()) == 2


def test_what_is_in_quarantine_waits_for_a_person_and_is_not_lost(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    aside, broken = (recorded(spool).recording_id for _ in range(2))
    for one in (aside, broken):
        spool.quarantine(one, "refused: 422")
    (tmp_path / "quarantine" / broken / "details").unlink()
    found = {one.recording_id: one for one in spool.verify()}
    assert found == {
        aside: Finding(aside, Place.QUARANTINE, "refused: 422", lost=False),
        broken: Finding(broken, Place.QUARANTINE, "details is missing or cut", lost=True),
    }


def test_what_a_crash_tore_is_counted_before_salvage_cuts_it(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    folder = spool.create(an_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = Film(folder, 0)
    film.grow(b"one")
    film.file.abandon()
    folder.abandon()
    path = tmp_path / folder.recording_id / "000.seg"
    with path.open("ab") as file:
        file.write(b"torn!")
    held = path.read_bytes()
    (found,) = spool.verify()
    assert found == Finding(
        folder.recording_id, Place.UNFINISHED, "the last 5 bytes of 000.seg are torn", lost=True
    )
    assert path.read_bytes() == held
    spool.salvage_all()
    assert spool.verify() == []


def test_a_lost_journal_beside_segments_is_told(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    one = recorded(spool).recording_id
    for name in ("manifest.json", "journal.jsonl"):
        (tmp_path / one / name).unlink()
    (found,) = spool.verify()
    assert (found.place, found.why) == (Place.UNFINISHED, "segments without a journal")


def test_what_central_took_meanwhile_is_no_finding(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    first, second = sorted(recorded(spool).recording_id for _ in range(2))
    order = spool.waiting()

    def looked_at() -> None:
        if order[1] in spool.waiting():
            spool.forget(receipt_for(spool, order[1]))

    assert {first, second} == {*order}
    assert spool.verify(looked_at) == []


def test_a_folder_that_vanished_is_no_finding(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    for _ in range(2):
        recorded(spool)
    order = spool.waiting()

    def looked_at() -> None:
        shutil.rmtree(tmp_path / order[1], ignore_errors=True)

    assert spool.verify(looked_at) == []
