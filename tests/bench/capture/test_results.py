"""Figures from rounds."""

import pytest

from bench.capture.findings import Round
from bench.capture.results import Goal, Medians, goals


def _round(recorder: str, cpu: float, *, x: float = 0.5, number: int = 1, **more: object) -> Round:
    done = Round("work", recorder, number, cpu=cpu, x_cpu=x, memory_peak=50)
    for name, value in more.items():
        setattr(done, name, value)
    return done


def _goal(rounds: list[Round], words: str) -> Goal:
    return next(goal for goal in goals(Medians(rounds)) if words in goal.what)


def test_a_recorder_answers_for_what_it_adds_to_the_x_server_alone() -> None:
    rounds = [_round("nobody", 0, x=0.3), _round("ffmpeg-veryfast", 7, x=0.5)]
    medians = Medians(rounds)
    peer = medians.of("work", "ffmpeg-veryfast")
    assert peer is not None
    assert medians.cost(peer) == pytest.approx(7.2)


def test_the_middle_round_counts_and_the_highest_peak_of_memory() -> None:
    rounds = [_round("twinreel", cpu, number=n) for n, cpu in enumerate((2, 90, 1))]
    rounds[1].memory_peak = 70
    ours = Medians(rounds).of("work", "twinreel")
    assert ours is not None
    assert (ours.cpu, ours.memory_peak) == (2, 70)


def test_a_round_that_failed_counts_for_nothing_and_is_told() -> None:
    rounds = [_round("twinreel", 2), _round("twinreel", 0, failed="no film")]
    medians = Medians(rounds)
    ours = medians.of("work", "twinreel")
    assert ours is not None
    assert ours.cpu == 2
    assert [one.failed for one in medians.failed] == ["no film"]


def test_a_goal_says_what_was_measured_and_whether_it_is_met() -> None:
    rounds = [_round("nobody", 0), _round("twinreel", 1.6), _round("ffmpeg-veryfast", 8)]
    assert str(_goal(rounds, "of ffmpeg veryfast")).endswith("<= 0.25 x, measured 0.2 x: met")
    rounds[1].cpu = 2.4
    assert str(_goal(rounds, "of ffmpeg veryfast")).endswith("measured 0.3 x: MISSED")


def test_the_best_peer_is_the_cheapest_of_those_that_can_be_read_as_well() -> None:
    rounds = [
        _round("nobody", 0),
        _round("twinreel", 1, ocr=95.0),
        _round("naive", 4, ocr=94.5),
        _round("vokoscreen", 2, ocr=80.0),
        _round("ssr", 5, ocr=96.0),
    ]
    goal = _goal(rounds, "best peer")
    assert "naive" in goal.what
    assert goal.measured == pytest.approx(0.25)


def test_what_was_not_measured_promises_nothing() -> None:
    assert goals(Medians([_round("nobody", 0), _round("ffmpeg-veryfast", 7)])) == []
