"""Requests to Genesys Web Services: each answer is sorted by what to do next."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from agent_client.workspace.gws_session import (
    GwsSettings,
    MadeNoSenseError,
    NotLetInError,
    OutOfReachError,
    SignIn,
    VoiceOrder,
)
from agent_client.workspace.gws_v3 import GwsV3Session

_WHO = SignIn("", "John", "geheim")


@asynccontextmanager
async def _answering(status: int, content: bytes) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that always says the same; and the paths that were asked."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        headers = {"Location": "/elsewhere"} if status == 307 else {}
        return web.Response(status=status, body=content, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "content", "wanted"),
    [
        (400, b'{"error":"invalid_grant"}', NotLetInError),
        (401, b"", NotLetInError),
        (403, b"", NotLetInError),
        (404, b"", MadeNoSenseError),
        (408, b"", OutOfReachError),
        (429, b"", OutOfReachError),
        (500, b"", OutOfReachError),
        (503, b"<html>", OutOfReachError),
        (307, b"", MadeNoSenseError),
        (200, b"<html>", MadeNoSenseError),
        (200, b"[", MadeNoSenseError),
        (200, b"\xff", MadeNoSenseError),
        (200, b"[" * 100_000, MadeNoSenseError),
        (200, b"", MadeNoSenseError),
        (200, b'{"access_token": 7}', MadeNoSenseError),
        (200, b'{"access_token": "a\\nb"}', MadeNoSenseError),
    ],
)
async def test_answers_to_a_sign_in_are_sorted(
    status: int, content: bytes, wanted: type[Exception]
) -> None:
    async with _answering(status, content) as (server, asked):
        with pytest.raises(wanted) as caught:
            await GwsV3Session.with_password(server, _WHO, GwsSettings())
    assert type(caught.value) is wanted
    assert asked == ["/auth/v3/oauth/token"]  # a redirection is not followed
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("server", ["", "nonsense", "http://", "http://127.0.0.1:99999", "ftp://h"])
async def test_an_address_that_is_none_is_an_error_and_not_a_bug(server: str) -> None:
    with pytest.raises((OutOfReachError, MadeNoSenseError)):
        await GwsV3Session.with_password(server, _WHO, GwsSettings())


async def test_an_endless_answer_is_cut_off() -> None:
    async with _answering(200, b" " * 17_000_000) as (server, _):
        with pytest.raises(MadeNoSenseError, match="more than"):
            await GwsV3Session.with_password(server, _WHO, GwsSettings())


async def test_without_a_refresh_token_the_agent_must_sign_in_again() -> None:
    async with _answering(200, b'{"access_token":"t"}') as (server, asked):
        session = await GwsV3Session.with_password(server, _WHO, GwsSettings())
        with pytest.raises(NotLetInError):
            await session.renew()
        await session.close()
    assert len(asked) == 1


@pytest.mark.parametrize("code", [b"512", b"null", b'"1"'])
async def test_an_order_is_done_only_if_workspace_says_so(code: bytes) -> None:
    content = b'{"access_token":"t","status":{"code":' + code + b"}}"
    async with _answering(200, content) as (server, _):
        session = await GwsV3Session.with_password(server, _WHO, GwsSettings())
        with pytest.raises(MadeNoSenseError):
            await session.order("c1", VoiceOrder.PAUSE)
        await session.close()


async def test_a_proxy_is_used_but_never_for_this_computer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with _answering(502, b"") as (proxy, asked):
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", "")
        with pytest.raises(OutOfReachError):
            await GwsV3Session.with_password("http://gws.example.com", _WHO, GwsSettings())
        assert len(asked) == 1
        with pytest.raises(OutOfReachError):
            await GwsV3Session.with_password("http://127.0.0.1:9", _WHO, GwsSettings())
        assert len(asked) == 1
