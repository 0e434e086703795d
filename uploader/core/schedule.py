"""When recordings may leave the desk, by the policy: pure, with time handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contract.policy import Uploading
from uploader.core.conditions import Conditions

Why = Literal["", "schedule", "shift", "call", "metered", "battery"]


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
    uploading: Uploading, at: datetime, conditions: Conditions, device_id: str
) -> Permission:
    """What the policy says at this moment; `at` in the desk's own time zone.

    `device_id` spreads the desks of a fleet over the time that there is.
    """
    del at, device_id
    if conditions.in_call and not uploading.during_calls:
        return Permission("call")
    if conditions.metered and not uploading.metered:
        return Permission("metered")
    battery = conditions.battery_percent
    if battery is not None and battery < uploading.least_battery_percent:
        return Permission("battery")
    return Permission()
