"""Parts of the week by the desk's own clock: pure, with time handed in."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from contract.policy import Day, Span

_DAYS = get_args(Day)  # Monday first, as `datetime.weekday` counts


def within(span: Span, at: datetime) -> bool:
    """Whether the span is open; `at` in the desk's own time zone.

    A span that passes midnight belongs to the day on which it opened.
    """
    now = f"{at.hour:02}:{at.minute:02}"
    began_today = now >= span.opens and _opens_on(span, at.weekday())
    if span.opens < span.closes:
        return began_today and now < span.closes
    return began_today or (now < span.closes and _opens_on(span, at.weekday() - 1))


def _opens_on(span: Span, weekday: int) -> bool:
    return not span.days or _DAYS[weekday] in span.days
