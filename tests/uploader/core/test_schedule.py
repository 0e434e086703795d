"""When recordings may leave the desk."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contract.policy import Day, Span, Uploading
from uploader.core import Conditions, Permission, permission
from uploader.core.schedule import share

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 22, 12, tzinfo=BERLIN)  # a Sunday
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
IDLE = Conditions()
DESKS = [str(UUID(int=number, version=4)) for number in range(5000)]


def when(uploading: Uploading, at: datetime, device_id: str = "desk") -> datetime | None:
    """From when on this desk may send; None: now."""
    answer = permission(uploading, at, IDLE, device_id)
    assert answer.granted == (answer.until is None)
    return answer.until


def windows(*spans: Span, spread: int = 0) -> Uploading:
    return Uploading(when="windows", windows=spans, spread_minutes=spread)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_at_once_means_now() -> None:
    assert permission(Uploading(), NOON, IDLE, "desk").granted


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        (Conditions(in_call=True), "call"),
        (Conditions(metered=True), "metered"),
        (Conditions(battery_percent=19), "battery"),
        (Conditions(battery_percent=20), ""),
    ],
)
def test_what_the_desk_is_like_can_hold_uploads_back(conditions: Conditions, why: str) -> None:
    uploading = Uploading(during_calls=False)
    assert permission(uploading, NOON, conditions, "desk").why == why


def test_the_time_is_named_before_what_the_desk_is_like() -> None:
    """The end of the call would not help yet."""
    uploading = Uploading(
        when="windows", windows=(Span(opens="22:00", closes="06:00"),), during_calls=False
    )
    assert permission(uploading, NOON, Conditions(in_call=True), "desk").why == "schedule"


def test_windows_without_a_window_are_no_policy() -> None:
    with pytest.raises(ValueError, match="a window"):
        Uploading(when="windows")
    Uploading(when="windows", windows=(Span(opens="22:00", closes="06:00"),))


class TestWindows:
    NIGHT = windows(Span(opens="22:00", closes="06:00", days=("mon", "fri")))

    @pytest.mark.parametrize(
        ("at", "until"),
        [
            ("2026-11-23 21:59", "2026-11-23 22:00"),  # Monday
            ("2026-11-23 22:00", None),
            ("2026-11-24 05:59", None),  # it opened on Monday
            ("2026-11-24 06:00", "2026-11-27 22:00"),  # Tuesday has none of its own
            ("2026-11-28 05:59", None),
            ("2026-11-28 06:00", "2026-11-30 22:00"),
        ],
    )
    def test_a_window_past_midnight_belongs_to_the_day_on_which_it_opens(
        self, at: str, until: str | None
    ) -> None:
        assert when(self.NIGHT, berlin(at)) == (until and berlin(until))

    def test_the_same_end_as_beginning_is_a_whole_day(self) -> None:
        sunday = windows(Span(opens="00:00", closes="00:00", days=("sun",)))
        assert when(sunday, berlin("2026-11-21 23:59")) == berlin("2026-11-22 00:00")
        assert when(sunday, berlin("2026-11-22 23:59")) is None
        assert when(sunday, berlin("2026-11-23 00:00")) == berlin("2026-11-29 00:00")

    def test_windows_that_touch_are_one_and_are_entered_once(self) -> None:
        weekend = windows(Span(opens="00:00", closes="00:00", days=("sat", "sun")), spread=720)
        late = max(DESKS, key=share)
        assert when(weekend, berlin("2026-11-22 00:00"), late) is None
        always = windows(Span(opens="00:00", closes="00:00"), spread=720)
        assert when(always, berlin("2026-11-22 00:00"), late) is None

    def test_what_the_clock_leaves_out_in_spring_is_made_up_for(self) -> None:
        """On 29 March 2026 there is no time between 2 and 3 o'clock."""
        missing = windows(Span(opens="02:00", closes="03:00"))
        assert when(missing, berlin("2026-03-29 01:59")) == berlin("2026-03-29 03:00")
        assert when(missing, berlin("2026-03-29 03:59")) is None
        assert when(missing, berlin("2026-03-29 04:00")) == berlin("2026-03-30 02:00")

    def test_what_the_clock_shows_twice_in_autumn_is_one_window(self) -> None:
        """On 25 October 2026 the clock is set back from 3 to 2."""
        twice = windows(Span(opens="02:00", closes="02:30"))
        first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # 02:00 in summer
        asked = [when(twice, (first + minutes * MINUTE).astimezone(BERLIN)) for minutes in (0, 89)]
        assert asked == [None, None]
        assert when(twice, (first + 90 * MINUTE).astimezone(BERLIN)) == berlin("2026-10-26 02:00")

    def test_a_night_with_a_change_of_clocks_has_its_beginning_and_its_end(self) -> None:
        night = windows(Span(opens="22:00", closes="06:00"))
        for day in ("2026-03-28", "2026-10-24"):
            opens = berlin(f"{day} 22:00")
            closes = (opens + DAY).replace(hour=6)
            assert when(night, opens) is None
            assert when(night, closes - MINUTE) is None
            assert when(night, closes) == closes.replace(hour=22)


