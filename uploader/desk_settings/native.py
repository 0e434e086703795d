"""What a registry or a property list holds, as the file would say it. Pure.

Both write flags as 0 and 1, numbers as text, and what was left empty as empty text; the registry
knows no capitals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from contract.desk_keys import BY_NAME, SECTIONS, Key

_BETWEEN = re.compile(r"[\s,;]+")
_FLAGS = {"0": False, "1": True, "false": False, "true": True}


def as_written(tables: Mapping[str, Any]) -> dict[str, Any]:
    """The tables with every known value in its key's kind; what does not fit stays as it is."""
    written: dict[str, Any] = {}
    for name, value in tables.items():
        word = name.lower()
        if word in SECTIONS and isinstance(value, Mapping):
            within = {one.lower(): held for one, held in value.items()}
            written[word] = _section(f"{word}.", within)
        else:
            written |= _section("", {word: value})
    return written


def _section(prefix: str, table: Mapping[str, Any]) -> dict[str, Any]:
    written = {}
    for word, value in table.items():
        key = BY_NAME.get(f"{prefix}{word}")
        plain = value.strip() if isinstance(value, str) else value
        if plain != "" or key is None:  # an empty field of a template: not given
            written[word] = plain if key is None else _in_kind(key, plain)
    return written


def _in_kind(key: Key, value: Any) -> Any:  # noqa: ANN401 -- whatever the system holds
    match key.kind:
        case "flag" if str(value).lower() in _FLAGS:
            return _FLAGS[str(value).lower()]
        case "number" if isinstance(value, str):
            return _number(value)
        case "numbers" if isinstance(value, str):
            return [_number(one) for one in _BETWEEN.split(value) if one]
        case "numbers" if isinstance(value, list):
            return [_number(one) for one in value if one != ""]
        case "numbers" if isinstance(value, int) and not isinstance(value, bool):
            return [value]
        case "choice" if isinstance(value, str):
            return value.lower()
        case _:
            return value


def _number(value: Any) -> Any:  # noqa: ANN401 -- as above
    digits = value.strip() if isinstance(value, str) else ""
    return int(digits) if digits.isascii() and digits.isdigit() else value
