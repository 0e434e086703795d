"""The status window: the same rows as the menu, larger. Stands in where there is no tray."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from agent_client.core.status import Status
from agent_client.tray.menu import MOODS, Kind, Row, rows
from agent_client.tray.pictures import picture

_PICTURE = QSize(48, 48)  # device-independent pixels
_WIDTH = 420
_WORDS = {Kind.HEADLINE, Kind.TEXT, Kind.PROBLEM, Kind.REMEDY}


class Window(QWidget):
    """What is happening, in words, with a button for each thing that may be asked."""

    def __init__(self, choose: Callable[[Row], None]) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self._choose = choose
        self._shown: tuple[Row, ...] = ()
        self.alone = False  # no tray: closing it would leave nothing to see
        self.setWindowTitle("Twinreel")
        self.setWindowIcon(picture("twinreel"))
        self.setFixedWidth(_WIDTH)
        self._picture = QLabel()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(16)
        layout.addWidget(self._picture, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addLayout(self._rows, stretch=1)

    def draw(self, status: Status, now: timedelta) -> None:
        """Show this status at engine time `now`."""
        self._picture.setPixmap(picture(status.mood).pixmap(_PICTURE))
        self._picture.setAccessibleName(MOODS[status.mood])
        wanted = tuple(row for row in rows(status, now) if row.kind is not Kind.SEPARATOR)
        if wanted == self._shown:
            return
        if not self._redraw(wanted):
            self._build(wanted)
        self._shown = wanted

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802 Qt's name
        """Without a tray it is made small, since it is all there is to see."""
        if self.alone and event is not None and event.spontaneous():
            event.ignore()
            self.showMinimized()

    def _redraw(self, wanted: tuple[Row, ...]) -> bool:
        """Change words in place, so that a button keeps the focus. False if the shape differs."""
        if [(row.kind, row.ask) for row in wanted] != [(row.kind, row.ask) for row in self._shown]:
            return False
        for index, row in enumerate(wanted):
            item = self._rows.itemAt(index)
            widget = item.widget() if item is not None else None
            if isinstance(widget, QLabel):
                widget.setText(row.text)
                widget.setToolTip(row.hint)
            elif isinstance(widget, QPushButton):
                _dress(widget, row)
        return True

    def _build(self, wanted: tuple[Row, ...]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for index, row in enumerate(wanted):
            self._rows.addWidget(_label(row) if row.kind in _WORDS else self._button(index, row))
        self.adjustSize()

    def _button(self, index: int, row: Row) -> QPushButton:
        button = QPushButton()
        _dress(button, row)
        button.clicked.connect(lambda: self._choose(self._shown[index]))
        return button


def _dress(button: QPushButton, row: Row) -> None:
    button.setText(row.text.replace("&", "&&"))
    button.setEnabled(row.enabled)
    button.setToolTip(row.hint)
    button.setAccessibleDescription(row.hint)


def _label(row: Row) -> QLabel:
    label = QLabel(row.text)
    label.setTextFormat(Qt.TextFormat.PlainText)  # words from outside are never markup
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    label.setToolTip(row.hint)
    label.setAccessibleDescription(row.hint)
    font = label.font()
    font.setBold(row.kind in {Kind.HEADLINE, Kind.PROBLEM})
    if row.kind is Kind.HEADLINE:
        font.setPointSizeF(font.pointSizeF() * 1.25)
    label.setFont(font)
    if row.kind is Kind.PROBLEM:
        label.setFrameShape(QFrame.Shape.NoFrame)
    return label
