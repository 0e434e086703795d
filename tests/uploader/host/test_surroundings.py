"""Network and power are asked for seldom, and nobody waits for a system that hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from uploader.host import Surrounding, Surroundings

_DEADLINE = 30.0  # seconds
_ON_BATTERY = Surrounding(metered=True, battery_percent=40)


class System:
    """One that answers, hangs or breaks."""

    def __init__(self) -> None:
        self.says = _ON_BATTERY
        self.asked = 0
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.broken = False

    def __call__(self) -> Surrounding:
        self.asked += 1
        self.may_answer.wait(_DEADLINE)
        if self.broken:
            raise RuntimeError("a driver")
        return self.says


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + _DEADLINE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_the_first_answer_is_waited_for() -> None:
    assert Surroundings(System(), first_seconds=_DEADLINE).now == _ON_BATTERY


def test_the_system_is_asked_every_15_seconds_at_most() -> None:
    system, clock = System(), Clock()
    surroundings = Surroundings(system, clock=clock, first_seconds=_DEADLINE)
    for _ in range(100):
        assert surroundings.now == _ON_BATTERY
    assert system.asked == 1
    system.says = Surrounding()
    clock.now += 15
    until(lambda: surroundings.now == Surrounding())
    assert system.asked == 2


def test_a_system_that_hangs_holds_nobody_up_and_is_not_asked_again() -> None:
    system, clock = System(), Clock()
    surroundings = Surroundings(system, clock=clock, first_seconds=_DEADLINE)
    assert surroundings.now == _ON_BATTERY
    system.may_answer.clear()
    clock.now += 20
    until(lambda: surroundings.now == _ON_BATTERY and system.asked == 2)
    for _ in range(10):
        clock.now += 20
        assert surroundings.now == _ON_BATTERY
    assert system.asked == 2
    clock.now += 300
    assert surroundings.now == Surrounding()  # nobody knows any more
    system.may_answer.set()
    until(lambda: surroundings.now == _ON_BATTERY)


def test_a_system_that_never_answered_holds_nothing_back() -> None:
    system = System()
    system.may_answer.clear()
    surroundings = Surroundings(system, first_seconds=0.01)
    assert surroundings.now == Surrounding()
    system.may_answer.set()
    until(lambda: surroundings.now == _ON_BATTERY)


def test_a_system_that_breaks_holds_nothing_back(caplog: pytest.LogCaptureFixture) -> None:
    system = System()
    system.broken = True
    assert Surroundings(system, first_seconds=_DEADLINE).now == Surrounding()
    assert "cannot be asked" in caplog.text


def test_a_clock_that_is_set_back_does_not_keep_it_from_asking() -> None:
    system, clock = System(), Clock()
    surroundings = Surroundings(system, clock=clock, first_seconds=_DEADLINE)
    assert surroundings.now == _ON_BATTERY
    system.says = Surrounding()
    clock.now -= 86_400
    until(lambda: surroundings.now == Surrounding())
