"""The pill as a window: on a made-up screen, and on a real display with a window manager."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from Xlib.display import Display

from agent_client.core.status import Mood
from agent_client.tray.menu import Ask
from agent_client.tray.pictures import picture
from agent_client.tray.pill import Pill
from agent_client.tray.pill_place import FILE, Place, PlaceFile
from bench.stage.display import wait_for
from tests.agent_client.host.test_hotkey_x11 import has_focus, paper
from tests.agent_client.tray.pill_staging import SECONDS, managed_display, pill, xdotool
from tests.agent_client.tray.tray_program import STATUSES

# Qt's plugin for tests without a screen has no windows above others.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")

MOUSE: Any = QTest  # PyQt6's stub has its functions as methods
NOW = timedelta(hours=1)
RECORDING, PAUSED, READY = (STATUSES[mood] for mood in (Mood.RECORDING, Mood.PAUSED, Mood.READY))
WIDTH, HEIGHT = 900, 600


def made(qtbot: QtBot, folder: Path | None = None) -> tuple[Pill, list[Ask]]:
    asked: list[Ask] = []
    one = Pill(asked.append, folder=folder)
    qtbot.addWidget(one)
    return one, asked


def button(one: Pill) -> QPushButton:
    found = one.findChild(QPushButton)
    assert found is not None
    return found


def words(one: Pill) -> list[str]:
    return [label.text() for label in one.findChildren(QLabel) if label.text()]


def test_it_comes_with_a_recording_and_goes_with_it(qtbot: QtBot) -> None:
    one, _ = made(qtbot)
    seen = []
    for status in (READY, RECORDING, PAUSED, READY):
        one.draw(status, NOW, wanted=True)
        seen.append(one.isVisible())
    assert seen == [False, True, True, False]


def test_it_is_there_only_if_policy_wants_it(qtbot: QtBot) -> None:
    one, _ = made(qtbot)
    one.draw(RECORDING, NOW, wanted=False)
    assert not one.isVisible()
    one.draw(RECORDING, NOW, wanted=True)
    one.draw(RECORDING, NOW, wanted=False)
    assert not one.isVisible()


def test_it_says_state_and_time_and_its_button_asks(qtbot: QtBot) -> None:
    one, asked = made(qtbot)
    one.draw(RECORDING, NOW, wanted=True)
    assert words(one) == ["Recording", "4:12"]
    button(one).click()
    one.draw(PAUSED, NOW, wanted=True)
    assert (words(one), button(one).text()) == (["Paused", "0:38"], "Resume")
    button(one).click()
    assert asked == [Ask.PAUSE, Ask.RESUME]


def test_who_may_not_pause_cannot_press_and_reads_why(qtbot: QtBot) -> None:
    one, asked = made(qtbot)
    why = "Your rules do not let you pause."
    one.draw(replace(RECORDING, may_pause=False, why_not=why), NOW, wanted=True)
    button(one).click()
    assert (asked, button(one).toolTip()) == ([], why)


def test_its_window_is_told_before_it_is_seen(qtbot: QtBot) -> None:
    told: list[tuple[int, bool]] = []
    one = Pill(
        lambda _ask: None,
        leave_out=lambda window: told.append((window, one.windowHandle().isExposed())),  # type: ignore[union-attr] # there is one by then
    )
    qtbot.addWidget(one)
    one.draw(RECORDING, NOW, wanted=True)
    assert told == [(int(one.winId()), False)]


def test_the_button_stays_where_it_is_whatever_is_said(qtbot: QtBot) -> None:
    one, _ = made(qtbot)
    places = set()
    for mood in (Mood.RECORDING, Mood.PAUSED, Mood.WRAP_UP):
        one.draw(STATUSES[mood], NOW, wanted=True)
        places.add((button(one).mapToGlobal(QPoint()).x(), one.width(), button(one).width()))
    assert len(places) == 1


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_it_reads_from_right_to_left_where_people_do(
    qtbot: QtBot, direction: Qt.LayoutDirection
) -> None:
    one, _ = made(qtbot)
    one.setLayoutDirection(direction)
    one.draw(RECORDING, NOW, wanted=True)
    labels = [label.x() for label in one.findChildren(QLabel)]
    first_to_last = [*labels, button(one).x()]
    expected = direction is Qt.LayoutDirection.RightToLeft
    assert first_to_last == sorted(first_to_last, reverse=expected)
    assert one.rect().contains(button(one).geometry())


def test_it_is_in_the_colours_of_the_desktop(qtbot: QtBot) -> None:
    one, _ = made(qtbot)
    one.draw(RECORDING, NOW, wanted=True)
    grounds = []
    for ground in ("#f0f0f0", "#2b2b2b"):
        one.setPalette(QPalette(QColor(ground)))
        found = one.grab().toImage().pixelColor(one.width() // 2, 2)
        grounds.append(found.name())
    assert grounds == ["#f0f0f0", "#2b2b2b"]


def test_a_screen_reader_hears_what_it_is(qtbot: QtBot) -> None:
    one, _ = made(qtbot)
    one.draw(PAUSED, NOW, wanted=True)
    assert one.accessibleName() == "Twinreel: Paused"
    assert button(one).accessibleDescription() == "Record voice and screen again"
    assert "Paused" in {label.accessibleName() for label in one.findChildren(QLabel)}


def test_it_can_be_dragged_and_stands_there_the_next_time(qtbot: QtBot, tmp_path: Path) -> None:
    one, _ = made(qtbot, tmp_path)
    one.draw(RECORDING, NOW, wanted=True)
    grip = QPoint(5, 5)
    MOUSE.mousePress(one, Qt.MouseButton.LeftButton, pos=grip)
    MOUSE.mouseMove(one, one.mapFromGlobal(QPoint(105, 205)))
    MOUSE.mouseRelease(one, Qt.MouseButton.LeftButton)
    assert one.pos() == QPoint(100, 200)
    place = PlaceFile(tmp_path).load()
    assert place is not None
    assert (place.x, place.y) == (100, 200)
    again, _ = made(qtbot, tmp_path)
    again.draw(RECORDING, NOW, wanted=True)
    assert again.pos() == QPoint(100, 200)


def test_it_cannot_be_dragged_out_of_sight(qtbot: QtBot) -> None:
    one, _ = made(qtbot)
    one.draw(RECORDING, NOW, wanted=True)
    MOUSE.mousePress(one, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    MOUSE.mouseMove(one, one.mapFromGlobal(QPoint(-400, -300)))
    MOUSE.mouseRelease(one, Qt.MouseButton.LeftButton)
    assert one.pos() == QPoint(0, 0)


def test_of_a_monitor_that_has_gone_it_keeps_the_place(qtbot: QtBot, tmp_path: Path) -> None:
    PlaceFile(tmp_path).save(Place("gone", 7, 8))
    one, _ = made(qtbot, tmp_path)
    one.draw(RECORDING, NOW, wanted=True)
    screen = one.screen()
    assert screen is not None
    assert screen.availableGeometry().contains(one.geometry())
    assert PlaceFile(tmp_path).load() == Place("gone", 7, 8)


def test_pictures_are_sharp_on_screens_of_twice_the_pixels(qtbot: QtBot) -> None:
    assert qtbot is not None
    for size in (16, 22, 24, 32, 48):
        drawn = picture("recording").pixmap(QSize(size, size), 2.0)
        assert (drawn.width(), drawn.devicePixelRatio()) == (2 * size, 2.0)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with managed_display(tmp_path_factory.mktemp("display"), WIDTH, HEIGHT) as environment:
        yield environment


def geometry(environment: dict[str, str], window: int) -> dict[str, int]:
    told = xdotool(environment, "getwindowgeometry", "--shell", str(window)) or ""
    return {name: int(value) for name, _, value in (line.partition("=") for line in told.split())}


def placed(environment: dict[str, str], window: int) -> dict[str, int]:
    """Where it is, once it is seen and stands still: the window manager comes to it by and by."""
    before: dict[str, int] = {}

    def still() -> bool:
        nonlocal before
        seen = xdotool(environment, "search", "--onlyvisible", "--name", "^Twinreel$") or ""
        last, before = before, geometry(environment, window)
        return str(window) in seen.split() and bool(before) and before == last

    wait_for("the pill to stand still", still, SECONDS)
    return before


def click(environment: dict[str, str], x: int, y: int) -> None:
    assert xdotool(environment, "mousemove", str(x), str(y), "click", "1") is not None


def test_it_never_takes_the_focus(desk: dict[str, str], tmp_path: Path) -> None:
    """Not when it comes, nor when its button is clicked, nor when it is dragged."""
    with paper(desk) as sheet, pill(desk, tmp_path) as one:
        assert xdotool(desk, "type", "before ") is not None
        one.show("recording")
        assert has_focus(desk)
        assert xdotool(desk, "type", "shown ") is not None
        at = placed(desk, one.window)
        click(desk, at["X"] + at["WIDTH"] - 40, at["Y"] + at["HEIGHT"] // 2)
        wait_for("the click", lambda: "pause" in one.said, SECONDS)
        assert xdotool(desk, "type", "clicked ") is not None
        drag = f"mousemove {at['X'] + 30} {at['Y'] + 10} mousedown 1 mousemove 200 300 mouseup 1"
        assert xdotool(desk, *drag.split()) is not None
        wait_for("its place", (tmp_path / FILE).exists, SECONDS)
        assert xdotool(desk, "type", "dragged") is not None
        wait_for("the text", lambda: sheet.text == "before shown clicked dragged", SECONDS)
        assert has_focus(desk)


def test_it_stands_where_it_was_dragged(desk: dict[str, str], tmp_path: Path) -> None:
    with pill(desk, tmp_path) as one:
        one.show("recording")
        at = placed(desk, one.window)
        drag = f"mousemove {at['X'] + 30} {at['Y'] + 10} mousedown 1 mousemove 230 310 mouseup 1"
        assert xdotool(desk, *drag.split()) is not None
        wait_for("the new place", lambda: geometry(desk, one.window)["X"] == 200, SECONDS)
        wait_for("its file", (tmp_path / FILE).exists, SECONDS)
    with pill(desk, tmp_path) as again:
        again.show("paused")
        placed(desk, again.window)
        wait_for("the old place", lambda: geometry(desk, again.window)["X"] == 200, SECONDS)
        assert geometry(desk, again.window)["Y"] == 300


def test_it_stays_above_other_windows(desk: dict[str, str], tmp_path: Path) -> None:
    with pill(desk, tmp_path) as one:
        one.show("recording")
        with paper(desk):
            display = Display(desk["DISPLAY"])
            pill_top, paper_top = (
                top_of(display, number)
                for number in (one.window, int(xdotool(desk, "getactivewindow") or 0))
            )
            order = [child.id for child in display.screen().root.query_tree().children]
            display.close()
        assert order.index(pill_top) > order.index(paper_top)


def top_of(display: Display, window: int) -> int:
    """The window on the desktop in which it is."""
    root = display.screen().root.id
    while True:
        parent = display.create_resource_object("window", window).query_tree().parent.id
        if parent == root:
            return window
        window = int(parent)
