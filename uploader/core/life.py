"""What the uploader decides about the client and about orders: pure, with time handed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

RESTARTS = 5
RESTART_SPAN = timedelta(hours=1)
_RECORD_NOW_COUNTS_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Restarts:
    """When the client was started again: five times an hour at most."""

    at: tuple[timedelta, ...] = field(default=())

    def recent(self, now: timedelta) -> Restarts:
        """Without those that no longer count."""
        return Restarts(tuple(moment for moment in self.at if now - moment < RESTART_SPAN))

    def may(self, now: timedelta) -> bool:
        """Whether one more is allowed."""
        return len(self.recent(now).at) < RESTARTS

    def another(self, now: timedelta) -> Restarts:
        """After one more."""
        return Restarts((*self.recent(now).at, now))


def still_counts(order: str, age: timedelta) -> bool:
    """Whether an order of this age is passed on: a late pause is right, a late record-now wrong."""
    return order != "record-now" or age < _RECORD_NOW_COUNTS_FOR
