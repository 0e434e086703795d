"""The company's notice: when it stands there, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from agent_client.core.status import Mood, Status
from agent_client.tray.consent import Consent, ConsentWindow
from agent_client.tray.house_rules import HouseRules
from agent_client.tray.words import english

pytestmark = pytest.mark.qt_log_ignore("does not support")  # drawn in memory
KATE = Status(
    mood=Mood.READY,
    headline="Ready",
    agent_id="kate",
    call_id=None,
    since=None,
    may_pause=False,
    may_resume=False,
    why_not="",
    may_record_now=False,
    uploads_waiting=0,
    problems=(),
)
RULES = HouseRules(consent_version="3", consent_text="<b>How</b> your work is recorded.")


class Desk:
    """What was read here."""

    def __init__(self) -> None:
        self.read: set[tuple[str, str]] = set()
        self.left_out: list[int] = []
        self.consent = Consent(
            english,
            lambda version, agent: (version, agent) in self.read,
            lambda version, agent: self.read.add((version, agent)),
            self.left_out.append,
        )

    @property
    def window(self) -> ConsentWindow:
        assert self.consent.window is not None
        return self.consent.window

    def click(self, label: str) -> None:
        (button,) = [one for one in self.window.findChildren(QPushButton) if one.text() == label]
        button.click()


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    del qtbot  # windows need an application
    desk = Desk()
    yield desk
    desk.consent.close()


def test_it_is_shown_to_who_has_not_read_it(desk: Desk) -> None:
    desk.consent.follow(KATE, RULES)
    (shown,) = desk.window.findChildren(QPlainTextEdit)
    assert shown.toPlainText() == RULES.consent_text  # never markup
    assert desk.left_out == [int(desk.window.winId())]


def test_it_is_confirmed_with_version_and_agent_and_not_shown_again(desk: Desk) -> None:
    desk.consent.follow(KATE, RULES)
    desk.click("&I have read this")
    assert desk.read == {("3", "kate")}
    desk.consent.follow(KATE, RULES)
    assert desk.consent.window is None


def test_another_agent_and_another_version_are_asked(desk: Desk) -> None:
    desk.read.add(("3", "kate"))
    desk.consent.follow(KATE, RULES)
    assert desk.consent.window is None
    desk.consent.follow(replace(KATE, agent_id="john"), RULES)
    first = desk.window
    desk.consent.follow(KATE, replace(RULES, consent_version="4"))
    assert desk.window is not first


def test_nobody_is_asked_where_there_is_nothing_to_read_or_nobody_here(desk: Desk) -> None:
    for status, rules in (
        (replace(KATE, agent_id=None), RULES),
        (KATE, HouseRules()),
        (KATE, replace(RULES, consent_text="")),
    ):
        desk.consent.follow(status, rules)
        assert desk.consent.window is None


def test_it_never_stands_over_a_call(desk: Desk) -> None:
    talking = replace(KATE, in_call=True)
    desk.consent.follow(talking, RULES)
    assert desk.consent.window is None
    desk.consent.follow(KATE, RULES)
    assert desk.window.isVisible()
    desk.consent.follow(talking, RULES)
    assert desk.consent.window is None
    desk.consent.follow(KATE, RULES)
    assert desk.window.isVisible()


def test_later_is_at_the_next_start(desk: Desk, qtbot: QtBot) -> None:
    desk.consent.follow(KATE, RULES)
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)  # type: ignore[no-untyped-call]  # pytest-qt leaves it so
    assert desk.consent.window is None
    desk.consent.follow(replace(KATE, uploads_waiting=1), RULES)
    assert desk.consent.window is None
    assert desk.read == set()
    again = Desk()
    again.consent.follow(KATE, RULES)
    assert again.window.isVisible()
    again.consent.close()


def test_taking_it_away_says_nothing(desk: Desk) -> None:
    desk.consent.follow(KATE, RULES)
    desk.consent.follow(replace(KATE, agent_id=None), RULES)
    assert desk.read == set()
    desk.consent.follow(KATE, RULES)
    assert desk.window.isVisible()
