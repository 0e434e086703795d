"""The tray in a real panel protocol, on a display of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest

from agent_client.core.status import Mood
from bench.stage.display import session_bus, x_display
from bench.stage.sni_host import Item, TrayHost, tray_host
from tests.agent_client.tray.tray_staging import in_panel, old_panel

PROGRAM = str(Path(__file__).with_name("tray_program.py"))
ROOT = Path(__file__).parents[3]
DEADLINE = 60.0  # seconds


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("display")
    with x_display(folder, 1024, 768) as display:
        bare = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        with session_bus({**bare, "PYTHONPATH": str(ROOT)}, folder) as environment:
            yield environment


class Tray:
    """The running program, and its icon in the panel."""

    def __init__(self, process: asyncio.subprocess.Process, host: TrayHost, item: Item) -> None:
        self.process = process
        self.host = host
        self.item = item

    async def says(self) -> str:
        output = cast("asyncio.StreamReader", self.process.stdout)
        return (await asyncio.wait_for(output.readline(), DEADLINE)).decode().strip()


@asynccontextmanager
async def tray(environment: dict[str, str], mood: Mood, *more: str) -> AsyncIterator[Tray]:
    async with tray_host(environment["DBUS_SESSION_BUS_ADDRESS"]) as host:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, PROGRAM, mood.value, *more),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            yield Tray(process, host, await host.item(DEADLINE))
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def test_the_panel_hears_state_and_menu(environment: dict[str, str]) -> None:
    async with tray(environment, Mood.RECORDING) as running:
        assert "Recording the screen of this call" in await running.item.tooltip()
        rows = {row.label: row.enabled for row in await running.item.rows() if not row.separator}
        assert rows["Pause recording"] is True
        assert rows["Resume recording"] is False
        assert "Call 01HZX4K7, recording for 4:12" in rows
        assert await running.item.property("IconPixmap")


async def test_whoever_opens_the_menu_sees_the_seconds_of_now(environment: dict[str, str]) -> None:
    async with tray(environment, Mood.RECORDING, "running") as running:
        times: set[str] = set()
        async with asyncio.timeout(DEADLINE):  # by itself the icon changes each minute only
            while not any(time != "4:12" and not time.endswith(":00") for time in times):
                await asyncio.sleep(0.1)
                labels = [row.label for row in await running.item.rows()]
                times |= {label.partition("recording for ")[2] for label in labels} - {""}


async def test_a_click_on_pause_is_asked(environment: dict[str, str]) -> None:
    async with tray(environment, Mood.RECORDING) as running:
        await running.item.click("Pause recording")
        assert await running.says() == "pause"


async def test_quit_ends_it(environment: dict[str, str]) -> None:
    async with tray(environment, Mood.READY) as running:
        await running.item.click("Quit Twinreel")
        assert [await running.says(), await running.says()] == ["quit", "ended after quit"]
        assert await asyncio.wait_for(running.process.wait(), DEADLINE) == 0


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_the_system_can_end_it(environment: dict[str, str], ending: signal.Signals) -> None:
    async with tray(environment, Mood.READY) as running:
        running.process.send_signal(ending)
        if ending is not signal.SIGINT:  # that is how a session ends
            assert await running.says() == "session-end"
        assert await running.says() == "ended after quit"
        assert await asyncio.wait_for(running.process.wait(), DEADLINE) == 0


_TOLD_TO_END_BEFORE_IT_LOOPS = """
import os, signal
from datetime import timedelta
from agent_client.tray.shell import Shell
told, ended = [], []
def tray_is_there():
    if not told:
        told.append(os.kill(os.getpid(), signal.SIGTERM))
    return False
Shell(lambda _ask: None, timedelta, tray_is_there).run(at_session_end=lambda: ended.append(True))
assert ended
"""


def test_the_systems_word_is_heard_while_the_icon_is_being_made(tmp_path: Path) -> None:
    quiet = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    command = (sys.executable, "-c", _TOLD_TO_END_BEFORE_IT_LOOPS)
    subprocess.run(command, cwd=ROOT, env=quiet, timeout=2 * DEADLINE, check=True)


async def test_there_is_only_one_icon(environment: dict[str, str]) -> None:
    async with tray(environment, Mood.READY) as running:
        await asyncio.sleep(1.2)  # trays are looked for twice a second
        assert running.host.icons == 1


async def test_a_panel_that_comes_late_gets_the_icon(environment: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, PROGRAM, "ready", env=environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        output = cast("asyncio.StreamReader", process.stdout)
        assert await asyncio.wait_for(output.readline(), DEADLINE) == b"no tray\n"
        async with tray_host(environment["DBUS_SESSION_BUS_ADDRESS"]) as host:
            item = await host.item(DEADLINE)
            assert "Ready" in await item.tooltip()
    finally:
        process.kill()
        await process.communicate()


def test_an_old_panel_gets_the_icon_too(tmp_path: Path) -> None:
    with old_panel(tmp_path) as environment, in_panel(environment, tmp_path) as desk:
        desk.tray.choose("p")  # of "Pause recording", by mouse and keyboard
        desk.says("pause")


def test_a_click_on_the_icon_opens_the_window(tmp_path: Path) -> None:
    with old_panel(tmp_path) as environment, in_panel(environment, tmp_path) as desk:
        desk.tray.open_window()
        desk.shows("Twinreel")
        desk.tray.choose("p")  # which closes the window first
        assert desk.tray.windows() == ()
