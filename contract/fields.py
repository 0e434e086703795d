"""Fields of a JSON object, taken one by one: unknown, missing and wrong ones are errors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar


class FieldError(ValueError):
    """A field is missing, unknown or wrong; the message names it."""


_T = TypeVar("_T")


def take(fields: dict[str, Any], name: str, kind: type[_T]) -> _T:
    """Take a field out, which must be there and of this very type; FieldError otherwise."""
    value = take_or_none(fields, name, kind)
    if value is None:
        raise FieldError(f"{name} is null")
    return value


def take_or_none(fields: dict[str, Any], name: str, kind: type[_T]) -> _T | None:
    """As `take`; the field may be null."""
    if name not in fields:
        raise FieldError(f"{name} is missing")
    value = fields.pop(name)
    if value is not None and type(value) is not kind:  # a bool is no int
        raise FieldError(f"{name} is a {type(value).__name__}, not a {kind.__name__}")
    return value


def length(fields: dict[str, Any], name: str, *, signed: bool = False) -> timedelta:
    """Take a field of whole microseconds."""
    value = take(fields, name, int)
    if value < 0 and not signed:
        raise FieldError(f"{name} is negative")
    return timedelta(microseconds=value)


def done(fields: dict[str, Any], where: str) -> None:
    """Nothing may be left; `where` names the object in the FieldError."""
    if fields:
        raise FieldError(f"{where} has unknown fields: {', '.join(sorted(fields))}")
