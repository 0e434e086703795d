"""What a soak concludes from its samples."""

from __future__ import annotations

import os
import random

import pytest

from bench.samples import Sample, Watch, line, memory, threads_table


def samples(begin: float, mb_per_hour: float, minutes: int) -> list[Sample]:
    chance = random.Random(1)  # noqa: S311 the same noise each time
    return [
        Sample(
            at=float(second),
            memory_mb=0.0,
            own_mb=begin + mb_per_hour * second / 3600 + chance.uniform(-0.5, 0.5),
            beside_mb=30.0,
            threads=8,
            files=30,
            cpu_percent=1.0,
            wakes=2.0,
        )
        for second in range(0, minutes * 60, 10)
    ]


def test_a_line_is_found_through_its_points() -> None:
    slope, error = line([0, 1, 2, 3], [5, 7, 9, 11])
    assert slope == pytest.approx(2)
    assert error == pytest.approx(0)


def test_memory_that_stays_is_flat() -> None:
    held = memory(samples(100, 0, 60))
    assert held.flat is True
    assert abs(held.slope_mb_per_hour) < 1
    assert held.warm_up_seconds == 300


def test_memory_that_grows_is_not_flat() -> None:
    held = memory(samples(100, 10, 60))
    assert held.flat is False
    assert held.slope_mb_per_hour == pytest.approx(10, abs=1)
    assert "growing" in str(held)


def test_what_grows_in_the_warm_up_does_not_count() -> None:
    warm = [one for one in samples(100, 0, 60) if one.at >= 300]
    cold = [one for one in samples(60, 400, 60) if one.at < 300]
    assert memory([*cold, *warm]).flat is True


def test_nothing_is_concluded_from_a_few_minutes() -> None:
    assert memory(samples(100, 10, 5)).flat is None


def test_a_process_that_works_is_seen_to_work() -> None:
    watch = Watch(lambda: [os.getpid()], list, every=60)
    total = 0
    while not total or watch.mean()["cpu_percent"] < 1:
        total += sum(range(100_000))
        sample = watch.sample()
    assert sample.threads >= 1
    assert sample.files > 3
    assert sample.memory_mb > 5
    assert sample.own_mb > 3
    assert threads_table(watch).count("\n") == sample.threads
