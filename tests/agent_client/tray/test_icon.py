from dataclasses import replace
from datetime import timedelta

import pytest
from PyQt6.QtWidgets import QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from agent_client.core.status import Mood, Problem, Status
from agent_client.tray.boxes import confirm
from agent_client.tray.icon import Menu
from agent_client.tray.menu import Ask, Kind, Row, rows
from agent_client.tray.pictures import picture
from agent_client.tray.window import Window

NOW = timedelta(hours=5)
RECORDING = Status(
    mood=Mood.RECORDING,
    headline="Recording the screen of this call",
    agent_id="kate & co",
    call_id="0f3c9a7e-1111",
    since=NOW - timedelta(seconds=125),
    may_pause=True,
    may_resume=False,
    why_not="",
    may_record_now=False,
    uploads_waiting=0,
    problems=(),
)


def chosen_in(qtbot: QtBot) -> tuple[Menu, list[Ask]]:
    asked: list[Ask] = []
    menu = Menu(lambda row: asked.append(row.ask))
    qtbot.addWidget(menu)
    menu.draw(rows(RECORDING, NOW))
    return menu, asked


def test_the_menu_says_what_the_rows_say(qtbot: QtBot) -> None:
    menu, _ = chosen_in(qtbot)
    shown = [action.text() for action in menu.actions() if not action.isSeparator()]
    said = [row.text for row in rows(RECORDING, NOW) if row.kind is not Kind.SEPARATOR]
    assert [text.replace("&&", "\0").replace("&", "").replace("\0", "&") for text in shown] == said


def test_choosing_pause_asks_for_it_once(qtbot: QtBot) -> None:
    menu, asked = chosen_in(qtbot)
    menu.draw(rows(RECORDING, NOW + timedelta(seconds=1)))
    (pause,) = [action for action in menu.actions() if action.text() == "&Pause recording"]
    pause.trigger()
    assert asked == [Ask.PAUSE]


def test_a_second_passing_keeps_the_open_menu(qtbot: QtBot) -> None:
    menu, _ = chosen_in(qtbot)
    before = menu.actions()
    menu.draw(rows(RECORDING, NOW + timedelta(seconds=1)))
    assert [id(action) for action in menu.actions()] == [id(action) for action in before]
    assert menu.actions()[1].text() == "Call 0f3c9a7e, recording for 2:06"


def test_a_new_shape_brings_new_rows(qtbot: QtBot) -> None:
    menu, asked = chosen_in(qtbot)
    troubled = replace(RECORDING, problems=(Problem("disk-full", "The disk is full.", "Free it."),))
    menu.draw(rows(troubled, NOW))
    (happened,) = [action for action in menu.actions() if action.text() == "The disk is full."]
    assert not happened.icon().isNull()
    happened.trigger()
    assert asked == [Ask.SHOW]


def test_the_window_has_a_button_for_each_asking(qtbot: QtBot) -> None:
    asked: list[Ask] = []
    window = Window(lambda row: asked.append(row.ask))
    qtbot.addWidget(window)
    window.draw(RECORDING, NOW)
    buttons = {button.text(): button for button in window.findChildren(QPushButton)}
    buttons["&Pause recording"].click()
    assert asked == [Ask.PAUSE]
    assert not buttons["&Resume recording"].isEnabled()


def test_the_window_shows_the_companys_notice(qtbot: QtBot) -> None:
    window = Window(lambda _: None)
    qtbot.addWidget(window)
    window.draw(replace(RECORDING, notice="Questions: works council, room 4."), NOW)
    assert "Questions: works council, room 4." in [
        label.text() for label in window.findChildren(QLabel)
    ]


def test_the_window_names_its_picture_for_screen_readers(qtbot: QtBot) -> None:
    window = Window(lambda _: None)
    qtbot.addWidget(window)
    window.draw(RECORDING, NOW)
    assert "Recording" in [label.accessibleName() for label in window.findChildren(QLabel)]


def test_words_from_outside_are_not_markup(qtbot: QtBot) -> None:
    window = Window(lambda _: None)
    qtbot.addWidget(window)
    window.draw(replace(RECORDING, agent_id="<b>kate</b>"), NOW)
    (label,) = [label for label in window.findChildren(QLabel) if "kate" in label.text()]
    assert label.textFormat() is label.textFormat().PlainText


@pytest.mark.qt_log_ignore("propagateSizeHints")  # of the plugin that draws into memory
def test_quitting_is_done_only_on_yes(qtbot: QtBot) -> None:
    done: list[str] = []
    row = Row(Kind.ACTION, "Quit Twinreel", Ask.QUIT, confirm="Really?")
    no = confirm(None, row, lambda: done.append("no"))
    refuse = no.button(QMessageBox.StandardButton.Cancel)
    assert refuse is not None
    refuse.click()
    yes = confirm(None, row, lambda: done.append("yes"))
    (accept,) = [button for button in yes.buttons() if button.text() == "Quit Twinreel"]
    accept.click()
    assert done == ["yes"]
    qtbot.wait(1)


def test_every_mood_has_its_own_picture(qtbot: QtBot) -> None:
    del qtbot  # a picture needs an application
    seen = []
    for mood in Mood:
        drawing = picture(mood).pixmap(16, 16).toImage()
        assert drawing not in seen
        seen.append(drawing)
