"""Rows -> QMenu, mood -> icon. It draws; what to say was decided in `tray.menu`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QSystemTrayIcon

from agent_client.core.status import Mood, Status
from agent_client.tray.menu import Kind, Row, fitted, rows, tooltip
from agent_client.tray.notices import Notice
from agent_client.tray.pictures import picture
from agent_client.tray.words import Words, english

_INDENT = "\N{EM SPACE}" * 2  # a remedy stands below its problem
_URGENT_MS = 15_000
_QUIET_MS = 6_000


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

    def __init__(
        self,
        choose: Callable[[Row], None],
        open_window: Callable[[], None],
        words: Words = english,
    ) -> None:
        super().__init__()
        self._words = words
        self.menu = Menu(choose)
        self._tray = QSystemTrayIcon(self)
        self._tray.setContextMenu(self.menu)
        self._open_window = open_window
        self._tray.activated.connect(self._activated)
        self._tray.messageClicked.connect(open_window)
        self._mood: Mood | None = None

    def draw(self, status: Status, now: timedelta) -> None:
        """Show this status at engine time `now`."""
        self.menu.draw(fitted(rows(status, now, self._words), self._words))
        if status.mood is not self._mood:  # the panel fetches it anew whenever it is set
            self._mood = status.mood
            self._tray.setIcon(picture(status.mood))
        says = tooltip(status, now, self._words)
        if says != self._tray.toolTip():
            self._tray.setToolTip(says)
        self._tray.show()

    def notify(self, notice: Notice) -> None:
        """Have it pop up beside the icon, for some seconds."""
        icon = QSystemTrayIcon.MessageIcon
        if notice.urgent:
            self._tray.showMessage(notice.title, notice.text, icon.Warning, _URGENT_MS)
        else:
            self._tray.showMessage(notice.title, notice.text, icon.Information, _QUIET_MS)

    def close(self) -> None:
        """Take the icon out of the panel."""
        self._tray.hide()
        self.menu.close()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._open_window()


def _shape(wanted: tuple[Row, ...]) -> list[tuple[Kind, str]]:
    return [(row.kind, row.ask) for row in wanted]
