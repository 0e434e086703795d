"""A custom desktop and the client as the programs they are: the real command line, the real API."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from contract.manifest import EndReason, PauseReason
from tests.agent_client.app_staging import (
    DEADLINE,
    NUMBER,
    Client,
    Desk,
    client,
    own_desk,
    until,
    uploader,
    user_session,
)
from uploader.desk import Spooled

if sys.platform == "win32":
    pytest.skip("the stage is made of X11 and D-Bus", allow_module_level=True)

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
GENESYS = "https://gws.example.com"
KATE = "kate"
_NOBODY = 65534


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("session")
    with user_session(folder) as environment:
        yield environment


@pytest.fixture
def desk() -> Iterator[Desk]:
    with own_desk() as made:
        yield made


class Terminal:
    """Where somebody types commands, at the desk whose client runs."""

    def __init__(self, desk: Desk, session: dict[str, str]) -> None:
        self.where = ("--config", str(desk.config), "--state-dir", str(desk.state))
        self.session = session

    async def types(self, *words: str) -> tuple[int, str, str]:
        """Exit status, what it says, and what it says is wrong."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "agent_client",
            *self.where,
            *words,
            env=self.session,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        said, wrong = await asyncio.wait_for(process.communicate(), DEADLINE)
        assert process.returncode is not None
        return process.returncode, said.decode().strip(), wrong.decode().strip()

    async def does(self, *words: str) -> str:
        """It must be done; what is said then."""
        status, said, wrong = await self.types(*words)
        assert (status, wrong) == (0, "")
        return said

    async def state(self) -> dict[str, Any]:
        told = json.loads(await self.does("state", "--json"))
        assert isinstance(told, dict)
        return told


@asynccontextmanager
async def at_work(session: dict[str, str], desk: Desk) -> AsyncIterator[tuple[Client, Terminal]]:
    """The client runs, enrolled, and nobody is signed in."""
    async with client(session, desk) as running:
        terminal = Terminal(desk, session)
        async with asyncio.timeout(DEADLINE):
            while (await terminal.types("state"))[0] != 0:  # noqa: ASYNC110 -- a process
                await asyncio.sleep(0.1)
        yield running, terminal


async def test_a_call_is_recorded_from_the_command_line_from_its_start_to_the_end_of_wrap_up(
    session: dict[str, str], desk: Desk
) -> None:
    desk.enrol(GENESYS)
    async with uploader(desk) as there, at_work(session, desk) as (running, terminal):
        said = await terminal.does(
            *("call", "start", "--id", "c-1", "--agent", KATE, "--ani", NUMBER, "--data", "Case=7")
        )
        assert said == "Recording the screen of this call"
        await until(lambda: desk.captures(1))
        assert "Paused" in await terminal.does("call", "pause")
        await running.shows("Paused: neither voice nor screen is recorded")
        assert "c-1" in await terminal.does("state")
        await terminal.does("call", "resume", "--id", "c-1")
        await running.shows("Recording the screen of this call")
        await until(lambda: desk.captures(2))
        for action in ("hold", "retrieve"):
            await terminal.does("call", action, "--id", "c-1")
        said = await terminal.does("call", "stop", "--id", "c-1", "--wrap-up")
        assert said == "Recording the screen of after-call work"
        await terminal.does("agent", "wrap-up")
        await running.shows("Recording the screen of after-call work")
        assert not desk.manifests()
        await terminal.does("agent", "ready")
        await there.hears(lambda told: isinstance(told, Spooled))
        now = await terminal.state()
        assert (now["recording"], now["calls"]) == (None, [])
        assert [one["code"] for one in now["problems"]] == []
        await terminal.does("agent", "sign-out")
        await running.shows("Nobody is signed in")
        assert await running.end() == 0
    (manifest,) = desk.manifests()
    assert manifest.end_reason is EndReason.WRAPPED_UP
    assert (manifest.call_id, manifest.agent_id) == ("c-1", KATE)
    assert [pause.reasons for pause in manifest.pauses] == [(PauseReason.ASKED,)]
    log = (desk.state / "logs" / "agent.log").read_text(encoding="utf-8")
    assert NUMBER not in log
    assert "Case" not in log


async def test_without_a_client_the_command_line_says_so(
    session: dict[str, str], desk: Desk
) -> None:
    terminal = Terminal(desk, session)
    status, said, wrong = await terminal.types("call", "pause")
    assert (status, said) == (6, "")
    assert wrong.startswith("Twinreel is not running for this user")
    status, said, wrong = await terminal.types("call", "pause", "--json")
    assert (status, json.loads(said)["code"], wrong) == (6, "not-running", "")


async def test_a_refusal_is_said_with_why(session: dict[str, str], desk: Desk) -> None:
    desk.enrol(GENESYS)
    async with uploader(desk), at_work(session, desk) as (_, terminal):
        assert await terminal.types("call", "pause") == (7, "", "Nobody is signed in.")
        await terminal.does("agent", "sign-in", "--agent", KATE)
        assert await terminal.types("call", "pause") == (7, "", "There is no call to pause.")
        status, said, wrong = await terminal.types("call", "stop", "--id", "c-9", "--json")
        assert (status, json.loads(said)["code"], wrong) == (7, "no-such-call", "")


