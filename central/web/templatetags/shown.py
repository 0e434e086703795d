"""How lengths, sizes and moments are written on pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django import template
from django.utils.html import format_html

from central.store.models import Recording
from contract.manifest import Manifest, ManifestError, from_json

register = template.Library()
_K = 1000
_DOING = {
    "not-recorded": "not recorded",
    "recording": "recording",
    "paused": "paused",
    "wrap-up": "recording after-call work",
}
_MINUTE = timedelta(minutes=1)


@register.filter
def clock(length: timedelta | None) -> str:
    """1:02:03, 2:03; a dash for nothing."""
    if length is None:
        return "–"  # noqa: RUF001 - a dash for people
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def microseconds(count: int | None) -> str:
    """As `clock`."""
    return clock(None if count is None else timedelta(microseconds=count))


@register.filter
def lasting(length: timedelta) -> str:
    """12.3 s; from a minute on, as `clock`."""
    if length >= _MINUTE:
        return clock(length)
    return f"{length.total_seconds():.1f} s"


@register.filter
def told(recording: Recording) -> Manifest | None:
    """What the desk said of this recording; None if that is not to be understood."""
    try:
        return from_json(bytes(recording.manifest))
    except ManifestError:
        return None


@register.filter
def size(count: int) -> str:
    """12.3 MB."""
    amount = float(count)
    for unit in ("B", "kB", "MB"):
        if amount < _K:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= _K
    return f"{amount:.2f} GB"


@register.filter
def iso(at: datetime) -> str:
    """For scripts."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@register.filter
def doing(word: str) -> str:
    """What goes on at a desk, in words."""
    return _DOING.get(word, word)


@register.filter
def moment(at: datetime) -> str:
    """In UTC; the pages' script turns it into the reader's own time."""
    utc = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{} UTC</time>',
        iso(utc),
        utc.strftime("%Y-%m-%d %H:%M:%S"),
    )
