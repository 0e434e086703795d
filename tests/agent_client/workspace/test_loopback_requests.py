"""The loopback endpoint refuses strangers and what is no request, and says why."""

import asyncio
import json

import pytest

from bench.stage.workspace import StageWorkspace
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.loopback_staging import AUTH, PAGE, ask, endpoint_for


async def test_a_server_outside_the_policy_is_refused(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    named = [{"name": "server", "value": "https://evil.example.com"}]
    async with endpoint_for(workspace, inbox) as loopback:
        status, _, document = await ask(
            loopback, "POST", "/api/v2/me", headers=AUTH, data=json.dumps(named).encode()
        )
    assert (status, document["error"]) == (403, "server-not-allowed")
    assert workspace.asked == []


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
    async with endpoint_for(workspace, inbox) as loopback:
        status, answered, document = await ask(loopback, method, path, headers=AUTH | headers)
    assert (status, document["error"]) == (403, code)
    assert "Access-Control-Allow-Origin" not in answered
    assert workspace.asked == []


async def test_a_preflight_is_answered(workspace: StageWorkspace, inbox: Inbox) -> None:
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
        "Access-Control-Request-Private-Network": "true",
    }
    async with endpoint_for(workspace, inbox) as loopback:
        for path in ("/api/v2/me", "/ping"):
            status, headers, _ = await ask(loopback, "OPTIONS", path, headers=asked)
            assert status == 200
            assert headers["Access-Control-Allow-Origin"] == PAGE
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
    async with endpoint_for(workspace, inbox) as loopback:
        answered, _, document = await ask(loopback, method, path, data=content)
    assert (answered, document["error"]) == wanted
    assert document["statusMessage"]


async def test_a_wrong_method_names_the_right_ones(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with endpoint_for(workspace, inbox) as loopback:
        _, headers, _ = await ask(loopback, "PUT", "/ping")
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
    async with endpoint_for(workspace, inbox) as loopback:
        port = int(loopback.url.rsplit(":", 1)[1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        assert b"Traceback" not in answer
        assert not answer.startswith(b"HTTP/1.1 2")
        assert not answer.startswith(b"HTTP/1.1 5")
        assert (await ask(loopback, "GET", "/ping"))[0] == 401
