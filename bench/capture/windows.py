"""The windows of the scripted desktop, full of text, and the film for full motion."""

from __future__ import annotations

import math
import random
from itertools import cycle

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from bench.capture import marks
from bench.capture.words import NOTES, article, ticket

FONT = QFont("DejaVu Sans", 10)
_BARE = Qt.WindowType.FramelessWindowHint | Qt.WindowType.BypassWindowManagerHint


class Strip(QWidget):
    """The number of the screen's state, in blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowFlags(_BARE | Qt.WindowType.WindowStaysOnTopHint)
        self.setGeometry(0, 0, marks.BLOCK * marks.BLOCKS, marks.BLOCK)
        self._lit = marks.lit(0)

    def show_number(self, number: int) -> None:
        """Paint what differs."""
        before, self._lit = self._lit, marks.lit(number)
        for place, (old, new) in enumerate(zip(before, self._lit, strict=True)):
            if old != new:
                self.repaint(place * marks.BLOCK, 0, marks.BLOCK, marks.BLOCK)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 (Qt's name)
        del event
        painter = QPainter(self)
        for place, white in enumerate(self._lit):
            colour = QColor("white" if white else "black")
            painter.fillRect(place * marks.BLOCK, 0, marks.BLOCK, marks.BLOCK, colour)
        painter.end()


class Wallpaper(QWidget):
    """A soft picture behind everything."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowFlags(
            Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnBottomHint
        )
        self.setWindowTitle("Wallpaper")
        self._image = noise(1, (6, 4), 960, 540)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 (Qt's name)
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.rect(), self._image)
        painter.fillRect(self.rect(), QColor(40, 60, 90, 190))
        painter.end()


class Customer(QWidget):
    """The customer's record: fields, past contacts, and the notes being typed."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Customer record - Ann Example")
        form = QFormLayout()
        fields = {
            "Name": "Ann Example",
            "Customer since": "14 March 2014",
            "Tariff": "Classic 10, 24 months, ends 30 April",
            "Address": "12 Station Road, Springfield",
            "Telephone": "0555 123 0001 (office hours)",
        }
        for name, value in fields.items():
            form.addRow(name, QLineEdit(value))
        contacts = table(("No.", "Who", "City", "State", "Date", "About"), 200, 40)
        contacts.setMaximumHeight(260)
        buttons = QHBoxLayout()
        for word in ("Save", "Callback", "Second level", "Invoice copy", "Block card", "Close"):
            buttons.addWidget(QPushButton(word))
        self._notes = QPlainTextEdit()
        self._notes.setFont(QFont("DejaVu Sans", 11))
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(contacts)
        layout.addLayout(buttons)
        layout.addWidget(QLabel("Notes of this call"))
        layout.addWidget(self._notes)
        self._text = cycle(NOTES)

    def type_on(self) -> None:
        """One more letter."""
        self._notes.insertPlainText(next(self._text))
        self._notes.ensureCursorVisible()


class Knowledge(QWidget):
    """The knowledge base: an article at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Knowledge base")
        self._page = QTextBrowser()
        self._page.setFont(QFont("DejaVu Serif", 11))
        search = QHBoxLayout()
        search.addWidget(QLineEdit("invoice second reminder"))
        search.addWidget(QPushButton("Search"))
        layout = QVBoxLayout(self)
        layout.addLayout(search)
        layout.addWidget(self._page)
        self.open(0)

    def open(self, number: int) -> None:
        """Show an article from its beginning."""
        self._page.setHtml(article(number))

    def scroll_by(self, pixels: int) -> None:
        """Further down; negative: up."""
        bar = self._page.verticalScrollBar()
        if bar is not None:
            bar.setValue(bar.value() + pixels)


class Tickets(QWidget):
    """The list of tickets."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Tickets - all units")
        self._table = table(("No.", "Who", "City", "State", "Due", "About"), 0, 400)
        QVBoxLayout(self).addWidget(self._table)

    def go_down(self, rows: int) -> None:
        """Choose another row; the list follows."""
        row = (max(0, self._table.currentRow()) + rows) % self._table.rowCount()
        self._table.selectRow(row)


class Clock(QLabel):
    """How long the call lasts, to the second."""

    def __init__(self) -> None:
        super().__init__("00:00")
        self.setWindowFlags(_BARE)
        self.setFont(QFont("DejaVu Sans Mono", 14, QFont.Weight.Bold))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAutoFillBackground(True)

    def tell(self, second: int) -> None:
        """Show this time."""
        self.setText(f"{second // 60:02}:{second % 60:02}")


class Film(QWidget):
    """Moving pictures that fill the screen: three layers that move apart, breathe and fade."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.setWindowFlags(_BARE)
        self.setGeometry(0, 0, width, height)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._layers = [noise(seed, (32, 18), width + 400, height + 400) for seed in (2, 3)]
        self._grain = noise(5, (160, 90), width + 400, height + 400)
        self._number = 0

    def paint(self, number: int) -> None:
        """Paint this picture of the film."""
        self._number = number
        self.repaint()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 (Qt's name)
        del event
        turn = self._number / 25
        painter = QPainter(self)
        for place, layer in enumerate((*self._layers, self._grain)):
            painter.setOpacity((1.0, 0.45 + 0.2 * math.sin(turn), 0.2)[place])
            across = 200 + 190 * math.sin(turn * (0.5 + 0.37 * place) + place)
            down = 200 + 190 * math.cos(turn * (0.41 + 0.29 * place))
            source = QRectF(int(across), int(down), self.width(), self.height())
            painter.drawImage(QRectF(self.rect()), layer, source)
        painter.end()


def noise(seed: int, cells: tuple[int, int], width: int, height: int) -> QImage:
    """A picture with fine and coarse parts, like a photograph of leaves."""
    chance = random.Random(seed)  # noqa: S311 (the same each time is its point)
    across, down = cells
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for octave, opacity in ((1, 1.0), (2, 0.5), (4, 0.35)):
        wide, high = across * octave, down * octave
        small = QImage(
            chance.randbytes(wide * high * 3), wide, high, wide * 3, QImage.Format.Format_RGB888
        )
        painter.setOpacity(opacity)
        painter.drawImage(image.rect(), small)
    painter.end()
    return image


def table(heads: tuple[str, ...], first: int, rows: int) -> QTableWidget:
    """Tickets in a table."""
    grid = QTableWidget(rows, len(heads))
    grid.setHorizontalHeaderLabels(heads)
    grid.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    grid.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
    for row in range(rows):
        for column, text in enumerate(ticket(first + row)):
            grid.setItem(row, column, QTableWidgetItem(text))
    for column, width in enumerate((70, 110, 100, 80, 90)):
        grid.setColumnWidth(column, width)
    header, side = grid.horizontalHeader(), grid.verticalHeader()
    if header is not None and side is not None:
        header.setStretchLastSection(True)
        side.setDefaultSectionSize(22)
        side.hide()
    grid.setAlternatingRowColors(True)
    return grid
