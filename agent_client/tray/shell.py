"""Everything that needs Qt, as one object for the main thread: bridge, icon, window, quitting."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

from PyQt6.QtCore import QSocketNotifier, QTimer
from PyQt6.QtWidgets import QApplication, QMessageBox
from PyQt6.sip import voidptr

from agent_client.core.status import Status
from agent_client.tray.bridge import Bridge
from agent_client.tray.icon import Icon, about, confirm
from agent_client.tray.menu import Ask, Row, redraw_in
from agent_client.tray.pictures import picture
from agent_client.tray.window import Window

_MENU_IS_READ = timedelta(seconds=20)  # at most: some panels do not tell when they close it
_LOOK_MS = 500  # how often a tray is looked for, until one is there
_LOOKS_BEFORE_WINDOW = 8  # a panel may start after us; then show the window meanwhile


class Shell:
    """Make it and `run` it on the main thread. `bridge.publish` may be called from any thread.

    `ask` hears of every choice but SHOW and ABOUT, on the main thread, and must not wait.
    `tray_is_there` is asked until it is true: only then is Qt told of a tray, because Qt looks for
    a StatusNotifier host once in a process and remembers that there was none. `leave_out` is told
    the number of our window when it is shown, so that it may be kept out of recordings.
    """

    def __init__(
        self,
        ask: Callable[[Ask], None],
        clock: Callable[[], timedelta],
        tray_is_there: Callable[[], bool],
        about: str,
        leave_out: Callable[[int], None] = lambda _window: None,
    ) -> None:
        self._application = QApplication(["twinreel-agent"])
        self._application.setApplicationDisplayName("Twinreel")
        self._application.setDesktopFileName("twinreel")
        self._application.setWindowIcon(picture("twinreel"))
        self._application.setQuitOnLastWindowClosed(False)
        self._ask = ask
        self._clock = clock
        self._tray_is_there = tray_is_there
        self._about = about
        self._status: Status | None = None
        self._icon: Icon | None = None
        self._looks = 0
        self._box: QMessageBox | None = None
        self.window = Window(self._chosen, leave_out)
        self.bridge = Bridge()
        self.bridge.status_changed.connect(self._draw)
        self._watched_until = timedelta()  # the menu
        self._ticks = QTimer()  # the stopwatch of a recording
        self._ticks.setSingleShot(True)
        self._ticks.timeout.connect(self._redraw)
        self._look = QTimer()
        self._look.timeout.connect(self._look_for_tray)

    def run(self, at_session_end: Callable[[], None]) -> None:
        """Show what there is until somebody quits; SIGTERM and SIGINT quit too.

        `at_session_end` is called when the desktop is about to end this session: it may wait a few
        seconds, and after it the process may be killed at any moment.
        """
        waker, wakened = socket.socketpair()
        waker.settimeout(0)
        notifier = QSocketNotifier(voidptr(wakened.fileno()), QSocketNotifier.Type.Read)
        notifier.activated.connect(lambda: wakened.recv(64))  # back in Python: handlers run
        previous = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        handlers = {number: signal.signal(number, self._signalled) for number in _ENDINGS}
        self._application.commitDataRequest.connect(lambda _manager: at_session_end())
        self._look.start(_LOOK_MS)
        self._look_for_tray()  # which may end the looking
        try:
            self._application.exec()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(previous)
            notifier.setEnabled(False)
            waker.close()
            wakened.close()
            self._look.stop()
            self._ticks.stop()
            if self._icon is not None:
                self._icon.close()
            self.window.close()

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        self._application.quit()

    def _look_for_tray(self) -> None:
        self._looks += 1
        if self._tray_is_there():
            self._look.stop()
            self._icon = Icon(self._chosen, self._show_window)
            self._icon.menu.aboutToShow.connect(lambda: self._menu_is_read(_MENU_IS_READ))
            self._icon.menu.aboutToHide.connect(lambda: self._menu_is_read(timedelta()))
            self.window.alone = False
        elif self._looks == _LOOKS_BEFORE_WINDOW:
            self.window.alone = True
            self.window.show()
        self._redraw()

    def _draw(self, status: Status) -> None:
        self._status = status
        self._redraw()

    def _menu_is_read(self, length: timedelta) -> None:
        self._watched_until = self._clock() + length
        self._redraw()

    def _redraw(self) -> None:
        if self._status is None:
            return
        now = self._clock()
        self.window.draw(self._status, now)
        if self._icon is not None:
            self._icon.draw(self._status, now)
        watched = now < self._watched_until or self.window.isVisible()
        left = redraw_in(self._status, now, watched=watched)
        if left is None:
            self._ticks.stop()
        else:
            self._ticks.start(left // timedelta(milliseconds=1) + 1)

    def _show_window(self) -> None:
        self.window.showNormal()
        self._redraw()  # it was not kept to the second while nobody saw it
        self.window.raise_()
        self.window.activateWindow()

    def _chosen(self, row: Row) -> None:
        if row.confirm:
            self._box = confirm(None, row, lambda: self._do(row.ask))
        else:
            self._do(row.ask)

    def _do(self, ask: Ask) -> None:
        match ask:
            case Ask.SHOW:
                self._show_window()
            case Ask.ABOUT:
                notice = self._status.notice if self._status is not None else ""
                self._box = about("\n\n".join(text for text in (self._about, notice) if text))
            case Ask.QUIT:
                self._ask(ask)
                self._application.quit()
            case _:
                self._ask(ask)


_ENDINGS = (signal.SIGTERM, signal.SIGINT)
