"""The policy's hotkey and pill in the running client: a display, openbox, a panel, Workspace."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bench.stage.display import screenshot, session_bus
from bench.stage.office import free_port
from contract.policy import Desk as DeskPolicy
from contract.policy import Pausing
from tests.agent_client.app_staging import DEADLINE, NUMBER, Client, Desk, stage, until
from tests.agent_client.tray.pill_staging import managed_display, xdotool
from uploader.desk import PolicyChanged

pytestmark = pytest.mark.e2e

_LOST_SECONDS = 15.0


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("session")
    with managed_display(folder, 1024, 768) as managed:
        bare = {**managed, "HOME": str(folder)}
        with session_bus(bare, folder) as environment:
            yield environment


@pytest.fixture
def desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="twinreel") as short:  # a socket's path may not be long
        made = Desk(Path(short), free_port())
        made.policy = {"pausing": Pausing(hotkey="Ctrl+Alt+P"), "desk": DeskPolicy(pill=True)}
        yield made


async def press(session: dict[str, str], keys: str) -> None:
    assert await asyncio.to_thread(xdotool, session, "key", keys) is not None


async def until_paused(session: dict[str, str], keys: str, client: Client) -> None:
    """Press it, and again if nothing has come of it for long: it may not have been ours yet."""
    async with asyncio.timeout(DEADLINE):
        while True:
            await press(session, keys)
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOST_SECONDS):
                    return await client.shows("Paused: neither voice nor screen is recorded")


def pill(session: dict[str, str]) -> str:
    """Of its window, the place and size; "" while there is none to be seen."""
    for window in (
        xdotool(session, "search", "--onlyvisible", "--name", "^Twinreel$") or ""
    ).split():
        told = xdotool(session, "getwindowgeometry", window) or ""
        if int(told.rpartition("x")[2]) in range(10, 60):
            return told
    return ""


async def test_the_hotkey_pauses_and_resumes_and_the_pill_says_so(
    session: dict[str, str], desk: Desk, tmp_path: Path
) -> None:
    async with stage(session, desk) as at_work:
        assert not await asyncio.to_thread(pill, session)
        await press(session, "ctrl+alt+p")  # there is nothing to pause
        call = at_work.agent.ring(NUMBER)
        at_work.agent.answer(call)
        await at_work.client.shows("Recording the screen of this call")
        await until(lambda: desk.captures(1))
        await until(lambda: bool(pill(session)))
        pictures = Path(os.environ.get("TWINREEL_PICTURES", tmp_path))
        screenshot(session, pictures / "pill-recording.png")
        await press(session, "ctrl+alt+p")
        await at_work.client.shows("Paused: neither voice nor screen is recorded")
        await until(lambda: at_work.agent.timeline(call)["voice"]["state"] == "Paused")
        screenshot(session, pictures / "pill-paused.png")
        await press(session, "ctrl+alt+p")
        await at_work.client.shows("Recording the screen of this call")
        await until(lambda: desk.captures(2))

        desk.policy["pausing"] = Pausing(hotkey="F9")
        desk.policy["desk"] = DeskPolicy()
        desk.enrol(at_work.workspace.url)
        at_work.uploader.server.send(PolicyChanged())
        await until(lambda: not pill(session))
        await press(session, "ctrl+alt+p")  # no more
        await until_paused(session, "F9", at_work.client)


async def test_a_hotkey_that_means_nothing_is_told(session: dict[str, str], desk: Desk) -> None:
    desk.policy = {"pausing": Pausing(hotkey="P")}
    async with stage(session, desk) as at_work:
        await at_work.client.shows("The key combination that pauses recording")
