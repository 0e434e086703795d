"""The loopback endpoint over real HTTP, with Workspace's side played by the stand-in."""

import asyncio
import contextlib
import gc
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from agent_client.certificate import make
from agent_client.certificate_folders import PEM
from agent_client.core.events import (
    AgentSignedIn,
    AgentSignedOut,
    CallsListed,
    ProblemChanged,
    Source,
    TouchLost,
    TouchRegained,
)
from agent_client.workspace.basic import Credentials
from agent_client.workspace.gws_session import GwsSettings, OutOfReachError, SignIn
from agent_client.workspace.gws_v3 import GwsV3Session
from agent_client.workspace.loopback import PORT_TAKEN, LoopbackSettings
from agent_client.workspace.loopback_certificate import CertificatePlace, KeptCertificate
from agent_client.workspace.loopback_sockets import listening
from bench.stage.workspace import StageWorkspace
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.loopback_staging import (
    AUTH,
    PERSON,
    ask,
    desktop_of,
    endpoint_for,
    later,
    link_for,
)


async def test_a_sign_in_pings_and_a_sign_out(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with (
        endpoint_for(workspace, inbox) as loopback,
        desktop_of(loopback, workspace) as desktop,
    ):
        assert await desktop.sign_in() == 200
        await inbox.until(lambda e: any(isinstance(x, CallsListed) for x in e))
        assert await desktop.ping() == 200
        assert await desktop.sign_out() == 200
        assert await desktop.ping() == 401
    assert inbox.events[:2] == [
        ProblemChanged(PORT_TAKEN, present=False),
        TouchRegained(Source.LOOPBACK),
    ]
    assert AgentSignedIn("JohnSmith", Source.WORKSPACE) in inbox.events
    assert inbox.events[-1] == AgentSignedOut(Source.LOOPBACK)


async def test_pings_that_stop_lose_touch_and_a_later_one_is_refused(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with (
        endpoint_for(workspace, inbox, timedelta(seconds=0.3)) as loopback,
        desktop_of(loopback, workspace) as desktop,
    ):
        await desktop.sign_in()
        await inbox.until(lambda e: TouchLost(Source.LOOPBACK) in e)
        assert await desktop.ping() == 401
        assert await desktop.sign_in() == 200
        await inbox.until(lambda e: e.count(TouchRegained(Source.LOOPBACK)) == 2)
    assert AgentSignedOut(Source.LOOPBACK) not in inbox.events


async def test_pings_keep_the_sign_in_alive(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with (
        endpoint_for(workspace, inbox, timedelta(seconds=60)) as loopback,
        desktop_of(loopback, workspace, ping_seconds=3600) as desktop,
    ):
        await desktop.sign_in()
        for _ in range(3):
            later(40)
            assert await desktop.ping() == 200
        assert TouchLost(Source.LOOPBACK) not in inbox.events


async def test_a_token_refused_by_genesys_has_workspace_sign_in_again(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with (
        endpoint_for(workspace, inbox) as loopback,
        desktop_of(loopback, workspace, ping_seconds=0.05) as desktop,
    ):
        await desktop.sign_in()
        await inbox.until(lambda e: any(isinstance(x, CallsListed) for x in e))
        workspace.restart(forget_tokens=True)
        await inbox.until(lambda e: e.count(TouchRegained(Source.WORKSPACE)) == 2)
        assert 401 in desktop.answers


async def test_a_wrong_password_is_refused(workspace: StageWorkspace, inbox: Inbox) -> None:
    wrong = {"Authorization": Credentials("JohnSmith", "wrong").header()}
    async with endpoint_for(workspace, inbox) as loopback:
        status, headers, document = await ask(loopback, "GET", "/api/v2/me", headers=wrong)
        assert (status, document["error"]) == (401, "not-let-in")
        assert "WWW-Authenticate" not in headers
        for _ in range(4):
            await ask(loopback, "GET", "/api/v2/me", headers=wrong)
        asked = len(workspace.asked)
        status, _, document = await ask(loopback, "GET", "/api/v2/me", headers=AUTH)
        assert (status, document["error"]) == (429, "too-many-tries")
        assert len(workspace.asked) == asked


async def test_a_genesys_server_that_is_away_is_said_so(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with endpoint_for(workspace, inbox) as loopback:
        await workspace.go_down()
        status, _, document = await ask(loopback, "GET", "/api/v2/me", headers=AUTH)
    assert (status, document["error"]) == (503, "out-of-reach")


async def test_signing_out_needs_the_token_of_the_session(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with endpoint_for(workspace, inbox) as loopback:
        asked = AUTH | {"X-Support-CSRFP": "True"}
        _, headers, _ = await ask(loopback, "GET", "/api/v2/me", headers=asked)
        token = headers["X-CSRF-TOKEN"]
        cookie = headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        wrong = AUTH | {"X-CSRF-Token": "wrong\xff"}
        status, _, document = await ask(loopback, "DELETE", "/api/v2/me", headers=wrong)
        assert (status, document["error"]) == (403, "csrf-token-wrong")
        end = b'{"operationName": "EndContactCenterSession"}'
        right = AUTH | {"X-CSRF-Token": token}
        status, _, _ = await ask(loopback, "POST", "/api/v2/me", headers=right, data=end)
        assert status == 200
    assert AgentSignedOut(Source.LOOPBACK) in inbox.events


async def test_the_cookie_is_as_good_as_the_password(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with endpoint_for(workspace, inbox) as loopback:
        _, headers, _ = await ask(loopback, "GET", "/api/v2/me", headers=AUTH)
        cookie = headers["Set-Cookie"].split(";")[0]
        assert (await ask(loopback, "GET", "/ping", headers={"Cookie": cookie}))[0] == 200
        wrong = {"Cookie": "TWINREEL_SESSION=guess"}
        assert (await ask(loopback, "GET", "/ping", headers=wrong))[0] == 401
        other = {"Authorization": Credentials("JohnSmith", "wrong").header(), "Cookie": cookie}
        assert (await ask(loopback, "GET", "/ping", headers=other))[0] == 401


async def test_the_same_sign_in_again_asks_genesys_nothing(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with endpoint_for(workspace, inbox) as loopback:
        for _ in range(3):
            assert (await ask(loopback, "GET", "/api/v2/me", headers=AUTH))[0] == 200
    assert workspace.asked.count("POST /auth/v3/oauth/token") == 1


async def test_another_server_is_another_sign_in(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with (
        endpoint_for(workspace, inbox) as loopback,
        desktop_of(loopback, workspace) as desktop,
    ):
        await ask(loopback, "GET", "/api/v2/me", headers=AUTH)
        desktop.server += "/"  # the same server, but the answer may depend on it
        assert await desktop.sign_in() == 200
    assert workspace.asked.count("POST /auth/v3/oauth/token") == 2


async def test_a_session_that_genesys_ended_is_not_taken_for_a_sign_in(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    link = link_for(inbox)
    async with endpoint_for(workspace, inbox, link=link) as loopback:
        await ask(loopback, "GET", "/api/v2/me", headers=AUTH)
        await inbox.until(lambda e: any(isinstance(x, CallsListed) for x in e))
        workspace.restart(forget_tokens=True)
        async with asyncio.timeout(20):
            while link.let_in:  # noqa: ASYNC110 -- nothing is posted when it gives up
                await asyncio.sleep(0.01)
        assert (await ask(loopback, "GET", "/api/v2/me", headers=AUTH))[0] == 200
        await inbox.until(lambda e: e.count(TouchRegained(Source.WORKSPACE)) == 2)
    assert workspace.asked.count("POST /auth/v3/oauth/token") == 2


async def test_it_listens_on_both_loopback_addresses_and_no_other(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    """IPv6 only where this computer has it."""
    async with endpoint_for(workspace, inbox, settings=LoopbackSettings(ports=(0,))) as loopback:
        port = int(loopback.url.rsplit(":", 1)[1])
        try:
            _, writer = await asyncio.open_connection("::1", port)
            writer.close()
        except OSError:
            assert not any(s.getsockname()[0] == "::1" for s in _probe())
        assert (await ask(loopback, "GET", "/ping"))[0] == 401


def _probe() -> list[Any]:
    sockets = listening(("127.0.0.1", "::1"), (0,))
    for opened in sockets:
        opened.close()
    return [opened for opened in sockets if opened.fileno() >= 0]


async def test_a_taken_port_is_told(workspace: StageWorkspace, inbox: Inbox) -> None:
    (taken,) = listening(("127.0.0.1",), (0,))
    settings = LoopbackSettings(ports=(taken.getsockname()[1],), hosts=("127.0.0.1",))
    endpoint = asyncio.create_task(_up(workspace, inbox, settings))
    await inbox.until(lambda e: ProblemChanged(PORT_TAKEN, present=True) in e)
    endpoint.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await endpoint
    taken.close()


async def _up(workspace: StageWorkspace, inbox: Inbox, settings: LoopbackSettings) -> None:
    async with endpoint_for(workspace, inbox, settings=settings):
        pass


async def test_the_password_is_written_nowhere(
    workspace: StageWorkspace, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with (
        endpoint_for(workspace, inbox) as loopback,
        desktop_of(loopback, workspace) as desktop,
    ):
        await desktop.sign_in()
        await inbox.until(lambda e: any(isinstance(x, CallsListed) for x in e))
        tokens = [*workspace.tokens, desktop.csrf]
        await desktop.ping()
        bad = {"Authorization": AUTH["Authorization"] + "!"}
        await ask(loopback, "GET", "/api/v2/me", headers=bad)
        port = int(loopback.url.rsplit(":", 1)[1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        spoilt = f"GET /ping HTTP/1.1\r\n{AUTH['Authorization']}\r\n\r\n"  # a header without name
        writer.write(spoilt.encode())
        assert b"400" in await asyncio.wait_for(reader.readline(), 20)
        writer.close()
        workspace.restart(forget_tokens=True)
        await inbox.until(lambda e: TouchLost(Source.WORKSPACE) in e)
        encoded = AUTH["Authorization"].split()[1]
        ours = [
            value
            for value in gc.get_objects()
            if str(type(value).__module__).startswith("agent_client.")
        ]
        shown = [caplog.text, repr(ours), repr(inbox.events)]
        shown += [repr(record.__dict__) for record in caplog.records]
    for secret in (PERSON.password, encoded, *tokens):
        assert not any(secret in text for text in shown), "a secret was written down"
    assert any("Workspace" in text for text in shown)


def _https(folder: Path) -> LoopbackSettings:
    """With a certificate for localhost, as it is made for each computer."""
    make(folder)
    place = CertificatePlace("a test's", folder / PEM, folder / PEM)
    return LoopbackSettings((), (0,), ("127.0.0.1",), KeptCertificate((place,)))


async def test_it_speaks_https_with_a_certificate(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    settings = _https(tmp_path)
    async with (
        endpoint_for(workspace, inbox, settings=settings) as loopback,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as http,
    ):
        assert loopback.url.startswith("https://")
        async with http.get(f"{loopback.url}/api/v2/me", headers=AUTH) as answer:
            assert answer.status == 200
            assert "Secure" in answer.headers["Set-Cookie"]


async def test_a_server_whose_certificate_is_not_trusted_gets_no_password(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    settings = _https(tmp_path)
    async with endpoint_for(workspace, inbox, settings=settings) as untrusted:
        who = SignIn(untrusted.url, PERSON.user_name, PERSON.password)
        with pytest.raises(OutOfReachError, match="Certificate"):
            await GwsV3Session.with_password(untrusted.url, who, GwsSettings())
