"""The scripted desktop as a program: `python -m bench.capture.workload NAME SECONDS`.

It shows its windows and says `ready`; at `go` on its standard input it plays the script once. What
it says, one JSON object a line, times in seconds since 1970:

    {"said": "ready"}
    {"said": "go" | "hold" | "end", "number": state of the screen, "at": when it was shown}
    {"said": "shown", "changes": [[number, at], ...]}       (behind `end`)
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from pynput.mouse import Controller
from PyQt6.QtCore import QSocketNotifier, Qt, QTimer
from PyQt6.QtWidgets import QApplication, QWidget
from PyQt6.sip import voidptr

from bench.capture.script import Step, script
from bench.capture.windows import FONT, Clock, Customer, Film, Knowledge, Strip, Tickets, Wallpaper


def say(what: str, **more: object) -> None:
    """One line for whoever plays the script."""
    sys.stdout.write(json.dumps({"said": what, **more}) + "\n")
    sys.stdout.flush()


class Desktop:
    """All the windows, and the hand that plays the script."""

    def __init__(self, application: QApplication, workload: str, seconds: float) -> None:
        """The size of the screen is the display's."""
        self._application = application
        screen = application.primaryScreen()
        if screen is None:
            raise SystemExit("there is no screen")
        self._size = screen.virtualSize()
        self._steps = script(workload, seconds)
        self._seconds = seconds
        self._strip = Strip()
        self._wallpaper = Wallpaper()
        self._clock = Clock()
        self._customer, self._knowledge, self._tickets = Customer(), Knowledge(), Tickets()
        self._named: dict[str, QWidget] = {
            "customer": self._customer,
            "knowledge": self._knowledge,
            "tickets": self._tickets,
        }
        width, height = self._size.width(), self._size.height()
        self._film = Film(width, height) if workload == "motion" else None
        self._pointer = Controller()
        self._began = 0.0
        self._number = 0
        self._shown: list[tuple[int, float]] = []
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._play)

    def show(self) -> None:
        """Lay the windows out: they overlap, as they do."""
        width, height = self._size.width(), self._size.height()
        self._wallpaper.setGeometry(0, 0, width, height)
        self._wallpaper.show()
        wide, high = min(int(width * 0.48), 1700), int(height * 0.7)
        self._tickets.setGeometry(int(width * 0.22), int(height * 0.08), wide, high)
        self._knowledge.setGeometry(width - wide - 40, int(height * 0.12), wide, high)
        self._customer.setGeometry(30, int(height * 0.06) + 20, wide, high)
        for window in (self._tickets, self._knowledge, self._customer):
            window.show()
        self._clock.setGeometry(40, height - 60, 120, 36)
        self._clock.show()
        if self._film is not None:
            self._film.show()
        self._strip.show()
        self._move(0.95, 0.9)
        QTimer.singleShot(1500, self._ready)  # the window manager has done its part by then

    def start(self) -> None:
        """Play, from now on."""
        self._began = time.monotonic()
        self._change()
        say("go", number=self._number, at=self._shown[-1][1])
        self._play()

    def _ready(self) -> None:
        self._sync()
        say("ready")

    def _play(self) -> None:
        """All steps that are due, each shown before the next."""
        while self._steps and self._steps[0].at <= self._elapsed():
            self._do(self._steps.pop(0))
        until = (self._steps[0].at if self._steps else self._seconds) - self._elapsed()
        if self._steps or until > 0:
            self._timer.start(max(0, round(until * 1000)))
            return
        self._change()
        say("end", number=self._number, at=self._shown[-1][1])
        say("shown", changes=self._shown)

    def _do(self, step: Step) -> None:
        match step.verb, step.what:
            case "hold", _:
                self._sync()
                say("hold", number=self._number, at=time.time())
                return
            case "mark", _:
                pass
            case "type", _:
                self._customer.type_on()
            case "scroll", (pixels,):
                self._knowledge.scroll_by(int(pixels))
            case "rows", (rows,):
                self._tickets.go_down(int(rows))
            case "raise", (str(name),):
                self._raise(self._named[name])
            case "article", (number,):
                self._knowledge.open(int(number))
            case "point", (x, y):
                self._move(float(x) / 1000, float(y) / 1000)
            case "clock", (second,):
                self._clock.tell(int(second))
            case "paint", (number,) if self._film is not None:
                self._film.paint(int(number))
        self._change()

    def _change(self) -> None:
        """The screen has another state: say so on the screen, and note when."""
        self._number += 1
        self._application.processEvents()
        self._strip.show_number(self._number)
        self._sync()
        self._shown.append((self._number, time.time()))

    def _sync(self) -> None:
        self._application.processEvents()
        self._application.sync()

    def _move(self, x: float, y: float) -> None:
        self._pointer.position = (int(self._size.width() * x), int(self._size.height() * y))

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    @staticmethod
    def _raise(window: QWidget) -> None:
        window.raise_()
        window.activateWindow()


def on_line(obey: Callable[[str], None]) -> QSocketNotifier:
    """Call back with each line of the standard input; keep what this returns."""
    notifier = QSocketNotifier(voidptr(sys.stdin.fileno()), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: obey(sys.stdin.readline().strip()))
    return notifier


def main(words: list[str]) -> int:
    """Run until the input ends."""
    name, seconds = words
    application = QApplication(["workload"])
    application.setStyle("fusion")
    application.setFont(FONT)
    application.setCursorFlashTime(0)  # a cursor that blinks would blink differently each time
    desktop = Desktop(application, name, float(seconds))
    desktop.show()

    def obey(line: str) -> None:
        if line == "go":
            desktop.start()
        else:
            application.quit()

    kept = on_line(obey)
    status = application.exec()
    kept.setEnabled(False)
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