async def test_commands_work_on_after_the_client_was_started_anew(
    session: dict[str, str], desk: Desk
) -> None:
    desk.enrol(GENESYS)
    async with uploader(desk):
        async with at_work(session, desk) as (running, terminal):
            await terminal.does("call", "start", "--id", "c-1", "--agent", KATE)
            await terminal.does("call", "pause")
            token = (desk.state / "api-token").read_text("ascii")
            assert await running.end(signal.SIGKILL) == -signal.SIGKILL
        assert (await terminal.types("state"))[0] == 6
        async with at_work(session, desk) as (running, terminal):
            assert (desk.state / "api-token").read_text("ascii") != token
            said = await terminal.does("call", "start", "--id", "c-1", "--agent", KATE)
            assert "Paused" in said
            assert await running.end() == 0
        assert not (desk.state / "api-token").exists()


async def test_many_commands_at_once_leave_one_call(session: dict[str, str], desk: Desk) -> None:
    desk.enrol(GENESYS)
    async with uploader(desk), at_work(session, desk) as (_, terminal):
        start = ("call", "start", "--id", "c-1", "--agent", KATE)
        answers = await asyncio.gather(*(terminal.types(*start) for _ in range(6)))
        assert {status for status, _, _ in answers} == {0}
        now = await terminal.state()
        assert [one["id"] for one in now["calls"]] == ["c-1"]
        assert now["recording"]["capturing"]


async def test_who_follows_hears_of_a_call_at_once(session: dict[str, str], desk: Desk) -> None:
    desk.enrol(GENESYS)
    async with uploader(desk), at_work(session, desk) as (_, terminal):
        following = await asyncio.create_subprocess_exec(
            *("env", "--default-signal=INT"),  # whoever runs the tests may ignore it
            *(sys.executable, "-m", "agent_client", *terminal.where, "state", "--follow", "--json"),
            env=session,
            stdout=subprocess.PIPE,
            limit=2**20,
        )
        assert following.stdout is not None
        assert json.loads(await asyncio.wait_for(following.stdout.readline(), DEADLINE))
        await terminal.does("call", "start", "--id", "c-1", "--agent", KATE)
        heard: list[str] = []
        while "recording" not in heard:
            line = await asyncio.wait_for(following.stdout.readline(), DEADLINE)
            heard.append(json.loads(line)["mood"])
        following.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(following.wait(), DEADLINE) == 0


async def test_the_token_and_the_ports_are_for_this_user_alone_and_no_page_may_call(
    session: dict[str, str], desk: Desk
) -> None:
    desk.enrol(GENESYS)

    def asked(headers: dict[str, str]) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=DEADLINE)
        connection.request("GET", "/api/twinreel/v1/state", headers=headers)
        answer = connection.getresponse()
        code = json.loads(answer.read()).get("code", "")
        connection.close()
        return answer.status, code

    async with uploader(desk), at_work(session, desk):
        for name in ("api-token", "loopback.json"):
            assert stat.S_IMODE((desk.state / name).stat().st_mode) == 0o600
        assert json.loads((desk.state / "loopback.json").read_bytes())["http"] == desk.port
        token = (desk.state / "api-token").read_text("ascii")
        with_token = {"Authorization": f"Bearer {token}"}
        assert await asyncio.to_thread(asked, with_token) == (200, "")
        assert await asyncio.to_thread(asked, {}) == (401, "token-wrong")
        page = {**with_token, "Origin": "https://workspace.example.com"}
        assert await asyncio.to_thread(asked, page) == (403, "origin-not-allowed")


async def test_what_took_the_clients_port_never_hears_the_token(
    session: dict[str, str], desk: Desk
) -> None:
    """What a crash left names a port, and another program listens there: not ours by its answer."""
    desk.state.mkdir(mode=0o700)
    (desk.state / "api-token").write_text("the-secret", encoding="ascii")
    (desk.state / "loopback.json").write_text(f'{{"http": {desk.port}}}', encoding="ascii")
    heard = bytearray()

    async def listens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    stranger = await asyncio.start_server(listens, "127.0.0.1", desk.port, family=socket.AF_INET)
    async with stranger:
        status, _, wrong = await Terminal(desk, session).types(
            "call", "start", "--id", "c-1", "--ani", NUMBER
        )
    assert status == 8
    assert wrong
    assert b"GET /api/twinreel/v1/state" in heard
    assert b"the-secret" not in heard
    assert NUMBER.encode() not in heard


_LISTENS = """
import socket, sys
with socket.socket() as listener:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(sys.argv[1])))
    listener.listen()
    print("listens", flush=True)
    taken, _ = listener.accept()
    heard = b""
    while b"the-secret" not in heard and (more := taken.recv(65536)):
        heard += more
        taken.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}")
    print("heard it" if b"the-secret" in heard else "heard nothing", flush=True)
"""


async def test_another_users_program_at_the_clients_port_never_hears_the_token(
    session: dict[str, str], desk: Desk
) -> None:
    """As root: a real program of another user. Else it is ours, and may hear it."""
    desk.state.mkdir(mode=0o700)
    (desk.state / "api-token").write_text("the-secret", encoding="ascii")
    (desk.state / "loopback.json").write_text(f'{{"http": {desk.port}}}', encoding="ascii")
    root = os.geteuid() == 0
    stranger = await asyncio.create_subprocess_exec(
        *("/usr/bin/python3", "-c", _LISTENS, str(desk.port)),
        stdout=subprocess.PIPE,
        user=_NOBODY if root else None,
        cwd="/",
    )
    assert stranger.stdout is not None
    assert await asyncio.wait_for(stranger.stdout.readline(), DEADLINE) == b"listens\n"
    status, _, wrong = await Terminal(desk, session).types("agent", "sign-in", "--agent", KATE)
    said, _ = await asyncio.wait_for(stranger.communicate(), DEADLINE)
    assert (status, said) == ((6, b"heard nothing\n") if root else (8, b"heard it\n"))
    assert wrong
