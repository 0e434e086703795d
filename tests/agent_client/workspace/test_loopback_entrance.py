"""Abuse of the endpoint: refused within limits, while pings are answered and a call goes on."""

import asyncio
import contextlib
import json
import logging
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from agent_client.core.events import CallChanged, CallsListed
from agent_client.host.peers import who_calls
from agent_client.ports import Caller
from agent_client.workspace.loopback import Loopback, LoopbackSettings
from agent_client.workspace.loopback_entrance import Limits
from bench.stage.workspace import StageWorkspace
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.loopback_staging import AUTH, PAGE, ask, endpoint_for, later

if sys.platform == "win32":
    pytest.skip("it has no limit of descriptors", allow_module_level=True)
import resource

_MANY = 1000
_ROOM = 24
_SPAN = 20.0  # seconds that each step of a connection may take
_TIGHT = Limits(
    connections=_ROOM, first_request=_SPAN, next_request=_SPAN, body=_SPAN, answer=_SPAN
)
_DEADLINE = 40.0
_SECRET = "Passw0rd-of-an-agent"

Abuse = Callable[[int], Awaitable[None]]


def _settings(limits: Limits = _TIGHT) -> LoopbackSettings:
    return LoopbackSettings(ports=(0,), hosts=("127.0.0.1",), who_calls=who_calls(), limits=limits)


