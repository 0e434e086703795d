import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from agent_client.tray.dialog import Dialog, WordsLabel

pytestmark = pytest.mark.qt_log_ignore("does not support")  # drawn in memory


def test_words_are_shown_whole_however_many_they_are(qtbot: QtBot) -> None:
    label = WordsLabel("one")
    qtbot.addWidget(label)
    short = label.height()
    label.say("many words " * 60)
    assert label.height() >= label.heightForWidth(label.width()) > 3 * short
    label.say("one")
    assert label.height() == short


def test_words_are_never_markup(qtbot: QtBot) -> None:
    label = WordsLabel("<b>kate</b>")
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_each_time_it_is_shown_it_is_left_out_of_recordings(qtbot: QtBot) -> None:
    left_out: list[int] = []
    dialog = Dialog("Twinreel", left_out.append)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.hide()
    dialog.to_front()
    assert left_out == [int(dialog.winId())] * 2


def test_escape_closes_it(qtbot: QtBot) -> None:
    dialog = Dialog("Twinreel", lambda _: None)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)  # type: ignore[no-untyped-call]  # pytest-qt leaves it so
    assert not dialog.isVisible()
