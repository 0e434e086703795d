"""How long to wait before what failed is tried again."""

from __future__ import annotations

from datetime import timedelta

_FIRST = timedelta(seconds=2)
_LAST = timedelta(seconds=60)


def back_off(attempt: int) -> timedelta:
    """After the first attempt 2 s, then twice as long each time, a minute at most."""
    doublings = min(attempt - 1, 10)
    return min(_FIRST * (1 << doublings), _LAST)
