"""The pill is where it was put, and never out of sight."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPoint, QRect, QSize

from agent_client.tray.pill_place import FILE, Place, PlaceFile, put, where

SIZE = QSize(290, 28)
LEFT, RIGHT = QRect(0, 30, 1920, 1050), QRect(1920, 0, 1280, 1024)
SCREENS = {"left": LEFT, "right": RIGHT}


def test_at_first_it_is_at_the_top_of_the_primary_monitor_in_the_middle() -> None:
    assert where(None, SCREENS, "left", SIZE) == QPoint(959 - 145, 30)


def test_it_is_where_it_was_put() -> None:
    place = put(QPoint(2000, 500), SCREENS, SIZE)
    assert place == Place("right", 80, 500)
    assert where(place, SCREENS, "left", SIZE) == QPoint(2000, 500)


def test_when_its_monitor_has_gone_it_is_on_the_primary_one_until_that_comes_back() -> None:
    place = put(QPoint(2000, 500), SCREENS, SIZE)
    assert where(place, {"left": LEFT}, "left", SIZE) == QPoint(959 - 145, 30)
    assert where(place, SCREENS, "left", SIZE) == QPoint(2000, 500)


def test_when_its_monitor_is_smaller_by_now_it_is_pushed_in() -> None:
    place = Place("right", 1000, 1000)
    assert where(place, {"right": QRect(0, 0, 800, 600)}, "right", SIZE) == QPoint(510, 572)


def test_without_a_monitor_it_is_nowhere() -> None:
    assert where(None, {}, "", SIZE) is None
    assert put(QPoint(5000, 5000), SCREENS, SIZE) is None


@given(st.integers(-9999, 9999), st.integers(-9999, 9999), st.sampled_from(["left", "right", "?"]))
def test_it_is_always_whole_on_a_monitor(x: int, y: int, screen: str) -> None:
    corner = where(Place(screen, x, y), SCREENS, "left", SIZE)
    assert corner is not None
    assert any(area.contains(QRect(corner, SIZE)) for area in SCREENS.values())


def test_it_is_remembered(tmp_path: Path) -> None:
    assert PlaceFile(tmp_path).load() is None
    PlaceFile(tmp_path).save(Place("right", 1, 2))
    assert PlaceFile(tmp_path).load() == Place("right", 1, 2)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"screen": 1}', b"\xff"])
def test_what_cannot_be_read_is_forgotten(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert PlaceFile(tmp_path).load() is None


def test_what_cannot_be_written_is_not_remembered(tmp_path: Path) -> None:
    PlaceFile(tmp_path / "missing").save(Place("right", 1, 2))
    PlaceFile(None).save(Place("right", 1, 2))
    assert PlaceFile(None).load() is None
