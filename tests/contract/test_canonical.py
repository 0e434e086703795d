from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.canonical import b64, canonical, microseconds, unb64, utc, utc_text


def test_order_and_blanks_do_not_matter() -> None:
    assert canonical({"b": 1, "a": ["ü"]}) == '{"a":["ü"],"b":1}'.encode()


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))


@given(st.binary())
def test_base64url_is_read_back(data: bytes) -> None:
    assert unb64(b64(data)) == data


@pytest.mark.parametrize("text", ["A", "AB==", "A\n", "QQ==", "QR"])
def test_only_one_spelling_of_base64url_is_taken(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unb64(text)


def test_a_time_keeps_its_moment() -> None:
    noon = datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    assert utc_text(noon) == "2026-11-22T11:00:00.000005Z"
    assert utc(utc_text(noon)) == noon.astimezone(UTC)
    with pytest.raises(ValueError, match="offset"):
        utc("2026-11-22T11:00:00")


def test_lengths_are_whole_microseconds() -> None:
    assert microseconds(timedelta(seconds=-1, microseconds=1)) == -999_999
