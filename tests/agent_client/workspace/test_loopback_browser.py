"""Real Chromium on a page of another origin, as Workspace Web Edition is one."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from playwright.async_api import BrowserContext, async_playwright

from agent_client.certificate import make
from agent_client.certificate_folders import PEM
from agent_client.core.events import AgentSignedOut, Source, TouchRegained
from agent_client.host.peers import who_calls
from agent_client.workspace.loopback import LoopbackSettings
from agent_client.workspace.loopback_certificate import CertificatePlace, KeptCertificate
from bench.stage.workspace import StageWorkspace
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.loopback_staging import AUTH, endpoint_for

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "no chromium"
_ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic"]

# What Workspace's own script does: sign in, ping, sign out; each status, or why there is none.
_WHOLE_DAY = """
async ({endpoint, authorization}) => {
    const said = [];
    const ask = async (path, method, more) => {
        try {
            const answer = await fetch(endpoint + path, {
                method, credentials: 'include', headers: {Authorization: authorization, ...more},
            });
            said.push(answer.status);
            return answer;
        } catch (error) {
            said.push(error.name);
            return null;
        }
    };
    const answer = await ask('/api/v2/me', 'GET', {'X-Support-CSRFP': 'True'});
    const token = answer && answer.headers.get('X-CSRF-TOKEN');
    await ask('/ping', 'GET', {});
    await ask('/api/v2/me', 'DELETE', {});
    await ask('/api/v2/me', 'DELETE', {'X-CSRF-Token': token || 'none'});
    await ask('/ping', 'GET', {});
    return said;
}
"""
_WELL = [200, 200, 403, 200, 401]  # signing out needs the token; who signed out must sign in
_BLOCKED = ["TypeError"] * 5
_SETTINGS = LoopbackSettings(ports=(0,), hosts=("127.0.0.1",), who_calls=who_calls())


@asynccontextmanager
async def _browser(*more: str) -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=_CHROMIUM, args=[*_ARGUMENTS, *more]
        )
        try:
            yield await chromium.new_context()
        finally:
            await chromium.close()


@asynccontextmanager
async def _page() -> AsyncIterator[str]:
    """A page with nothing on it; its origin."""

    async def empty(_: web.Request) -> web.Response:
        return web.Response(
            text="<!doctype html><title>Workspace</title>", content_type="text/html"
        )

    app = web.Application()
    app.router.add_get("/", empty)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _ask(context: BrowserContext, page: str, endpoint: str) -> list[object]:
    opened = await context.new_page()
    await opened.goto(page)
    said = {"endpoint": endpoint, "authorization": AUTH["Authorization"]}
    answered: list[object] = await opened.evaluate(_WHOLE_DAY, said)
    return answered


async def test_a_page_that_the_policy_names_signs_in_pings_and_signs_out(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with (
        _page() as page,
        endpoint_for(workspace, inbox, settings=_SETTINGS, origins=(page,)) as loopback,
        _browser() as context,
    ):
        assert await _ask(context, page, loopback.url) == _WELL
    assert TouchRegained(Source.LOOPBACK) in inbox.events
    assert AgentSignedOut(Source.LOOPBACK) in inbox.events


async def test_a_page_that_it_does_not_name_gets_nothing(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with (
        _page() as page,
        endpoint_for(workspace, inbox, settings=_SETTINGS) as loopback,
        _browser() as context,
    ):
        assert await _ask(context, page, loopback.url) == _BLOCKED
    assert workspace.asked == []
    assert TouchRegained(Source.LOOPBACK) not in inbox.events


async def test_a_page_from_a_public_address_needs_the_browsers_leave(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    """Which a person gives once, or IT for all by policy; without it the browser itself refuses."""
    async with (
        _page() as page,
        endpoint_for(workspace, inbox, settings=_SETTINGS, origins=(page,)) as loopback,
        _browser(f"--ip-address-space-overrides={page.removeprefix('http://')}=public") as context,
    ):
        await context.clear_permissions()
        assert await _ask(context, page, loopback.url) == _BLOCKED
        assert workspace.asked == []
        await context.grant_permissions(["local-network-access"], origin=page)
        assert await _ask(context, page, loopback.url) == _WELL


async def test_https_is_spoken_with_a_browser_that_accepts_the_certificate_and_no_other(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    make(tmp_path)
    kept = KeptCertificate((CertificatePlace("a test's", tmp_path / PEM, tmp_path / PEM),))
    settings = LoopbackSettings((), (0,), ("127.0.0.1",), kept, who_calls=who_calls())
    async with (
        _page() as page,
        endpoint_for(workspace, inbox, settings=settings, origins=(page,)) as loopback,
    ):
        endpoints = [
            f"https://{host}:{loopback.ports.https}" for host in ("localhost", "127.0.0.1")
        ]
        async with _browser() as context:
            for endpoint in endpoints:
                assert await _ask(context, page, endpoint) == _BLOCKED
        async with _browser("--ignore-certificate-errors") as context:
            for endpoint in endpoints:
                assert await _ask(context, page, endpoint) == _WELL
