"""What pops up, and when: little, and over a call only that its recording fails.

A problem is told once it has stood for some seconds, so that what passes at once is not told; and
not again for a while, so that what comes and goes is told once. A long pause is called to mind, in
ever longer steps. What only concerns the sending waits until the call is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import assert_never

from agent_client.core.status import Problem, Status
from agent_client.tray.house_rules import HouseRules
from agent_client.tray.menu import minutes
from agent_client.tray.words import Words, english
from contract.make_way import Purpose

_STANDS = timedelta(seconds=4)  # before a problem is told
_NOT_AGAIN = timedelta(minutes=15)  # the same problem
_WAITS_FOR_END_OF_CALL = frozenset(
    {
        "central-confused",
        "central-foreign",
        "central-refuses",
        "central-refuses-desk",
        "central-untrusted",
        "certificate-expired",
        "certificate-missing",
        "certificate-unusable",
        "client-certificate",
        "client-key",
        "clock-wrong",
        "desk-copied",
        "fault",
        "keyring-denied",
        "keyring-locked",
        "keyring-silent",
        "no-keyring",
        "not-enrolled",
        "policy-unusable",
        "port-taken",
        "proxy-refuses",
        "proxy-sign-in",
        "receipt-wrong",
        "refused-recording",
        "spool-fails",
    }
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that pops up beside the icon."""

    title: str
    text: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What was told so far, and what is about to be."""

    seen: Mapping[str, timedelta] = field(default_factory=dict)  # code -> when it came up
    told: Mapping[str, timedelta] = field(default_factory=dict)  # code -> last there, once told
    present: frozenset[str] = frozenset()  # codes at the last look
    pause: timedelta | None = None  # of which pause, by its beginning,
    reminders: int = 0  # so many were given


def notices(
    told: Told, status: Status, rules: HouseRules, now: timedelta, words: Words = english
) -> tuple[Told, tuple[Notice, ...]]:
    """What pops up at engine time `now`, and what to remember of it."""
    told, due = _problems(told, status, now)
    told, reminded = _reminder(told, status, rules, now)
    said = [_of_problem(problem, words) for problem in due]
    if reminded is not None:
        said.append(
            Notice(
                words("Still paused"),
                words(
                    "Recording has been paused for {length}. Resume it in the menu of the icon.",
                    length=minutes(reminded, words),
                ),
            )
        )
    return told, tuple(said)


def next_in(told: Told, status: Status, rules: HouseRules, now: timedelta) -> timedelta | None:
    """When something may pop up though nothing else changes; None: never."""
    due = [_STANDS - (now - told.seen.get(one.code, now)) for one in _awaited(told, status)]
    if status.paused_since is not None and rules.remind_after is not None:
        given = told.reminders if told.pause == status.paused_since else 0
        due.append(status.paused_since + _reminder_after(rules.remind_after, given) - now)
    return max(min(due), timedelta()) if due else None


def refused(text: str, words: Words = english) -> Notice:
    """Somebody asked for something by a key, and it was not done."""
    return Notice(words("Not done"), words(text))


def leaving(words: Words = english) -> Notice:
    """The user signs off from the computer."""
    return Notice(
        words("Signing off"), words("Recordings that wait are sent first. This takes some seconds.")
    )


def stepping_aside(purpose: Purpose, words: Words = english) -> Notice:
    """IT is replacing the program, or removing it."""
    match purpose:
        case Purpose.UPGRADE:
            title = words("Twinreel is being updated")
            return Notice(title, words("It comes back by itself. You need not do anything."))
        case Purpose.REMOVAL:
            title = words("Twinreel is being removed")
            return Notice(title, words("Your IT department takes it off this computer."))
        case _:
            assert_never(purpose)


def _problems(told: Told, status: Status, now: timedelta) -> tuple[Told, tuple[Problem, ...]]:
    # What was there at the last look was there until this one: only then did anything change.
    lately = {code: now if code in told.present else at for code, at in told.told.items()}
    lately = {code: at for code, at in lately.items() if now - at < _NOT_AGAIN}
    told = replace(told, told=lately, present=frozenset(one.code for one in status.problems))
    awaited = _awaited(told, status)
    seen = {one.code: told.seen.get(one.code, now) for one in awaited}
    due = tuple(one for one in awaited if now - seen[one.code] >= _STANDS)
    return replace(told, seen=seen, told=lately | {one.code: now for one in due}), due


def _awaited(told: Told, status: Status) -> tuple[Problem, ...]:
    """Those to be told once they have stood for long enough."""
    return tuple(
        one
        for one in status.problems
        if one.urgent
        and one.code not in told.told
        and not (status.in_call and one.code in _WAITS_FOR_END_OF_CALL)
    )


def _reminder(
    told: Told, status: Status, rules: HouseRules, now: timedelta
) -> tuple[Told, timedelta | None]:
    """How long the pause has been, if that is to be told now."""
    since = status.paused_since
    given = told.reminders if told.pause == since else 0
    told = replace(told, pause=since, reminders=given)
    if since is None or rules.remind_after is None:
        return told, None
    if now - since < _reminder_after(rules.remind_after, given):
        return told, None
    while now - since >= _reminder_after(rules.remind_after, given):
        given += 1  # after a sleep, one stands for all that were missed
    return replace(told, reminders=given), now - since


def _reminder_after(first: timedelta, given: int) -> timedelta:
    """After 1, 3, 7, 15 times the first length: twice as long from one to the next."""
    return first * ((1 << min(given + 1, 20)) - 1)


def _of_problem(problem: Problem, words: Words) -> Notice:
    lines = (words(problem.happened), words(problem.remedy))
    return Notice(
        words("Something needs attention"), "\n".join(line for line in lines if line), urgent=True
    )
