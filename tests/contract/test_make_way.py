from datetime import UTC, datetime, timedelta

import pytest

from contract.make_way import MakeWay, MarkerRefusedError, Purpose, marker_of, marker_path

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("now", [True, False])
def test_a_marker_is_read_as_it_was_written(purpose: Purpose, now: bool) -> None:  # noqa: FBT001 a parameter of the test
    marker = MakeWay(NOON, now, purpose)
    assert marker_of(marker.to_json()) == marker


def test_it_is_written_as_the_page_for_it_says() -> None:
    written = MakeWay(NOON, now=False).to_json()
    assert written == b'{"for":"upgrade","now":false,"until":"2026-11-23T12:00:00.000000Z"}'


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"until":"2026-11-23T12:00:00Z","now":"yes","for":"upgrade"}',
        b'{"until":"2026-11-23T12:00:00","now":true,"for":"upgrade"}',
        b'{"until":"2026-11-23T12:00:00Z","now":true,"for":"fun"}',
        b'{"until":17,"now":true,"for":"upgrade"}',
        b'{"now":true,"for":"upgrade"}',
    ],
)
def test_anything_else_is_no_marker(text: bytes) -> None:
    with pytest.raises(MarkerRefusedError):
        marker_of(text)


def test_one_that_nobody_took_away_counts_no_longer_when_its_time_is_over() -> None:
    marker = MakeWay(NOON, now=True)
    assert marker.stands(NOON - timedelta(seconds=1))
    assert not marker.stands(NOON)


def test_each_system_has_one_place_for_it() -> None:
    assert marker_path("linux", {}) == "/run/twinreel/make-way.json"
    assert marker_path("darwin", {}) == "/var/run/twinreel/make-way.json"
    assert marker_path("win32", {}) == "C:\\ProgramData\\Twinreel\\make-way.json"
    assert marker_path("win32", {"PROGRAMDATA": "D:\\P"}) == "D:\\P\\Twinreel\\make-way.json"
