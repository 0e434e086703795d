"""The pill alone, as a program: prints its window's number and what is asked of it.

A line of input is the mood to show, or "noted": then the window whose number was told may be seen.
Whoever presses the button sees the other status.
"""

import sys
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QApplication

from agent_client.core.status import Mood
from agent_client.tray.menu import Ask
from agent_client.tray.pill import Pill
from tests.agent_client.tray.tray_program import STATUSES

_NOW = timedelta(hours=1)
_SECONDS = 30.0
_MOODS = {Ask.PAUSE: Mood.PAUSED, Ask.RESUME: Mood.RECORDING}


class _Input(QObject):
    line = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.noted = Event()

    def read(self) -> None:
        for line in sys.stdin:
            if line.strip() == "noted":
                self.noted.set()
            else:
                self.line.emit(line.strip())

    def tell(self, window: int) -> None:
        self.noted.clear()
        say("window", window)
        self.noted.wait(_SECONDS)


def say(*what: object) -> None:
    print(*what, flush=True)  # noqa: T201 the test reads it


def main(folder: str, *options: str) -> None:
    """`dark`, `rtl`: so. Runs until it is killed."""
    application = QApplication(sys.argv[:1])
    if "rtl" in options:
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    if "dark" in options:
        application.setStyle("Fusion")
        palette = QPalette(QColor("#2b2b2b"))
        application.setPalette(palette)

    def asked(ask: Ask) -> None:
        say(ask.value)
        draw(_MOODS[ask])

    def draw(mood: str) -> None:
        pill.draw(STATUSES[Mood(mood)], _NOW, wanted=True)
        say("shows", mood)

    lines = _Input()
    pill = Pill(asked, leave_out=lines.tell, folder=Path(folder))
    lines.line.connect(draw)
    Thread(target=lines.read, daemon=True).start()
    application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
