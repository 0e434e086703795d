from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.selection import BUCKETS, bucket_of, decide

PERCENTAGES = st.integers(0, BUCKETS).map(lambda hundredths: Decimal(hundredths) / 100)


@given(st.text(), st.text())
def test_the_same_call_gives_the_same_answer_everywhere(call_id: str, salt: str) -> None:
    assert decide(call_id, Decimal(37), salt) == decide(call_id, Decimal("37.00"), salt)


@given(st.text(), PERCENTAGES, PERCENTAGES)
def test_raising_the_percentage_never_drops_a_call(
    call_id: str, one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    assert decide(call_id, low, "s").selected <= decide(call_id, high, "s").selected


@given(st.text())
def test_nothing_is_selected_at_zero_and_all_at_a_hundred(call_id: str) -> None:
    assert not decide(call_id, Decimal(0), "s").selected
    assert decide(call_id, Decimal(100), "s").selected


def test_the_share_selected_is_the_percentage() -> None:
    calls = 20_000
    chosen = sum(decide(f"call-{i}", Decimal("12.50"), "s").selected for i in range(calls))
    assert abs(chosen / calls - 0.125) < 0.01


def test_two_decimals_of_a_percent_count() -> None:
    call_id = next(f"call-{i}" for i in range(100_000) if bucket_of(f"call-{i}", "s") == 1234)
    assert not decide(call_id, Decimal("12.34"), "s").selected
    assert decide(call_id, Decimal("12.35"), "s").selected


def test_another_salt_chooses_other_calls() -> None:
    one, other = (
        {i for i in range(1000) if decide(str(i), Decimal(50), salt).selected}
        for salt in ("spring", "autumn")
    )
    assert 150 < len(one & other) < 350


@pytest.mark.parametrize("percentage", ["-0.01", "100.01", "33.333", "NaN", "Infinity"])
def test_what_is_no_percentage_is_refused(percentage: str) -> None:
    with pytest.raises(ValueError, match="not a percentage"):
        decide("call", Decimal(percentage), "s")
