"""A desk that was signed in before its configuration was there, or was right."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt

from agent_client.config import Asked, Finder
from agent_client.core.status import Mood
from agent_client.tray.bridge import Bridge
from agent_client.unconfigured import ALREADY_RUNNING, Watch, mistakes, status
from bench.stage.sni_host import tray_host
from contract.make_way import MakeWay, Purpose
from tests.agent_client.app_staging import (
    DEADLINE,
    Client,
    Desk,
    own_desk,
    start,
    until,
    user_session,
)

ROOT = Path(__file__).parents[2]


def finder(folder: Path, text: str) -> Finder:
    (folder / "config.toml").write_text(text)
    return Finder(Asked(str(folder / "config.toml"), str(folder)), {}, folder)


def test_a_desk_that_nobody_told_anything_is_not_set_up_yet(tmp_path: Path) -> None:
    shown = status(mistakes(finder(tmp_path, "")))
    assert shown.mood is Mood.ATTENTION
    assert [one.code for one in shown.problems] == ["not-configured", "not-configured"]
    assert shown.problems[0].urgent


def test_a_wrong_value_is_shown_with_its_place_for_it_to_read(tmp_path: Path) -> None:
    find = finder(tmp_path, 'log_level = "loud"\n[central]\nurl = "https://c.example"\n')
    first, detail = status(mistakes(find)).problems
    assert first.code == "configuration-wrong"
    assert detail.happened.startswith(f"log_level (named, {tmp_path}/config.toml): ")
    assert not detail.urgent


def test_a_certificate_that_cannot_be_used_is_a_mistake_too(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.pem")
    find = finder(
        tmp_path,
        '[central]\nurl = "https://c.example"\n[workspace]\nhttps_ports = [8443]\n'
        f'https_certificate = "{missing}"\nhttps_key = "{missing}"\n',
    )
    assert [one.key for one in mistakes(find)] == ["workspace.https_certificate"]


def test_nothing_is_wrong_with_the_least_there_can_be(tmp_path: Path) -> None:
    assert mistakes(finder(tmp_path, '[central]\nurl = "https://c.example"\n')) == ()


def test_it_makes_way_for_an_upgrade_at_once(tmp_path: Path) -> None:
    marker = MakeWay(datetime.now(UTC) + timedelta(minutes=5), now=False)
    watch, bridge = Watch(finder(tmp_path, ""), lambda: marker), Bridge()
    heard: list[Purpose] = []
    bridge.steps_aside.connect(heard.append, Qt.ConnectionType.DirectConnection)  # type: ignore[call-arg]  # PyQt6's stub knows no second one
    watch.start(bridge)
    watch.stop()
    assert heard == [Purpose.UPGRADE]
    assert (watch.marker, watch.is_mended) == (marker, False)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("session")
    with user_session(folder) as environment:
        yield environment


@pytest.fixture
def desk() -> Iterator[Desk]:
    with own_desk() as made:
        yield made


@pytest.mark.e2e
async def test_the_icon_says_what_is_wrong_and_the_client_starts_when_it_is_right(
    session: dict[str, str], desk: Desk
) -> None:
    right = desk.config.read_text()
    desk.config.write_text('log_level = "loud"\n')
    named = {"TWINREEL_CONFIG": str(desk.config), "TWINREEL_STATE_DIR": str(desk.state)}
    async with tray_host(session["DBUS_SESSION_BUS_ADDRESS"]) as panel:
        process = await start(session, **named)
        drained = asyncio.create_task(process.communicate())
        try:
            icon = Client(process, await panel.item(DEADLINE))
            await icon.shows("Twinreel's settings on this computer are wrong")
            labels = [row.label for row in await icon.item.rows()]
            assert "Diagnostics…" in labels
            assert "Connect Workspace page…" not in labels  # there is no central to ask
            log = (desk.state / "logs/agent.log").read_text()
            assert f"log_level (named, {desk.config}): it must be one of" in log
            second = await start(session, **named)
            await asyncio.wait_for(second.communicate(), DEADLINE)
            assert second.returncode == ALREADY_RUNNING
            desk.config.write_text(right)
            await until(lambda: panel.icons > 1)
            icon = Client(process, await panel.item(DEADLINE))
            await icon.shows("All recordings are sent")  # what only the client itself says
            await icon.shows("Connect Workspace page…")
            assert process.returncode is None  # who started it still knows it
        finally:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(drained, DEADLINE)
    assert process.returncode == 0
