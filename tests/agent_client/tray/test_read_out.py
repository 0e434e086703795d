"""What a screen reader reads out, over the real accessibility bus."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.stage.display import session_bus
from bench.stage.screen_reader import LISTENING, Reader, ReaderError, Thing, screen_reader
from tests.agent_client.tray.tray_staging import DEADLINE, InPanel, in_panel, old_panel

PROGRAM = "twinreel-agent"


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    with old_panel(tmp_path) as bare:
        here = {**bare, **LISTENING, "XDG_RUNTIME_DIR": str(tmp_path)}
        here = {name: value for name, value in here.items() if name != "NO_AT_BRIDGE"}
        with session_bus(here, tmp_path) as environment:
            yield environment


async def heard(reader: Reader, wanted: Thing) -> list[Thing]:
    """Everything, once this is among it."""
    found: list[Thing] = []
    async with asyncio.timeout(DEADLINE):
        while wanted not in found:
            await asyncio.sleep(0.1)
            try:
                found = await reader.things(PROGRAM)
            except ReaderError:
                continue  # it was just being drawn
    return found


async def test_the_status_window_is_read_out(environment: dict[str, str], tmp_path: Path) -> None:
    async with screen_reader(environment["DBUS_SESSION_BUS_ADDRESS"]) as reader:
        with in_panel(environment, tmp_path, "recording") as desk:
            await asyncio.to_thread(open_window, desk)
            pause = Thing("push button", "Pause recording", "Voice and screen, until you resume")
            found = await heard(reader, pause)
            assert (
                Thing("filler", "Twinreel: Recording", "Recording the screen of this call") in found
            )
            assert Thing("graphic", "Recording", "") in found
            assert Thing("push button", "Resume recording", "Nothing is paused.") in found
            assert "label" in {one.role for one in found if "recording for 4:12" in one.name}
            assert [one for one in found if one.role == "push button" and not one.name] == []


async def test_the_line_for_a_code_is_read_out(environment: dict[str, str], tmp_path: Path) -> None:
    async with screen_reader(environment["DBUS_SESSION_BUS_ADDRESS"]) as reader:
        with in_panel(environment, tmp_path, "ready", "--language", "de") as desk:
            await asyncio.to_thread(desk.tray.choose, "w")
            await asyncio.to_thread(desk.shows, "Workspace-Seite verbinden")
            asked = (
                "Die Twinreel-Seite in Workspace zeigt einen Code, solange sie mit diesem "
                "Computer nicht verbunden ist. Geben Sie ihn hier ein."
            )
            found = await heard(reader, Thing("text", "Code", asked))
            assert Thing("push button", "Verbinden", "") in found


def open_window(desk: InPanel) -> None:
    desk.tray.open_window()
    desk.shows("Twinreel")
