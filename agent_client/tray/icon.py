"""Rows -> QMenu, mood -> icon. It draws; what to say was decided in `tray.menu`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QMessageBox, QSystemTrayIcon, QWidget

from agent_client.core.status import Mood, Status
from agent_client.tray.menu import Kind, Row, rows, tooltip
from agent_client.tray.pictures import picture

_INDENT = "\N{EM SPACE}" * 2  # a remedy stands below its problem


class Menu(QMenu):
    """The tray's menu: redrawn in place, and built anew only when its shape changes."""

    def __init__(self, choose: Callable[[Row], None]) -> None:
        super().__init__()
        self._choose = choose
        self._shown: tuple[Row, ...] = ()
        self.setToolTipsVisible(True)
        self.setAccessibleName("Twinreel")

    def draw(self, wanted: tuple[Row, ...]) -> None:
        """Show these rows."""
        if wanted == self._shown:
            return
        anew = _shape(wanted) != _shape(self._shown)
        self._shown = wanted
        if anew:
            self._build()
            return
        for action, row in zip(self.actions(), wanted, strict=True):
            self._draw_row(action, row)

    def _build(self) -> None:
        self.clear()
        for index, row in enumerate(self._shown):
            action = QAction(self)
            action.triggered.connect(partial(self._choose_at, index))
            self._draw_row(action, row)
            self.addAction(action)  # drawn before: a panel hears of each change

    def _choose_at(self, index: int) -> None:
        self._choose(self._shown[index])

    def _draw_row(self, action: QAction, row: Row) -> None:
        action.setSeparator(row.kind is Kind.SEPARATOR)
        indent = _INDENT if row.kind is Kind.REMEDY else ""
        action.setText(indent + row.marked())
        action.setEnabled(row.enabled)
        action.setToolTip(row.hint or row.text)
        action.setWhatsThis(row.hint)  # read out by screen readers
        font = action.font()
        font.setBold(row.kind is Kind.HEADLINE)
        action.setFont(font)
        if row.kind is Kind.PROBLEM:
            action.setIcon(picture("attention"))


class Icon(QObject):
    """The tray icon with its menu and tooltip."""

    def __init__(self, choose: Callable[[Row], None], open_window: Callable[[], None]) -> None:
        super().__init__()
        self.menu = Menu(choose)
        self._tray = QSystemTrayIcon(self)
        self._tray.setContextMenu(self.menu)
        self._open_window = open_window
        self._tray.activated.connect(self._activated)
        self._mood: Mood | None = None

    def draw(self, status: Status, now: timedelta) -> None:
        """Show this status at engine time `now`."""
        self.menu.draw(rows(status, now))
        if status.mood is not self._mood:  # the panel fetches it anew whenever it is set
            self._mood = status.mood
            self._tray.setIcon(picture(status.mood))
        says = tooltip(status, now)
        if says != self._tray.toolTip():
            self._tray.setToolTip(says)
        self._tray.show()

    def close(self) -> None:
        """Take the icon out of the panel."""
        self._tray.hide()
        self.menu.close()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._open_window()


def confirm(parent: QWidget | None, row: Row, done: Callable[[], None]) -> QMessageBox:
    """Ask back before the row is done; `done` is called on yes. Does not wait."""
    box = QMessageBox(
        QMessageBox.Icon.Warning,
        row.text,
        row.confirm,
        QMessageBox.StandardButton.Cancel,
        parent,
    )
    yes = box.addButton(row.text, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
    box.buttonClicked.connect(lambda button: done() if button is yes else None)
    box.open()
    return box


def about(words: str) -> QMessageBox:
    """Say what this program is. Does not wait."""
    box = QMessageBox()
    box.setWindowTitle("About Twinreel")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(words)
    box.setIconPixmap(picture("twinreel").pixmap(64, 64))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box


def _shape(wanted: tuple[Row, ...]) -> list[tuple[Kind, str]]:
    return [(row.kind, row.ask) for row in wanted]
