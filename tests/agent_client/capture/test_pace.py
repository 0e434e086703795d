"""The pace: nobody at work is held back, a film on the screen is, and nothing gets late."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agent_client.capture.pace import Limits, Pace

LIMITS = Limits(frame_time=0.2, bits_per_second=600_000, cpu_share=0.25, quantiser=26)
_KILOBYTE = 8000  # bits


def _recorded(
    seconds: float, bits: Callable[[float, int], float], cpu: float = 0.02, pace: Pace | None = None
) -> list[tuple[Pace, float]]:
    """A desktop that changes all the time: the pace after each look, and what that look cost."""
    pace = pace or Pace.began(LIMITS, 0.0)
    end, looks = pace.not_before + seconds, []
    while pace.not_before < end:
        cost = bits(pace.not_before, pace.quantiser)
        pace = pace.looked(pace.not_before, cpu=cpu, bits=int(cost))
        looks.append((pace, cost))
    return looks


def _film(first: float) -> Callable[[float, int], float]:
    """Each picture is so big at quantiser 26, and half of that six steps on."""
    return lambda _now, quantiser: first * 2 ** ((26 - quantiser) / 6)


def _rate(looks: list[tuple[Pace, float]]) -> float:
    return sum(cost for _, cost in looks) / (looks[-1][0].not_before - looks[0][0].at)


def test_an_agent_at_work_is_never_held_back() -> None:
    def at_work(now: float, _quantiser: int) -> float:  # 80 MB an hour
        return 250 * _KILOBYTE if now % 20 < 0.2 else 2 * _KILOBYTE

    looks = _recorded(3600, at_work)
    assert _rate(looks) > 170_000
    assert {pace.quantiser for pace, _ in looks} == {26}
    assert all(abs(pace.not_before - pace.at - 0.2) < 1e-6 for pace, _ in looks)


def test_windows_switched_in_a_row_are_not_held_back() -> None:
    looks = _recorded(1.5, lambda now, _: 150 * _KILOBYTE if now % 0.6 < 0.2 else 8000)
    assert all(pace.not_before - pace.at < 0.21 for pace, _ in looks)


def test_a_film_comes_less_often_before_it_gets_coarser() -> None:
    looks = _recorded(300, _film(40 * _KILOBYTE))  # 1.6 Mbit/s at five pictures a second
    late = [pace for pace, _ in looks if pace.at > 60]
    assert {pace.quantiser for pace in late} == {26}
    assert all(0.3 < pace.not_before - pace.at <= 1.0 for pace in late)


def test_a_big_film_comes_once_a_second_at_least_and_coarser() -> None:
    looks = _recorded(300, _film(150 * _KILOBYTE))  # 1.2 Mbit/s at one picture a second
    late = [pace for pace, _ in looks if pace.at > 60]
    assert 26 < min(pace.quantiser for pace in late) <= max(pace.quantiser for pace in late) < 40
    assert all(pace.not_before - pace.at <= 1.1 for pace in late)
    switches = sum(one.quantiser != other.quantiser for one, other in pairwise(late))
    assert switches <= len(late) / 10  # each costs a key picture


@given(st.floats(1, 5000), st.floats(0.001, 0.5))
def test_no_film_passes_the_ceilings(kilobytes: float, cpu: float) -> None:
    looks = _recorded(600, _film(kilobytes * _KILOBYTE), cpu)
    biggest = max(cost for _, cost in looks)
    for begin in (0, 10, 60, 500):
        half_minute = [cost for pace, cost in looks if begin <= pace.at < begin + 30]
        assert sum(half_minute) <= 600_000 * 30 + biggest
        assert cpu * len(half_minute) <= 0.25 * 32 + cpu


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 50_000_000), st.floats(0, 3))))
def test_whatever_is_spent_looks_keep_their_distance_and_end(
    looks: list[tuple[float, int, float]],
) -> None:
    pace = Pace.began(LIMITS, 0.0)
    for waited, bits, cpu in looks:
        began = pace.not_before + waited
        pace = pace.looked(began, cpu=cpu, bits=bits)
        assert began + 0.2 - 1e-6 <= pace.not_before <= began + 1000
        assert 26 <= pace.quantiser <= 40
        assert pace.refine_at >= min(pace.not_before, pace.at + 1)


def test_after_a_film_what_stands_still_is_made_sharp_again() -> None:
    pace, _ = _recorded(60, _film(1000 * _KILOBYTE))[-1]
    assert pace.quantiser > 26
    looks = 0
    while pace.refine_at < float("inf"):
        sharper = pace.quantiser < pace.shown
        pace = pace.looked(pace.refine_at, cpu=0.02, bits=200 * _KILOBYTE if sharper else 0)
        looks += 1
    assert (pace.quantiser, pace.shown) == (26, 26)
    assert pace.at < 60 + 40
    assert looks < 30


def test_a_coarse_picture_is_made_sharp_even_if_looks_in_between_found_nothing_new() -> None:
    pace, _ = _recorded(60, _film(1000 * _KILOBYTE))[-1]
    coarse = pace.shown
    while pace.quantiser > 26:
        pace = pace.looked(pace.not_before + 1, cpu=0.02, bits=0)
    pace = pace.looked(pace.not_before + 1, cpu=0.02, bits=0)
    assert (pace.quantiser, pace.shown) == (26, coarse)
    assert pace.refine_at == pace.not_before


def test_a_quiet_hour_saves_up_no_more_than_a_burst() -> None:
    quiet = Pace.began(LIMITS, 0.0).looked(3600.0, cpu=0.0, bits=0)
    looks = _recorded(30, _film(150 * _KILOBYTE), cpu=0.3, pace=quiet)
    assert sum(cost for _, cost in looks) <= 600_000 * 30 + 150 * _KILOBYTE
    assert 0.3 * len(looks) <= 0.25 * 32 + 0.3


def test_the_first_look_after_a_pause_is_at_once() -> None:
    pace, _ = _recorded(60, _film(1000 * _KILOBYTE))[-1]
    assert pace.not_before > pace.at + 0.9
    assert pace.resumed(pace.at + 0.1).not_before == pace.at + 0.1


def test_a_machine_that_does_not_keep_up_is_looked_at_less_often_for_a_while() -> None:
    pace = Pace.began(LIMITS, 0.0).eased(0.0).eased(1.0)
    assert pace.looked(2.0, cpu=0.01, bits=0).not_before == 2.8
    assert pace.looked(40.0, cpu=0.01, bits=0).not_before == 40.2


def test_the_processor_is_left_to_others() -> None:
    looks = _recorded(120, lambda _now, _quantiser: 1000, cpu=0.3)
    late = [pace for pace, _ in looks if pace.at > 20]
    assert all(pace.not_before - pace.at >= 0.3 / 0.25 - 1e-6 for pace in late)
    assert looks[1][0].at == 0.2  # a little is always saved up
