"""What the figures recommend."""

from __future__ import annotations

from dataclasses import replace

from bench.placement import Case, Figures, medians, recommendation, table

THREAD = Figures(
    tick_p50=0.2,
    tick_p99=3.0,
    tick_max=20.0,
    menu_p50=2.0,
    menu_max=30.0,
    delay_p50=100.0,
    delay_p99=205.0,
    cpu=3.5,
    memory_mb=110.0,
    start_ms=600.0,
    first_picture_ms=160.0,
)
PROCESS = replace(THREAD, memory_mb=150.0, tick_p99=2.0)


def found(thread: Figures, process: Figures) -> dict[Case, Figures]:
    return {
        Case("work", 0.2, "thread"): thread,
        Case("work", 0.2, "process"): process,
    }


def test_what_nobody_feels_is_not_worth_a_process() -> None:
    where, reasons = recommendation(found(THREAD, PROCESS))
    assert where == "thread"
    assert reasons[-1] == "a process of its own takes +40.0 MB"


def test_a_tray_that_stutters_is_worth_a_process() -> None:
    where, reasons = recommendation(found(replace(THREAD, tick_p99=60.0), PROCESS))
    assert where == "process"
    assert "work    engine 20%: tray timer p99 60.0 ms as a thread, 2.0: felt" in reasons


def test_pictures_that_come_a_frame_later_are_worth_a_process() -> None:
    assert recommendation(found(replace(THREAD, delay_p99=500.0), PROCESS))[0] == "process"


def test_of_several_rounds_the_median_counts_and_of_the_greatest_the_greatest() -> None:
    rounds = [replace(THREAD, tick_p99=one, tick_max=one) for one in (1.0, 9.0, 2.0)]
    assert medians(rounds).tick_p99 == 2.0
    assert medians(rounds).tick_max == 9.0
    assert "work    engine 20%   thread" in table(found(THREAD, PROCESS))
