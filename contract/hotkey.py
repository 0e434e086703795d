"""The key combination that pauses and resumes: what the policy's text means.

Modifiers and one key, "Ctrl+Alt+P". The same at central, which checks it, and at the desk, which
registers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Modifier(StrEnum):
    """A key that is held down with another."""

    CTRL = "Ctrl"
    ALT = "Alt"  # Option on a Mac
    SHIFT = "Shift"
    META = "Meta"  # the Windows key, Command on a Mac, Super on Linux


@dataclass(frozen=True, slots=True)
class Combination:
    """Modifiers and one key, named as in `KEYS`."""

    modifiers: frozenset[Modifier]
    key: str

    def __str__(self) -> str:
        return "+".join((*(one for one in Modifier if one in self.modifiers), self.key))


class HotkeyError(ValueError):
    """The text names no combination that may be a hotkey; the message says why."""


_LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_FUNCTIONS = tuple(f"F{number}" for number in range(1, 25))
_NAMED = ("Space", "Insert", "Delete", "Home", "End", "PageUp", "PageDown", "Pause")
KEYS = _LETTERS + _FUNCTIONS + _NAMED
_ALONE = frozenset({*_FUNCTIONS, "Pause"})  # nobody writes with them
_KEYS = {name.casefold(): name for name in KEYS}
_MODIFIERS = {one.casefold(): one for one in Modifier} | {
    "control": Modifier.CTRL,
    "option": Modifier.ALT,
    "win": Modifier.META,
    "windows": Modifier.META,
    "super": Modifier.META,
    "cmd": Modifier.META,
    "command": Modifier.META,
}


def combination(text: str) -> Combination:
    """What "Ctrl+Alt+P" means; upper and lower case alike. HotkeyError if it means nothing."""
    *held, key = (part.strip() for part in text.split("+"))
    named = _KEYS.get(key.casefold())
    if named is None:
        also = " It is a modifier: one other key must follow." if _modifier(key) else ""
        raise HotkeyError(f"There is no key {key!r} in {text!r}.{also}")
    modifiers = frozenset(one for part in held if (one := _modifier(part)))
    unknown = [part for part in held if not _modifier(part)]
    if unknown:
        known = ", ".join(Modifier)
        raise HotkeyError(f"{unknown[0]!r} in {text!r} is no modifier. Known are {known}.")
    if len(modifiers) < len(held):
        raise HotkeyError(f"{text!r} names a modifier twice.")
    if not modifiers - {Modifier.SHIFT} and named not in _ALONE:
        raise HotkeyError(f"{text!r} is what people write with. Add Ctrl, Alt or Meta.")
    return Combination(modifiers, named)


def _modifier(text: str) -> Modifier | None:
    return _MODIFIERS.get(text.casefold())
