"""The spool keeps its three rules, whatever breaks and wherever."""

from __future__ import annotations

import errno
import io
import json
import os
import secrets
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.envelope import Recipient, Sealer, opened, opened_prefix
from contract.manifest import (
    Canvas,
    EndReason,
    Leg,
    Manifest,
    PauseReason,
    Trouble,
    View,
    digest,
    from_json,
    to_json,
)
from contract.protocol import Receipt
from contract.selection import decide
from uploader.spool import (
    AlreadyRunningError,
    DamagedRecordingError,
    Opening,
    ReceiptMismatchError,
    RecordingFolder,
    SegmentFile,
    Spool,
)

_KEY = X25519PrivateKey.generate()
_TO = [Recipient("here", _KEY.public_key().public_bytes_raw())]
_ASKED = frozenset({PauseReason.ASKED})
_LOCKED = frozenset({PauseReason.LOCKED})


def _at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def _opening() -> Opening:
    return Opening(
        recording_id=str(uuid.uuid4()),
        call_id="call-1",
        agent_id="agent-7",
        device_id="desk-1",
        started_at=datetime(2026, 11, 22, 6, 17, 15, 183000, UTC),
        clock_offset=timedelta(milliseconds=-40),
        clock_round_trip=timedelta(milliseconds=12),
        decision=decide("call-1", Decimal(100), "salt"),
        client_version="0.1.0",
    )


def _spool(root: Path) -> Spool:
    return Spool(root, ballast_bytes=0, reserve_bytes=0)


class _Film:
    """A sealed segment that grows by one piece of film a second."""

    def __init__(self, folder: RecordingFolder, offset: float) -> None:
        self.folder = folder
        self.file: SegmentFile = folder.segment(_at(offset))
        self.sealer = Sealer({}, _TO, secrets.token_bytes(32))
        self.frames = 0
        self.header = self.sealer.header

    def grow(self, piece: bytes) -> None:
        self.frames += 1
        self.file.append(self.header + self.sealer.seal(piece), _at(self.frames), self.frames)
        self.header = b""
        self.file.sync()

    def close(self) -> None:
        self.file.append(self.sealer.seal(b"", final=True), _at(self.frames), self.frames)
        self.folder.close_segment(self.file.closed(_at(self.frames), self.frames))


def _recorded(spool: Spool, opening: Opening | None = None) -> Manifest:
    """One recording of two segments with a pause between them."""
    folder = spool.create(opening or _opening())
    folder.begin_pause(_at(0), frozenset())
    folder.fix_canvas(Canvas(640, 480, ((0, 0, 640, 480),)))
    folder.end_pause(_at(0.001))
    first = _Film(folder, 0.001)
    first.grow(b"one")
    first.grow(b"two")
    first.close()
    folder.begin_pause(_at(3), _ASKED)
    folder.end_pause(_at(5))
    second = _Film(folder, 5)
    second.grow(b"three")
    second.close()
    details = folder.write_details(b"sealed details")
    return folder.finish(_at(6), EndReason.WRAPPED_UP, [Leg("call-1", "conn-1")], details)


def _receipt(spool: Spool, recording_id: str) -> Receipt:
    text = spool.manifest_bytes(recording_id)
    return Receipt(recording_id, digest(text), 1234, "2026-11-22T07:00:00.000000Z")


def _sent(root: Path) -> list[str]:
    path = root / "sent.jsonl"
    if not path.exists():
        return []
    return [json.loads(line)["recording_id"] for line in path.read_bytes().splitlines()]


def test_what_was_recorded_waits_and_says_all(tmp_path: Path) -> None:
    spool = _spool(tmp_path / "spool")
    written = _recorded(spool)
    assert spool.waiting() == [written.recording_id]
    text = spool.manifest_bytes(written.recording_id)
    assert from_json(text) == written
    assert [(pause.offset, pause.duration) for pause in written.pauses] == [(_at(3), _at(2))]
    assert [segment.frames for segment in written.segments] == [2, 1]
    files = spool.files(written.recording_id)
    assert [file.name for file in files] == ["000.seg", "001.seg", "details"]
    for file in files:
        content = file.path.read_bytes()
        assert (len(content), digest(content)) == (file.size, file.sha256)


