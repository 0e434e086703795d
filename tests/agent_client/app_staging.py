"""A desk's files, the client that runs there, the uploader's end of it, and an agent at work."""

from __future__ import annotations

import asyncio
import os
import queue
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bench.stage.display import session_bus, untouched, x_display
from bench.stage.office import free_port, processes
from bench.stage.sni_host import Item, ItemError, tray_host
from bench.stage.workspace import StageWorkspace
from bench.stage.workspace_desktop import StageDesktop
from contract.canonical import b64
from contract.desk_config import IDENTITY, POLICY, Identity
from contract.manifest import Manifest, from_json
from contract.policy import Policy, PublicKey, Selection, Workspace, publish
from uploader.desk import DeskServer, FromClient

ROOT = Path(__file__).parents[2]
DEADLINE = 60.0  # seconds; a busy machine starts programs slowly
NUMBER = "5115550123"
ORIGIN = "https://workspace.example.com"


@contextmanager
def user_session(folder: Path) -> Iterator[dict[str, str]]:
    """A display and a bus; yields the environment of a user whose home this is."""
    with x_display(folder, 1024, 768) as display:
        bare = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8"}
        bare |= {"PYTHONPATH": str(ROOT), "HOME": str(folder)}
        with session_bus(untouched() | bare, folder) as environment:
            yield environment


@contextmanager
def own_desk() -> Iterator[Desk]:
    """A desk for one test."""
    with tempfile.TemporaryDirectory(prefix="twinreel") as short:  # a socket's path may not be long
        made = Desk(Path(short), free_port())
        yield made
        for pid in processes("uploader", str(made.config)):  # it outlives the client, as it should
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(pid, signal.SIGTERM)


class Desk:
    """A desk's files: configuration, state folder, and what central signed for it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.state = folder / "state"
        self.config = folder / "config.toml"
        self.policy: dict[str, object] = {}  # what central says otherwise than below
        self._root = Ed25519PrivateKey.generate()
        self.config.write_text(
            '[central]\nurl = "http://127.0.0.1:9"\n'
            f'[workspace]\nloopback_ports = [{port}]\nclient_id = "twinreel"\n',
            encoding="utf-8",
        )

    def enrol(self, genesys: str) -> None:
        """As the uploader does: every call is selected, and sign-ins lead to this server."""
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
        policy = msgspec.structs.replace(policy, **self.policy)
        identity = Identity(
            device_id="desk-7",
            root_key=b64(self._root.public_key().public_bytes_raw()),
            central_url="http://127.0.0.1:9",
        )
        self.state.mkdir(mode=0o700, exist_ok=True)
        (self.state / IDENTITY).write_bytes(msgspec.json.encode(identity))
        (self.state / POLICY).write_bytes(publish(policy, self._root))

    def captures(self, segments: int) -> bool:
        """Whether so many segments were begun, and the last one has something in it."""
        files = sorted(self.state.glob("spool/*/*.seg"))
        return len(files) == segments and files[-1].stat().st_size > 0

    def manifests(self) -> list[Manifest]:
        return [from_json(path.read_bytes()) for path in self.state.glob("spool/*/manifest.json")]


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
        """Wait until this text is in the menu, in one row or over several."""
        labels: list[str] = []
        try:
            async with asyncio.timeout(DEADLINE):
                while text not in _read(labels):
                    await asyncio.sleep(0.05)
                    with suppress(ItemError):
                        labels = [row.label for row in await self.item.rows()]
        except TimeoutError:
            pytest.fail(f"{text!r} is not among {labels}")

    async def no_longer_shows(self, text: str) -> None:
        """Wait until this text is not in the menu."""
        async with asyncio.timeout(DEADLINE):
            labels = [text]
            while text in _read(labels):
                await asyncio.sleep(0.05)
                with suppress(ItemError):
                    labels = [row.label for row in await self.item.rows()]

    async def end(self, ending: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(ending)
        return await asyncio.wait_for(self.process.wait(), DEADLINE)


def _read(labels: list[str]) -> str:
    """The menu as it is read: long words go over several rows."""
    return " ".join(label.strip() for label in labels)


_PROGRAM = ("-m", "agent_client")


async def start(
    session: dict[str, str], *arguments: str, program: Sequence[str] = _PROGRAM, **changed: str
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        *arguments,
        env={**session, **changed},
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def client(
    session: dict[str, str], desk: Desk, program: Sequence[str] = _PROGRAM
) -> AsyncIterator[Client]:
    async with tray_host(session["DBUS_SESSION_BUS_ADDRESS"]) as panel:
        command = ("--config", str(desk.config), "--state-dir", str(desk.state))
        process = await start(session, *command, program=program)
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
