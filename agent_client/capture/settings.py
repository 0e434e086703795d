"""What the recorder is told once and again: policy, keys, who and where."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contract.envelope import Recipient


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """What holds for a recording from its opening on; a change waits for the next one."""

    frames_per_second: float
    quantiser: int  # x264's QP: less is sharper and bigger
    segment_length: timedelta
    flush_length: timedelta  # how much film a crash may cost
    recipients: tuple[Recipient, ...]  # central's keys in force; none: nothing can be recorded
    device_id: str
    details_keys: frozenset[str]  # attached data that may be kept, sealed
    client_version: str


def film_clock() -> float:
    """Seconds that pass evenly, and through the desk's sleep as well."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        # Python's own monotonic clock stops in sleep there (mach_absolute_time).
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _in_step() -> tuple[timedelta, timedelta]:
    return timedelta(0), timedelta(0)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where the recorder gets its times from."""

    film: Callable[[], float] = film_clock  # seconds
    awake: Callable[[], float] = time.monotonic  # seconds; a sleep of the desk may not count
    utc: Callable[[], datetime] = _utc_now  # aware
    # central's clock minus the desk's, and the round trip of that measurement
    to_central: Callable[[], tuple[timedelta, timedelta]] = _in_step
