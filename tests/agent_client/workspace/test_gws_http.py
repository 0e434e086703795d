"""Requests to one server: on which connection."""

from time import monotonic

import pytest
from aiohttp import connector, web

from agent_client.workspace.gws_http import GwsHttp
from agent_client.workspace.gws_session import GwsSettings


async def test_a_connection_that_was_idle_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is sent on one that the server closes just then would be lost."""
    callers = list[object]()
    clock = list[float]()
    monkeypatch.setattr(connector, "monotonic", lambda: clock[-1])

    async def answer(request: web.BaseRequest) -> web.Response:
        assert request.transport is not None
        callers.append(request.transport.get_extra_info("peername"))
        return web.json_response({})

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    http = GwsHttp(f"http://127.0.0.1:{runner.addresses[0][1]}", GwsSettings())
    for idle in (0, 1, 3):  # seconds
        clock.append(idle + (clock[-1] if clock else monotonic()))
        await http.send("GET", "/", headers={})
    await http.close()
    await runner.cleanup()
    assert callers[0] == callers[1] != callers[2]
