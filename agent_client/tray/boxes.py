"""Two small boxes: asking back, and what this program is. Neither waits for an answer."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox, QWidget

from agent_client.tray.menu import Row
from agent_client.tray.pictures import picture
from agent_client.tray.words import Words, english

_PICTURE = 64  # device-independent pixels


def confirm(parent: QWidget | None, row: Row, done: Callable[[], None]) -> QMessageBox:
    """Ask back before the row is done; `done` is called on yes."""
    box = QMessageBox(
        QMessageBox.Icon.Warning,
        row.text,
        row.confirm,
        QMessageBox.StandardButton.Cancel,
        parent,
    )
    yes = box.addButton(row.marked(), QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
    box.buttonClicked.connect(lambda button: done() if button is yes else None)
    box.open()
    return box


def about(version: str, log: str, notice: str, words: Words = english) -> QMessageBox:
    """Say what this program is, where its log is, and what the company has agents told."""
    paragraphs = (
        f"Twinreel {version}",
        words(
            "Records the screen of selected calls, from the answer to the end of after-call work, "
            "for your company's contact center."
        ),
        words("Log: {path}", path=log) if log else "",
        notice,
    )
    box = QMessageBox()
    box.setWindowTitle(words("About Twinreel"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText("\n\n".join(text for text in paragraphs if text))
    box.setIconPixmap(picture("twinreel").pixmap(_PICTURE, _PICTURE))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
