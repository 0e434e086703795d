"""Waiting longer after each failure, but never for ever."""

from __future__ import annotations

from datetime import timedelta

from agent_client.core.backoff import back_off


def test_each_wait_is_twice_the_last_up_to_a_minute() -> None:
    waits = [back_off(attempt).total_seconds() for attempt in range(1, 8)]
    assert waits == [2, 4, 8, 16, 32, 60, 60]


def test_after_a_million_attempts_it_is_still_a_minute() -> None:
    assert back_off(1_000_000) == timedelta(minutes=1)
