"""What the recorder is told once and again: policy, keys, who and where."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contract.envelope import Recipient


@dataclass(frozen=True, slots=True)
class WindowPattern:
    """Windows to paint over: those to which every pattern given applies. Globs, any case."""

    application: str | None = None  # program name, X11 class, bundle id: any of them
    title: str | None = None


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """What of the desktop is recorded, and how it is read."""

    frames_per_second: float = 5.0  # nothing is read more often
    monitor: str = "all"  # or "primary", "workspace" (the one with its window), or a monitor's name
    workspace_title: str = "*Workspace*"
    exclude: tuple[WindowPattern, ...] = ()
    click_marker: bool = False
    method: str = "auto"  # or "polling", "duplication"
    mask_own: bool = False  # windows of ours, where the system does not leave them out itself: X11


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """What holds for a recording from its opening on; a change waits for the next one."""

    screen: ScreenSettings
    quantiser: int  # x264's QP: less is sharper and bigger
    bits_per_second: int  # a ceiling, over half a minute
    cpu_share: float  # of one core, at most
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
