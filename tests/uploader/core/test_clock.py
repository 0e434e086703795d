"""Central's clock, as the uploader measures it."""

from hypothesis import given
from hypothesis import strategies as st

from uploader.core import ClockSample, best


@given(
    st.integers(-(10**12), 10**12),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
def test_the_clock_is_wrong_by_half_the_round_trip_at_most(
    offset: int, there: int, busy: int, back: int
) -> None:
    asked = 10**15
    received = asked + there + offset
    sample = ClockSample.of(asked, received, received + busy, there + busy + back)
    assert sample.round_trip_us == there + back
    assert abs(sample.offset_us - offset) <= sample.round_trip_us / 2 + 1


def test_the_quickest_exchange_is_believed() -> None:
    assert best([ClockSample(5, 900), ClockSample(7, 100), ClockSample(9, 500)]).offset_us == 7
