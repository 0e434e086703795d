"""What pops up, told as an agent would see it: times in seconds, notices by their titles."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_client.core.problems import PROBLEMS, problem
from agent_client.core.status import Mood, Status
from agent_client.tray.house_rules import HouseRules
from agent_client.tray.notices import (
    _WAITS_FOR_END_OF_CALL,
    Notice,
    Told,
    next_in,
    notices,
    refused,
)

READY = Status(
    mood=Mood.READY,
    headline="Ready",
    agent_id="kate",
    call_id=None,
    since=None,
    may_pause=False,
    may_resume=False,
    why_not="There is no call to pause.",
    may_record_now=False,
    uploads_waiting=0,
    problems=(),
)
FULL = problem("disk-full")
RULES = HouseRules(remind_after=timedelta(minutes=5))


class Desk:
    """A desk at which time passes; what pops up is kept."""

    def __init__(self, rules: HouseRules = RULES) -> None:
        self.rules = rules
        self.now = timedelta(hours=7)
        self.status = READY
        self.told = Told()
        self.shown: list[Notice] = []

    def becomes(self, status: Status) -> None:
        self.status = status
        self._look()

    def passes(self, seconds: float) -> None:
        """As the tray does it: it wakes up when `next_in` says so, and not otherwise."""
        until = self.now + timedelta(seconds=seconds)
        while True:
            left = next_in(self.told, self.status, self.rules, self.now)
            if left is None or self.now + left > until:
                break
            self.now += max(left, timedelta(milliseconds=1))
            self._look()
        self.now = until

    def _look(self) -> None:
        self.told, due = notices(self.told, self.status, self.rules, self.now)
        self.shown += due

    @property
    def texts(self) -> list[str]:
        return [notice.text for notice in self.shown]


def test_nothing_pops_up_while_all_is_well() -> None:
    desk = Desk()
    desk.becomes(replace(READY, in_call=True, since=desk.now))
    desk.passes(3600)
    assert desk.shown == []
    assert next_in(desk.told, desk.status, desk.rules, desk.now) is None


def test_a_recording_that_fails_is_told_once_with_what_to_do() -> None:
    desk = Desk()
    desk.becomes(replace(READY, in_call=True, problems=(FULL,)))
    desk.passes(3600)
    assert desk.texts == [f"{FULL.happened}\n{FULL.remedy}"]
    assert desk.shown[0].urgent


def test_what_passes_at_once_is_not_told() -> None:
    desk = Desk()
    desk.becomes(replace(READY, problems=(problem("no-policy"),)))
    desk.passes(2)
    desk.becomes(READY)
    desk.passes(60)
    assert desk.shown == []


def test_what_comes_and_goes_is_told_once() -> None:
    desk = Desk()
    for _ in range(5):
        desk.becomes(replace(READY, problems=(FULL,)))
        desk.passes(60)
        desk.becomes(READY)
        desk.passes(60)
    assert len(desk.shown) == 1


def test_what_comes_again_after_a_while_is_told_again() -> None:
    desk = Desk()
    for _ in range(2):
        desk.becomes(replace(READY, problems=(FULL,)))
        desk.passes(60)
        desk.becomes(READY)
        desk.passes(1800)
    assert len(desk.shown) == 2


def test_what_stays_for_hours_is_told_once_though_other_things_change() -> None:
    desk = Desk()
    for waiting in range(20):
        desk.becomes(replace(READY, problems=(FULL,), uploads_waiting=waiting))
        desk.passes(1200)
    assert len(desk.shown) == 1


def test_what_only_concerns_the_sending_waits_for_the_end_of_the_call() -> None:
    desk = Desk()
    troubled = replace(READY, in_call=True, problems=(problem("keyring-locked"),))
    desk.becomes(troubled)
    desk.passes(600)
    assert desk.shown == []
    desk.becomes(replace(troubled, in_call=False))
    desk.passes(10)
    assert len(desk.shown) == 1


def test_what_mends_itself_does_not_pop_up() -> None:
    desk = Desk()
    desk.becomes(replace(READY, problems=(problem("central-unreachable"),)))
    desk.passes(3600)
    assert desk.shown == []


def test_a_long_pause_is_called_to_mind_more_and_more_seldom() -> None:
    desk = Desk()
    began = desk.now
    desk.becomes(replace(READY, in_call=True, paused_since=began))
    told: list[int] = []
    for minute in range(1, 81):
        before = len(desk.shown)
        desk.passes(60)
        told += [minute] * (len(desk.shown) - before)
    assert told == [5, 15, 35, 75]
    assert "for 5 minutes" in desk.texts[0]
    assert not desk.shown[0].urgent


def test_each_pause_is_counted_for_itself() -> None:
    desk = Desk()
    for _ in range(3):
        desk.becomes(replace(READY, paused_since=desk.now))
        desk.passes(400)
        desk.becomes(READY)
        desk.passes(10)
    assert len(desk.shown) == 3


def test_a_pause_outlasting_a_sleep_is_called_to_mind_once() -> None:
    desk = Desk()
    desk.becomes(replace(READY, paused_since=desk.now))
    desk.now += timedelta(hours=4)
    desk.becomes(desk.status)
    assert len(desk.shown) == 1


def test_the_company_may_do_without_reminders() -> None:
    desk = Desk(HouseRules(remind_after=None))
    desk.becomes(replace(READY, paused_since=desk.now))
    desk.passes(7200)
    assert desk.shown == []


def test_a_refusal_says_why_and_is_quiet() -> None:
    assert refused("There is no call to pause.") == Notice("Not done", "There is no call to pause.")


@pytest.mark.parametrize("code", sorted(_WAITS_FOR_END_OF_CALL))
def test_what_waits_for_the_end_of_a_call_is_known_and_urgent(code: str) -> None:
    assert PROBLEMS[code].urgent
    assert "screen is not recorded" not in PROBLEMS[code].happened
