"""The pill lies where the tray's menu opens, and the menu is read all the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from Xlib import X
from Xlib.display import Display

from agent_client.tray.pill_place import Place, PlaceFile
from bench.stage.display import StageError, screenshot, wait_for
from bench.stage.panel import Box, Panel, panel
from tests.agent_client.tray.pill_staging import SECONDS, RunningPill, ignore, xdotool
from tests.agent_client.tray.tray_staging import old_panel

_LOST_SECONDS = 20.0  # after which a click has not only come late
PICTURES = "TWINREEL_PICTURES"  # a folder: pictures are kept there


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[dict[str, str]]:
    with old_panel(tmp_path) as environment:
        yield environment


def stack(display: Any) -> list[int]:  # noqa: ANN401 python-xlib has no types
    """What stands on the desktop, from below to above."""
    return [one.id for one in display.screen().root.query_tree().children]


def top_of(display: Any, window: int) -> int:  # noqa: ANN401 as above
    """What stands on the desktop and has this window in it."""
    root = display.screen().root.id
    while True:
        parent = display.create_resource_object("window", window).query_tree().parent.id
        if parent == root:
            return window
        window = int(parent)


def open_menu(desk: dict[str, str], tray: Panel) -> Box:
    """The pill is left where it is: `Panel.open_menu` would close what is open."""

    def opened() -> bool:
        x, y = (str(one) for one in tray.icon().middle)
        xdotool(desk, "mousemove", x, y, "click", "3")
        with suppress(StageError):
            wait_for("the menu", tray.menu, _LOST_SECONDS)
        return tray.menu() is not None

    wait_for("the menu", opened, 4 * _LOST_SECONDS)
    found = tray.menu()
    assert found is not None
    return found


@pytest.mark.parametrize("first", ["pill", "menu"])
def test_the_menu_lies_above_the_pill(desk: dict[str, str], tmp_path: Path, first: str) -> None:
    PlaceFile(tmp_path).save(Place("screen", 1280 - 330, 900 - 120))  # above the icon
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.agent_client.tray.shell_program", str(tmp_path)],
        env=desk,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    running = RunningPill(process, ignore)
    display = Display(desk["DISPLAY"])
    try:
        with panel(desk) as tray:
            if first == "menu":
                opened = open_menu(desk, tray)
            running.say("pill")
            wait_for("the pill", lambda: shown(display, running.window), SECONDS)
            if first == "pill":
                opened = open_menu(desk, tray)
            (at,) = [one for one in tray.windows() if one.number == running.window]
            assert meet(at, opened)
            picture = Path(os.environ.get(PICTURES, tmp_path)) / f"pill-and-menu-{first}-first.png"
            screenshot(desk, picture)
            order = stack(display)
            above = order.index(top_of(display, opened.number))
            assert above > order.index(top_of(display, running.window))
    finally:
        display.close()
        running.close()


def meet(one: Box, other: Box) -> bool:
    return (
        one.left < other.left + other.width
        and other.left < one.left + one.width
        and one.top < other.top + other.height
        and other.top < one.top + one.height
    )


def shown(display: Any, window: int) -> bool:  # noqa: ANN401 as above
    if not window:
        return False
    told = display.create_resource_object("window", window).get_attributes()
    return bool(told.map_state == X.IsViewable)
