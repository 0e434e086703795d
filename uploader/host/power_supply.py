"""Linux's account of power, /sys/class/power_supply: a folder for each adapter and battery."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_FOLDER = Path("/sys/class/power_supply")
_ADAPTERS = frozenset({"Mains", "USB", "Wireless"})


def battery_percent(folder: Path = _FOLDER) -> int | None:
    """How full the desk's batteries are, if it runs on them; None: on mains, or not known.

    Batteries of mice and the like (scope "Device") are none of the desk's.
    """
    batteries = []
    for supply in _supplies(folder):
        kind = _word(supply, "type")
        if kind in _ADAPTERS and _word(supply, "online") not in {"", "0"}:
            return None
        if kind == "Battery" and _word(supply, "scope") != "Device":
            batteries.append(supply)
    if not any(_word(one, "status") == "Discharging" for one in batteries):
        return None
    held = [percent for one in batteries if (percent := _percent(one)) is not None]
    return sum(held) // len(held) if held else None


def _supplies(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.iterdir())
    except OSError:
        return


def _percent(battery: Path) -> int | None:
    text = _word(battery, "capacity")
    return min(int(text), 100) if text.isascii() and text.isdigit() else None


def _word(supply: Path, name: str) -> str:
    """What a file there says; "" if there is none, or the driver fails."""
    try:
        return (supply / name).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
