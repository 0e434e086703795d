"""Other users of the computer are refused at the endpoint, and so is whoever cannot be told."""

import asyncio
import contextlib
import logging
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent_client.host import peers_linux
from agent_client.host.peers import who_calls
from agent_client.ports import Caller, CallersUnknownError, Connection, WhoCalls
from agent_client.workspace.loopback import LoopbackSettings
from agent_client.workspace.loopback_callers import Callers
from bench.stage.workspace import StageWorkspace
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.loopback_staging import AUTH, ask, desktop_of, endpoint_for

if sys.platform == "win32":
    pytest.skip("users have no numbers there", allow_module_level=True)

_NOBODY = 65534
_A = Connection(("127.0.0.1", 1), ("127.0.0.1", 8080))


def _as_another_user(connections: Sequence[Connection]) -> list[Caller]:
    """The real table, seen by a user that we are not."""
    table = Path("/proc/self/net/tcp").read_bytes()
    return peers_linux.callers(connections, table, os.geteuid() + 1)


def _settings(look_up: WhoCalls) -> LoopbackSettings:
    return LoopbackSettings(ports=(0,), hosts=("127.0.0.1",), who_calls=look_up)


async def test_our_own_programs_may_call(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with (
        endpoint_for(workspace, inbox, settings=_settings(who_calls())) as loopback,
        desktop_of(loopback, workspace) as desktop,
    ):
        assert await desktop.sign_in() == 200
        assert await desktop.ping() == 200


async def test_another_user_cannot_ping_sign_in_or_sign_out(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    """With the right password even. As root: a real program of another user."""
    root = os.geteuid() == 0
    settings = _settings(who_calls() if root else _as_another_user)
    async with endpoint_for(workspace, inbox, settings=settings) as loopback:
        port = loopback.ports.http
        assert port is not None
        for line in ("GET /ping", "GET /api/v2/me", "POST /api/v2/me", "DELETE /api/v2/me"):
            answer = await _as_nobody(port, line) if root else await _ourselves(port, line)
            assert answer.startswith(b"HTTP/1.1 403 ")
            assert b'"other-user"' in answer
        if root:
            assert (await ask(loopback, "GET", "/api/v2/me", headers=AUTH))[0] == 200
    assert workspace.asked.count("POST /auth/v3/oauth/token") == int(root)


def _request(port: int, line: str) -> str:
    named = f"Host: 127.0.0.1:{port}\r\nAuthorization: {AUTH['Authorization']}\r\n"
    return f"{line} HTTP/1.1\r\n{named}Content-Length: 0\r\nConnection: close\r\n\r\n"


async def _as_nobody(port: int, line: str) -> bytes:
    dial = f'exec 3<>/dev/tcp/127.0.0.1/{port}; printf %s "$0" >&3; cat <&3'
    program = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        dial,
        _request(port, line),
        user=_NOBODY,
        cwd="/",
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await asyncio.wait_for(program.communicate(), 30)
    return answer


async def _ourselves(port: int, line: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_request(port, line).encode())
    answer = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    return answer


async def test_who_cannot_be_told_is_refused_and_it_is_logged_once(
    workspace: StageWorkspace, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    def in_the_dark(_: Sequence[Connection]) -> list[Caller]:
        raise CallersUnknownError("no table")

    async with endpoint_for(workspace, inbox, settings=_settings(in_the_dark)) as loopback:
        for _ in range(3):
            status, _, document = await ask(loopback, "GET", "/ping", headers=AUTH)
            assert (status, document["error"]) == (403, "caller-unknown")
    told = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert len(told) == 1
    assert "no table" in told[0].getMessage()


async def test_a_bug_in_the_look_up_lets_nobody_in(
    workspace: StageWorkspace, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Sequence[Connection]) -> list[Caller]:
        raise ZeroDivisionError

    async with endpoint_for(workspace, inbox, settings=_settings(broken)) as loopback:
        assert (await ask(loopback, "GET", "/ping", headers=AUTH))[0] == 403
    assert "ZeroDivisionError" in caplog.text


async def test_who_hung_up_is_not_served(workspace: StageWorkspace, inbox: Inbox) -> None:
    def gone(connections: Sequence[Connection]) -> list[Caller]:
        return [Caller.GONE] * len(connections)

    async with endpoint_for(workspace, inbox, settings=_settings(gone)) as loopback:
        assert loopback.ports.http is not None
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            answer = await _ourselves(loopback.ports.http, "GET /ping")
        assert answer == b""


async def test_it_is_asked_once_for_a_connection_and_not_for_each_request(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    asked: list[Connection] = []

    def count(connections: Sequence[Connection]) -> list[Caller]:
        asked.extend(connections)
        return [Caller.OURS] * len(connections)

    async with endpoint_for(workspace, inbox, settings=_settings(count)) as loopback:
        reader, writer = await asyncio.open_connection("127.0.0.1", loopback.ports.http)
        for _ in range(3):
            writer.write(b"GET /ping HTTP/1.1\r\nHost: other\r\n\r\n")
            assert b"403" in await asyncio.wait_for(reader.readline(), 20)
            await asyncio.wait_for(reader.readuntil(b"}"), 20)
        writer.close()
    assert len(asked) == 1


async def test_all_who_wait_are_answered_by_one_reading() -> None:
    readings: list[int] = []
    first_reads, go_on = threading.Event(), threading.Event()

    def slow(connections: Sequence[Connection]) -> list[Caller]:
        readings.append(len(connections))
        first_reads.set()
        assert go_on.wait(20)
        return [Caller.OURS] * len(connections)

    callers = Callers(slow)
    first = asyncio.create_task(callers.of(_A))
    await asyncio.to_thread(first_reads.wait, 20)
    others = [asyncio.create_task(callers.of(_A)) for _ in range(50)]
    await asyncio.sleep(0)  # so that each has asked
    go_on.set()
    assert set(await asyncio.gather(first, *others)) == {Caller.OURS}
    assert readings == [1, 50]


async def test_everybody_may_call_where_nobody_is_asked() -> None:
    assert await Callers(None).of(_A) is Caller.OURS
