"""Ranges, as RFC 9110 has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.web.ranges import Part, Unsatisfiable, wanted


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-", 0, 100),
        ("bytes=10-19", 10, 20),
        ("bytes=99-", 99, 100),
        ("bytes=-10", 90, 100),
        ("bytes=-1000", 0, 100),
        ("bytes=50-5000", 50, 100),
    ],
)
def test_one_range(header: str, start: int, end: int) -> None:
    assert wanted(header, "", '"e"', 100) == Part(start, end, whole=False)


@pytest.mark.parametrize(
    "header", ["", "bytes=", "bytes=-", "bytes=1-2,4-5", "lines=1-2", "bytes=9-3", "bytes=a-b"]
)
def test_what_is_not_one_range_means_the_whole(header: str) -> None:
    assert wanted(header, "", '"e"', 100) == Part(0, 100, whole=True)


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_no_byte_is_an_error(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        wanted(header, "", '"e"', 100)


def test_a_range_holds_for_the_same_file_alone() -> None:
    assert wanted("bytes=1-2", '"e"', '"e"', 100).length == 2
    assert wanted("bytes=1-2", '"old"', '"e"', 100).whole


@given(st.text(max_size=30), st.integers(0, 1000))
def test_any_header_gives_a_part_of_the_file(text: str, size: int) -> None:
    try:
        part = wanted("bytes=" + text, "", '"e"', size)
    except Unsatisfiable:
        return
    assert 0 <= part.start <= part.end <= size
