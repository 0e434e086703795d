"""What pops up, on a real session bus with a panel and a notification service."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from agent_client.core.problems import problem
from bench.stage.display import session_bus, x_display
from bench.stage.notifications import NotificationService, notification_service
from bench.stage.panel import panel
from bench.stage.sni_host import Item, tray_host
from tests.agent_client.tray.tray_staging import DEADLINE, PROGRAM, ROOT


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("display")
    with x_display(folder, 1024, 768) as display:
        bare = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8"}
        with session_bus({**bare, "PYTHONPATH": str(ROOT)}, folder) as environment:
            yield environment


class Desk:
    """The program, its icon, and what it had shown."""

    def __init__(
        self, process: asyncio.subprocess.Process, item: Item, shown: NotificationService
    ) -> None:
        self.process = process
        self.item = item
        self.shown = shown

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())

    async def tooltip_says(self, words: str) -> None:
        async with asyncio.timeout(DEADLINE):
            said = await self.item.tooltip()
            while words not in said:
                await asyncio.sleep(0.05)
                said = await self.item.tooltip()


@asynccontextmanager
async def desk(environment: dict[str, str], *arguments: str) -> AsyncIterator[Desk]:
    address = environment["DBUS_SESSION_BUS_ADDRESS"]
    async with notification_service(address) as shown, tray_host(address) as host:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, PROGRAM, *arguments),
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            running = Desk(process, await host.item(DEADLINE), shown)
            await running.tooltip_says("Twinreel")
            yield running
        finally:
            process.kill()
            await process.communicate()


async def test_a_recording_that_fails_pops_up_once(environment: dict[str, str]) -> None:
    async with desk(environment, "recording", "running") as running:
        for _ in range(3):
            running.tell("problems disk-full")
            running.tell("mood recording")
        running.tell("problems disk-full")
        first = await running.shown.next(DEADLINE)
        full = problem("disk-full")
        assert first.title == "Something needs attention"
        assert first.text == f"{full.happened}\n{full.remedy}"
        running.tell("mood recording")
        await running.tooltip_says("Recording")
        running.tell("problems disk-full")
        await running.tooltip_says("attention")
        running.tell("refused There is no call to pause.")
        second = await running.shown.next(DEADLINE)
        assert (second.title, second.text) == ("Not done", "There is no call to pause.")
        assert second.milliseconds < first.milliseconds
        assert len(running.shown.all) == 2


async def test_a_long_pause_is_called_to_mind(environment: dict[str, str]) -> None:
    async with desk(environment, "paused", "running", "--language", "es") as running:
        running.tell("remind 40")  # it has been paused for 38 s
        reminder = await running.shown.next(DEADLINE)
        assert reminder.title == "Sigue en pausa"
        assert "menos de un minuto" in reminder.text


async def test_a_click_on_a_notice_opens_the_window(environment: dict[str, str]) -> None:
    async with desk(environment, "ready") as running:
        running.tell("refused There is no call to pause.")
        notice = await running.shown.next(DEADLINE)
        with panel(environment) as display:
            async with asyncio.timeout(DEADLINE):
                while not display.windows():
                    running.shown.click(notice)
                    await asyncio.sleep(0.2)


async def test_nothing_pops_up_over_a_call_that_is_well(
    environment: dict[str, str],
) -> None:
    async with desk(environment, "recording", "running") as running:
        for line in ("mood wrap-up", "mood ready", "sending 5 10", "mood recording"):
            running.tell(line)
        await running.tooltip_says("Recording the screen of this call")
        running.tell("refused That is all.")  # by now, what came before was looked at
        await running.shown.next(DEADLINE)
        assert [one.text for one in running.shown.all] == ["That is all."]
