"""The script: what happens on the screen and when."""

import pytest

from bench.capture.script import HOLD_SECONDS, WORKLOADS, checkpoints, script


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_script_is_the_same_each_time(workload: str) -> None:
    assert script(workload, 30) == script(workload, 30)


@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize("seconds", [4.0, 20.0, 25.0, 61.0])
def test_nothing_happens_while_the_screen_is_held_still(workload: str, seconds: float) -> None:
    steps = script(workload, seconds)
    holds = [place for place, step in enumerate(steps) if step.verb == "hold"]
    assert len(holds) == checkpoints(workload, seconds)
    for place in holds:
        later = [step for step in steps[place + 1 :] if step.verb != "mark"]
        for following in later[:1]:
            assert following.at >= steps[place].at + HOLD_SECONDS - 1e-9


def test_what_was_held_has_another_number_before_anything_else_changes() -> None:
    steps = script("work", 25)
    for place, step in enumerate(steps[:-1]):
        if step.verb == "hold":
            following = steps[place + 1]
            assert following.verb == "mark"
            assert step.at < following.at < step.at + HOLD_SECONDS


@pytest.mark.parametrize("workload", WORKLOADS)
def test_steps_come_in_order_and_within_the_time(workload: str) -> None:
    steps = script(workload, 25)
    times = [step.at for step in steps]
    assert times == sorted(times)
    assert times[-1] + HOLD_SECONDS <= 25 or steps[-1].verb != "hold"
    assert times[-1] <= 25


def test_an_agent_at_work_does_everything_in_25_seconds() -> None:
    done = {step.verb for step in script("work", 25)}
    assert done == {"type", "scroll", "rows", "raise", "article", "point", "clock", "hold", "mark"}


def test_a_still_desktop_stands_still() -> None:
    assert {step.verb for step in script("static", 25)} == {"hold"}
