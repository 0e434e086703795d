"""Listening to Workspace: real HTTP to the stand-in, and everything that goes wrong between."""

import asyncio
import logging

import pytest

from agent_client.core.call import AgentPresence, CallState, RecordingState
from agent_client.core.events import (
    AgentSignedIn,
    AgentSignedOut,
    AgentStateChanged,
    CallChanged,
    CallsListed,
    Source,
    TouchLost,
    TouchRegained,
)
from agent_client.workspace.cometd import Pace
from agent_client.workspace.gws_session import NotLetInError
from bench.stage.workspace import StageWorkspace
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.gws_staging import (
    V2,
    V3,
    Api,
    in_touch,
    listening,
    listings,
    states,
)


@pytest.fixture(params=[V3, V2], ids=["v3", "v2"])
def api(request: pytest.FixtureRequest) -> Api:
    chosen: Api = request.param
    return chosen


async def test_signing_in_ends_in_a_listing(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    async with listening(workspace, inbox, api):
        events = await inbox.until(lambda e: any(isinstance(x, AgentStateChanged) for x in e))
    assert events[:3] == [
        AgentSignedIn("JohnSmith", Source.WORKSPACE),
        TouchRegained(Source.WORKSPACE),
        CallsListed((), 2),
    ]
    assert isinstance(events[3], AgentStateChanged)


async def test_it_never_logs_an_agent_in_to_a_channel(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    async with listening(workspace, inbox, api):
        await inbox.until(in_touch)
    assert set(workspace.asked) == {
        *api.signs_in,
        api.begin,
        *api.lists,
        *(f"{api.notifications}/{step}" for step in ("handshake", "connect")),
        api.subscribe,
    }


async def test_a_whole_call_is_heard(workspace: StageWorkspace, inbox: Inbox, api: Api) -> None:
    agent = workspace.agent()
    async with listening(workspace, inbox, api):
        await inbox.until(in_touch)
        call = agent.ring()
        agent.answer(call)
        agent.hold(call)
        agent.retrieve(call)
        agent.release(call)
        agent.wrap_up()
        agent.complete(call)
        agent.ready()
        events = await inbox.until(
            lambda e: (
                isinstance(e[-1], AgentStateChanged)
                and e[-1].state.presence is AgentPresence.READY
                and len(states(e)) >= 6
            )
        )
    assert states(events) == [
        (CallState.RINGING, RecordingState.STOPPED),
        (CallState.ESTABLISHED, RecordingState.STOPPED),
        (CallState.ESTABLISHED, RecordingState.RECORDING),
        (CallState.HELD, RecordingState.RECORDING),
        (CallState.ESTABLISHED, RecordingState.RECORDING),
        (CallState.RELEASED, None),
        *api.afterwards,
    ]
    assert any(isinstance(e, AgentStateChanged) and e.state.wrapping_up for e in events)


async def test_a_call_that_was_there_before_is_listed(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    call = workspace.agent().ring()
    workspace.agent().answer(call)
    async with listening(workspace, inbox, api):
        events = await inbox.until(in_touch)
    (listed,) = listings(events)[0].calls
    assert (listed.call_id, listed.state) == (call.call_id, CallState.ESTABLISHED)


async def test_a_restart_in_mid_call_loses_no_call(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    agent = workspace.agent()
    async with listening(workspace, inbox, api):
        await inbox.until(in_touch)
        call = agent.ring()
        agent.answer(call)
        await inbox.until(lambda e: (CallState.ESTABLISHED, RecordingState.RECORDING) in states(e))
        workspace.restart()
        agent.hold(call)  # nobody hears it
        await inbox.until(lambda e: len(listings(e)) >= 2)
        listed = listings(inbox.events)[-1].calls[0]
        agent.release(call)
        await inbox.until(lambda e: (CallState.RELEASED, None) in states(e))
    assert (listed.call_id, listed.state) == (call.call_id, CallState.HELD)
    assert AgentSignedOut(Source.WORKSPACE) not in inbox.events


async def test_a_forgotten_client_shakes_hands_again(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    async with listening(workspace, inbox, api):
        await inbox.until(in_touch)
        workspace.forget_clients()
        await inbox.until(lambda e: len(listings(e)) >= 2)
        workspace.agent().ring()
        await inbox.until(lambda e: len(states(e)) == 1)
    assert workspace.asked.count(api.begin) == len(api.signs_in & {api.begin}) + 1
    assert workspace.asked.count(f"{api.notifications}/handshake") == 2


async def test_a_dropped_connection_keeps_the_handshake(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    async with listening(workspace, inbox, api):
        await inbox.until(in_touch)
        workspace.drop_connections()
        await inbox.until(lambda e: TouchLost(Source.WORKSPACE) in e)
        workspace.agent().ring()
        await inbox.until(lambda e: len(states(e)) == 1 and len(listings(e)) >= 2)
    assert TouchLost(Source.WORKSPACE) in inbox.events
    assert inbox.events.count(TouchRegained(Source.WORKSPACE)) == 2
    assert workspace.asked.count(f"{api.notifications}/handshake") == 1


async def test_a_server_that_is_away_is_waited_for(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    async with listening(workspace, inbox, api):
        await inbox.until(in_touch)
        await workspace.go_down()
        await inbox.until(lambda e: TouchLost(Source.WORKSPACE) in e)
        workspace.agent().ring()
        await workspace.come_up()
        await inbox.until(lambda e: e.count(TouchRegained(Source.WORKSPACE)) == 2)
        await inbox.until(lambda e: bool(listings(e)[-1].calls))
    assert inbox.events.count(TouchLost(Source.WORKSPACE)) == 1


@pytest.mark.parametrize("fault", ["errors", "garbage"])
async def test_bad_answers_are_outlived(
    workspace: StageWorkspace, inbox: Inbox, api: Api, fault: str
) -> None:
    async with listening(workspace, inbox, api):
        await inbox.until(in_touch)
        setattr(workspace.faults, fault, 6)
        workspace.drop_connections()
        await inbox.until(lambda e: len(listings(e)) >= 2)
        workspace.agent().ring()
        await inbox.until(lambda e: len(states(e)) >= 1)


async def test_garbage_from_the_first_answer_on_is_outlived(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    async with listening(workspace, inbox, api):
        workspace.faults.garbage = 4
        await inbox.until(in_touch)


async def test_messages_that_are_not_understood_harm_nothing(
    workspace: StageWorkspace, inbox: Inbox, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with listening(workspace, inbox, api):
        await inbox.until(in_touch)
        for kind in ("CallFlewAway", "CallStateChanged", "CallStateChangeMessage"):
            odd = {"messageType": kind, "call": [1], "n": "+15550001111"}
            workspace.say("JohnSmith", api.calls, odd)
        workspace.agent().ring("+15550001111")
        await inbox.until(lambda e: len(states(e)) == 1)
    assert "CallFlewAway" in caplog.text
    assert "5550001111" not in caplog.text


async def test_a_lost_message_is_mended_by_the_next_listing(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    pace = Pace(first_back_off=0.02, list_every=0.1)
    agent = workspace.agent()
    async with listening(workspace, inbox, api, pace):
        await inbox.until(in_touch)
        call = agent.ring()
        await inbox.until(lambda e: len(states(e)) == 1)
        workspace.faults.lose = 1
        agent.answer(call, record=False)
        await inbox.until(
            lambda e: [c.state for c in listings(e)[-1].calls] == [CallState.ESTABLISHED]
        )
    assert states(inbox.events) == [(CallState.RINGING, RecordingState.STOPPED)]


async def test_doubled_and_overtaken_messages_are_passed_on_as_they_come(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    agent = workspace.agent()
    async with listening(workspace, inbox, api):
        await inbox.until(in_touch)
        workspace.faults.duplicate = 1
        call = agent.ring()
        workspace.faults.reorder = 1
        agent.answer(call, record=False)
        agent.hold(call)
        await inbox.until(lambda e: len(states(e)) == 4)
    assert [state for state, _ in states(inbox.events)] == [
        CallState.RINGING,
        CallState.RINGING,
        CallState.HELD,
        CallState.ESTABLISHED,
    ]


async def test_a_repeated_listing_does_not_repeat_the_agents_state(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    """An agent state after the release would end the wrap-up before it has begun."""
    pace = Pace(first_back_off=0.02, list_every=0.02)
    async with listening(workspace, inbox, api, pace):
        await inbox.until(lambda e: len(listings(e)) >= 5)
    assert sum(isinstance(e, AgentStateChanged) for e in inbox.events) == 1


async def test_logging_out_and_in_again(workspace: StageWorkspace, inbox: Inbox, api: Api) -> None:
    agent = workspace.agent()
    async with listening(workspace, inbox, api):
        await inbox.until(lambda e: any(isinstance(x, AgentStateChanged) for x in e))
        agent.log_out()
        await inbox.until(lambda e: AgentSignedOut(Source.WORKSPACE) in e)
        agent.log_in()
        await inbox.until(lambda e: e.count(AgentSignedIn("JohnSmith", Source.WORKSPACE)) == 2)


async def test_who_is_logged_out_stays_so_when_workspace_is_restarted(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    """A session that begins names its agent, whether or not the agent is logged in."""
    agent = workspace.agent()
    async with listening(workspace, inbox, V3):
        await inbox.until(lambda e: any(isinstance(x, AgentStateChanged) for x in e))
        agent.log_out()
        await inbox.until(lambda e: AgentSignedOut(Source.WORKSPACE) in e)
        workspace.restart()
        await inbox.until(lambda e: e.count(AgentSignedIn("JohnSmith", Source.WORKSPACE)) == 2)
        await inbox.until(lambda e: e.count(AgentSignedOut(Source.WORKSPACE)) == 2)


async def test_a_session_that_hangs_at_its_start_is_begun_again(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    workspace.faults.never_complete = True
    pace = Pace(first_back_off=0.02, complete_within=0.1)
    async with listening(workspace, inbox, V3, pace):
        await workspace.until_asked(V3.begin, 2)
        assert inbox.events == []
        workspace.faults.never_complete = False
        workspace.drop_connections()
        await inbox.until(in_touch)


async def test_a_session_that_fails_at_its_start_is_begun_again(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    workspace.faults.never_complete = True
    async with listening(workspace, inbox, V3):
        await workspace.until_asked(f"{V3.notifications}/connect")
        workspace.faults.never_complete = False
        workspace.hub.publish("JohnSmith", "/workspace/v3/initialization", {"state": "Failed"})
        await inbox.until(in_touch)
    assert workspace.asked.count(V3.begin) == 2


async def test_a_refused_token_wants_a_new_sign_in(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    async with listening(workspace, inbox, api) as conversation:
        await inbox.until(in_touch)
        workspace.restart(forget_tokens=True)
        with pytest.raises(NotLetInError):
            await asyncio.wait_for(conversation, 20)
    assert inbox.events[-1] == TouchLost(Source.WORKSPACE)


async def test_a_token_is_renewed_where_it_can_be(inbox: Inbox) -> None:
    async with StageWorkspace(refresh=True) as workspace, listening(workspace, inbox, V3):
        await inbox.until(in_touch)
        workspace.restart(forget_tokens=True)
        await inbox.until(lambda e: len(listings(e)) >= 2)
        workspace.agent().ring()
        await inbox.until(lambda e: len(states(e)) >= 1)


async def test_a_listing_that_was_overtaken_is_asked_for_again(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    async with listening(workspace, inbox, api):
        workspace.faults.slow_listing = 0.3
        await workspace.until_asked(api.listing)
        call = workspace.agent().ring()
        await inbox.until(lambda e: len(listings(e)) == 2)
    events = inbox.events
    stale, fresh = listings(events)
    heard_at = next(i for i, e in enumerate(events) if isinstance(e, CallChanged))
    assert stale.calls == ()
    assert stale.asked_after <= heard_at < fresh.asked_after
    assert [listed.call_id for listed in fresh.calls] == [call.call_id]


async def test_the_interval_that_the_server_wants_is_kept(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    workspace.hub.advice = {"reconnect": "retry", "timeout": 30000, "interval": 50_000}
    async with listening(workspace, inbox, api):
        await inbox.until(in_touch)
        await asyncio.sleep(0.2)  # time enough for another connect, if one were sent
    assert workspace.asked.count(f"{api.notifications}/connect") == 1


async def test_a_client_that_is_sent_away_comes_back(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    async with listening(workspace, inbox, api):
        await inbox.until(in_touch)
        workspace.hub.send_away()
        await workspace.until_asked(f"{api.notifications}/handshake", 2)
        await inbox.until(lambda e: len(listings(e)) >= 2)


async def test_a_server_in_trouble_is_not_hammered(
    workspace: StageWorkspace, inbox: Inbox, api: Api
) -> None:
    pace = Pace(first_back_off=0.1, last_back_off=0.1)
    async with listening(workspace, inbox, api, pace):
        await inbox.until(in_touch)
        workspace.faults.errors = 1_000_000
        workspace.drop_connections()
        await asyncio.sleep(0.5)
    assert 2 <= workspace.asked.count(f"{api.notifications}/connect") <= 15