def test_a_recording_that_is_being_written_is_not_sent(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    folder = spool.create(_opening())
    assert spool.waiting() == []
    assert spool.abandoned() == [folder.recording_id]
    folder.abandon()


def test_the_oldest_is_sent_first(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    ids = [_recorded(spool).recording_id for _ in range(3)]
    for age, recording_id in zip((30, 10, 20), ids, strict=True):
        os.utime(tmp_path / recording_id / "manifest.json", ns=(0, 10**9 * (100 - age)))
    assert spool.waiting() == [ids[0], ids[2], ids[1]]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_only_the_user_can_read_it(tmp_path: Path) -> None:
    root = tmp_path / "spool"
    spool = _spool(root)
    _recorded(spool)
    modes = {path.stat().st_mode & 0o777 for path in root.rglob("*") if path.is_file()}
    assert modes == {0o600}
    folders = {path.stat().st_mode & 0o777 for path in (root, *root.iterdir()) if path.is_dir()}
    assert folders == {0o700}


def test_each_change_of_a_pauses_reasons_is_kept(tmp_path: Path) -> None:
    folder = _spool(tmp_path).create(_opening())
    folder.begin_pause(_at(0), _LOCKED)
    folder.begin_pause(_at(2), _LOCKED | _ASKED)
    folder.begin_pause(_at(3), _ASKED)
    manifest = folder.finish(_at(4), EndReason.WRAPPED_UP, [], None)
    assert [(pause.duration, pause.reasons) for pause in manifest.pauses] == [
        (_at(2), (PauseReason.LOCKED,)),
        (_at(1), (PauseReason.ASKED, PauseReason.LOCKED)),
        (_at(1), (PauseReason.ASKED,)),
    ]


_ONE = View(_at(0), 1920, 1080, ((0, 0, 1920, 1080),), (0, 0, 1920, 1080))
_TWO = View(
    _at(3), 3840, 1080, ((0, 0, 1920, 1080), (1920, 0, 1920, 1080)), place=(0, 270, 1920, 540)
)


def test_what_the_canvas_shows_and_what_troubled_it_is_told(tmp_path: Path) -> None:
    folder = _spool(tmp_path).create(_opening())
    folder.change_view(_ONE)
    folder.begin_trouble(_at(1), "screen-black")
    folder.begin_trouble(_at(2), "disk-slow")
    folder.change_view(_TWO)
    folder.end_trouble(_at(4), "screen-black")
    folder.begin_trouble(_at(5), "screen-black")
    manifest = folder.finish(_at(9), EndReason.WRAPPED_UP, [], None)
    assert manifest.views == (_ONE, _TWO)
    assert manifest.troubles == (
        Trouble(_at(1), _at(3), "screen-black"),
        Trouble(_at(2), _at(7), "disk-slow"),
        Trouble(_at(5), _at(4), "screen-black"),
    )
    assert from_json(to_json(manifest)) == manifest


def test_a_crash_in_a_trouble_keeps_what_is_known_of_it(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    folder = spool.create(_opening())
    folder.begin_pause(_at(0), _LOCKED)
    folder.change_view(_ONE)
    folder.begin_trouble(_at(1), "screen-black")
    folder.passed(_at(11))
    folder.abandon()
    manifest = spool.salvage(folder.recording_id)
    assert manifest is not None
    assert manifest.views == (_ONE,)
    assert manifest.troubles == (Trouble(_at(1), _at(10), "screen-black"),)


# Receipts


def test_a_receipt_removes_the_recording_and_is_noted(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    gone, kept = _recorded(spool), _recorded(spool)
    spool.forget(_receipt(spool, gone.recording_id))
    assert spool.waiting() == [kept.recording_id]
    assert not (tmp_path / gone.recording_id).exists()
    assert _sent(tmp_path) == [gone.recording_id]


def test_a_receipt_for_something_else_removes_nothing(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    manifest = _recorded(spool)
    wrong = replace(_receipt(spool, manifest.recording_id), sha256="0" * 64)
    with pytest.raises(ReceiptMismatchError):
        spool.forget(wrong)
    assert len(spool.files(manifest.recording_id)) == 3
    assert _sent(tmp_path) == []


def test_a_receipt_for_what_is_still_open_removes_nothing(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    folder = spool.create(_opening())
    with pytest.raises(ReceiptMismatchError):
        spool.forget(Receipt(folder.recording_id, "0" * 64, 1, ""))
    assert spool.abandoned() == [folder.recording_id]
    folder.abandon()


# Quarantine


def test_what_is_set_aside_is_not_sent_and_comes_back_whole(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    manifest = _recorded(spool)
    spool.quarantine(manifest.recording_id, "refused: 422")
    assert spool.waiting() == []
    (aside,) = spool.quarantined()
    assert (aside.recording_id, aside.why) == (manifest.recording_id, "refused: 422")
    spool.release(manifest.recording_id)
    assert spool.quarantined() == []
    assert len(spool.files(manifest.recording_id)) == 3


def test_no_name_leads_out_of_the_spool(tmp_path: Path) -> None:
    spool = _spool(tmp_path / "spool")
    for name in ("..", "../etc", "quarantine", str(uuid.uuid4()).upper()):
        with pytest.raises(ValueError, match="not a recording id"):
            spool.quarantine(name, "")


# Salvage


def _opened_film(path: Path) -> bytes:
    with path.open("rb") as stream:
        return b"".join(opened_prefix(stream, {"here": _KEY}))


def test_a_torn_segment_is_cut_at_its_last_whole_piece(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    folder = spool.create(_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = _Film(folder, 1)
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
    assert (segment.size, segment.frames, segment.duration) == (whole, 2, _at(2))
    assert _opened_film(path) == b"onetwo"
    assert [file.size for file in spool.files(folder.recording_id)] == [whole]


def test_a_crash_in_a_pause_keeps_the_pauses_length(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    folder = spool.create(_opening())
    folder.begin_pause(_at(1), _ASKED)
    folder.passed(_at(11))
    folder.passed(_at(21))
    folder.abandon()
    manifest = spool.salvage(folder.recording_id)
    assert manifest is not None
    assert [(pause.offset, pause.duration) for pause in manifest.pauses] == [(_at(1), _at(20))]


def test_a_recording_of_nothing_is_not_salvaged(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    folder = spool.create(_opening())
    folder.abandon()
    (tmp_path / str(uuid.uuid4())).mkdir()  # a crash before the journal's first line
    assert spool.salvage_all() == []
    assert spool.abandoned() == []


def test_a_recording_that_contradicts_its_journal_is_set_aside(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    manifest = _recorded(spool)
    folder = tmp_path / manifest.recording_id
    (folder / "manifest.json").unlink()
    (folder / "000.seg").unlink()
    with pytest.raises(DamagedRecordingError):
        spool.salvage(manifest.recording_id)
    assert spool.salvage_all() == []
    (aside,) = spool.quarantined()
    assert "000.seg is missing" in aside.why


def test_salvage_writes_the_manifest_that_was_about_to_be_written(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    manifest = _recorded(spool)
    (tmp_path / manifest.recording_id / "manifest.json").unlink()
    assert spool.salvage(manifest.recording_id) == manifest


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cut=st.integers(0, 5000), garbage=st.binary(max_size=40))
def test_any_cut_of_the_journal_salvages_or_is_set_aside(
    tmp_path: Path, cut: int, garbage: bytes
) -> None:
    root = tmp_path / secrets.token_hex(4)
    spool = _spool(root)
    manifest = _recorded(spool)
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


# Every point at which the program can die


class _DiedError(BaseException):
    """The process is gone: nothing it had still to do is done."""


_CALLS = ("open", "write", "fsync", "replace", "unlink", "rmdir", "mkdir", "ftruncate")


def _dying_at(monkeypatch: pytest.MonkeyPatch, last: int) -> Callable[[], int]:
    """Die at the last-th call to the disk; a write dies half-way. How many were made."""
    made = 0

    def failing(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            nonlocal made
            made += 1
            if made == last and name == "write":
                descriptor, content = args
                assert isinstance(content, memoryview)
                real(descriptor, content[: len(content) // 2])
            if made >= last:
                raise _DiedError
            return real(*args, **kwargs)

        return call

    for name in _CALLS:
        monkeypatch.setattr(os, name, failing(name, getattr(os, name)))
    return lambda: made


def _each_death(
    root: Path, act: Callable[[Spool], None], check: Callable[[Spool, Path], None]
) -> int:
    """Run `act` on copies of the folder, dying at each call in turn; `check` after each restart."""
    for last in range(1, 10_000):
        copy = root.with_name(f"{root.name}-{last}")
        shutil.copytree(root, copy)
        spool = _spool(copy)
        with pytest.MonkeyPatch.context() as monkeypatch:
            _dying_at(monkeypatch, last)
            try:
                act(spool)
            except _DiedError:
                died = True
            else:
                died = False
        after = _spool(copy)
        after.salvage_all()
        after.tidy()
        check(after, copy)
        shutil.rmtree(copy)
        if not died:
            return last
    raise AssertionError("it never ended")


def test_dying_anywhere_while_recording_loses_nothing_closed(tmp_path: Path) -> None:
    root = tmp_path / "spool"
    _spool(root)
    opening = _opening()
    oracle: list[int] = []  # segments that `close_segment` returned for, in this life

    def act(spool: Spool) -> None:
        oracle.clear()
        folder = spool.create(opening)
        folder.begin_pause(_at(0), _LOCKED)
        folder.fix_canvas(Canvas(2, 2, ()))
        folder.end_pause(_at(1))
        for index in range(2):
            film = _Film(folder, 1 + 2 * index)
            film.grow(b"piece %d" % index)
            film.close()
            oracle.append(index)
        folder.finish(_at(5), EndReason.WRAPPED_UP, [], folder.write_details(b"details"))

    def check(spool: Spool, root: Path) -> None:
        assert spool.abandoned() == []
        assert spool.quarantined() == []
        if not spool.waiting():
            assert oracle == []
            assert [path.name for path in root.iterdir()] == ["quarantine"]
            return
        manifest = from_json(spool.manifest_bytes(opening.recording_id))
        assert len(manifest.segments) >= len(oracle)
        spool.files(opening.recording_id)
        for index in oracle:
            with (root / opening.recording_id / f"00{index}.seg").open("rb") as stream:
                assert b"".join(opened(stream, {"here": _KEY})) == b"piece %d" % index

    assert _each_death(root, act, check) > 50


def test_dying_anywhere_while_forgetting_neither_loses_nor_doubles(tmp_path: Path) -> None:
    root = tmp_path / "spool"
    spool = _spool(root)
    recording_id = _recorded(spool).recording_id
    receipt = _receipt(spool, recording_id)

    def check(spool: Spool, root: Path) -> None:
        if spool.waiting():  # whole, to be offered once more; central answers with the receipt
            assert len(spool.files(recording_id)) == 3
            spool.forget(receipt)
        assert spool.waiting() == []
        assert spool.quarantined() == []
        assert not (root / recording_id).exists()
        whole = [line for line in _sent_lines(root) if line.endswith("}")]
        assert len(whole) == 1

    assert _each_death(root, lambda spool: spool.forget(receipt), check) > 8


def _sent_lines(root: Path) -> list[str]:
    return [line for line in (root / "sent.jsonl").read_text().split("\n") if line]


def test_dying_anywhere_while_salvaging_only_repeats_it(tmp_path: Path) -> None:
    root = tmp_path / "spool"
    spool = _spool(root)
    folder = spool.create(_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = _Film(folder, 0)
    film.grow(b"one")
    film.file.abandon()
    folder.abandon()
    with (root / folder.recording_id / "000.seg").open("ab") as torn:
        torn.write(b"torn")

    def check(spool: Spool, root: Path) -> None:
        assert not (root / folder.recording_id / "000.seg").read_bytes().endswith(b"torn")
        assert spool.waiting() == [folder.recording_id]
        (file,) = spool.files(folder.recording_id)
        assert _opened_film(file.path) == b"one"

    assert _each_death(root, lambda spool: _ignore(spool.salvage_all()), check) > 4


def test_dying_anywhere_while_setting_aside_loses_nothing(tmp_path: Path) -> None:
    root = tmp_path / "spool"
    recording_id = _recorded(_spool(root)).recording_id

    def check(spool: Spool, root: Path) -> None:
        if not spool.quarantined():
            spool.quarantine(recording_id, "refused")
        spool.release(recording_id)
        assert list((root / "quarantine").iterdir()) == []
        assert len(spool.files(recording_id)) == 3

    assert _each_death(root, lambda spool: spool.quarantine(recording_id, "refused"), check) > 3


def _ignore(_: object) -> None:
    pass


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

    spool = _spool(tmp_path / "spool")
    folder = spool.create(_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = _Film(folder, 0)
    film.grow(b"one")
    monkeypatch.setattr(os, "open", noted_open)
    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "write", noted_write)
    monkeypatch.setattr(os, "replace", noted_replace)
    names[film.file._file._descriptor] = "000.seg"
    names[folder._file._descriptor] = "journal.jsonl"
    film.close()
    folder.finish(_at(1), EndReason.WRAPPED_UP, [], None)
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


# A full disk


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
    folder = spool.create(_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = _Film(folder, 0)
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
    folder.finish(_at(2), EndReason.DISK_FULL, [], None)
    (file,) = spool.files(folder.recording_id)
    with file.path.open("rb") as stream:
        assert b"".join(opened(stream, {"here": _KEY})) == b"one" + b"two" * 100


def test_without_ballast_a_failed_write_leaves_no_torn_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = _spool(tmp_path)
    folder = spool.create(_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = _Film(folder, 0)
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
    assert _opened_film(path / "000.seg") == b"one"


def test_the_ballast_is_laid_in_when_a_recording_begins(tmp_path: Path) -> None:
    spool = Spool(tmp_path, ballast_bytes=2 << 20, reserve_bytes=0)
    spool.create(_opening()).abandon()
    assert (tmp_path / "ballast").stat().st_size == 2 << 20
    assert spool.room()


def test_there_is_no_room_when_less_than_the_reserve_is_free(tmp_path: Path) -> None:
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=1 << 60)
    assert not spool.room()


# Locks and number


def test_only_one_client_and_one_uploader_at_a_time(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    code = (
        "import sys; from pathlib import Path; from uploader.spool import Spool;"
        "Spool(Path(sys.argv[1])).lock('client')"
    )
    other = [sys.executable, "-c", code, str(tmp_path)]
    with spool.lock("client"), spool.lock("uploader"):
        refused = subprocess.run(other, capture_output=True, text=True, check=False)
        assert AlreadyRunningError.__name__ in refused.stderr
    assert subprocess.run(other, check=False).returncode == 0


def test_thousands_of_recordings_are_listed_without_opening_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3_000):
        folder = tmp_path / str(uuid.UUID(int=number))
        folder.mkdir()
        (folder / "manifest.json").touch()
    spool = _spool(tmp_path)

    def refuse(*_: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(io, "open", refuse)
    assert len(spool.waiting()) == 3_000


def test_a_manifest_that_cannot_be_read_is_damage(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    manifest = _recorded(spool)
    path = tmp_path / manifest.recording_id / "manifest.json"
    path.write_bytes(to_json(manifest)[:-1])
    with pytest.raises(DamagedRecordingError):
        spool.files(manifest.recording_id)


def test_a_file_that_was_touched_after_it_was_recorded_is_damage(tmp_path: Path) -> None:
    spool = _spool(tmp_path)
    manifest = _recorded(spool)
    spool.check(manifest.recording_id)  # as recorded
    path = tmp_path / manifest.recording_id / "000.seg"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedRecordingError, match=r"000\.seg is not what was recorded"):
        spool.check(manifest.recording_id)
