"""The spool keeps its rules, wherever in a step the program dies."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.envelope import opened
from contract.manifest import Canvas, EndReason, from_json
from tests.uploader.spool.staging import (
    KEY,
    LOCKED,
    Film,
    an_opening,
    at,
    opened_film,
    receipt_for,
    recorded,
    spool_in,
)
from uploader.spool import Spool


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
        spool = spool_in(copy)
        with pytest.MonkeyPatch.context() as monkeypatch:
            _dying_at(monkeypatch, last)
            try:
                act(spool)
            except _DiedError:
                died = True
            else:
                died = False
        after = spool_in(copy)
        after.salvage_all()
        after.tidy()
        check(after, copy)
        shutil.rmtree(copy)
        if not died:
            return last
    raise AssertionError("it never ended")


@pytest.mark.skipif(sys.platform == "win32", reason="the dead, of this process, hold files open")
def test_dying_anywhere_while_recording_loses_nothing_closed(tmp_path: Path) -> None:
    root = tmp_path / "spool"
    spool_in(root)
    opening = an_opening()
    oracle: list[int] = []  # segments that `close_segment` returned for, in this life

    def act(spool: Spool) -> None:
        oracle.clear()
        folder = spool.create(opening)
        folder.begin_pause(at(0), LOCKED)
        folder.fix_canvas(Canvas(2, 2, ()))
        folder.end_pause(at(1))
        for index in range(2):
            film = Film(folder, 1 + 2 * index)
            film.grow(b"piece %d" % index)
            film.close()
            oracle.append(index)
        folder.finish(at(5), EndReason.WRAPPED_UP, [], folder.write_details(b"details"))

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
                assert b"".join(opened(stream, {"here": KEY})) == b"piece %d" % index

    assert _each_death(root, act, check) > 50


def test_dying_anywhere_while_forgetting_neither_loses_nor_doubles(tmp_path: Path) -> None:
    root = tmp_path / "spool"
    spool = spool_in(root)
    recording_id = recorded(spool).recording_id
    receipt = receipt_for(spool, recording_id)

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
    spool = spool_in(root)
    folder = spool.create(an_opening())
    folder.fix_canvas(Canvas(2, 2, ()))
    film = Film(folder, 0)
    film.grow(b"one")
    film.file.abandon()
    folder.abandon()
    with (root / folder.recording_id / "000.seg").open("ab") as torn:
        torn.write(b"torn")

    def check(spool: Spool, root: Path) -> None:
        assert not (root / folder.recording_id / "000.seg").read_bytes().endswith(b"torn")
        assert spool.waiting() == [folder.recording_id]
        (file,) = spool.files(folder.recording_id)
        assert opened_film(file.path) == b"one"

    assert _each_death(root, lambda spool: _ignore(spool.salvage_all()), check) > 4


def test_dying_anywhere_while_setting_aside_loses_nothing(tmp_path: Path) -> None:
    root = tmp_path / "spool"
    recording_id = recorded(spool_in(root)).recording_id

    def check(spool: Spool, root: Path) -> None:
        if not spool.quarantined():
            spool.quarantine(recording_id, "refused")
        spool.release(recording_id)
        assert list((root / "quarantine").iterdir()) == []
        assert len(spool.files(recording_id)) == 3

    assert _each_death(root, lambda spool: spool.quarantine(recording_id, "refused"), check) > 3


def _ignore(_: object) -> None:
    pass
