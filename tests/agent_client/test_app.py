"""The client as the program it is: a display, a panel, Workspace, and the uploader's end of it."""

from __future__ import annotations

import asyncio
import os
import queue
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from agent_client import app
from agent_client.config import Asked, load
from agent_client.core.status import Status
from agent_client.host import this_host
from agent_client.tray.bridge import Bridge
from contract.desk_config import SPOOL
from contract.manifest import EndReason, PauseReason
from tests.agent_client.app_staging import (
    DEADLINE,
    NUMBER,
    Desk,
    client,
    own_desk,
    stage,
    start,
    until,
    uploader,
    user_session,
)
from uploader.desk import Goodbye, Hello, Ordered, Spooled, State, UploadNow, Uploads
from uploader.spool import Spool

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("session")
    with user_session(folder) as environment:
        yield environment


@pytest.fixture
def desk() -> Iterator[Desk]:
    with own_desk() as made:
        yield made


async def test_a_selected_call_is_recorded_paused_from_the_tray_and_kept_when_it_is_ended(
    session: dict[str, str], desk: Desk
) -> None:
    async with stage(session, desk) as at_work:
        call = at_work.agent.ring(NUMBER)
        at_work.agent.answer(call)
        await at_work.client.shows("Recording the screen of this call")
        await until(lambda: desk.captures(1))
        await at_work.uploader.hears(
            lambda said: isinstance(said, State) and said.in_call and bool(said.recording_id)
        )
        await at_work.client.item.click("Pause recording")
        await at_work.client.shows("Paused: neither voice nor screen is recorded")
        await until(lambda: at_work.agent.timeline(call)["voice"]["state"] == "Paused")
        await at_work.client.item.click("Resume recording")
        await at_work.client.shows("Recording the screen of this call")
        await until(lambda: desk.captures(2))
        assert await at_work.client.end() == 0
        await at_work.uploader.hears(lambda said: isinstance(said, Spooled))
        await at_work.uploader.hears(lambda said: isinstance(said, Goodbye))
    (manifest,) = desk.manifests()
    assert manifest.end_reason is EndReason.STOPPED
    assert manifest.device_id == "desk-7"
    assert [pause.reasons for pause in manifest.pauses] == [(PauseReason.ASKED,)]
    assert len(manifest.segments) >= 2
    log = (desk.state / "logs" / "agent.log").read_text(encoding="utf-8")
    assert at_work.agent.person.password not in log
    assert NUMBER not in log


async def test_central_may_pause(session: dict[str, str], desk: Desk) -> None:
    async with stage(session, desk) as at_work:
        at_work.agent.answer(at_work.agent.ring())
        await at_work.client.shows("Recording the screen of this call")
        await at_work.uploader.hears(lambda said: isinstance(said, Hello))
        at_work.uploader.server.send(Ordered(order="pause", number=1))
        await at_work.client.shows("Paused: neither voice nor screen is recorded")
        at_work.uploader.server.send(Ordered(order="resume", number=2))
        await at_work.client.shows("Recording the screen of this call")


async def test_without_central_and_policy_it_starts_and_says_so(
    session: dict[str, str], desk: Desk
) -> None:
    async with client(session, desk) as running:
        await running.shows("has not been given its rules yet")
        log = desk.state / "logs" / "agent.log"
        await until(lambda: "uploader started: pid" in log.read_text(encoding="utf-8"))
        pid = int(log.read_text(encoding="utf-8").split("uploader started: pid ")[1].split()[0])
        try:
            await running.shows("is not enrolled")  # the uploader's own word
            assert await running.end() == 0
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)  # it outlives the client, to send what waits


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_the_system_ends_it_cleanly(
    session: dict[str, str], desk: Desk, ending: signal.Signals
) -> None:
    async with uploader(desk) as there, client(session, desk) as running:
        await there.hears(lambda said: isinstance(said, Hello))
        assert await running.end(ending) == 0
        await there.hears(lambda said: isinstance(said, Goodbye))


async def test_a_second_one_refuses_to_start(session: dict[str, str], desk: Desk) -> None:
    async with uploader(desk), client(session, desk) as running:
        await running.shows("Signed out")
        second = await start(session, "--config", str(desk.config), "--state-dir", str(desk.state))
        _, said = await asyncio.wait_for(second.communicate(), DEADLINE)
        assert second.returncode == 4
        assert b"It runs already for this user" in said


