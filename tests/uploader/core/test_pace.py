"""How fast bytes may leave."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from contract.policy import Rate, Span, Uploading
from uploader.core import FREELY, Bucket, bits_per_second, largest_chunk

NOON = datetime(2026, 11, 23, 12)  # noqa: DTZ001  # the desk's own clock
NIGHT = datetime(2026, 11, 23, 23)  # noqa: DTZ001


def test_without_a_limit_all_may_go() -> None:
    assert FREELY.take(65_536) == 65_536
    assert FREELY.chunk_ceiling() is None
    assert bits_per_second(Uploading(), NOON, in_call=True) == 0
    assert largest_chunk(0) is None


def test_a_part_of_the_week_has_its_own_limit() -> None:
    night = Rate(within=Span(opens="22:00", closes="06:00"), bits_per_second=0)
    uploading = Uploading(bits_per_second=1_000_000, rates=(night,))
    assert bits_per_second(uploading, NOON, in_call=False) == 1_000_000
    assert bits_per_second(uploading, NIGHT, in_call=False) == 0


def test_of_two_parts_of_the_week_the_first_holds() -> None:
    day = Span(opens="08:00", closes="18:00")
    uploading = Uploading(
        rates=(Rate(within=day, bits_per_second=5), Rate(within=day, bits_per_second=3))
    )
    assert bits_per_second(uploading, NOON, in_call=False) == 5


def test_in_a_call_the_smaller_limit_holds() -> None:
    for usual, in_call, expected in (
        (900, 100, 100),
        (100, 900, 100),
        (0, 100, 100),
        (100, 0, 100),
    ):
        uploading = Uploading(bits_per_second=usual, call_bits_per_second=in_call)
        assert bits_per_second(uploading, NOON, in_call=True) == expected
        assert bits_per_second(uploading, NOON, in_call=False) == usual


def test_a_request_takes_some_20_seconds_at_most() -> None:
    assert largest_chunk(800_000) == 2_000_000
    assert largest_chunk(1) == 2
    assert all((largest_chunk(limit) or 0) >= 1 for limit in range(1, 20))


@given(
    limit=st.integers(1, 10**10),
    moments=st.lists(st.floats(-1e6, 1e6), max_size=30),
    wanted=st.integers(1, 1 << 20),
)
def test_no_clock_makes_a_flood(limit: int, moments: list[float], wanted: int) -> None:
    """Whatever the clock says, no more than a quarter of a second's worth leaves at a time."""
    bucket = Bucket(0.0)
    for moment in moments:
        bucket, going = bucket.filled(moment, limit).poured(wanted, limit)
        assert 0 <= going <= min(wanted, max(1, limit / 8 * 0.25))
        assert bucket.held >= 0
        assert bucket.seconds_until(wanted, limit) >= 0


@given(limit=st.integers(1, 10**10), wanted=st.integers(1, 1 << 20))
def test_who_waits_as_long_as_it_says_gets_something(limit: int, wanted: int) -> None:
    bucket, now = Bucket(0.0), 0.0
    for _ in range(64):  # at 1 bit/s a byte takes 8 s: 32 slices
        bucket, going = bucket.filled(now, limit).poured(wanted, limit)
        if going:
            return
        now += min(max(bucket.seconds_until(wanted, limit), 0.001), 0.25)
    raise AssertionError("it never lets anything go")
