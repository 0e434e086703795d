from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agent_client.capture.changes import BAND_ROWS, changed_bands, runs_of


@given(
    rows=st.integers(1, 3 * BAND_ROWS),
    width=st.integers(1, 5),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), max_size=4),
)
def test_a_band_is_named_exactly_when_a_byte_of_it_differs(
    rows: int, width: int, changes: list[tuple[int, int]]
) -> None:
    row_bytes = width * 4
    before = bytearray(row_bytes * rows)
    after = bytearray(before)
    for where, what in changes:
        after[where % len(after)] = what
    expected = {
        place // row_bytes // BAND_ROWS for place, byte in enumerate(after) if byte != before[place]
    }
    assert changed_bands(before, after, row_bytes) == sorted(expected)


@given(bands=st.sets(st.integers(0, 9)), height=st.integers(9 * BAND_ROWS + 1, 10 * BAND_ROWS))
def test_runs_cover_the_bands_and_no_others(bands: set[int], height: int) -> None:
    runs = list(runs_of(sorted(bands), height))
    rows = [row for top, count in runs for row in range(top, top + count)]
    assert rows == [row for row in range(height) if row // BAND_ROWS in bands]
    assert all(
        top + count < later for (top, count), (later, _) in pairwise(runs)
    )  # neighbours are one
