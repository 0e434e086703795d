"""The desk's own clock on the wall, with the rules of its time zone."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta, tzinfo


class _Here(tzinfo):
    """The time zone of this machine by the system's rules, which no name and no file is needed for.

    A `datetime.now().astimezone()` has the offset of that moment alone: another day's may differ.
    """

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        """What the clock is ahead of UTC; of times shown twice, `fold` says which is meant."""
        return None if at is None else at.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, at: datetime | None) -> timedelta | None:  # noqa: ARG002  # as datetime calls it
        """Not told."""
        return None

    def tzname(self, at: datetime | None) -> str | None:
        """As the system calls it, for people."""
        return None if at is None else at.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, at: datetime) -> datetime:
        """What the clock shows then."""
        there = at.replace(tzinfo=UTC).astimezone()
        shown = there.replace(tzinfo=None)
        again = shown.replace(fold=0).astimezone().utcoffset() != there.utcoffset()
        return shown.replace(tzinfo=self, fold=int(again))


HERE = _Here()


def now() -> datetime:
    """What the clock shows, in `HERE`. A desk that travels is noticed, but not on Windows."""
    if sys.platform != "win32":
        time.tzset()
    return datetime.now(HERE)
