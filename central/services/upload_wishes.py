"""What an administrator typed about uploads and spools, as parts of the policy's document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import get_args

import msgspec

from central.services.errors import Unusable
from contract.policy import Day, Rate, Span, Spooling, Uploading

_NONE = "none"
_DAYS = get_args(Day)
_SPAN = re.compile(r"(?:(?P<days>[a-z,-]+)(?: +|/))?(?P<opens>[0-9:]+) *- *(?P<closes>[0-9:]+)")
_AMOUNT = re.compile(r"(?P<number>[0-9]+(\.[0-9]+)?) *(?P<unit>[kKMGT]?)")
_THOUSANDS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY = {"": 1, "k": 2**10, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_MOST = 2**50
_TRUE_AND_FALSE = {"on": True, "off": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadWishes:
    """What is to be different, as it was typed; None stays as it is."""

    when: str | None = None
    interval: str | None = None  # minutes
    windows: Sequence[str] | None = None  # "mon-fri/22:00-06:00"; "none" alone: none
    spread: str | None = None  # minutes
    during_calls: str | None = None  # "on", "off"
    early: str | None = None
    rate: str | None = None  # bits a second, "2M"; "none": no limit
    rates: Sequence[str] | None = None  # "mon-fri/08:00-18:00=500k"; "none" alone: none
    call_rate: str | None = None
    metered: str | None = None
    least_battery: str | None = None  # percent
    flush: str | None = None  # seconds
    secret_days: str | None = None
    quota: str | None = None  # bytes, "20G"; "none": no quota
    least_free_percent: str | None = None
    least_free: str | None = None  # bytes


def uploading(wishes: UploadWishes) -> dict[str, object]:
    """For `policy.uploading`; Unusable, with the option's name, if it cannot be."""
    return {
        "when": wishes.when,
        "interval_minutes": _bounded("--upload-interval", wishes.interval, "interval_minutes"),
        "windows": _each(wishes.windows, partial(_span, "--upload-window")),
        "spread_minutes": _bounded("--upload-spread", wishes.spread, "spread_minutes"),
        "during_calls": _switched(wishes.during_calls),
        "early_segments": _switched(wishes.early),
        "bits_per_second": _amount("--upload-rate", wishes.rate, _THOUSANDS),
        "rates": _each(wishes.rates, _rate),
        "call_bits_per_second": _amount("--upload-call-rate", wishes.call_rate, _THOUSANDS),
        "metered": _switched(wishes.metered),
        "least_battery_percent": _bounded(
            "--upload-least-battery", wishes.least_battery, "least_battery_percent"
        ),
        "flush_seconds": _bounded("--upload-flush", wishes.flush, "flush_seconds"),
        "secret_days": _bounded("--secret-days", wishes.secret_days, "secret_days"),
    }


def spooling(wishes: UploadWishes) -> dict[str, object]:
    """For `policy.spooling`; Unusable, with the option's name, if it cannot be."""
    return {
        "quota_bytes": _amount("--spool-quota", wishes.quota, _BINARY),
        "least_free_percent": _bounded(
            "--spool-least-free-percent", wishes.least_free_percent, "least_free_percent"
        ),
        "least_free_bytes": _amount("--spool-least-free", wishes.least_free, _BINARY),
    }


def span_text(span: Span) -> str:
    """As `--upload-window` takes it."""
    days = f"{','.join(_runs(span.days))}/" if span.days else ""
    return f"{days}{span.opens}-{span.closes}"


def rate_text(rate: Rate) -> str:
    """As `--upload-rate-within` takes it."""
    return f"{span_text(rate.within)}={bits_text(rate.bits_per_second)}"


def bits_text(bits_per_second: int) -> str:
    """500k, 2M, 1234567; none."""
    return _amount_text(bits_per_second, 1000)


def bytes_text(count: int) -> str:
    """2G, 512M, 1234567; none."""
    return _amount_text(count, 1024)


def _runs(days: Sequence[str]) -> Iterator[str]:
    """mon-fri in place of five days."""
    places = sorted(_DAYS.index(day) for day in days)
    while places:
        length = 1
        while length < len(places) and places[length] == places[0] + length:
            length += 1
        first, last = _DAYS[places[0]], _DAYS[places[length - 1]]
        yield first if length == 1 else f"{first}{',' if length == 2 else '-'}{last}"  # noqa: PLR2004  # two
        places = places[length:]


