"""What the server advises is heeded, as far as a recorder may."""

import asyncio

import pytest

from agent_client.core.events import AgentSignedIn, Source, TouchLost, TouchRegained
from agent_client.workspace.gws_session import NotLetInError
from bench.stage.workspace import StageWorkspace
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.gws_staging import V2, V3, Api, in_touch, listening, listings

_RETRY = {"reconnect": "retry", "timeout": 30000, "interval": 0}
_HANDSHAKE = f"{V3.notifications}/handshake"


async def test_one_of_several_polls_at_the_interval_that_is_left_to_it(
    workspace: StageWorkspace, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    workspace.hub.advice = {"reconnect": "retry", "multiple-clients": True, "interval": 50_000}
    async with listening(workspace, inbox, V3):
        await inbox.until(in_touch)
        await asyncio.sleep(0.2)  # time enough for another connect, if one were sent
    assert workspace.asked.count(f"{V3.notifications}/connect") == 1
    assert caplog.text.count("takes us for several") == 1


async def test_advice_to_shake_hands_is_taken_even_with_an_answer(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with listening(workspace, inbox, V3):
        await inbox.until(in_touch)
        workspace.hub.advice = {"reconnect": "handshake"}
        workspace.drop_connections()
        await workspace.until_asked(_HANDSHAKE, 2)
        workspace.hub.advice = _RETRY
        await inbox.until(lambda e: len(listings(e)) >= 2)


async def test_advice_to_shake_hands_after_an_error_is_remembered(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    workspace.hub.advice = {"reconnect": "handshake"}
    async with listening(workspace, inbox, V3):
        await workspace.until_asked(V3.subscribe)
        workspace.hub.advice = {}  # a connect that succeeds says nothing new
        await inbox.until(in_touch)
        assert workspace.asked.count(_HANDSHAKE) == 1
        workspace.drop_connections()
        await workspace.until_asked(_HANDSHAKE, 2)  # without a connect in between
        await inbox.until(lambda e: len(listings(e)) >= 2)


async def test_handshakes_that_never_hold_are_told_as_lost_touch(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    async with listening(workspace, inbox, V3):
        await inbox.until(in_touch)
        workspace.hub.advice = {"reconnect": "handshake"}
        workspace.drop_connections()
        await workspace.until_asked(_HANDSHAKE, 5)
        await inbox.until(lambda e: TouchLost(Source.WORKSPACE) in e)
        assert workspace.asked.count(V3.begin) >= 2  # a session that is begun anew may hold
        workspace.hub.advice = _RETRY
        await inbox.until(lambda e: e.count(TouchRegained(Source.WORKSPACE)) == 2)


@pytest.mark.parametrize("api", [V3, V2], ids=["v3", "v2"])
async def test_advice_to_stay_away_ends_in_a_new_sign_in(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    """First a new session is tried: to stop listening without a word is not for a recorder."""
    async with listening(workspace, inbox, api) as conversation:
        await inbox.until(in_touch)
        begun = workspace.asked.count(api.begin)
        workspace.hub.advice = {"reconnect": "none"}
        workspace.drop_connections()
        with pytest.raises(NotLetInError):
            await asyncio.wait_for(conversation, 20)
        assert workspace.asked.count(api.begin) > begun
    assert inbox.events[-1] == TouchLost(Source.WORKSPACE)  # although the agent was signed in anew
    assert inbox.events.count(TouchRegained(Source.WORKSPACE)) == 1


@pytest.mark.parametrize("api", [V3, V2], ids=["v3", "v2"])
async def test_who_is_signed_in_but_never_heard_of_calls_is_out_of_touch(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    """In v2 the agent is known before the first message: that is not yet touch."""
    workspace.hub.advice = {"reconnect": "none"}
    async with listening(workspace, inbox, api) as conversation:
        with pytest.raises(NotLetInError):
            await asyncio.wait_for(conversation, 20)
    assert AgentSignedIn("JohnSmith", Source.WORKSPACE) in inbox.events
    assert inbox.events[-1] == TouchLost(Source.WORKSPACE)
    assert TouchRegained(Source.WORKSPACE) not in inbox.events
