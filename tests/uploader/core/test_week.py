"""Parts of the week, by the desk's own clock."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contract.policy import Day, Span
from uploader.core import within

MONDAY = datetime(2026, 11, 23)  # noqa: DTZ001  # the desk's own clock


def at(text: str, day: int = 0) -> datetime:
    hour, minute = text.split(":")
    return MONDAY + timedelta(days=day, hours=int(hour), minutes=int(minute))


def test_a_span_is_open_from_its_first_minute_to_before_its_last() -> None:
    lunch = Span(opens="12:00", closes="13:00")
    assert [within(lunch, at(time)) for time in ("11:59", "12:00", "12:59", "13:00")] == [
        False,
        True,
        True,
        False,
    ]


def test_a_night_belongs_to_the_day_on_which_it_began() -> None:
    night = Span(opens="22:00", closes="06:00", days=("mon",))
    assert within(night, at("23:00"))
    assert within(night, at("05:59", day=1))
    assert not within(night, at("05:59"))  # Sunday's night
    assert not within(night, at("23:00", day=1))


def test_sundays_night_ends_on_monday() -> None:
    night = Span(opens="22:00", closes="06:00", days=("sun",))
    assert within(night, at("05:00"))
    assert not within(night, at("05:00", day=1))


def test_a_span_that_ends_when_it_begins_is_a_whole_day() -> None:
    day: tuple[Day, ...] = ("tue",)
    whole = Span(opens="08:00", closes="08:00", days=day)
    assert not within(whole, at("07:59", day=1))
    assert within(whole, at("08:00", day=1))
    assert within(whole, at("07:59", day=2))
    assert not within(whole, at("08:00", day=2))


@given(st.integers(0, 7 * 24 * 60 - 1), st.integers(0, 1439), st.integers(0, 1439))
def test_of_a_span_and_its_rest_exactly_one_is_open(minute: int, opens: int, closes: int) -> None:
    if opens == closes:
        return
    one, other = (f"{value // 60:02}:{value % 60:02}" for value in (opens, closes))
    now = MONDAY + timedelta(minutes=minute)
    assert within(Span(opens=one, closes=other), now) != within(Span(opens=other, closes=one), now)
