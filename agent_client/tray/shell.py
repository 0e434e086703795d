"""Everything that needs Qt, as one object for the main thread: bridge, icon, windows, quitting."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from PyQt6.QtCore import QSocketNotifier, QStandardPaths, QTimer
from PyQt6.QtWidgets import QApplication, QMessageBox
from PyQt6.sip import voidptr

from agent_client.core.status import Status
from agent_client.tray.boxes import about, confirm
from agent_client.tray.bridge import Bridge
from agent_client.tray.consent import Consent
from agent_client.tray.diagnosing import DiagnosticsWindow
from agent_client.tray.house_rules import HouseRules
from agent_client.tray.icon import Icon
from agent_client.tray.languages import Translation, chosen, system_languages
from agent_client.tray.menu import Ask, Row, redraw_in
from agent_client.tray.notices import Told, leaving, next_in, notices, refused, stepping_aside
from agent_client.tray.pairing import PairingWindow
from agent_client.tray.pictures import picture
from contract.make_way import Purpose

if TYPE_CHECKING:
    from agent_client.tray.pill import Pill
    from agent_client.tray.window import Window

_MENU_IS_READ = timedelta(seconds=20)  # at most: some panels do not tell when they close it
_LOOK_MS = 500  # how often a tray is looked for, until one is there
_LOOKS_BEFORE_WINDOW = 8  # a panel may start after us; then show the window meanwhile


def _nothing(*_: object) -> None:
    """What nobody asked for is not done."""


def _all_read(_version: str, _agent_id: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Hands:
    """What the tray has others do. Called on the main thread; none of them waits."""

    leave_out: Callable[[int], None] = _nothing  # a window's number: not to be recorded
    pair: Callable[[str], None] = _nothing  # a page's code; answered by `Bridge.say_paired`
    diagnose: Callable[[Path], None] = _nothing  # to a folder; answered by `say_diagnosed`
    has_read: Callable[[str, str], bool] = _all_read  # a version, an agent
    confirm_read: Callable[[str, str], None] = _nothing  # as above


class Shell:
    """Make it and `run` it on the main thread. The bridge may be spoken to from any thread.

    `ask` hears of every choice that the tray does not answer by itself, on the main thread, and
    must not wait. `tray_is_there` is asked until it is true: only then is Qt told of a tray,
    because Qt looks for a StatusNotifier host once in a process and remembers that there was none.

    Windows are made when they are first wanted: the icon would come 30 ms later, as the first of
    them has Python make all of Qt's constants.
    """

    def __init__(  # noqa: PLR0913 named arguments, each of another kind
        self,
        ask: Callable[[Ask], None],
        clock: Callable[[], timedelta],
        tray_is_there: Callable[[], bool],
        hands: Hands = Hands(),
        *,
        version: str = "",
        log: str = "",
        language: str = "",
        folder: Path | None = None,
    ) -> None:
        """`language`: to be spoken in place of the system's; `folder`: to remember places in."""
        self._application = QApplication(["twinreel-agent"])
        self._application.setApplicationDisplayName("Twinreel")
        self._application.setDesktopFileName("twinreel")
        self._application.setWindowIcon(picture("twinreel"))
        self._application.setQuitOnLastWindowClosed(False)
        self._translation = Translation(chosen(language, system_languages()))
        self._translation.install(self._application)
        self.words = self._translation.words()
        self._ask = ask
        self._clock = clock
        self._tray_is_there = tray_is_there
        self._hands = hands
        self._version = version
        self._log = log
        self._status: Status | None = None
        self._rules = HouseRules()
        self._told = Told()
        self._icon: Icon | None = None
        self._at_session_end: Callable[[], None] = _nothing
        self._session_ends = False
        self._looks = 0
        self._box: QMessageBox | None = None
        self._pairing: PairingWindow | None = None
        self._diagnosing: DiagnosticsWindow | None = None
        self._folder = folder
        self._window: Window | None = None
        self._pill: Pill | None = None
        self._consent = Consent(self.words, hands.has_read, hands.confirm_read, hands.leave_out)
        self.bridge = Bridge()
        self.bridge.status_changed.connect(self._draw)
        self.bridge.rules_changed.connect(self._ruled)
        self.bridge.refused.connect(self._refused)
        self.bridge.paired.connect(self._paired)
        self.bridge.diagnosed.connect(self._diagnosed)
        self.bridge.steps_aside.connect(self._step_aside)
        self.bridge.over.connect(self._application.quit)
        self._watched_until = timedelta()  # the menu
        self._ticks = _timer(self._redraw)  # the stopwatch of a recording
        self._reminders = _timer(self._pop_up)
        self._look = QTimer()
        self._look.timeout.connect(self._look_for_tray)

    def run(
        self,
        at_session_end: Callable[[], None],
        first: Status | None = None,
        shown: Callable[[], None] = _nothing,
    ) -> None:
        """Show what there is until somebody quits; SIGTERM, SIGHUP and SIGINT quit too.

        `at_session_end` is called when this session is about to end, as the desktop says or, by
        SIGTERM or SIGHUP, the system: it may wait some seconds, and after it the process may be
        killed at any moment. `first` is shown until there is a status, and is no news: nothing pops
        up for it. `shown` is called once that is done, if there is a tray by then, or at once.
        """
        if self._status is None:
            self._status = first
        self._at_session_end = at_session_end
        waker, wakened = socket.socketpair()
        waker.settimeout(0)
        notifier = QSocketNotifier(voidptr(wakened.fileno()), QSocketNotifier.Type.Read)
        notifier.activated.connect(lambda: wakened.recv(64))  # back in Python: handlers run
        previous = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        handlers = {number: signal.signal(number, self._signalled) for number in _ENDINGS}
        self._application.commitDataRequest.connect(lambda _manager: self._end_session())
        if sys.platform == "win32":
            self._made_window().winId()  # it tells windows alone of the session's end
        self._look.start(_LOOK_MS)
        self._look_for_tray()  # which may end the looking
        QTimer.singleShot(0, shown)
        try:
            self._application.exec()
            if self._session_ends:
                self._end_session()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(previous)
            notifier.setEnabled(False)
            waker.close()
            wakened.close()
            for timer in (self._look, self._ticks, self._reminders):
                timer.stop()
            if self._icon is not None:
                self._icon.close()
            self._consent.close()
            self._application.closeAllWindows()

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        self._session_ends = number != signal.SIGINT
        QTimer.singleShot(0, self._application.quit)  # it may not have begun: then to quit is lost

    def _end_session(self) -> None:
        if self._icon is not None:
            self._icon.notify(leaving(self.words))
        self._at_session_end()

    def _look_for_tray(self) -> None:
        self._looks += 1
        if self._tray_is_there():
            self._look.stop()
            self._icon = Icon(self._chosen, self._show_window, self.words)
            self._icon.menu.aboutToShow.connect(lambda: self._menu_is_read(_MENU_IS_READ))
            self._icon.menu.aboutToHide.connect(lambda: self._menu_is_read(timedelta()))
            if self._window is not None:
                self._window.alone = False
        elif self._looks == _LOOKS_BEFORE_WINDOW:
            window = self._made_window()
            window.alone = True
            window.show()
        self._redraw()

    def _draw(self, status: Status) -> None:
        self._status = status
        self._redraw()
        self._consent.follow(status, self._rules)
        self._pop_up()

    def _ruled(self, rules: HouseRules) -> None:
        self._rules = rules
        if rules.pill and self._pill is None:
            from agent_client.tray.pill import Pill  # noqa: PLC0415 -- as the class says

            self._pill = Pill(self._do, self.words, self._hands.leave_out, self._folder)
        self._redraw()
        if self._status is not None:
            self._consent.follow(self._status, rules)
            self._pop_up()

    def _pop_up(self) -> None:
        """Tell what is to be told now, and wait for what is to be told later."""
        self._reminders.stop()
        if self._status is None:
            return
        now = self._clock()
        self._told, due = notices(self._told, self._status, self._rules, now, self.words)
        for notice in due:
            if self._icon is not None:  # without a tray the window stands there, and says it
                self._icon.notify(notice)
        left = next_in(self._told, self._status, self._rules, now)
        if left is not None:
            self._reminders.start(left // timedelta(milliseconds=1) + 1)

    def _refused(self, text: str) -> None:
        if self._icon is not None:
            self._icon.notify(refused(text, self.words))

    def _paired(self, reason: str) -> None:
        if self._pairing is not None:
            self._pairing.answered(reason)

    def _diagnosed(self, path: str, failure: str) -> None:
        if self._diagnosing is not None:
            self._diagnosing.ended(path, failure)

    def _step_aside(self, purpose: Purpose) -> None:
        if self._icon is not None:
            self._icon.notify(stepping_aside(purpose, self.words))
        self._application.quit()

    def _menu_is_read(self, length: timedelta) -> None:
        self._watched_until = self._clock() + length
        self._redraw()

    def _redraw(self) -> None:
        if self._status is None:
            return
        now = self._clock()
        if self._window is not None:
            self._window.draw(self._status, now)
        if self._icon is not None:
            self._icon.draw(self._status, now)
        if self._pill is not None:
            self._pill.draw(self._status, now, wanted=self._rules.pill)
        windows = (self._window, self._pill)
        shown = any(one is not None and one.isVisible() for one in windows)
        watched = now < self._watched_until or shown
        left = redraw_in(self._status, now, watched=watched)
        if left is None:
            self._ticks.stop()
        else:
            self._ticks.start(left // timedelta(milliseconds=1) + 1)

    def _show_window(self) -> None:
        window = self._made_window()
        window.showNormal()
        self._redraw()  # it was not kept to the second while nobody saw it
        window.raise_()
        window.activateWindow()

    def _made_window(self) -> Window:
        if self._window is None:
            from agent_client.tray.window import Window  # noqa: PLC0415 -- as the class says

            self._window = Window(self._chosen, self._hands.leave_out, self.words)
            if self._status is not None:
                self._window.draw(self._status, self._clock())
        return self._window

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
                self._box = about(self._version, self._log, notice, self.words)
            case Ask.PAIR:
                self._pairing = PairingWindow(self.words, self._hands.pair, self._hands.leave_out)
                self._pairing.to_front()
            case Ask.DIAGNOSE:
                self._diagnosing = DiagnosticsWindow(self.words, self._hands.leave_out)
                self._diagnosing.to_front()
                self._hands.diagnose(_downloads())
            case Ask.QUIT:
                self._ask(ask)
                self._application.quit()
            case _:
                self._ask(ask)


def _timer(act: Callable[[], None]) -> QTimer:
    """A timer that goes off once, whenever it is started."""
    timer = QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(act)
    return timer


def _downloads() -> Path:
    """Where a person looks for what a program saved."""
    place = QStandardPaths.StandardLocation.DownloadLocation
    folder = Path(QStandardPaths.writableLocation(place) or Path.home())
    return folder if folder.is_dir() else Path.home()


if sys.platform == "win32":
    _ENDINGS = (signal.SIGTERM, signal.SIGINT)
else:
    _ENDINGS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
