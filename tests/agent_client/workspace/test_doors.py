"""Several doors at one endpoint: each with its paths, its rule of who may enter, and its pages."""

import asyncio
import json
from collections.abc import Mapping, Sequence

import pytest
from aiohttp import web

from agent_client.workspace.doors import Door, RefusedError, door_of
from bench.stage.workspace import StageWorkspace
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.loopback_staging import AUTH, PAGE, ask, endpoint_for


class _Kiosk:
    """Lets in who knows the word; its page is another one than Workspace's."""

    def __init__(self, prefix: str = "/kiosk/") -> None:
        self.prefix = prefix
        self.served: list[bytes] = []

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return [
            web.post(f"{self.prefix}tell", self._tell),
            web.get(f"{self.prefix}broken", self._broken),
        ]

    def admit(self, request: web.Request) -> None:
        if request.headers.get("X-Word") != "open":
            raise RefusedError(403, "word-unknown", "Say the word.")

    def cors(self, request: web.Request, *, preflight: bool) -> Mapping[str, str]:
        return {"X-Kiosk": f"{request.method} {preflight}"}

    async def _tell(self, request: web.Request) -> web.Response:
        self.served.append(await request.read())
        return web.json_response({"told": True})

    async def _broken(self, _: web.Request) -> web.Response:
        raise TimeoutError


_WORD = {"X-Word": "open"}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/kiosk/tell", "/kiosk/"),
        ("/kiosk/deep/tell", "/kiosk/deep/"),
        ("/kiosk", "/"),
        ("/ping", "/"),
        ("", "/"),
    ],
)
def test_a_path_belongs_to_the_door_that_says_most_of_it(path: str, wanted: str) -> None:
    doors: list[Door] = [_Kiosk("/"), _Kiosk("/kiosk/"), _Kiosk("/kiosk/deep/")]
    assert door_of(path or "/", doors).prefix == wanted


async def test_each_door_has_its_own_rule(workspace: StageWorkspace, inbox: Inbox) -> None:
    kiosk = _Kiosk()
    async with endpoint_for(workspace, inbox, doors=(kiosk,)) as loopback:
        status, _, document = await ask(loopback, "POST", "/kiosk/tell", data=b"news")
        assert (status, document["error"]) == (403, "word-unknown")
        status, headers, _ = await ask(
            loopback, "POST", "/kiosk/tell", headers=_WORD | {"Origin": "https://e.example"}
        )
        assert (status, headers["X-Kiosk"]) == (200, "POST False")
        assert "Access-Control-Allow-Origin" not in headers
        status, _, document = await ask(loopback, "GET", "/ping", headers=_WORD)
        assert (status, document["error"]) == (401, "not-signed-in")
        status, headers, _ = await ask(loopback, "GET", "/ping", headers=AUTH | {"Origin": PAGE})
        assert headers["Access-Control-Allow-Origin"] == PAGE
        assert "X-Kiosk" not in headers
    assert kiosk.served == [b""]


@pytest.mark.parametrize("path", ["/kiosk/nothing", "/kiosk/tell"])
async def test_the_rule_holds_for_paths_and_methods_that_are_not_served(
    path: str, workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with endpoint_for(workspace, inbox, doors=(_Kiosk(),)) as loopback:
        assert (await ask(loopback, "GET", path))[0] == 403
        assert (await ask(loopback, "GET", path, headers=_WORD))[0] in {404, 405}


async def test_another_name_is_refused_at_every_door(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    kiosk = _Kiosk()
    async with endpoint_for(workspace, inbox, doors=(kiosk,)) as loopback:
        headers = _WORD | {"Host": "evil.example.com"}
        status, _, document = await ask(loopback, "POST", "/kiosk/tell", headers=headers)
    assert (status, document["error"], kiosk.served) == (403, "host-not-allowed", [])


async def test_a_body_that_is_too_long_reaches_no_door(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    kiosk = _Kiosk()
    async with endpoint_for(workspace, inbox, doors=(kiosk,)) as loopback:
        content = json.dumps("x" * 70_000).encode()
        status, _, document = await ask(
            loopback, "POST", "/kiosk/tell", headers=_WORD, data=content
        )
    assert (status, document["error"], kiosk.served) == (413, "body-too-large", [])


async def test_a_fault_behind_a_door_is_answered_and_logged(
    workspace: StageWorkspace, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    async with endpoint_for(workspace, inbox, doors=(_Kiosk(),)) as loopback:
        status, _, document = await ask(loopback, "GET", "/kiosk/broken", headers=_WORD)
        assert (status, document["error"]) == (500, "internal-error")
        assert (await ask(loopback, "POST", "/kiosk/tell", headers=_WORD))[0] == 200
    assert "TimeoutError" in caplog.text


async def test_a_packed_body_is_not_unpacked(workspace: StageWorkspace, inbox: Inbox) -> None:
    kiosk = _Kiosk()
    async with endpoint_for(workspace, inbox, doors=(kiosk,)) as loopback:
        reader, writer = await asyncio.open_connection("127.0.0.1", loopback.ports.http)
        writer.write(
            f"POST /kiosk/tell HTTP/1.1\r\nHost: 127.0.0.1:{loopback.ports.http}\r\n"
            "X-Word: open\r\nContent-Encoding: deflate\r\nContent-Length: 4\r\n\r\nbomb".encode()
        )
        assert b" 200 " in await asyncio.wait_for(reader.readline(), 20)
        writer.close()
    assert kiosk.served == [b"bomb"]
