"""A screen that never stands still: `python -m bench.pause_screen PICTURES_PER_SECOND`.

Each picture fills the screen and has its number in the upper left corner. It says `ready`; at any
line on its standard input it ends, and says what it drew, one JSON object a line:

    {"said": "ready"}
    {"said": "drawn", "pictures": [[number, begun, shown], ...]}

Times in seconds since 1970: when drawing began, and when the X server had done it.
"""

from __future__ import annotations

import sys
import time

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QApplication

from bench.capture.windows import Film, Strip
from bench.capture.workload import on_line, say


class Screen:
    """The film, the strip with its number, and when each was there."""

    def __init__(self, application: QApplication, pictures_per_second: float) -> None:
        """Fills the display's only screen."""
        screen = application.primaryScreen()
        if screen is None:
            raise SystemExit("there is no screen")
        size = screen.virtualSize()
        self._application = application
        self._film = Film(size.width(), size.height())
        self._strip = Strip()
        self._film.show()
        self._strip.show()
        self._drawn: list[tuple[int, float, float]] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._draw)
        self._timer.start(round(1000 / pictures_per_second))
        QTimer.singleShot(500, lambda: say("ready"))

    def tell(self) -> None:
        """Say what was drawn."""
        self._timer.stop()
        say("drawn", pictures=self._drawn)

    def _draw(self) -> None:
        number = len(self._drawn) + 1
        begun = time.time()
        self._film.paint(number)
        self._strip.show_number(number)
        self._application.sync()
        self._drawn.append((number, begun, time.time()))


def main(words: list[str]) -> int:
    """Draw until a line comes."""
    application = QApplication(["pause_screen"])
    screen = Screen(application, float(words[0]))

    def end(_: str) -> None:
        screen.tell()
        application.quit()

    kept = on_line(end)
    status = application.exec()
    kept.setEnabled(False)
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
