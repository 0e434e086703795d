"""Whose marker is believed."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.make_way import MakeWay
from uploader import make_way
from uploader.make_way import posix, standing

if sys.platform == "win32":
    pytest.skip("users have no numbers there", allow_module_level=True)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a marker lies, on a computer whose administrator we are."""
    found = tmp_path / "make-way.json"
    monkeypatch.setattr(make_way, "PLACE", str(found))
    monkeypatch.setattr(posix, "ADMINISTRATOR", os.getuid())
    return found


def marker(seconds: float = 60) -> MakeWay:
    return MakeWay(datetime.now(UTC) + timedelta(seconds=seconds), now=False)


def lay(place: Path, text: bytes, mode: int = 0o644) -> None:
    place.write_bytes(text)
    place.chmod(mode)


def test_an_administrators_marker_stands(place: Path) -> None:
    lay(place, marker().to_json())
    found = standing()
    assert found is not None
    assert not found.now


def test_without_one_nothing_stands(place: Path) -> None:
    assert not place.exists()
    assert standing() is None


def test_one_whose_time_is_over_does_not_stand(place: Path) -> None:
    lay(place, marker(-1).to_json())
    assert standing() is None


def test_a_users_marker_is_passed_over(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(place, marker().to_json())
    monkeypatch.setattr(posix, "ADMINISTRATOR", os.getuid() + 1)
    assert standing() is None


@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_one_that_others_may_write_is_passed_over(place: Path, mode: int) -> None:
    lay(place, marker().to_json(), mode)
    assert standing() is None


def test_a_link_to_one_is_passed_over(place: Path) -> None:
    lay(place.with_name("other"), marker().to_json())
    place.symlink_to(place.with_name("other"))
    assert standing() is None


def test_what_is_no_file_does_not_hold_up_who_looks(place: Path) -> None:
    os.mkfifo(place, 0o600)
    assert standing() is None


def test_what_is_no_marker_is_passed_over(place: Path) -> None:
    lay(place, b"{}")
    assert standing() is None


def test_only_root_is_an_administrator_on_posix() -> None:
    assert posix.ADMINISTRATOR == 0
