"""No recording opens on a disk that is nearly full, or beyond the policy's quota."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from contract.policy import Spooling
from tests.uploader.spool.staging import Film, an_opening, receipt_for, recorded, spool_in
from uploader.spool import Spool
from uploader.spool.limits import kept_back

_GIB = 1 << 30


def _disk(monkeypatch: pytest.MonkeyPatch, total: int, free: int) -> None:
    usage = shutil.disk_usage(Path.cwd())
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: usage._replace(total=total, used=total - free, free=free)
    )


@pytest.mark.parametrize(
    ("total", "free", "code"),
    [
        (500 * _GIB, 3 * _GIB, ""),  # a big disk: 2 GB are enough, though it is less than a tenth
        (500 * _GIB, _GIB, "disk-full"),
        (10 * _GIB, int(1.5 * _GIB), ""),  # a small one: a tenth is, though it is less than 2 GB
        (10 * _GIB, int(0.9 * _GIB), "disk-full"),
        (_GIB // 4, _GIB // 8, ""),
    ],
)
def test_a_disk_is_nearly_full_when_less_is_free_than_a_tenth_and_than_two_gigabytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, total: int, free: int, code: str
) -> None:
    spool = spool_in(tmp_path)
    spool.obey(Spooling())
    _disk(monkeypatch, total, free)
    assert spool.may_not_open() == code


def test_an_open_recording_goes_on_where_none_may_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = spool_in(tmp_path)
    spool.obey(Spooling(quota_bytes=1))
    recorded(spool)
    _disk(monkeypatch, 500 * _GIB, _GIB)
    assert spool.may_not_open() == "disk-full"
    assert spool.room()


def test_beyond_the_quota_no_recording_opens_until_central_has_some(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    first = recorded(spool).recording_id
    spool.obey(Spooling(quota_bytes=spool.size_bytes() + 1, least_free_percent=0))
    assert spool.may_not_open() == ""
    recorded(spool)
    assert spool.may_not_open() == "spool-full"
    spool.forget(receipt_for(spool, first))
    assert spool.may_not_open() == ""
    assert len(spool.waiting()) == 1  # nothing unsent was removed for it


def test_what_is_in_quarantine_and_what_is_open_count_towards_the_quota(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    aside = recorded(spool).recording_id
    spool.quarantine(aside, "refused: 422")
    spool.obey(Spooling(quota_bytes=spool.size_bytes(), least_free_percent=0))
    assert spool.may_not_open() == "spool-full"
    before = spool.size_bytes()
    folder = spool.create(an_opening())
    film = Film(folder, 0)
    film.grow(b"x" * 1000)
    assert spool.size_bytes() >= before + 1000
    film.grow(b"x" * 1000)
    assert spool.size_bytes() >= before + 2000
    film.file.abandon()
    folder.abandon()


def test_without_a_policy_only_the_disk_counts(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    recorded(spool)
    assert spool.may_not_open() == ""


def test_below_the_reserve_none_opens_whatever_the_policy_says(tmp_path: Path) -> None:
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=1 << 60)
    spool.obey(Spooling(least_free_percent=0))
    assert spool.may_not_open() == "disk-full"


def test_a_small_disk_keeps_less_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept_back(tmp_path) == 64 << 20
    _disk(monkeypatch, 256 << 20, 200 << 20)
    assert kept_back(tmp_path) == 32 << 20
    _disk(monkeypatch, 3 << 20, 3 << 20)
    assert kept_back(tmp_path) == 0


def test_the_usual_ballast_is_laid_in_whole(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.prepare()
    assert (tmp_path / "ballast").stat().st_size == 64 << 20
