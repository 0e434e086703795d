"""What an administrator typed, as a change of the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from central.services import policy
from central.services.errors import Unusable
from contract.policy import Capture, Policy

_SCALARS = tuple(name for name in Capture.__struct_fields__ if name != "exclude")
_NOTHING = "nothing"  # what is typed to exclude no window any more
_PATTERNS = ("application", "title")
_TRUE_AND_FALSE = {"on": True, "off": False}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be different; None, or nothing, stays as it is."""

    percentage: str | None = None
    salt: str | None = None
    tail_seconds: float | None = None
    servers: Sequence[str] | None = None
    origins: Sequence[str] | None = None
    details_keys: Sequence[str] | None = None
    capture: Sequence[str] = ()  # NAME=VALUE
    exclude: Sequence[str] | None = None  # application=GLOB,title=GLOB


def changed(old: Policy, wishes: Wishes) -> Policy:
    """The policy with what was asked; Unusable, with words for the asker, if it cannot be."""
    given: Mapping[str, Mapping[str, object]] = {
        "selection": {"percentage": wishes.percentage, "salt": wishes.salt},
        "limits": {"tail_seconds": wishes.tail_seconds},
        "workspace": {"servers": wishes.servers, "origins": wishes.origins},
        "capture": _captured(wishes),
    }
    document: dict[str, Any] = msgspec.to_builtins(old, str_keys=True)
    for part, changes in given.items():
        document[part].update({key: value for key, value in changes.items() if value is not None})
    if wishes.details_keys is not None:
        document["details_keys"] = wishes.details_keys
    try:
        if wishes.percentage is not None:
            policy.check_percentage(Decimal(wishes.percentage))
        return msgspec.convert(document, Policy)
    except InvalidOperation as error:
        raise Unusable(f"not a percentage: {wishes.percentage}") from error
    except msgspec.ValidationError as error:
        raise Unusable(str(error)) from error


def _captured(wishes: Wishes) -> dict[str, object]:
    found: dict[str, object] = {}
    for wish in wishes.capture:
        name, _, text = wish.partition("=")
        if name not in _SCALARS or not text:
            raise Unusable(f"not NAME=VALUE: {wish}; names are {', '.join(_SCALARS)}")
        found[name] = _value(text)
    if wishes.exclude is not None:
        found["exclude"] = [_pattern(text) for text in wishes.exclude if text != _NOTHING]
    return found


def _value(text: str) -> object:
    """A number, on or off, or a word."""
    if text in _TRUE_AND_FALSE:
        return _TRUE_AND_FALSE[text]
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _pattern(text: str) -> dict[str, str]:
    pattern = {}
    for part in text.split(","):
        name, _, glob = part.partition("=")
        if name.strip() not in _PATTERNS or not glob:
            raise Unusable(
                f"not a pattern: {text}; write application=GLOB, title=GLOB, or both with a comma"
            )
        pattern[name.strip()] = glob
    return pattern