class TestIntervals:
    HOURLY = Uploading(when="interval", interval_minutes=60)

    def test_what_was_ready_at_the_last_turn_may_go_however_long_it_takes(self) -> None:
        ready = NOON
        turn = when(self.HOURLY, NOON)
        assert turn is not None
        assert NOON < turn <= NOON + 60 * MINUTE
        for at in (turn, turn + 30 * MINUTE, turn + DAY):
            assert permission(self.HOURLY, at, IDLE, "desk", ready).granted
        late = turn + MINUTE
        answer = permission(self.HOURLY, turn + 2 * MINUTE, IDLE, "desk", late)
        assert answer == Permission("schedule", turn + 60 * MINUTE)

    def test_a_clock_set_back_lets_go_what_it_would_have_held(self) -> None:
        yesterday = NOON - DAY
        assert permission(self.HOURLY, yesterday, IDLE, "desk", since=NOON).granted
        assert not permission(self.HOURLY, NOON, IDLE, "desk", since=NOON).granted

    def test_a_clock_set_forward_has_it_sent_once_early(self) -> None:
        assert permission(self.HOURLY, NOON + DAY, IDLE, "desk", since=NOON).granted

    @pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
    def test_turns_come_at_even_distances_through_a_change_of_clocks(self, day: str) -> None:
        at = berlin(f"{day} 00:00")
        turns = []
        for _ in range(8):
            turn = permission(
                self.HOURLY, at, IDLE, "desk", since=at.astimezone(UTC) + MINUTE
            ).until
            assert turn is not None
            turns.append(turn.astimezone(UTC))
            at = turn
        assert {after - before for before, after in pairwise(turns)} == {60 * MINUTE}


class TestAfterTheShift:
    AFTER = Uploading(when="after-shift", spread_minutes=30)

    def test_nothing_leaves_while_an_agent_is_signed_in(self) -> None:
        answer = permission(self.AFTER, NOON, Conditions(signed_in=True), "desk")
        assert answer == Permission("shift")

    @given(st.uuids(), st.integers(0, 60))
    def test_then_each_desk_has_its_own_wait(self, desk: UUID, minutes: int) -> None:
        gone = Conditions(signed_out_for=minutes * MINUTE)
        answer = permission(self.AFTER, NOON, gone, str(desk))
        wait = MINUTE + 30 * MINUTE * share(str(desk))
        if minutes * MINUTE >= wait:
            assert answer == Permission()
        else:
            assert answer == Permission("shift", NOON + (wait - minutes * MINUTE))

    def test_a_page_that_is_loaded_anew_ends_no_shift(self) -> None:
        at_once = Uploading(when="after-shift", spread_minutes=0)
        for seconds, granted in ((0, False), (59, False), (60, True)):
            gone = Conditions(signed_out_for=timedelta(seconds=seconds))
            assert permission(at_once, NOON, gone, "desk").granted is granted

    def test_where_nobody_can_say_who_is_signed_in_nothing_is_held(self) -> None:
        assert permission(self.AFTER, NOON, Conditions(), "desk").granted


# For any policy

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",  # half an hour
        "Asia/Kathmandu",
        "Africa/Cairo",  # at midnight
        "Pacific/Apia",
        "Africa/Casablanca",  # around Ramadan
    )
]
clock_times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))
spans = st.builds(
    Span,
    opens=clock_times,
    closes=clock_times,
    days=st.lists(st.sampled_from(get_args(Day)), unique=True).map(tuple),
)
any_windows = st.builds(
    Uploading,
    when=st.just("windows"),
    windows=st.lists(spans, min_size=1, max_size=4).map(tuple),
    spread_minutes=st.integers(0, 720),
)
moments = st.builds(
    lambda at, zone: at.replace(tzinfo=UTC).astimezone(zone),
    st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001  # UTC above
    st.sampled_from(ZONES),
)
desks = st.uuids().map(str)


