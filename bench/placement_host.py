"""A client's process that measures itself: tray, engine thread, and capture here or in a child.

`python -m bench.placement_host WHERE LOAD SPOOL`: WHERE is `thread` or `process`, LOAD the part of
its time that the engine thread computes in Python (0.2). Its standard input: the settings (see
`bench.recorder`), then `measure`, then `end`. It says one JSON object a line: `ready`, `began`,
`measured`.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import IO

from PyQt6.QtCore import QEvent, QObject, QPoint, QSocketNotifier, Qt, QTimer
from PyQt6.QtWidgets import QApplication
from PyQt6.sip import voidptr

from agent_client.capture.recorder import CaptureThread
from agent_client.core.status import Mood, Status
from agent_client.engine import monotonic
from agent_client.tray.bridge import Bridge
from agent_client.tray.icon import Icon, Menu
from agent_client.tray.menu import rows
from bench.recorder import begin, say, waiting

_TICK_MS = 10
_MENU_EVERY_MS, _MENU_OPEN_MS = 1000, 250
_MENU_PLACE = QPoint(1200, 600)
_TURN_SECONDS = 0.01  # of the load: computing, then waiting
_POSTS_EVERY = 10  # turns
_ENDING_SECONDS = 20.0

_STATUS = Status(
    mood=Mood.RECORDING,
    headline="Recording the screen of this call",
    agent_id="agent",
    call_id="0f3c9a7e-1111",
    since=timedelta(),
    may_pause=True,
    may_resume=False,
    why_not="",
    may_record_now=False,
    uploads_waiting=0,
    problems=(),
)


class Loaded(Thread):
    """The engine's thread: an asyncio loop that computes for a part of the time, and posts."""

    def __init__(self, part: float, publish: Callable[[Status], None]) -> None:
        """`part`: 0.2 is a fifth of a core."""
        super().__init__(name="engine", daemon=True)
        self._part = part
        self._publish = publish

    def run(self) -> None:
        """Until the process ends."""
        asyncio.run(self._work() if self._part else asyncio.Event().wait())

    async def _work(self) -> None:
        turn = 0
        while True:
            until = time.perf_counter() + _TURN_SECONDS * self._part
            while time.perf_counter() < until:
                sorted(str(number) for number in range(50))  # Python alone, which holds the GIL
            turn += 1
            if turn % _POSTS_EVERY == 0:
                self._publish(replace(_STATUS, uploads_waiting=turn // _POSTS_EVERY % 7))
            await asyncio.sleep(_TURN_SECONDS * (1 - self._part))


class Recorder:
    """Capture, in a thread here or in a process of its own."""

    def __init__(self, where: str, spool: Path) -> None:
        """The child is started at once, as the client would do at its own start."""
        self._thread: CaptureThread | None = None
        self._child: subprocess.Popen[str] | None = None
        if where == "thread":
            self._thread = waiting(spool, lambda _event: None)
        else:
            command = [sys.executable, "-m", "bench.recorder", str(spool)]
            self._child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            _pipe(self._child.stdout).readline()  # it is ready

    def begin(self, line: str) -> None:
        """Record, by these settings."""
        if self._thread is not None:
            begin(self._thread, line)
        if self._child is not None:
            _pipe(self._child.stdin).write(line)
            _pipe(self._child.stdin).flush()

    def end(self) -> None:
        """End the recording, and wait until its manifest is written."""
        if self._thread is not None:
            self._thread.stop()
        if self._child is not None:
            _pipe(self._child.stdin).close()
            self._child.wait(_ENDING_SECONDS)


@dataclass
class Late:
    """Milliseconds by which things came too late."""

    ticks: list[float] = field(default_factory=list)
    menus: list[float] = field(default_factory=list)


class Host(QObject):
    """The main thread: the tray, and what is measured."""

    def __init__(self, application: QApplication, where: str, load: float, spool: Path) -> None:
        """Begins at once."""
        super().__init__()
        self._application = application
        self._recorder = Recorder(where, spool)
        self._late = Late()
        self._icon = Icon(lambda _row: None, lambda: None)
        self._bridge = Bridge()
        self._bridge.status_changed.connect(lambda status: self._icon.draw(status, monotonic()))
        self._bridge.publish(_STATUS)
        self._menu = Menu(lambda _row: None)  # as the tray's, but opened here
        self._menu.draw(rows(_STATUS, monotonic()))
        self._menu.installEventFilter(self)
        self._asked_at = 0.0
        self._ticked_at = 0.0
        self._ticks = QTimer()
        self._ticks.setTimerType(Qt.TimerType.PreciseTimer)
        self._ticks.timeout.connect(self._tick)
        self._menus = QTimer()
        self._menus.timeout.connect(self._open_menu)
        self._engine = Loaded(load, self._bridge.publish)
        self._engine.start()

    def obey(self, line: str) -> None:
        """One line of the standard input."""
        if line.startswith("{"):
            at = time.time()
            self._recorder.begin(line)
            say("began", at=at)
        elif line == "measure\n":
            self._ticked_at = time.perf_counter()
            self._ticks.start(_TICK_MS)
            self._menus.start(_MENU_EVERY_MS)
        else:
            self._ticks.stop()
            self._menus.stop()
            self._recorder.end()
            say("measured", ticks=self._late.ticks, menus=self._late.menus)
            self._application.quit()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 Qt's name
        """The menu's first picture."""
        if event is not None and event.type() is QEvent.Type.Paint and self._asked_at:
            self._late.menus.append((time.perf_counter() - self._asked_at) * 1000)
            self._asked_at = 0.0
        return super().eventFilter(watched, event)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._late.ticks.append(max(0.0, (now - self._ticked_at) * 1000 - _TICK_MS))
        self._ticked_at = now

    def _open_menu(self) -> None:
        self._asked_at = time.perf_counter()
        self._menu.popup(_MENU_PLACE)
        QTimer.singleShot(_MENU_OPEN_MS, self._menu.hide)


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("the recorder has no pipes")
    return pipe


def main(where: str, load: str, spool: str) -> int:
    """Run until `end`."""
    application = QApplication(["placement"])
    application.setQuitOnLastWindowClosed(False)
    host = Host(application, where, float(load), Path(spool))
    notifier = QSocketNotifier(voidptr(sys.stdin.fileno()), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: host.obey(sys.stdin.readline()))
    say("ready")
    status = application.exec()
    notifier.setEnabled(False)
    return status


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
