"""When the desk's secret is to be replaced: pure, with time handed in."""

from __future__ import annotations

from datetime import datetime, timedelta

_CLOCKS_DIFFER = timedelta(days=1)


def secret_is_due(since: datetime, days: int, now: datetime) -> bool:
    """Whether a secret made at `since` has had its `days` (0: it lasts for ever).

    One from the future was noted by a wrong clock: nothing is known of its age, so it is due.
    """
    if days == 0:
        return False
    return now - since >= timedelta(days=days) or since - now > _CLOCKS_DIFFER
