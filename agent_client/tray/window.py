"""The status window: the same rows as the menu, larger. Stands in where there is no tray."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QCloseEvent, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget

from agent_client.core.status import Status
from agent_client.tray.dialog import WordsLabel
from agent_client.tray.menu import MOODS, Kind, Row, rows
from agent_client.tray.pictures import picture
from agent_client.tray.words import Words, english

_PICTURE = QSize(48, 48)  # device-independent pixels
_WIDTH = 430  # of the words
_BUTTONS = 2  # side by side
_LARGER = 1.25  # the headline


class Window(QWidget):
    """What is happening, in words, with a button for each thing that may be asked."""

    def __init__(
        self,
        choose: Callable[[Row], None],
        leave_out: Callable[[int], None] = lambda _window: None,
        words: Words = english,
    ) -> None:
        """`leave_out` is handed the window's number each time it is shown."""
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self._choose = choose
        self._leave_out = leave_out
        self._words = words
        self._shown: tuple[Row, ...] = ()
        self._drawn: list[WordsLabel | QPushButton | None] = []  # one for each row shown
        self.alone = False  # no tray: closing it would leave nothing to see
        self.setWindowTitle("Twinreel")
        self.setWindowIcon(picture("twinreel"))
        self._picture = QLabel()
        self._rows = QWidget()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(20, 20, 20, 20)
        self._layout.setSpacing(18)
        self._layout.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        self._layout.addWidget(self._picture, alignment=Qt.AlignmentFlag.AlignTop)
        self._layout.addWidget(self._rows)

    def draw(self, status: Status, now: timedelta) -> None:
        """Show this status at engine time `now`."""
        self._picture.setPixmap(picture(status.mood).pixmap(_PICTURE))
        mood = self._words(MOODS[status.mood])
        self._picture.setAccessibleName(mood)
        notice = (Row(Kind.TEXT, status.notice),) if status.notice else ()
        wanted = (*rows(status, now, self._words), *notice)
        if wanted == self._shown:
            return
        self.setAccessibleName(f"Twinreel: {mood}")  # read out when the window opens
        self.setAccessibleDescription(self._words(status.headline))
        if _shape(wanted) != _shape(self._shown):
            self._build(wanted)
        self._shown = wanted
        for widget, row in zip(self._drawn, wanted, strict=True):  # in place: the focus stays
            if isinstance(widget, WordsLabel):
                _write(widget, row)
            elif widget is not None:
                _dress(widget, row)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802 Qt's name
        """Only now is there a window that the system knows."""
        super().showEvent(event)
        self._leave_out(int(self.winId()))

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802 Qt's name
        """Without a tray it is made small, since it is all there is to see."""
        if self.alone and event is not None and event.spontaneous():
            event.ignore()
            self.showMinimized()

    def _build(self, wanted: tuple[Row, ...]) -> None:
        """Words below each other; buttons that follow each other, side by side."""
        self._layout.removeWidget(self._rows)
        self._rows.deleteLater()
        self._rows = QWidget()
        self._layout.addWidget(self._rows)
        column = QVBoxLayout(self._rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._drawn = []
        line: QHBoxLayout | None = None  # of the buttons that came last
        for index, row in enumerate(wanted):
            widget = self._widget(index, row)
            self._drawn.append(widget)
            if isinstance(widget, QPushButton):
                if line is None or line.count() == _BUTTONS:
                    line = QHBoxLayout()
                    line.setSpacing(8)
                    column.addLayout(line)
                line.addWidget(widget)
                continue
            line = None
            if row.kind in {Kind.PROBLEM, Kind.NOTE}:
                column.addSpacing(6)  # a problem and its remedy belong together
            if widget is None:
                column.addSpacing(10)
            else:
                column.addWidget(widget)

    def _widget(self, index: int, row: Row) -> WordsLabel | QPushButton | None:
        if row.kind is Kind.SEPARATOR:
            return None
        if row.kind is not Kind.ACTION:
            return _label(row)
        button = QPushButton()
        button.clicked.connect(lambda: self._choose(self._shown[index]))
        return button


def _dress(button: QPushButton, row: Row) -> None:
    button.setText(row.marked())
    button.setEnabled(row.enabled)
    button.setToolTip(row.hint)
    button.setAccessibleDescription(row.hint)


def _label(row: Row) -> WordsLabel:
    label = WordsLabel(width=_WIDTH)
    font = label.font()
    font.setBold(row.kind in {Kind.HEADLINE, Kind.PROBLEM})
    if row.kind is Kind.HEADLINE:
        font.setPointSizeF(font.pointSizeF() * _LARGER)
    label.setFont(font)
    return label


def _write(label: WordsLabel, row: Row) -> None:
    code = row.kind is Kind.REMEDY and row.hint  # IT asks for it: here there is room
    label.say(f"{row.text} {code}." if code else row.text)
    label.setToolTip(row.hint)
    label.setAccessibleDescription(row.hint)


def _shape(wanted: tuple[Row, ...]) -> list[tuple[Kind, str]]:
    return [(row.kind, row.ask) for row in wanted]
