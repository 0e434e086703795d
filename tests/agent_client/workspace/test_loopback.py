"""The loopback endpoint over real HTTP, with Workspace's side played by the stand-in."""

import asyncio
import contextlib
import gc
import json
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

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
from agent_client.workspace.cometd import Pace
from agent_client.workspace.gws_session import GwsSession, GwsSettings, OutOfReachError, SignIn
from agent_client.workspace.link import WorkspaceLink
from agent_client.workspace.loopback import PORT_TAKEN, Loopback, LoopbackSettings
from agent_client.workspace.loopback_rules import LoopbackRules
from agent_client.workspace.loopback_sockets import listening
from bench.stage.workspace import StageWorkspace
from bench.stage.workspace_desktop import StageDesktop
from bench.stage.workspace_shapes import Person
from tests.agent_client.workspace.conftest import Inbox

_PAGE = "https://workspace.example.com"
_PERSON = Person()
_AUTH = {"Authorization": Credentials(_PERSON.user_name, _PERSON.password).header()}
_LONG = timedelta(seconds=60)
_ONE_ADDRESS = LoopbackSettings(ports=(0,), hosts=("127.0.0.1",))


@asynccontextmanager
async def _endpoint(
    workspace: StageWorkspace,
    inbox: Inbox,
    ping_within: timedelta = _LONG,
    settings: LoopbackSettings = _ONE_ADDRESS,
) -> AsyncIterator[Loopback]:
    link = WorkspaceLink(
        inbox.post,
        inbox.taken,
        GwsSettings(client_id="twinreel"),
        Pace(first_back_off=0.02, last_back_off=0.1),
    )
    rules = LoopbackRules((workspace.url,), (_PAGE,), ping_within)
    loopback = Loopback(inbox.post, link, lambda: rules, settings)
    tasks = [asyncio.create_task(link.run()), asyncio.create_task(loopback.run())]
    try:
        await asyncio.wait_for(loopback.up.wait(), 20)
        yield loopback
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def _desktop(
    loopback: Loopback, workspace: StageWorkspace, ping_seconds: float = 30.0
) -> AsyncIterator[StageDesktop]:
    async with StageDesktop(
        loopback.url, _PERSON, server=workspace.url, origin=_PAGE, ping_seconds=ping_seconds
    ) as desktop:
        yield desktop


async def _ask(
    loopback: Loopback,
    method: str,
    path: str,
    *,
    headers: dict[str, str] | None = None,
    data: bytes = b"",
) -> tuple[int, dict[str, str], Any]:
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, loopback.url + path, headers=headers, data=data or None) as answer,
    ):
        text = await answer.text()
        return answer.status, dict(answer.headers), json.loads(text) if text else None


