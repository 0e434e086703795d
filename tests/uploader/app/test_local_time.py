"""The desk's own clock, with the rules of its time zone."""

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from uploader.app.local_time import HERE, now

if sys.platform == "win32":
    pytest.skip("its time zone is the session's", allow_module_level=True)


@pytest.fixture(params=["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def zone(request: pytest.FixtureRequest) -> Iterator[ZoneInfo]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield ZoneInfo(request.param)
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_it_shows_what_a_time_zone_shows_through_a_whole_year(zone: ZoneInfo) -> None:
    """Both changes of clocks too, where a time is left out or shown twice."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(365 * 24 * 2):
        here, there = at.astimezone(HERE), at.astimezone(zone)
        assert here.replace(tzinfo=None) == there.replace(tzinfo=None)
        assert here.fold == there.fold
        assert here.utcoffset() == there.utcoffset()
        at += timedelta(minutes=30)


def test_a_desk_that_travels_is_noticed(zone: ZoneInfo) -> None:
    assert now().utcoffset() == datetime.now(zone).utcoffset()
    os.environ["TZ"] = "Asia/Kathmandu"
    assert now().utcoffset() == timedelta(hours=5, minutes=45)
