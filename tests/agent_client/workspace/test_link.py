"""From sign-in to sign-out, against the stand-in."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent_client.core.events import (
    AgentSignedIn,
    AgentSignedOut,
    CallChanged,
    CallsListed,
    Event,
    Source,
    TouchLost,
    TouchRegained,
)
from agent_client.workspace.cometd import Pace
from agent_client.workspace.gws_session import (
    GwsSettings,
    MadeNoSenseError,
    NotLetInError,
    OutOfReachError,
    SignIn,
)
from agent_client.workspace.link import WorkspaceLink
from bench.stage.workspace import StageWorkspace
from bench.stage.workspace_shapes import Person
from tests.agent_client.workspace.conftest import Inbox

_NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens
_JANE = Person(user_name="JaneDoe", password="Other-42", dn="5002", place="P2", dbid=102)


@asynccontextmanager
async def _linked(
    inbox: Inbox, settings: GwsSettings | None = None
) -> AsyncIterator[WorkspaceLink]:
    link = WorkspaceLink(
        inbox.post,
        inbox.taken,
        settings or GwsSettings(client_id="twinreel"),
        Pace(first_back_off=0.02, last_back_off=0.1, settled_after=0.1),
    )
    running = asyncio.create_task(link.run())
    try:
        yield link
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def _john(server: str, peer: str = "") -> SignIn:
    person = Person()
    return SignIn(server, person.user_name, person.password, peer)


def _listed(events: list[Event]) -> int:
    return sum(isinstance(event, CallsListed) for event in events)


async def test_a_sign_in_leads_to_events_and_a_sign_out_ends_them(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with _linked(inbox) as link:
        assert not link.let_in
        await link.sign_in(_john(workspace.url))
        await inbox.until(lambda e: _listed(e) == 1)
        assert link.let_in
        await link.sign_out()
        await workspace.until_asked("POST /workspace/v3/notifications/disconnect")
        workspace.agent().ring()
        assert not link.let_in
        assert link.session is None
    assert inbox.events[-1] == AgentSignedOut(Source.LOOPBACK)


async def test_a_wrong_password_is_not_let_in(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with _linked(inbox) as link:
        with pytest.raises(NotLetInError):
            await link.sign_in(SignIn(workspace.url, "JohnSmith", "wrong"))
        assert not link.let_in
    assert inbox.events == []


async def test_the_peer_stands_in_for_a_server_that_is_away(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with _linked(inbox) as link:
        await link.sign_in(_john(_NOWHERE, workspace.url))
        await inbox.until(lambda e: _listed(e) == 1)


async def test_a_server_that_is_away_is_out_of_reach(inbox: Inbox) -> None:
    async with _linked(inbox) as link:
        with pytest.raises(OutOfReachError):
            await link.sign_in(_john(_NOWHERE))


async def test_without_any_server_nobody_can_sign_in(inbox: Inbox) -> None:
    async with _linked(inbox) as link:
        with pytest.raises(MadeNoSenseError):
            await link.sign_in(_john(""))


async def test_the_configured_address_wins(workspace: StageWorkspace, inbox: Inbox) -> None:
    settings = GwsSettings(client_id="twinreel", url=workspace.url)
    async with _linked(inbox, settings) as link:
        await link.sign_in(_john(_NOWHERE))
        await inbox.until(lambda e: _listed(e) == 1)


async def test_the_configuration_chooses_between_the_apis(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with _linked(inbox, GwsSettings(api="v2")) as link:
        await link.sign_in(_john(workspace.url))
        await inbox.until(lambda e: _listed(e) == 1)
    assert {line.split()[1].split("/")[2] for line in workspace.asked} == {"v2"}


async def test_on_premises_a_lost_cookie_wants_a_new_sign_in(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with _linked(inbox, GwsSettings(api="v2")) as link:
        await link.sign_in(_john(workspace.url))
        await inbox.until(lambda e: _listed(e) == 1)
        workspace.restart(forget_tokens=True)
        async with asyncio.timeout(20):
            while link.let_in:  # noqa: ASYNC110 -- nothing is posted when it gives up
                await asyncio.sleep(0.01)
        assert TouchLost(Source.WORKSPACE) in inbox.events
        await link.sign_in(_john(workspace.url))
        await inbox.until(lambda e: _listed(e) == 2)


async def test_without_web_services_a_sign_in_is_let_in_and_asks_nobody(inbox: Inbox) -> None:
    """Another source tells who the agent is, and of calls."""
    async with _linked(inbox, GwsSettings(api="none")) as link:
        assert not link.let_in
        await link.sign_in(_john(_NOWHERE))
        assert link.let_in
        assert link.session is None
        assert inbox.events == []
        await link.sign_out()
        assert not link.let_in
    assert inbox.events == [AgentSignedOut(Source.LOOPBACK)]


async def test_the_same_agent_again_ends_nothing(workspace: StageWorkspace, inbox: Inbox) -> None:
    async with _linked(inbox) as link:
        await link.sign_in(_john(workspace.url))
        await inbox.until(lambda e: _listed(e) == 1)
        call = workspace.agent().ring()
        await inbox.until(lambda e: any(isinstance(x, CallChanged) for x in e))
        await link.sign_in(_john(workspace.url))
        await inbox.until(lambda e: _listed(e) == 2)
        workspace.agent().answer(call)
        await inbox.until(lambda e: sum(isinstance(x, CallChanged) for x in e) >= 2)
    assert AgentSignedOut(Source.LOOPBACK) not in inbox.events


async def test_another_agent_signs_the_first_one_out(inbox: Inbox) -> None:
    async with StageWorkspace([Person(), _JANE]) as workspace, _linked(inbox) as link:
        await link.sign_in(_john(workspace.url))
        await inbox.until(lambda e: _listed(e) == 1)
        await link.sign_in(SignIn(workspace.url, _JANE.user_name, _JANE.password))
        await inbox.until(lambda e: _listed(e) == 2)
    changes = [e for e in inbox.events if isinstance(e, AgentSignedIn | AgentSignedOut)]
    assert changes == [
        AgentSignedIn("JohnSmith", Source.WORKSPACE),
        AgentSignedOut(Source.LOOPBACK),
        AgentSignedIn("JaneDoe", Source.WORKSPACE),
    ]


async def test_a_refused_token_ends_the_session_but_not_the_agent(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with _linked(inbox) as link:
        await link.sign_in(_john(workspace.url))
        await inbox.until(lambda e: _listed(e) == 1)
        workspace.restart(forget_tokens=True)
        await inbox.until(lambda e: TouchLost(Source.WORKSPACE) in e)
        async with asyncio.timeout(20):
            while link.let_in:  # noqa: ASYNC110 -- nothing is posted when it gives up
                await asyncio.sleep(0.01)
        assert not any(isinstance(e, AgentSignedOut) for e in inbox.events)
        await link.sign_in(_john(workspace.url))
        await inbox.until(lambda e: _listed(e) == 2)
        assert inbox.events.count(TouchRegained(Source.WORKSPACE)) == 2


async def test_another_agent_signs_out_even_the_one_whose_token_was_refused(inbox: Inbox) -> None:
    async with StageWorkspace([Person(), _JANE]) as workspace, _linked(inbox) as link:
        await link.sign_in(_john(workspace.url))
        await inbox.until(lambda e: _listed(e) == 1)
        workspace.restart(forget_tokens=True)
        async with asyncio.timeout(20):
            while link.let_in:  # noqa: ASYNC110 -- nothing is posted when it gives up
                await asyncio.sleep(0.01)
        await link.sign_in(SignIn(workspace.url, _JANE.user_name, _JANE.password))
        assert AgentSignedOut(Source.LOOPBACK) in inbox.events  # before Workspace names Jane


async def test_after_the_sign_out_a_session_says_nothing_more(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    """Not even what came in the same answer as the event that ended it."""
    async with _linked(inbox) as link:
        await link.sign_in(_john(workspace.url))
        await inbox.until(lambda e: _listed(e) == 1)
        heard = inbox.post

        def sign_out_on_ringing(event: Event) -> None:
            heard(event)
            if isinstance(event, CallChanged):
                with contextlib.suppress(StopIteration):
                    link.sign_out().send(None)  # at once: it waits for nothing

        link._post = sign_out_on_ringing
        call = workspace.agent().ring()
        workspace.agent().answer(call)
        await workspace.until_asked("POST /workspace/v3/notifications/disconnect")
    assert sum(isinstance(event, CallChanged) for event in inbox.events) == 1


def test_no_repr_shows_a_secret() -> None:
    settings = GwsSettings(client_id="c", client_secret="geheim", api_key="schluessel")
    shown = repr((settings, SignIn("https://gws.example.com", "John", "geheim")))
    assert "geheim" not in shown
    assert "schluessel" not in shown