def _amount_text(amount: int, step: int) -> str:
    if not amount:
        return _NONE
    unit = 0
    while unit < len(_UNITS) - 1 and amount % step == 0:
        amount, unit = amount // step, unit + 1
    return f"{amount}{_UNITS[unit]}"


def _each(
    given: Sequence[str] | None, read: Callable[[str], dict[str, object]]
) -> list[dict[str, object]] | None:
    """All that hold from now on; `none` alone: none."""
    if given is None:
        return None
    return [] if list(given) == [_NONE] else [read(text) for text in given]


def _span(option: str, text: str) -> dict[str, object]:
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None:
        raise Unusable(f"not a part of the week, as mon-fri/22:00-06:00: {option} {text}")
    return {
        "days": _days(option, found["days"]) if found["days"] else [],
        "opens": _clock_time(option, found["opens"]),
        "closes": _clock_time(option, found["closes"]),
    }


def _days(option: str, text: str) -> list[str]:
    found: list[str] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        last = last or first
        if first not in _DAYS or last not in _DAYS:
            raise Unusable(f"not days, as mon-fri or sat,sun: {option} {text}")
        begin = _DAYS.index(first)
        length = (_DAYS.index(last) - begin) % len(_DAYS) + 1
        found += [_DAYS[(begin + day) % len(_DAYS)] for day in range(length)]
    return [day for day in _DAYS if day in found]


def _clock_time(option: str, text: str) -> str:
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(minute) == 2):  # noqa: PLR2004  # 06
        raise Unusable(f"not a time of day, as 22:00: {option} {text}")
    if int(hour) > 23 or int(minute) > 59:  # noqa: PLR2004  # hours and minutes
        raise Unusable(f"no such time of day: {option} {text}; a window to midnight ends at 00:00")
    return f"{int(hour):02}:{minute}"


def _rate(text: str) -> dict[str, object]:
    span, given, amount = text.rpartition("=")
    if not given:
        raise Unusable(f"not a rate, as mon-fri/08:00-18:00=500k: --upload-rate-within {text}")
    option = "--upload-rate-within"
    return {
        "within": _span(option, span),
        "bits_per_second": _amount(option, amount, _THOUSANDS),
    }


def _switched(word: str | None) -> bool | None:
    return None if word is None else _TRUE_AND_FALSE[word]


def _amount(option: str, text: str | None, units: dict[str, int]) -> int | None:
    if text is None or text == _NONE:
        return None if text is None else 0
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise Unusable(f"not an amount, as 500k, 2M, 20G or none: {option} {text}")
    amount = round(float(found["number"]) * units[found["unit"]])
    if amount > _MOST:
        raise Unusable(f"more than any desk can have: {option} {text}")
    return amount


def _bounded(option: str, text: str | None, name: str) -> float | None:
    """A number within what the policy allows for this field."""
    if text is None:
        return None
    field = _FIELDS[name].type
    whole = isinstance(field, msgspec.inspect.IntType)
    if not isinstance(field, msgspec.inspect.IntType | msgspec.inspect.FloatType):
        raise TypeError(f"{name} is no number")
    try:
        number = int(text) if whole else float(text)
    except ValueError as error:
        kind = "a whole number" if whole else "a number"
        raise Unusable(f"not {kind}: {option} {text}") from error
    if field.ge is None or field.le is None:
        raise TypeError(f"{name} has no bounds")
    if not field.ge <= number <= field.le:
        raise Unusable(f"from {field.ge:g} to {field.le:g} can be: {option} {text}")
    return number


def _fields(struct: type) -> dict[str, msgspec.inspect.Field]:
    described = msgspec.inspect.type_info(struct)
    if not isinstance(described, msgspec.inspect.StructType):
        raise TypeError(f"{struct} is no struct")
    return {field.name: field for field in described.fields}


_FIELDS = {**_fields(Uploading), **_fields(Spooling)}
_UNITS = ("", "k", "M", "G", "T")
