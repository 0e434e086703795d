"""Counts, sizes, lengths of time and moments, for people."""

from __future__ import annotations

from datetime import UTC, datetime

_STEPS = (("day", 86_400), ("hour", 3600), ("minute", 60))


def size(count: int) -> str:
    """Of bytes, in powers of ten, as disks and links are measured."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:  # noqa: PLR2004  # what kilo is
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def counted(count: int, thing: str = "recording") -> str:
    """So many of these."""
    return f"1 {thing}" if count == 1 else f"{count} {thing}s"


def length(seconds: float) -> str:
    """In the largest unit that gives at least two, rounded down."""
    for unit, worth in _STEPS:
        count = int(seconds // worth)
        if count > 1:
            return f"{count} {unit}s"
    return f"{int(seconds)} seconds" if int(seconds) != 1 else "1 second"


def moment(text: str) -> str:
    """A UTC text in the desk's own time zone, to the second; as it is if it cannot be read."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
