"""Every window by keyboard and screen reader, and in a language that leaves nothing out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from agent_client.core.problems import problem
from agent_client.core.status import Mood, Status
from agent_client.tray.boxes import about, confirm
from agent_client.tray.consent import ConsentWindow
from agent_client.tray.diagnosing import DiagnosticsWindow
from agent_client.tray.icon import Menu
from agent_client.tray.menu import Kind, Row, fitted, rows
from agent_client.tray.pairing import PairingWindow
from agent_client.tray.window import Window
from agent_client.tray.words import Words, english

pytestmark = pytest.mark.qt_log_ignore("does not support")  # drawn in memory
NOW = timedelta(hours=5)
STATUS = Status(
    mood=Mood.RECORDING,
    headline="Recording the screen of this call",
    agent_id="7",
    call_id="8",
    since=NOW - timedelta(seconds=125),
    may_pause=True,
    may_resume=True,
    why_not="",
    may_record_now=True,
    uploads_waiting=2,
    problems=(problem("disk-full"), problem("out-of-touch"), problem("9")),
)


def marked(text: str, /, **values: object) -> str:
    """A made-up language: every letter of its own is an X, so that English stands out."""
    parts = english(text, **{name: f"\0{value}\0" for name, value in values.items()}).split("\0")
    own = ["".join("X" if one.isalpha() else one for one in part) for part in parts[::2]]
    return "".join(part for pair in zip(own, [*parts[1::2], ""], strict=True) for part in pair)


def status_window(words: Words) -> QWidget:
    window = Window(lambda _: None, words=words)
    window.draw(STATUS, NOW)
    return window


def pairing_window(words: Words) -> QWidget:
    window = PairingWindow(words, lambda _: None, lambda _: None)
    window.code.setText("1")
    window.answered("wrong-code")
    return window


def diagnostics_window(words: Words) -> QWidget:
    window = DiagnosticsWindow(words, lambda _: None)
    window.ended("/1/2.3", "")
    return window


def consent_window(words: Words) -> QWidget:
    return ConsentWindow(
        "1", words, confirmed=lambda: None, later=lambda: None, leave_out=lambda _: None
    )


def about_box(words: Words) -> QWidget:
    return about("1", "/2", "", words)


def quit_box(words: Words) -> QWidget:
    (row,) = [row for row in rows(STATUS, NOW, words) if row.confirm]
    return confirm(None, row, lambda: None)


WINDOWS: list[Callable[[Words], QWidget]] = [
    status_window,
    pairing_window,
    diagnostics_window,
    consent_window,
    about_box,
    quit_box,
]


@pytest.fixture(params=WINDOWS, ids=lambda make: make.__name__)
def make(request: pytest.FixtureRequest) -> Callable[[Words], QWidget]:
    found: Callable[[Words], QWidget] = request.param
    return found


def opened(qtbot: QtBot, window: QWidget) -> QWidget:
    if not isinstance(window, QMessageBox):  # it deletes itself
        qtbot.addWidget(window)
    window.show()
    return window


def controls(window: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit)
    return [
        one
        for one in window.findChildren(QWidget)
        if isinstance(one, kinds) and one.isVisible() and one.isEnabled()
    ]


def test_the_tab_key_reaches_every_control(qtbot: QtBot, make: Callable[[Words], QWidget]) -> None:
    window = opened(qtbot, make(english))
    wanted = set(controls(window))
    assert wanted
    reached: set[QWidget] = set()
    here: QWidget | None = window
    for _ in range(60):
        here = here.nextInFocusChain() if here is not None else None
        if here is not None and here.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.add(here)
    assert {one for one in wanted if one not in reached} == set()
    window.close()


def test_a_screen_reader_has_a_name_for_each_window_and_control(
    qtbot: QtBot, make: Callable[[Words], QWidget]
) -> None:
    """Qt gives it a button's text; a line of input needs a name of its own."""
    window = opened(qtbot, make(english))
    assert window.accessibleName() or window.windowTitle()
    for one in controls(window):
        named = one.text() if isinstance(one, QAbstractButton) else one.accessibleName()
        assert named, one
    window.close()


def test_nothing_is_said_in_english_in_another_language(
    qtbot: QtBot, make: Callable[[Words], QWidget]
) -> None:
    window = opened(qtbot, make(marked))
    said: list[str] = [window.windowTitle()]
    for one in (window, *window.findChildren(QWidget)):
        said += [one.toolTip(), one.accessibleName(), one.accessibleDescription()]
        if isinstance(one, QLabel | QAbstractButton):
            said.append(one.text())
    ours = {"Twinreel", "OK", "Cancel", "&OK", "&Cancel"}  # the last ones are Qt's
    english_left = [text for text in said if _letters(text, ours)]
    assert english_left == []
    window.close()


def _letters(text: str, ours: set[str]) -> bool:
    for one in ours | {"disk-full", "out-of-touch"}:  # codes are for IT
        text = text.replace(one, "")
    return any(letter.isalpha() and letter != "X" for letter in text)


def test_the_menu_says_nothing_in_english_in_another_language(qtbot: QtBot) -> None:
    menu = Menu(lambda _: None)
    qtbot.addWidget(menu)
    for status in (
        STATUS,
        replace(STATUS, paused_since=NOW, uploads_total=5, problems=STATUS.problems * 2),
        replace(STATUS, since=None, uploads_waiting=0, may_pause=False, may_resume=False),
        replace(STATUS, uploads_waiting=1, why_not="There is no call to pause."),
    ):
        menu.draw(fitted(rows(status, NOW, marked), marked))
        said = [
            text
            for action in menu.actions()
            for text in (action.text(), action.toolTip(), action.whatsThis())
        ]
        assert [text for text in said if _letters(text.replace("&", ""), set())] == []


def test_a_greyed_out_order_says_why(qtbot: QtBot) -> None:
    menu = Menu(lambda _: None)
    qtbot.addWidget(menu)
    status = replace(STATUS, may_pause=False, may_resume=True)
    menu.draw(fitted(rows(status, NOW)))
    (pause,) = [one for one in menu.actions() if one.text() == "&Pause recording"]
    assert (pause.isEnabled(), pause.whatsThis()) == (False, "It is paused already.")


def test_words_over_two_lines_are_read_out_whole() -> None:
    long = Row(Kind.PROBLEM, "A long word of warning. " * 8, hint="Code for IT: x")
    lines = fitted((long,))
    assert len(lines) > 1
    assert lines[0].hint.startswith(long.text)
    assert " ".join(line.text for line in lines) == long.text.strip()


def test_from_right_to_left_nothing_is_cut_off(
    qtbot: QtBot, make: Callable[[Words], QWidget]
) -> None:
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        window = opened(qtbot, make(english))
        for one in window.findChildren(QLabel):
            inside = one.parentWidget()
            assert inside is None or inside.rect().contains(one.geometry())
        window.close()
    finally:
        QApplication.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
