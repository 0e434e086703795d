"""The client as the program it is: a display, a panel, Workspace, and the uploader's end of it."""

from __future__ import annotations

import asyncio
import os
import queue
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from agent_client import app
from agent_client.config import Asked, load
from agent_client.core.status import Status
from agent_client.host import this_host
from bench.stage.display import session_bus, x_display
from bench.stage.office import processes
from bench.stage.sni_host import Item, ItemError, tray_host
from bench.stage.workspace import StageWorkspace
from bench.stage.workspace_desktop import StageDesktop
from contract.canonical import b64
from contract.desk_config import IDENTITY, POLICY, SPOOL, Identity
from contract.manifest import EndReason, Manifest, PauseReason, from_json
from contract.policy import Policy, PublicKey, Selection, Workspace, publish
from uploader.desk import (
    DeskServer,
    FromClient,
    Goodbye,
    Hello,
    Ordered,
    Spooled,
    State,
    UploadNow,
    Uploads,
)
from uploader.spool import Spool

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
DEADLINE = 60.0  # seconds; a busy machine starts programs slowly
NUMBER = "5115550123"
ORIGIN = "https://workspace.example.com"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("session")
    with x_display(folder, 1024, 768) as display:
        bare = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        bare = {**bare, "PYTHONPATH": str(ROOT), "HOME": str(folder)}
        with session_bus(bare, folder) as environment:
            yield environment


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Desk:
    """A desk's files: configuration, state folder, and what central signed for it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.state = folder / "state"
        self.config = folder / "config.toml"
        self.config.write_text(
            '[central]\nurl = "http://127.0.0.1:9"\n'
            f'[workspace]\nloopback_port = {port}\nclient_id = "twinreel"\n',
            encoding="utf-8",
        )

    def enrol(self, genesys: str) -> None:
        """As the uploader does: every call is selected, and sign-ins lead to this server."""
        root = Ed25519PrivateKey.generate()
        sealing = X25519PrivateKey.generate().public_key().public_bytes_raw()
        now = datetime.now(UTC)
        day = timedelta(days=1)
        policy = Policy(
            version=1,
            issued_at=now,
            expires_at=now + day,
            selection=Selection(percentage=Decimal(100), salt="s"),
            workspace=Workspace(servers=(genesys,), origins=(ORIGIN,)),
            seal_to=(
                PublicKey(kid="k", public=b64(sealing), not_before=now - day, not_after=now + day),
            ),
            receipt_keys=(),
        )
        identity = Identity(
            device_id="desk-7",
            root_key=b64(root.public_key().public_bytes_raw()),
            central_url="http://127.0.0.1:9",
        )
        self.state.mkdir(mode=0o700, exist_ok=True)
        (self.state / IDENTITY).write_bytes(msgspec.json.encode(identity))
        (self.state / POLICY).write_bytes(publish(policy, root))

    def captures(self, segments: int) -> bool:
        """Whether so many segments were begun, and the last one has something in it."""
        files = sorted(self.state.glob("spool/*/*.seg"))
        return len(files) == segments and files[-1].stat().st_size > 0

    def manifests(self) -> list[Manifest]:
        return [from_json(path.read_bytes()) for path in self.state.glob("spool/*/manifest.json")]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="twinreel") as short:  # a socket's path may not be long
        made = Desk(Path(short), free_port())
        yield made
        for pid in processes("uploader", str(made.config)):  # it outlives the client, as it should
            os.kill(pid, signal.SIGTERM)


class Uploader:
    """The uploader's end of the desk socket: while it listens, the client starts no other."""

    def __init__(self, desk: Desk) -> None:
        desk.state.mkdir(mode=0o700, exist_ok=True)
        self.heard: queue.Queue[FromClient] = queue.Queue()
        self.server = DeskServer(
            str(desk.state), heard=self.heard.put, gone=lambda _hello, _goodbye: None
        )

    async def hears(self, wanted: Callable[[FromClient], bool]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not wanted(await asyncio.to_thread(self.heard.get, timeout=DEADLINE)):
                pass


class Client:
    """The running program and its icon."""

    def __init__(self, process: asyncio.subprocess.Process, item: Item) -> None:
        self.process = process
        self.item = item

    async def shows(self, text: str) -> None:
        """Wait until a row of the menu has this text in it."""
        labels: list[str] = []
        try:
            async with asyncio.timeout(DEADLINE):
                while not any(text in label for label in labels):
                    await asyncio.sleep(0.05)
                    with suppress(ItemError):
                        labels = [row.label for row in await self.item.rows()]
        except TimeoutError:
            pytest.fail(f"{text!r} is not among {labels}")

    async def end(self, ending: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(ending)
        return await asyncio.wait_for(self.process.wait(), DEADLINE)


async def start(
    session: dict[str, str], *arguments: str, **changed: str
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "agent_client",
        *arguments,
        env={**session, **changed},
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def client(session: dict[str, str], desk: Desk) -> AsyncIterator[Client]:
    async with tray_host(session["DBUS_SESSION_BUS_ADDRESS"]) as panel:
        command = ("--config", str(desk.config), "--state-dir", str(desk.state))
        process = await start(session, *command)
        drained = asyncio.create_task(process.communicate())
        try:
            yield Client(process, await panel.item(DEADLINE))
        finally:
            if process.returncode is None:
                process.kill()
            await drained


@asynccontextmanager
async def uploader(desk: Desk) -> AsyncIterator[Uploader]:
    there = Uploader(desk)
    await asyncio.to_thread(there.server.start)
    try:
        yield there
    finally:
        await asyncio.to_thread(there.server.stop)


class Stage:
    """An enrolled desk at work: Workspace, the client, and the agent signed in."""

    def __init__(self, workspace: StageWorkspace, client: Client, uploader: Uploader) -> None:
        self.workspace = workspace
        self.agent = workspace.agent()
        self.client = client
        self.uploader = uploader


@asynccontextmanager
async def stage(session: dict[str, str], desk: Desk) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(StageWorkspace())
        desk.enrol(workspace.url)
        there = await stack.enter_async_context(uploader(desk))
        running = await stack.enter_async_context(client(session, desk))
        await running.shows("Nobody is signed in")
        browser = await stack.enter_async_context(
            StageDesktop(
                f"http://127.0.0.1:{desk.port}",
                workspace.agent().person,
                server=workspace.url,
                origin=ORIGIN,
            )
        )
        await until(lambda: listens(desk.port))
        assert await browser.sign_in() == 200
        await running.shows("Signed in to Workspace as")
        yield Stage(workspace, running, there)


async def until(condition: Callable[[], bool]) -> None:
    deadline = asyncio.get_running_loop().time() + DEADLINE
    while not condition():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


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
            os.kill(pid, signal.SIGTERM)  # it outlives the client, to send what waits


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_the_system_ends_it_cleanly(
    session: dict[str, str], desk: Desk, ending: signal.Signals
) -> None:
    async with uploader(desk) as there, client(session, desk) as running:
        await running.shows("Signed out")
        assert await running.end(ending) == 0
        await there.hears(lambda said: isinstance(said, Goodbye))


async def test_a_second_one_refuses_to_start(session: dict[str, str], desk: Desk) -> None:
    async with uploader(desk), client(session, desk) as running:
        await running.shows("Signed out")
        second = await start(session, "--config", str(desk.config), "--state-dir", str(desk.state))
        _, said = await asyncio.wait_for(second.communicate(), DEADLINE)
        assert second.returncode == 4
        assert b"It runs already for this user" in said


async def test_a_fault_in_salvaging_does_not_keep_the_client_from_its_work(desk: Desk) -> None:
    class Broken(Spool):
        def salvage_all(self) -> list[str]:
            raise RuntimeError("what nobody foresaw")

    settings = load(Asked(str(desk.config), str(desk.state)), {}, desk.folder)
    told: queue.Queue[Status] = queue.Queue()
    async with uploader(desk):
        program = app.Client(settings, this_host(), Broken(desk.state / SPOOL))
        program.start(told.put)
        codes = set[str]()
        while "internal-error" not in codes:
            status = await asyncio.to_thread(told.get, timeout=DEADLINE)
            codes = {problem.code for problem in status.problems}
        await asyncio.to_thread(program.stop)


async def test_a_taken_port_is_said(session: dict[str, str], desk: Desk) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", desk.port))
        other.listen()
        async with uploader(desk), client(session, desk) as running:
            await running.shows("Another program uses the port at which Workspace signs in")


async def test_wrong_settings_are_all_said_at_once(session: dict[str, str], desk: Desk) -> None:
    desk.config.write_text('speed = 3\n[workspace]\nloopback_port = "x"\n', encoding="utf-8")
    process = await start(session, "--config", str(desk.config))
    _, said = await asyncio.wait_for(process.communicate(), DEADLINE)
    assert process.returncode == 2
    for key in (b"speed", b"workspace.loopback_port", b"central.url"):
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
        await running.shows("Signed out")
        await running.item.click("Quit Twinreel")
        await there.hears(lambda said: isinstance(said, Goodbye))
        assert await asyncio.wait_for(running.process.wait(), DEADLINE) == 0
