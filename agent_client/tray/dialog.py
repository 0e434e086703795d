"""What our small windows have in common: on top, left out of recordings, words that wrap."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QDialog, QLabel, QLayout, QVBoxLayout

from agent_client.tray.pictures import picture

_WIDTH = 420  # device-independent pixels, of the words


class Dialog(QDialog):
    """A window that waits for nobody: open it with `show`. Escape closes it."""

    def __init__(self, title: str, leave_out: Callable[[int], None], *, fixed: bool = True) -> None:
        """`leave_out` is handed the window's number each time it is shown.

        `fixed`: always as large as what is in it.
        """
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self._leave_out = leave_out
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setWindowIcon(picture("twinreel"))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 20, 20, 20)
        self.column.setSpacing(12)
        if fixed:
            self.column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802 Qt's name
        """Only now is there a window that the system knows."""
        super().showEvent(event)
        self._leave_out(int(self.winId()))

    def to_front(self) -> None:
        """Show it before all others, ready for the keyboard."""
        self.showNormal()
        self.raise_()
        self.activateWindow()


class WordsLabel(QLabel):
    """Words as they are, never markup, over as many lines as they need and no fewer.

    A layout guesses the height of words that wrap, and guesses too little.
    """

    def __init__(self, text: str = "", width: int = _WIDTH) -> None:
        """`width` in device-independent pixels."""
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setWordWrap(True)
        self.setFixedWidth(width)
        self.say(text)

    def say(self, text: str) -> None:
        """Show these words from now on."""
        self.setText(text)
        self.ensurePolished()
        self.setMinimumHeight(0)  # or the height before would be asked for again
        self.setFixedHeight(max(0, self.heightForWidth(self.width())))  # -1 without words