class SilentTray(Bridge):
    """A tray without a window: what it is to show, it hands on."""

    def __init__(self, shown: Callable[[Status], None]) -> None:
        super().__init__()
        self._shown = shown

    def publish(self, status: Status) -> None:
        self._shown(status)


async def test_a_fault_in_salvaging_does_not_keep_the_client_from_its_work(desk: Desk) -> None:
    class Broken(Spool):
        def salvage_all(self) -> list[str]:
            raise RuntimeError("what nobody foresaw")

    settings = load(Asked(str(desk.config), str(desk.state)), {}, desk.folder)
    told: queue.Queue[Status] = queue.Queue()
    async with uploader(desk):
        program = app.Client(settings, this_host(), Broken(desk.state / SPOOL))
        program.start(SilentTray(told.put))
        codes = set[str]()
        while "internal-error" not in codes:
            status = await asyncio.to_thread(told.get, timeout=DEADLINE)
            codes = {problem.code for problem in status.problems}
        await asyncio.to_thread(program.stop)


async def test_a_taken_port_is_said(session: dict[str, str], desk: Desk) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", desk.port))
        other.listen()
        async with uploader(desk), client(session, desk) as running:
            await running.shows("Another program uses the port at which Workspace signs in")


async def test_wrong_settings_are_all_said_at_once(session: dict[str, str], desk: Desk) -> None:
    desk.config.write_text('speed = 3\n[workspace]\nloopback_ports = "x"\n', encoding="utf-8")
    process = await start(session, "--config", str(desk.config))
    _, said = await asyncio.wait_for(process.communicate(), DEADLINE)
    assert process.returncode == 2
    for key in (b"speed", b"workspace.loopback_ports", b"central.url"):
        assert key in said


async def test_without_a_desktop_it_says_why(session: dict[str, str], desk: Desk) -> None:
    process = await start(session, "--config", str(desk.config), DISPLAY="", WAYLAND_DISPLAY="")
    _, said = await asyncio.wait_for(process.communicate(), DEADLINE)
    assert process.returncode == 3
    assert b"There is no desktop here" in said


class Saver(ServiceInterface):
    """The desktop's screen saver, as the session bus knows it."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.ScreenSaver")
        self.on = False

    @dbus_method()
    def GetActive(self) -> DBusBool:  # noqa: N802
        return self.on

    @dbus_signal()
    def ActiveChanged(self) -> DBusBool:  # noqa: N802
        return self.on

    def set(self, *, on: bool) -> None:
        self.on = on
        self.ActiveChanged()


async def test_a_locked_screen_is_not_recorded(session: dict[str, str], desk: Desk) -> None:
    bus = await MessageBus(bus_address=session["DBUS_SESSION_BUS_ADDRESS"]).connect()
    saver = Saver()
    bus.export("/org/freedesktop/ScreenSaver", saver)
    await bus.request_name("org.freedesktop.ScreenSaver")
    async with stage(session, desk) as at_work:
        at_work.agent.answer(at_work.agent.ring())
        await at_work.client.shows("Recording the screen of this call")
        saver.set(on=True)
        await at_work.client.shows("Paused while the screen is locked")
        saver.set(on=False)
        await at_work.client.shows("Recording the screen of this call")
    bus.disconnect()


async def test_waiting_recordings_are_sent_when_asked(session: dict[str, str], desk: Desk) -> None:
    async with uploader(desk) as there, client(session, desk) as running:
        await there.hears(lambda said: isinstance(said, Hello))
        there.server.send(Uploads(waiting=2, quarantined=0, problem="", connected_to_central=True))
        await running.shows("Send 2 waiting recordings now")
        await running.item.click("Send 2 waiting recordings now")
        await there.hears(lambda said: isinstance(said, UploadNow))


async def test_the_agent_may_quit_it(session: dict[str, str], desk: Desk) -> None:
    async with uploader(desk) as there, client(session, desk) as running:
        await there.hears(lambda said: isinstance(said, Hello))
        await running.item.click("Quit Twinreel")
        await there.hears(lambda said: isinstance(said, Goodbye))
        assert await asyncio.wait_for(running.process.wait(), DEADLINE) == 0
