"""What `pmset -g batt` prints on a Mac, read."""

from __future__ import annotations

import re

_BATTERY = re.compile(r"InternalBattery.*?\t(\d{1,3})%")


def battery_percent(text: str) -> int | None:
    """How full the battery is that it draws from; None: it draws from mains, or says nothing."""
    found = _BATTERY.search(text)
    if "'Battery Power'" not in text or found is None:
        return None
    return min(int(found.group(1)), 100)
