"""When recordings may leave the desk, by the policy: pure, with time handed in.

Nothing is remembered. What the policy says of a moment depends on that moment, on the desk's
conditions and on its id; so a clock that is set back or forward starves nothing and repeats
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from hashlib import sha256
from typing import Literal, assert_never, get_args

from contract.policy import Day, Span, Uploading
from uploader.core.conditions import Conditions

Why = Literal["", "schedule", "shift", "call", "metered", "battery"]

_DAYS = get_args(Day)  # Monday first, as `datetime.weekday` counts
_REACH = 9  # days to each side in which windows are looked for; each comes once a week at least
_MOST_OF_A_WINDOW = 0.75  # in which the desks begin: the last of them has the rest
_SHIFT_IS_OVER_AFTER = timedelta(minutes=1)  # a page that is loaded anew signs out and in
_CLOCK_SET_BACK = timedelta(minutes=1)  # what became ready so much later than now did so before
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether to send now; if not, why, and until when if the clock will end it."""

    why: Why = ""  # "": send
    until: datetime | None = None  # in the desk's own time zone

    @property
    def granted(self) -> bool:
        """Whether to send now."""
        return not self.why


def permission(
    uploading: Uploading,
    at: datetime,
    conditions: Conditions,
    device_id: str,
    since: datetime | None = None,
) -> Permission:
    """What the policy says at this moment; `at` in the desk's own time zone, with its rules.

    `device_id` spreads the desks of a fleet over the time that there is. `since`: when what is to
    be sent became ready (None: just now); only an interval asks for it.
    """
    scheduled = _scheduled(uploading, at, conditions, share(device_id), since or at)
    if not scheduled.granted:
        return scheduled
    if conditions.in_call and not uploading.during_calls:
        return Permission("call")
    return permission_by_supply(uploading, conditions)


def permission_by_supply(uploading: Uploading, conditions: Conditions) -> Permission:
    """What network and power allow, whatever the time: all that counts at sign-off."""
    if conditions.metered and not uploading.metered:
        return Permission("metered")
    battery = conditions.battery_percent
    if battery is not None and battery < uploading.least_battery_percent:
        return Permission("battery")
    return Permission()


def share(device_id: str) -> float:
    """The desk's place among all desks, in [0, 1): always the same, and evenly spread."""
    digest = sha256(f"twinreel uploads of {device_id}".encode()).digest()
    return (int.from_bytes(digest[:8]) >> 11) * 2.0**-53


def _scheduled(
    uploading: Uploading, at: datetime, conditions: Conditions, mine: float, since: datetime
) -> Permission:
    spread = timedelta(minutes=uploading.spread_minutes)
    match uploading.when:
        case "at-once":
            return Permission()
        case "interval":
            return _by_interval(timedelta(minutes=uploading.interval_minutes), at, mine, since)
        case "windows":
            return _by_window(uploading.windows, at, spread, mine)
        case "after-shift":
            return _after_shift(at, conditions, _SHIFT_IS_OVER_AFTER + spread * mine)
        case _:
            assert_never(uploading.when)


def _by_interval(period: timedelta, at: datetime, mine: float, since: datetime) -> Permission:
    """All that was ready at the desk's last turn may go, for as long as that takes."""
    now = at.astimezone(UTC)
    last = now - (now - _EPOCH - period * mine) % period
    if since <= last or since > now + _CLOCK_SET_BACK:
        return Permission()
    return Permission("schedule", (last + period).astimezone(at.tzinfo))


def _by_window(windows: Sequence[Span], at: datetime, spread: timedelta, mine: float) -> Permission:
    now = at.astimezone(UTC)
    for start, end in _united(sorted(_times(windows, at.date(), at.tzinfo or UTC))):
        if now < end:
            begins = start + min(spread, (end - start) * _MOST_OF_A_WINDOW) * mine
            if begins <= now:
                return Permission()
            return Permission("schedule", begins.astimezone(at.tzinfo))
    return Permission("schedule")


def _after_shift(at: datetime, conditions: Conditions, wait: timedelta) -> Permission:
    if conditions.signed_in:
        return Permission("shift")
    signed_out_for = conditions.signed_out_for
    if signed_out_for is None or signed_out_for >= wait:
        return Permission()
    begins = at.astimezone(UTC) + (wait - signed_out_for)
    return Permission("shift", begins.astimezone(at.tzinfo))


def _times(
    windows: Sequence[Span], around: date, zone: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    """When each window opens and closes, UTC, in the days around this one."""
    for days in range(-_REACH, _REACH + 1):
        day = around + timedelta(days=days)
        for window in windows:
            if not window.days or _DAYS[day.weekday()] in window.days:
                yield _time(window, day, zone)


def _time(window: Span, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From the first moment at which the clock shows its beginning to the last that shows its end.

    A time of day that the clock leaves out in spring is the one an hour later; a window that is
    left out whole comes right after the gap, as long as ever. What the clock shows twice in autumn
    belongs to a window both times.
    """
    opens, closes = time.fromisoformat(window.opens), time.fromisoformat(window.closes)
    first = datetime.combine(day, opens)
    last = datetime.combine(day if opens < closes else day + timedelta(days=1), closes)
    start = _moment(first, zone, fold=0)
    end = max(_moment(last, zone, fold=0), _moment(last, zone, fold=1))
    return start, end if end > start else start + (last - first)


def _moment(wall: datetime, zone: tzinfo, fold: Literal[0, 1]) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _united(times: list[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Windows that touch or overlap are one."""
    start, end = times[0] if times else (_EPOCH, _EPOCH)
    for opens, closes in times[1:]:
        if opens > end:
            yield start, end
            start, end = opens, closes
        else:
            end = max(end, closes)
    yield start, end
