"""Where the endpoint listens: HTTP and HTTPS, several ports in turn, and how others learn of it."""

import asyncio
import json
import socket
import ssl
import sys
from pathlib import Path

import aiohttp

from agent_client.certificate import AUTHORITY, make
from agent_client.certificate_folders import PEM
from agent_client.core.events import Event, ProblemChanged
from agent_client.workspace.loopback import (
    PORT_TAKEN,
    PORTS_FILE,
    Loopback,
    LoopbackPorts,
    LoopbackSettings,
)
from agent_client.workspace.loopback_certificate import CertificatePlace, KeptCertificate
from agent_client.workspace.loopback_sockets import listening
from bench.stage.workspace import StageWorkspace
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.loopback_staging import AUTH, ask, endpoint_for


def _settings(
    folder: Path, http: tuple[int, ...] = (0,), https: tuple[int, ...] = (0,)
) -> LoopbackSettings:
    make(folder)
    place = CertificatePlace("a test's", folder / PEM, folder / PEM)
    return LoopbackSettings(
        http, https, ("127.0.0.1",), KeptCertificate((place,)), folder, again_seconds=0.05
    )


async def _both(loopback: Loopback) -> tuple[int, int]:
    async with asyncio.timeout(20):
        while loopback.ports.https is None:  # noqa: ASYNC110 -- nobody tells of the second
            await asyncio.sleep(0.02)
    assert loopback.ports.http is not None
    return loopback.ports.http, loopback.ports.https


def _taken() -> socket.socket:
    return listening(("127.0.0.1",), (0,))[0]


def _told(folder: Path) -> object:
    return json.loads((folder / PORTS_FILE).read_text("utf-8"))


async def test_http_and_https_are_served_at_once_each_by_its_own_name(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    async with endpoint_for(workspace, inbox, settings=_settings(tmp_path)) as loopback:
        http, https = await _both(loopback)
        trusted = ssl.create_default_context(cafile=str(tmp_path / AUTHORITY))
        async with aiohttp.ClientSession() as session:
            await ask(loopback, "GET", "/api/v2/me", headers=AUTH)
            secure = f"https://localhost:{https}/ping"
            async with session.get(secure, headers=AUTH, ssl=trusted) as answer:
                assert answer.status == 200
            crossed = AUTH | {"Host": f"localhost:{http}"}
            async with session.get(secure, headers=crossed, ssl=trusted) as answer:
                assert answer.status == 403
            plain = f"http://127.0.0.1:{http}/ping"
            crossed = AUTH | {"Host": f"127.0.0.1:{https}"}
            async with session.get(plain, headers=crossed) as answer:
                assert answer.status == 403


async def test_where_it_listens_is_written_down_for_this_user_alone(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    async with endpoint_for(workspace, inbox, settings=_settings(tmp_path)) as loopback:
        http, https = await _both(loopback)
        assert _told(tmp_path) == {"http": http, "https": https}
        if sys.platform != "win32":
            assert (tmp_path / PORTS_FILE).stat().st_mode & 0o777 == 0o600
    assert _told(tmp_path) == {"http": None, "https": None}
    assert loopback.ports == LoopbackPorts()


async def test_the_next_port_serves_when_the_first_is_taken(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    with _taken() as one, _taken() as other:
        first, second = one.getsockname()[1], other.getsockname()[1]
        settings = _settings(tmp_path, http=(first, 0), https=(second, first, 0))
        async with endpoint_for(workspace, inbox, settings=settings) as loopback:
            ports = await _both(loopback)
            assert not {first, second} & set(ports)
    assert ProblemChanged(PORT_TAKEN, present=True) not in inbox.events


async def test_one_serves_while_the_others_ports_are_taken_and_that_is_told_until_they_are_free(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    with _taken() as one:
        port = one.getsockname()[1]
        async with endpoint_for(
            workspace, inbox, settings=_settings(tmp_path, https=(port,))
        ) as loopback:
            await inbox.until(lambda e: ProblemChanged(PORT_TAKEN, present=True) in e)
            assert (await ask(loopback, "GET", "/ping"))[0] == 401
            one.close()
            assert (await _both(loopback))[1] == port
            await inbox.until(lambda events: not _port_is_taken(events))


def _port_is_taken(events: list[Event]) -> bool:
    told = [one for one in events if isinstance(one, ProblemChanged) and one.code == PORT_TAKEN]
    return told[-1].present


async def test_plain_words_at_the_https_port_harm_nothing(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    async with endpoint_for(workspace, inbox, settings=_settings(tmp_path)) as loopback:
        _, https = await _both(loopback)
        reader, writer = await asyncio.open_connection("127.0.0.1", https)
        writer.write(b"GET /ping HTTP/1.1\r\n\r\n" * 3)
        assert not (await asyncio.wait_for(reader.read(), 20)).startswith(b"HTTP")
        writer.close()
        assert (await ask(loopback, "GET", "/ping"))[0] == 401
