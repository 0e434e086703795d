"""When a desk's secret has had its days."""

from datetime import UTC, datetime, timedelta

import pytest

from uploader.core.renewal import secret_is_due

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        (NOW - 90 * DAY, 90, True),
        (NOW - 90 * DAY + SECOND, 90, False),
        (NOW - 9000 * DAY, 0, False),  # it lasts for ever
        (NOW + DAY, 90, False),  # clocks differ
        (NOW + DAY + SECOND, 90, True),  # noted by a clock that was wrong
        (NOW + 900 * DAY, 0, False),
    ],
)
def test_a_secret_is_due_after_its_days(since: datetime, days: int, *, due: bool) -> None:
    assert secret_is_due(since, days, NOW) is due