def _to_its_turn(uploading: Uploading, at: datetime, desk: str) -> datetime:
    answer = permission(uploading, at, IDLE, desk)
    return answer.until or at


@given(any_windows, moments, desks)
@settings(max_examples=150)
def test_in_any_week_every_window_gives_each_desk_a_time(
    uploading: Uploading, at: datetime, desk: str
) -> None:
    turn = _to_its_turn(uploading, at, desk)
    longest = 8 * DAY + timedelta(hours=2)  # once a week; a change of clocks, another place in it
    assert at <= turn <= at + longest
    assert permission(uploading, turn, IDLE, desk).granted
    until_then = turn.astimezone(UTC) - at.astimezone(UTC)
    for part in (0.3, 0.9):  # and waiting changes nothing
        between = (at.astimezone(UTC) + until_then * part).astimezone(at.tzinfo)
        assert _to_its_turn(uploading, between, desk).astimezone(UTC) == turn.astimezone(UTC) or (
            until_then == timedelta(0)
        )


@given(spans, st.integers(0, 720), moments, desks)
@settings(max_examples=60)
def test_a_window_leaves_every_desk_a_quarter_of_it(
    span: Span, spread: int, at: datetime, desk: str
) -> None:
    first = windows(span, spread=0)
    opens = when(first, at)
    assume(opens is not None)
    assert opens is not None
    begins = _to_its_turn(windows(span, spread=spread), opens, desk).astimezone(UTC)
    start = opens.astimezone(UTC)
    assert start <= begins <= start + spread * MINUTE
    step = max(MINUTE, _length(span) / 64)
    closes = start
    while permission(first, closes.astimezone(at.tzinfo), IDLE, desk).granted:
        closes += step
        if closes - start > 2 * DAY:
            return  # open each day and all day
    assert (closes - begins) * 4 >= closes - start


def _length(span: Span) -> timedelta:
    opens, closes = (time.fromisoformat(text) for text in (span.opens, span.closes))
    minutes = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
    return minutes % (24 * 60) * MINUTE or DAY


@given(
    any_windows | st.builds(Uploading, when=st.sampled_from(["interval", "after-shift"])),
    moments,
    desks,
    st.sampled_from([Conditions(signed_in=True), Conditions(signed_out_for=10 * MINUTE)]),
)
def test_a_permission_is_a_function_of_what_is_handed_in(
    uploading: Uploading, at: datetime, desk: str, conditions: Conditions
) -> None:
    """So a clock that was forward and is back, a restart, another order of asking: no matter."""
    before = permission(uploading, at, conditions, desk)
    for elsewhere in (at + DAY, at - 40 * DAY, at + timedelta(hours=1)):
        permission(uploading, elsewhere, conditions, desk)
    assert permission(uploading, at, conditions, desk) == before


# Over a fleet


def even(places: list[float], bins: int) -> bool:
    """Pearson's chi-square, as loose as one in a million: its mean is `bins - 1`."""
    counts = [0] * bins
    for place in places:
        counts[int(place * bins)] += 1
    expected = len(places) / bins
    found = sum((count - expected) ** 2 / expected for count in counts)
    free = bins - 1
    most: float = free * (1 - 2 / (9 * free) + 4.75 * (2 / (9 * free)) ** 0.5) ** 3
    return found < most


def test_five_thousand_desks_begin_evenly_over_the_spread() -> None:
    night = windows(Span(opens="22:00", closes="06:00"), spread=60)
    opens = berlin("2026-11-22 22:00")
    begun = [_to_its_turn(night, opens, desk) - opens for desk in DESKS]
    assert all(timedelta(0) <= wait < 60 * MINUTE for wait in begun)
    assert even([wait / (60 * MINUTE) for wait in begun], bins=60)
    each_second = [int(wait.total_seconds()) for wait in begun]
    assert max(each_second.count(second) for second in {*each_second}) <= 10


def test_five_thousand_desks_have_their_turns_evenly_over_the_interval() -> None:
    turns = [_to_its_turn(TestIntervals.HOURLY, NOON, desk) - NOON for desk in DESKS]
    assert even([turn / (60 * MINUTE) % 1 for turn in turns], bins=60)


def test_names_of_desks_that_resemble_each_other_are_as_far_apart() -> None:
    assert even([share(f"desk-{number}") for number in range(5000)], bins=100)
    assert not even([share("desk")] * 5000, bins=100)
    assert not even([0.1 + share(desk) * 0.9 for desk in DESKS], bins=100)
