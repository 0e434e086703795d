"""The ways that proxy rules name, and whether the desk has slept."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uploader.core.ways import DIRECT, Moment, all_bad, best_first, shown, slept, ways_said

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("said", "ways"),
    [
        ("DIRECT", (DIRECT,)),
        ("PROXY a.example:8080", ("http://a.example:8080",)),
        (" proxy a:1 ; HTTPS b:2;direct ", ("http://a:1", "https://b:2", DIRECT)),
        ("PROXY [2001:db8::1]:3128", ("http://[2001:db8::1]:3128",)),
        ("SOCKS5 s:1080; PROXY a:1", ("http://a:1",)),
        ("SOCKS s:1080", ()),
        ("PROXY a:1; PROXY a:1", ("http://a:1",)),
        ("", ()),
    ],
)
def test_what_rules_say_is_read_in_its_order(said: str, ways: tuple[str, ...]) -> None:
    assert ways_said(said) == ways


@pytest.mark.parametrize(
    "said",
    ["PROXY a", "PROXY user:word@a:1", "PROXY a:1/path", "PROXY a:1\r\nX: y", "FTP a:1", "x"],
)
def test_what_is_no_host_and_port_is_passed_over(said: str) -> None:
    assert ways_said(said) == ()


@given(st.text())
def test_rules_may_say_anything(said: str) -> None:
    for way in ways_said(said):
        assert way == DIRECT or way.startswith(("http://", "https://"))


def test_a_way_that_failed_comes_last_for_a_while() -> None:
    ways, now = ("http://a:1", "http://b:1", DIRECT), timedelta(hours=1)
    failed = {"http://a:1": now}
    assert best_first(ways, failed, now) == ("http://b:1", DIRECT, "http://a:1")
    assert best_first(ways, failed, now + timedelta(minutes=6)) == ways
    assert not all_bad(ways, failed, now)
    assert all_bad(ways, dict.fromkeys(ways, now), now)


def test_a_way_is_shown_without_its_password() -> None:
    assert shown(DIRECT) == "direct"
    assert shown("http://user:word@proxy.example:8080") == "http://proxy.example:8080"


@pytest.mark.parametrize(
    ("monotonic", "wall", "was_asleep"),
    [
        (5, 5, False),
        (9, 9, False),  # a busy machine
        (5, 3605, True),  # Linux, macOS: one clock stands still in sleep
        (3605, 3605, True),  # Windows: both go on
        (5, -3595, False),  # the clock was set back
    ],
)
def test_a_sleep_shows_in_the_clocks(monotonic: int, wall: int, was_asleep: bool) -> None:  # noqa: FBT001
    begin = Moment(100 * SECOND, timedelta(days=20_000))
    end = Moment(begin.monotonic + monotonic * SECOND, begin.wall + wall * SECOND)
    assert slept(begin, end, 5 * SECOND) is was_asleep