@contextmanager
def _sockets() -> Iterator[list[socket.socket]]:
    """Room for many, all closed in the end."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(before[1], max(before[0], 8192)), before[1]))
    opened: list[socket.socket] = []
    try:
        yield opened
    finally:
        for one in opened:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def _dial(port: int) -> socket.socket:
    opened = socket.socket()
    opened.settimeout(0)
    loop = asyncio.get_running_loop()
    try:
        await asyncio.wait_for(loop.sock_connect(opened, ("127.0.0.1", port)), _DEADLINE)
    except BaseException:
        opened.close()
        raise
    return opened


async def _send_on_many(port: int, number: int, piece: bytes, *, again: bytes = b"") -> None:
    """Open them all, send a piece on each, and then a byte now and then, until cancelled."""
    loop = asyncio.get_running_loop()
    with _sockets() as opened:
        for _ in range(number):
            one = await _dial(port)
            opened.append(one)
            with contextlib.suppress(OSError):
                await loop.sock_sendall(one, piece)
        while True:
            await asyncio.sleep(0.05)
            for one in opened if again else ():
                with contextlib.suppress(OSError):
                    one.send(again)


async def _idle(port: int) -> None:
    await _send_on_many(port, _MANY, b"")


async def _slow_headers(port: int) -> None:
    await _send_on_many(port, 100, b"GET /ping HTTP/1.1\r\nX: ", again=b"a")


async def _slow_bodies(port: int) -> None:
    head = f"POST /api/v2/me HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 60000\r\n\r\n"
    await _send_on_many(port, 100, head.encode(), again=b" ")


async def _pipelined_junk(port: int) -> None:
    """Nobody reads the answers, either."""
    request = f"GET /nowhere?{_SECRET} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    await _send_on_many(port, 30, request * 500 + b"\x00\xff{" * 200)


async def _oversized_bodies(port: int) -> None:
    head = (
        f"POST /api/v2/me HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    await _send_on_many(port, 100, head.encode() + chunk * 4, again=chunk)


async def _oversized_headers(port: int) -> None:
    line = f"X-Filler: {_SECRET}".encode() + b"a" * 7000 + b"\r\n"
    await _send_on_many(port, 100, b"GET /ping HTTP/1.1\r\n" + line * 3, again=line)


async def _refused_requests(port: int) -> None:
    """A foreign Host, Origin null, a missing token, wrong methods, over and over."""
    hosts = [f"Host: 127.0.0.1:{port}", "Host: evil.example.com"]
    lines = [f"{method} /api/v2/me" for method in ("PUT", "PATCH", "TRACE", _SECRET, "DELETE")]
    more = ["Origin: null", f"Authorization: Bearer {_SECRET}", "Sec-Fetch-Site: cross-site"]
    requests = [
        f"{line} HTTP/1.1\r\n{host}\r\n{header}\r\n\r\n".encode()
        for host in hosts
        for line in lines
        for header in more
    ]
    while True:
        for request in requests:
            with _sockets() as opened:
                opened.append(await _dial(port))
                loop = asyncio.get_running_loop()
                await loop.sock_sendall(opened[0], request)
                answer = await asyncio.wait_for(loop.sock_recv(opened[0], 4096), _DEADLINE)
                assert answer[8:10] == b" 4", answer


@pytest.mark.parametrize(
    "abuse",
    [
        _idle,
        _slow_headers,
        _slow_bodies,
        _pipelined_junk,
        _oversized_bodies,
        _oversized_headers,
        _refused_requests,
    ],
)
async def test_pings_are_answered_and_a_call_goes_on_under_abuse(
    abuse: Abuse, workspace: StageWorkspace, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with endpoint_for(workspace, inbox, settings=_settings()) as loopback:
        assert (await ask(loopback, "GET", "/api/v2/me", headers=AUTH))[0] == 200
        await inbox.until(lambda e: any(isinstance(x, CallsListed) for x in e))
        async with _under(abuse, loopback):
            for _ in range(2):
                ends = time.monotonic() + 1.0
                pings = 0
                while time.monotonic() < ends or pings < 5:
                    assert (await ask(loopback, "GET", "/ping", headers=AUTH))[0] == 200
                    pings += 1
                if abuse is not _refused_requests:  # each of these is answered at once
                    later(_SPAN)
            assert (await ask(loopback, "GET", "/ping", headers=AUTH))[0] == 200
            call = workspace.agent().ring()
            workspace.agent().answer(call)
            await inbox.until(lambda e: any(isinstance(x, CallChanged) for x in e))
            assert (await ask(loopback, "GET", "/ping", headers=AUTH))[0] == 200
    assert _SECRET not in caplog.text
    assert len(caplog.records) < 400  # nobody fills the log by being refused


@asynccontextmanager
async def _under(abuse: Abuse, loopback: Loopback) -> AsyncIterator[None]:
    assert loopback.ports.http is not None
    task = asyncio.ensure_future(abuse(loopback.ports.http))
    try:
        await asyncio.sleep(0)
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _descriptors() -> int:
    return len(os.listdir("/dev/fd"))


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(_DEADLINE):
        while not holds():  # noqa: ASYNC110 -- of what nobody tells: descriptors, closed sockets
            await asyncio.sleep(0.02)


def _is_closed(opened: socket.socket) -> bool:
    try:
        return opened.recv(65536) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


async def test_a_thousand_idle_connections_take_no_more_than_their_room(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    limits = Limits(connections=_ROOM, first_request=600.0)
    async with endpoint_for(workspace, inbox, settings=_settings(limits)) as loopback:
        assert loopback.ports.http is not None
        with _sockets() as opened:
            before = _descriptors()
            for _ in range(_MANY):
                opened.append(await _dial(loopback.ports.http))
            await _until(lambda: sum(map(_is_closed, opened)) >= _MANY - _ROOM)
            await _until(lambda: _descriptors() <= before + _MANY + _ROOM)
            assert sum(map(_is_closed, opened)) <= _MANY - _ROOM + 1  # the last ones stay
        await _until(lambda: _descriptors() <= before)


async def test_memory_stays_bounded_whatever_is_sent(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    limits = Limits(connections=_ROOM, first_request=_DEADLINE, body=_DEADLINE)
    head = b"POST /api/v2/me HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    async with endpoint_for(workspace, inbox, settings=_settings(limits)) as loopback:
        assert loopback.ports.http is not None
        host = f"127.0.0.1:{loopback.ports.http}".encode()
        await _pour(loopback.ports.http, head % host, chunk)
        await _pour(loopback.ports.http, b"GET /ping HTTP/1.1\r\n", b"X: " + b"y" * 9000 + b"\r\n")
        before = _resident_bytes()
        for _ in range(3):
            await _pour(loopback.ports.http, head % host, chunk)
            await _pour(loopback.ports.http, b"GET /ping HTTP/1.1\r\n", b"X: " + b"y" * 7000)
            await _pour(loopback.ports.http, b"", b"GET /nowhere HTTP/1.1\r\n\r\n" * 2000)
        assert _resident_bytes() - before < 24 * 1024 * 1024
        assert (await ask(loopback, "GET", "/ping"))[0] == 401


async def _pour(port: int, head: bytes, piece: bytes) -> None:
    """Four megabytes on each of many connections, as far as they are taken."""
    with _sockets() as opened:
        for _ in range(_ROOM):
            opened.append(await _dial(port))
        for content in (head, *[piece] * (4 * 1024 * 1024 // len(piece))):
            for one in opened:
                with contextlib.suppress(OSError):
                    one.send(content)
            await asyncio.sleep(0)


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@pytest.mark.parametrize(
    ("begun", "limits"),
    [
        (b"", Limits(first_request=0.3)),
        (b"GET /ping HTTP/1.1\r\nHost: ", Limits(first_request=0.3)),
        (b"GET /ping HTTP/1.1\r\nHost: other\r\n\r\nGET /pi", Limits(next_request=0.3)),
    ],
)
async def test_a_connection_that_says_too_little_is_closed(
    begun: bytes, limits: Limits, workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with endpoint_for(workspace, inbox, settings=_settings(limits)) as loopback:
        reader, writer = await asyncio.open_connection("127.0.0.1", loopback.ports.http)
        writer.write(begun)
        with contextlib.suppress(ConnectionResetError):
            await asyncio.wait_for(reader.read(), _DEADLINE)
        writer.close()


async def test_a_body_that_does_not_come_is_said_to_be_too_slow(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with endpoint_for(workspace, inbox, settings=_settings(Limits(body=0.3))) as loopback:
        reader, writer = await asyncio.open_connection("127.0.0.1", loopback.ports.http)
        host = f"127.0.0.1:{loopback.ports.http}"
        writer.write(
            f"POST /api/v2/me HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\n\r\n[".encode()
        )
        assert b" 408 " in await asyncio.wait_for(reader.readline(), _DEADLINE)
        writer.close()


async def test_an_answer_that_takes_too_long_ends_its_connection(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    """The Genesys server hangs; Workspace may try again."""
    limits = Limits(answer=0.3)
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        server = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        rules_server = [{"name": "server", "value": server}]
        async with endpoint_for(
            workspace, inbox, settings=_settings(limits), servers=(server,)
        ) as loopback:
            reader, writer = await asyncio.open_connection("127.0.0.1", loopback.ports.http)
            content = json.dumps(rules_server).encode()
            writer.write(
                f"POST /api/v2/me HTTP/1.1\r\nHost: 127.0.0.1:{loopback.ports.http}\r\n"
                f"Authorization: {AUTH['Authorization']}\r\nOrigin: {PAGE}\r\n"
                f"Content-Length: {len(content)}\r\n\r\n".encode()
                + content
            )
            with contextlib.suppress(ConnectionResetError):
                assert await asyncio.wait_for(reader.read(), _DEADLINE) == b""
            writer.close()


async def test_strangers_take_no_room_from_our_own_programs(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    """Another user's connections give way to each other before they give way to ours."""
    strange: set[int] = set()
    settings = LoopbackSettings(
        ports=(0,),
        hosts=("127.0.0.1",),
        who_calls=lambda connections: [
            Caller.OTHERS if one.theirs[1] in strange else Caller.OURS for one in connections
        ],
        limits=Limits(connections=_ROOM, unknown=4, strangers=8, first_request=600.0),
    )
    async with endpoint_for(workspace, inbox, settings=settings) as loopback:
        assert loopback.ports.http is not None
        with _sockets() as ours, _sockets() as theirs:
            for _ in range(_ROOM - 10):  # with all that strangers may have, it is too many
                ours.append(await _dial(loopback.ports.http))
            for _ in range(2 * _ROOM):
                one = socket.socket()
                one.bind(("127.0.0.1", 0))
                strange.add(one.getsockname()[1])
                one.settimeout(0)
                loop = asyncio.get_running_loop()
                await loop.sock_connect(one, ("127.0.0.1", loopback.ports.http))
                theirs.append(one)
            await _until(lambda: sum(not _is_closed(one) for one in theirs) <= 8)
            assert not any(map(_is_closed, ours))


async def test_the_endpoint_ends_with_connections_of_all_kinds_open(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    with _sockets() as opened:
        async with endpoint_for(workspace, inbox, settings=_settings(Limits())) as loopback:
            assert loopback.ports.http is not None
            for begun in (
                b"",
                b"GET /ping",
                b"POST /api/v2/me HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
            ):
                opened.append(await _dial(loopback.ports.http))
                await asyncio.get_running_loop().sock_sendall(opened[-1], begun)
            assert (await ask(loopback, "GET", "/ping"))[0] == 401
        await _until(lambda: all(map(_is_closed, opened)))
