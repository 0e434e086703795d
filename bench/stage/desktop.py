"""A scripted desktop: real windows in which text is typed, scrolled and switched.

`python -m bench.stage.desktop` reads one command a line and writes one JSON object a line with
what it did and when (UTC, after the picture reached the display):

    call NAME      fill in the customer window for this caller, and keep working in it
    idle           stop working
    card NUMBER    show a card number in big letters over everything
    card           take it away
    flash          show a white square in the upper left corner for 900 ms (it is black otherwise)
    light          show it until `dark`
    dark
    quit
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle

from PyQt6.QtCore import QSocketNotifier, Qt, QTimer
from PyQt6.QtGui import QColor, QFont, QPalette
from PyQt6.QtWidgets import (
    QApplication,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from PyQt6.sip import voidptr

FLASH_MS = 900
MARKER = 96  # pixels, the side of the square in the upper left corner
_TYPING_MS = 70
_SCROLL_MS = 400
_SWITCH_MS = 3500
_NOTES = (
    "Customer asks about the invoice of October. Address checked, date of birth checked. "
    "Tariff changed to Flex 20 on request; the new price holds from the first of the month. "
    "Refund of 14.90 agreed with the second level. Callback not needed.\n"
)
_ARTICLES = [
    f"{number}  {title}"
    for number, title in enumerate(
        [
            "How to correct an invoice",
            "Moving house: what changes, what stays",
            "Lost or stolen card: block first, ask later",
            "Refunds above 50 need a second signature",
            "Tariff change in the running month",
            "Complaints: the three sentences that help",
        ]
        * 12,
        start=4001,
    )
]


def say(what: str) -> None:
    """Report a deed and its time."""
    now = datetime.now(UTC).isoformat()
    sys.stdout.write(json.dumps({"did": what, "at": now}) + "\n")
    sys.stdout.flush()


class Customer(QWidget):
    """The customer's record, with notes being typed."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Customer record")
        self.resize(860, 620)
        form = QFormLayout()
        self._fields = {name: QLineEdit() for name in ("Name", "Customer since", "Tariff", "City")}
        for name, field in self._fields.items():
            form.addRow(name, field)
        self._notes = QPlainTextEdit()
        self._notes.setFont(QFont("DejaVu Sans", 12))
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(QLabel("Notes"))
        layout.addWidget(self._notes)
        self._text = cycle(_NOTES)

    def greet(self, name: str) -> None:
        """Fill in the record."""
        values = (name, "2014", "Classic 10", "Springfield")
        for field, value in zip(self._fields.values(), values, strict=True):
            field.setText(value)
        self._notes.clear()

    def type_on(self) -> None:
        """One more character."""
        self._notes.insertPlainText(next(self._text))
        self._notes.ensureCursorVisible()


class Knowledge(QWidget):
    """The knowledge base, being scrolled."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Knowledge base")
        self.resize(760, 700)
        self._list = QListWidget()
        self._list.setFont(QFont("DejaVu Sans", 13))
        self._list.addItems(_ARTICLES)
        QVBoxLayout(self).addWidget(self._list)

    def scroll_on(self) -> None:
        """One line further, and round again."""
        row = (self._list.currentRow() + 1) % self._list.count()
        self._list.setCurrentRow(row)


def banner(text: str, colour: str, size: int) -> QLabel:
    """A window without a frame, above all others."""
    label = QLabel(text)
    label.setWindowFlags(
        Qt.WindowType.FramelessWindowHint
        | Qt.WindowType.WindowStaysOnTopHint
        | Qt.WindowType.BypassWindowManagerHint
    )
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setFont(QFont("DejaVu Sans", size, QFont.Weight.Bold))
    label.setAutoFillBackground(True)
    paint(label, colour)
    return label


def paint(label: QLabel, colour: str) -> None:
    """Give a window one flat colour."""
    palette = label.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor(colour))
    label.setPalette(palette)
    label.repaint()


class Desktop:
    """All the windows, and what makes them move."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self.customer = Customer()
        self.knowledge = Knowledge()
        self._wallpaper = banner("", "#35506b", 12)
        self._wallpaper.setWindowFlags(
            Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnBottomHint
        )
        self.card = banner("", "#ffe9a8", 72)
        self.marker = banner("", "black", 12)
        self._timers = [
            self._timer(_TYPING_MS, self.customer.type_on),
            self._timer(_SCROLL_MS, self.knowledge.scroll_on),
            self._timer(_SWITCH_MS, self._switch),
        ]
        self._front = cycle((self.knowledge, self.customer))

    def show(self) -> None:
        """Lay the windows out."""
        screen = self._application.primaryScreen()
        if screen is None:
            raise SystemExit("there is no screen")
        size = screen.geometry()
        self._wallpaper.setGeometry(size)
        self._wallpaper.show()
        self.knowledge.move(size.width() // 2 - 60, 140)
        self.knowledge.show()
        self.customer.move(140, 110)
        self.customer.show()
        self.card.setGeometry(size.width() // 10, size.height() // 3, size.width() * 4 // 5, 260)
        self.marker.setGeometry(0, 0, MARKER, MARKER)
        self.marker.show()

    def obey(self, line: str) -> None:
        """Carry out one command and report it once it is on the display."""
        verb, _, rest = line.strip().partition(" ")
        match verb:
            case "call":
                self.customer.greet(rest)
                for timer in self._timers:
                    timer.start()
            case "idle":
                for timer in self._timers:
                    timer.stop()
            case "card":
                self.card.setText(rest)
                self.card.setVisible(bool(rest))
                self.card.raise_()
            case "flash":
                self.marker.raise_()
                paint(self.marker, "white")
                QTimer.singleShot(FLASH_MS, lambda: paint(self.marker, "black"))
            case "light":
                self.marker.raise_()
                paint(self.marker, "white")
            case "dark":
                paint(self.marker, "black")
            case "quit":
                self._application.quit()
            case _:
                raise SystemExit(f"no such command: {line!r}")
        self._application.processEvents()
        self._application.sync()
        say(line.strip())

    def _switch(self) -> None:
        window = next(self._front)
        window.raise_()
        window.activateWindow()

    @staticmethod
    def _timer(milliseconds: int, action: Callable[[], None]) -> QTimer:
        timer = QTimer()
        timer.setInterval(milliseconds)
        timer.timeout.connect(action)
        return timer


def main() -> int:
    """Run until `quit` or the end of the input."""
    application = QApplication(sys.argv)
    application.setQuitOnLastWindowClosed(False)
    desktop = Desktop(application)
    desktop.show()
    commands = QSocketNotifier(voidptr(sys.stdin.fileno()), QSocketNotifier.Type.Read)

    def read() -> None:
        line = sys.stdin.readline()
        if line:
            desktop.obey(line)
        else:
            application.quit()

    commands.activated.connect(read)
    say("ready")
    return application.exec()


if __name__ == "__main__":
    raise SystemExit(main())