async def test_a_sign_in_pings_and_a_sign_out(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with (
        _endpoint(workspace, inbox) as loopback,
        _desktop(loopback, workspace) as desktop,
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
        _endpoint(workspace, inbox, timedelta(seconds=0.3)) as loopback,
        _desktop(loopback, workspace) as desktop,
    ):
        await desktop.sign_in()
        await inbox.until(lambda e: TouchLost(Source.LOOPBACK) in e)
        assert await desktop.ping() == 401
        assert await desktop.sign_in() == 200
        await inbox.until(lambda e: e.count(TouchRegained(Source.LOOPBACK)) == 2)
    assert AgentSignedOut(Source.LOOPBACK) not in inbox.events


async def test_pings_keep_the_sign_in_alive(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with (
        _endpoint(workspace, inbox, timedelta(seconds=1)) as loopback,
        _desktop(loopback, workspace, ping_seconds=0.05) as desktop,
    ):
        await desktop.sign_in()
        await asyncio.sleep(1.3)  # longer than a sign-in lives without a ping
        assert set(desktop.answers) == {200}
        assert TouchLost(Source.LOOPBACK) not in inbox.events


async def test_a_token_refused_by_genesys_has_workspace_sign_in_again(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with (
        _endpoint(workspace, inbox) as loopback,
        _desktop(loopback, workspace, ping_seconds=0.05) as desktop,
    ):
        await desktop.sign_in()
        await inbox.until(lambda e: any(isinstance(x, CallsListed) for x in e))
        workspace.restart(forget_tokens=True)
        await inbox.until(lambda e: e.count(TouchRegained(Source.WORKSPACE)) == 2)
        assert 401 in desktop.answers


async def test_a_wrong_password_is_refused(workspace: StageWorkspace, inbox: Inbox) -> None:
    wrong = {"Authorization": Credentials("JohnSmith", "wrong").header()}
    async with _endpoint(workspace, inbox) as loopback:
        status, headers, document = await _ask(loopback, "GET", "/api/v2/me", headers=wrong)
        assert (status, document["error"]) == (401, "not-let-in")
        assert "WWW-Authenticate" not in headers
        for _ in range(4):
            await _ask(loopback, "GET", "/api/v2/me", headers=wrong)
        asked = len(workspace.asked)
        status, _, document = await _ask(loopback, "GET", "/api/v2/me", headers=_AUTH)
        assert (status, document["error"]) == (429, "too-many-tries")
        assert len(workspace.asked) == asked


async def test_a_server_outside_the_policy_is_refused(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    named = [{"name": "server", "value": "https://evil.example.com"}]
    async with _endpoint(workspace, inbox) as loopback:
        status, _, document = await _ask(
            loopback, "POST", "/api/v2/me", headers=_AUTH, data=json.dumps(named).encode()
        )
    assert (status, document["error"]) == (403, "server-not-allowed")
    assert workspace.asked == []


async def test_a_genesys_server_that_is_away_is_said_so(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with _endpoint(workspace, inbox) as loopback:
        await workspace.go_down()
        status, _, document = await _ask(loopback, "GET", "/api/v2/me", headers=_AUTH)
    assert (status, document["error"]) == (503, "out-of-reach")


@pytest.mark.parametrize(
    "stranger",
    [
        ({"Host": "evil.example.com"}, "host-not-allowed"),
        ({"Origin": "https://evil.example.com"}, "origin-not-allowed"),
        ({"Origin": "null"}, "origin-not-allowed"),
        ({"Sec-Fetch-Site": "cross-site"}, "origin-not-allowed"),
    ],
)
@pytest.mark.parametrize(
    "wanted",
    [("GET", "/api/v2/me"), ("OPTIONS", "/ping"), ("DELETE", "/api/v2/me"), ("GET", "/nowhere")],
)
async def test_strangers_are_refused_before_anything_is_done(
    workspace: StageWorkspace,
    inbox: Inbox,
    stranger: tuple[dict[str, str], str],
    wanted: tuple[str, str],
) -> None:
    (headers, code), (method, path) = stranger, wanted
    async with _endpoint(workspace, inbox) as loopback:
        status, answered, document = await _ask(loopback, method, path, headers=_AUTH | headers)
    assert (status, document["error"]) == (403, code)
    assert "Access-Control-Allow-Origin" not in answered
    assert workspace.asked == []


async def test_a_preflight_is_answered(workspace: StageWorkspace, inbox: Inbox) -> None:
    asked = {
        "Origin": _PAGE,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
        "Access-Control-Request-Private-Network": "true",
    }
    async with _endpoint(workspace, inbox) as loopback:
        for path in ("/api/v2/me", "/ping"):
            status, headers, _ = await _ask(loopback, "OPTIONS", path, headers=asked)
            assert status == 200
            assert headers["Access-Control-Allow-Origin"] == _PAGE
            assert headers["Access-Control-Allow-Private-Network"] == "true"
            assert headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    ("request_line", "content", "wanted"),
    [
        ("GET /", b"", (404, "not-found")),
        ("PUT /api/v2/me", b"", (405, "method-not-allowed")),
        ("POST /ping", b"", (405, "method-not-allowed")),
        ("GET /api/v2/me", b"", (401, "no-credentials")),
        ("GET /ping", b"", (401, "not-signed-in")),
        ("DELETE /api/v2/me", b"", (401, "not-signed-in")),
        ("POST /api/v2/me", b"{", (400, "body-not-json")),
        ("POST /api/v2/me", b" " * 70_000, (413, "body-too-large")),
    ],
)
async def test_bad_requests_get_a_clear_answer(
    workspace: StageWorkspace,
    inbox: Inbox,
    request_line: str,
    content: bytes,
    wanted: tuple[int, str],
) -> None:
    method, path = request_line.split()
    async with _endpoint(workspace, inbox) as loopback:
        answered, _, document = await _ask(loopback, method, path, data=content)
    assert (answered, document["error"]) == wanted
    assert document["statusMessage"]


async def test_a_wrong_method_names_the_right_ones(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with _endpoint(workspace, inbox) as loopback:
        _, headers, _ = await _ask(loopback, "PUT", "/ping")
    assert headers["Allow"] == "GET,OPTIONS"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\n\r\n",
        b"GET /ping HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET /ping HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"POST /api/v2/me HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nshort",
    ],
)
async def test_what_is_no_request_harms_nothing(
    workspace: StageWorkspace, inbox: Inbox, sent: bytes
) -> None:
    async with _endpoint(workspace, inbox) as loopback:
        port = int(loopback.url.rsplit(":", 1)[1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        assert b"Traceback" not in answer
        assert not answer.startswith(b"HTTP/1.1 2")
        assert not answer.startswith(b"HTTP/1.1 5")
        assert (await _ask(loopback, "GET", "/ping"))[0] == 401


async def test_signing_out_needs_the_token_of_the_session(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with _endpoint(workspace, inbox) as loopback:
        asked = _AUTH | {"X-Support-CSRFP": "True"}
        _, headers, _ = await _ask(loopback, "GET", "/api/v2/me", headers=asked)
        token = headers["X-CSRF-TOKEN"]
        cookie = headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        wrong = _AUTH | {"X-CSRF-Token": "wrong\xff"}
        status, _, document = await _ask(loopback, "DELETE", "/api/v2/me", headers=wrong)
        assert (status, document["error"]) == (403, "csrf-token-wrong")
        end = b'{"operationName": "EndContactCenterSession"}'
        right = _AUTH | {"X-CSRF-Token": token}
        status, _, _ = await _ask(loopback, "POST", "/api/v2/me", headers=right, data=end)
        assert status == 200
    assert AgentSignedOut(Source.LOOPBACK) in inbox.events


async def test_the_cookie_is_as_good_as_the_password(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with _endpoint(workspace, inbox) as loopback:
        _, headers, _ = await _ask(loopback, "GET", "/api/v2/me", headers=_AUTH)
        cookie = headers["Set-Cookie"].split(";")[0]
        assert (await _ask(loopback, "GET", "/ping", headers={"Cookie": cookie}))[0] == 200
        wrong = {"Cookie": "TWINREEL_SESSION=guess"}
        assert (await _ask(loopback, "GET", "/ping", headers=wrong))[0] == 401
        other = {"Authorization": Credentials("JohnSmith", "wrong").header(), "Cookie": cookie}
        assert (await _ask(loopback, "GET", "/ping", headers=other))[0] == 401


async def test_the_same_sign_in_again_asks_genesys_nothing(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with _endpoint(workspace, inbox) as loopback:
        for _ in range(3):
            assert (await _ask(loopback, "GET", "/api/v2/me", headers=_AUTH))[0] == 200
    assert workspace.asked.count("POST /auth/v3/oauth/token") == 1


async def test_another_server_is_another_sign_in(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with (
        _endpoint(workspace, inbox) as loopback,
        _desktop(loopback, workspace) as desktop,
    ):
        await _ask(loopback, "GET", "/api/v2/me", headers=_AUTH)
        desktop.server += "/"  # the same server, but the answer may depend on it
        assert await desktop.sign_in() == 200
    assert workspace.asked.count("POST /auth/v3/oauth/token") == 2


async def test_a_session_that_genesys_ended_is_not_taken_for_a_sign_in(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with _endpoint(workspace, inbox) as loopback:
        await _ask(loopback, "GET", "/api/v2/me", headers=_AUTH)
        await inbox.until(lambda e: any(isinstance(x, CallsListed) for x in e))
        workspace.restart(forget_tokens=True)
        async with asyncio.timeout(20):
            while loopback._link.let_in:  # noqa: ASYNC110 -- nothing is posted when it gives up
                await asyncio.sleep(0.01)
        assert (await _ask(loopback, "GET", "/api/v2/me", headers=_AUTH))[0] == 200
        await inbox.until(lambda e: e.count(TouchRegained(Source.WORKSPACE)) == 2)
    assert workspace.asked.count("POST /auth/v3/oauth/token") == 2


async def test_it_listens_on_both_loopback_addresses_and_no_other(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    """IPv6 only where this computer has it."""
    async with _endpoint(workspace, inbox, settings=LoopbackSettings(ports=(0,))) as loopback:
        port = int(loopback.url.rsplit(":", 1)[1])
        try:
            _, writer = await asyncio.open_connection("::1", port)
            writer.close()
        except OSError:
            assert not any(s.getsockname()[0] == "::1" for s in _probe())
        assert (await _ask(loopback, "GET", "/ping"))[0] == 401


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
    async with _endpoint(workspace, inbox, settings=settings):
        pass


async def test_the_password_is_written_nowhere(
    workspace: StageWorkspace, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with (
        _endpoint(workspace, inbox) as loopback,
        _desktop(loopback, workspace) as desktop,
    ):
        await desktop.sign_in()
        await inbox.until(lambda e: any(isinstance(x, CallsListed) for x in e))
        tokens = [*workspace.tokens, desktop.csrf]
        await desktop.ping()
        bad = {"Authorization": _AUTH["Authorization"] + "!"}
        await _ask(loopback, "GET", "/api/v2/me", headers=bad)
        port = int(loopback.url.rsplit(":", 1)[1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        spoilt = f"GET /ping HTTP/1.1\r\n{_AUTH['Authorization']}\r\n\r\n"  # a header without name
        writer.write(spoilt.encode())
        assert b"400" in await asyncio.wait_for(reader.readline(), 20)
        writer.close()
        workspace.restart(forget_tokens=True)
        await inbox.until(lambda e: TouchLost(Source.WORKSPACE) in e)
        encoded = _AUTH["Authorization"].split()[1]
        ours = [
            value
            for value in gc.get_objects()
            if str(type(value).__module__).startswith("agent_client.")
        ]
        shown = [caplog.text, repr(ours), repr(inbox.events)]
        shown += [repr(record.__dict__) for record in caplog.records]
    for secret in (_PERSON.password, encoded, *tokens):
        assert not any(secret in text for text in shown), "a secret was written down"
    assert any("Workspace" in text for text in shown)


def _self_signed(folder: Path) -> ssl.SSLContext:
    """A certificate for localhost, as an administrator may hand out."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "localhost.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    return context


async def test_it_speaks_https_with_a_certificate(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    settings = LoopbackSettings(ports=(0,), hosts=("127.0.0.1",), tls=_self_signed(tmp_path))
    async with (
        _endpoint(workspace, inbox, settings=settings) as loopback,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as http,
    ):
        assert loopback.url.startswith("https://")
        async with http.get(f"{loopback.url}/api/v2/me", headers=_AUTH) as answer:
            assert answer.status == 200
            assert "Secure" in answer.headers["Set-Cookie"]


async def test_a_server_whose_certificate_is_not_trusted_gets_no_password(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    settings = LoopbackSettings(ports=(0,), hosts=("127.0.0.1",), tls=_self_signed(tmp_path))
    async with _endpoint(workspace, inbox, settings=settings) as untrusted:
        who = SignIn(untrusted.url, _PERSON.user_name, _PERSON.password)
        with pytest.raises(OutOfReachError, match="Certificate"):
            await GwsSession.with_password(untrusted.url, who, GwsSettings())
