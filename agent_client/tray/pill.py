"""The pill: a thin window on top that says what is recorded, how long, and pauses.

It never takes the keyboard's focus: whoever works with the keyboard has the menu and the hotkey.
Somebody may drag it elsewhere. It is kept out of the film.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtGui import (
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QRegion,
    QResizeEvent,
    QScreen,
    QShowEvent,
)
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from agent_client.core.status import Status
from agent_client.tray.menu import Ask
from agent_client.tray.pictures import picture
from agent_client.tray.pill_place import PlaceFile, put, where, within
from agent_client.tray.pill_words import PillWords, buttons, pill_words, states
from agent_client.tray.words import Words, english

_PICTURE = QSize(16, 16)  # device-independent pixels
_END = 12  # the same, left and right: the ends are round
_WIDEST_TIME = "0:00:00"
_FLAGS = (
    Qt.WindowType.Tool  # in no taskbar
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowDoesNotAcceptFocus
)


class Pill(QWidget):
    """Draw it as often as the status says something else; it shows and hides itself."""

    def __init__(
        self,
        ask: Callable[[Ask], None],
        words: Words = english,
        leave_out: Callable[[int], None] = lambda _window: None,
        folder: Path | None = None,
    ) -> None:
        """`ask` hears of the button, `leave_out` of the window's number whenever it is shown.

        `folder`: the state folder, to remember where it was put.
        """
        super().__init__(None, _FLAGS)
        self._ask = ask
        self._words = words
        self._leave_out = leave_out
        self._file = PlaceFile(folder)
        self._place = self._file.load()
        self._shown: PillWords | None = None
        self._grip: QPoint | None = None  # where in it the mouse holds it
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self._masked = QGuiApplication.platformName() == "xcb"  # without a compositor: corners
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, on=not self._masked)
        self.setWindowTitle("Twinreel")
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self._picture = QLabel()
        self._state = QLabel()
        self._time = QLabel()
        self._button = QPushButton()
        self._furnish()
        self._follow_screens()

    def draw(self, status: Status, now: timedelta, *, wanted: bool) -> None:
        """Show this status at engine time `now`, if policy wants a pill at all."""
        shown = pill_words(status, now, self._words) if wanted else None
        if shown is None:
            self._grip = None
            self.hide()
        elif shown != self._shown:
            self._write(shown)
        self._shown = shown
        if shown is not None and not self.isVisible():
            self._stand()
            self.show()

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802 Qt's name
        """There is a window by now, and nobody has seen it yet."""
        super().showEvent(event)
        self._leave_out(int(self.winId()))

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 Qt's name
        """Round, and still on the monitor."""
        super().resizeEvent(event)
        if self._masked:
            self.setMask(_rounded(self.size()))
        if self._grip is None:
            self._stand()

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 Qt's name
        """In the colours of the desktop's own windows, light or dark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self.palette().brush(QPalette.ColorRole.Window))
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1))
        edge = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(edge, edge.height() / 2, edge.height() / 2)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 Qt's name
        """Taken hold of."""
        if event is not None and event.button() is Qt.MouseButton.LeftButton:
            self._grip = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 Qt's name
        """Dragged; it stays on the monitor under the mouse."""
        if event is not None and self._grip is not None:
            mouse = event.globalPosition().toPoint()
            screen = QGuiApplication.screenAt(mouse) or self.screen()
            wanted = QRect(mouse - self._grip, self.size())
            self.move(within(wanted, screen.availableGeometry()) if screen else wanted.topLeft())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 Qt's name
        """Let go of: there it stands from now on."""
        if event is None or self._grip is None:
            return
        self._grip = None
        place = put(self.pos(), _screens(), self.size())
        if place is not None:
            self._place = place
            self._file.save(place)

    def _furnish(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_END, 3, _END, 3)
        layout.setSpacing(8)
        bold = self._state.font()
        bold.setBold(True)
        self._state.setFont(bold)
        for label in (self._state, self._time):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._time.setMinimumWidth(self._time.fontMetrics().horizontalAdvance(_WIDEST_TIME))
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._button.setCursor(Qt.CursorShape.ArrowCursor)
        self._button.clicked.connect(self._pressed)
        for widget in (self._picture, self._state, self._time, self._button):
            layout.addWidget(widget)
        _widen(self._state, states(self._words).values())
        _widen(self._button, buttons(self._words).values())

    def _write(self, shown: PillWords) -> None:
        self._picture.setPixmap(picture(shown.mood).pixmap(_PICTURE, self.devicePixelRatioF()))
        self._picture.setAccessibleName(shown.state)
        self._state.setText(shown.state)
        self._time.setText(shown.time)
        self._button.setText(shown.button)
        self._button.setEnabled(shown.may)
        self._button.setToolTip(shown.hint)
        self._button.setAccessibleDescription(shown.hint)
        self.setAccessibleName(f"Twinreel: {shown.state}")
        self.adjustSize()

    def _pressed(self) -> None:
        if self._shown is not None:
            self._ask(self._shown.ask)

    def _stand(self, *_: object) -> None:
        """Where it was put, or where it can."""
        primary = QGuiApplication.primaryScreen()
        name = primary.name() if primary is not None else ""
        corner = where(self._place, _screens(), name, self.size())
        if corner is not None and corner != self.pos():
            self.move(corner)

    def _follow_screens(self) -> None:
        """Monitors come, go, and change."""
        for screen in QGuiApplication.screens():
            self._follow(screen)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._follow)
            application.screenRemoved.connect(self._stand)
            application.primaryScreenChanged.connect(self._stand)

    def _follow(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self._stand)
        self._stand()


def _widen(widget: QLabel | QPushButton, texts: Iterable[str]) -> None:
    """As wide as it ever gets, so that the button stays under the mouse."""
    for text in texts:
        widget.setText(text)
        widget.setMinimumWidth(max(widget.minimumWidth(), widget.sizeHint().width()))


def _screens() -> dict[str, QRect]:
    return {screen.name(): screen.availableGeometry() for screen in QGuiApplication.screens()}


def _rounded(size: QSize) -> QRegion:
    """Half circles at both ends."""
    height = size.height()
    left, right = QRect(0, 0, height, height), QRect(size.width() - height, 0, height, height)
    middle = QRect(height // 2, 0, size.width() - height, height)
    ends = QRegion(left, QRegion.RegionType.Ellipse) | QRegion(right, QRegion.RegionType.Ellipse)
    return ends | QRegion(middle)
