"""Fields are taken one by one, and nothing strange gets by."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contract.fields import FieldError, done, length, take, take_or_none


def test_a_field_is_taken_out() -> None:
    fields = {"name": "x", "size": 3, "none": None, "length_us": 5}
    assert take(fields, "name", str) == "x"
    assert take_or_none(fields, "none", int) is None
    assert length(fields, "length_us") == timedelta(microseconds=5)
    with pytest.raises(FieldError, match="thing has unknown fields: size"):
        done(fields, "thing")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "size is missing"),
        ({"size": None}, "size is null"),
        ({"size": True}, "size is a bool, not a int"),
        ({"size": 1.0}, "size is a float, not a int"),
    ],
)
def test_what_is_no_whole_number_is_named(fields: dict[str, object], said: str) -> None:
    with pytest.raises(FieldError, match=said):
        take(fields, "size", int)


def test_only_a_signed_length_may_be_negative() -> None:
    assert length({"offset_us": -2}, "offset_us", signed=True) == timedelta(microseconds=-2)
    with pytest.raises(FieldError, match="offset_us is negative"):
        length({"offset_us": -2}, "offset_us")
