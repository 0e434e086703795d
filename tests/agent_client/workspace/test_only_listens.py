"""A recorder listens: whatever happens, it never logs an agent in, out, or to a channel."""

import asyncio
import contextlib
import re

import pytest

from agent_client.core.call import CallState, RecordingState
from agent_client.core.events import AgentStateChanged, CallChanged, CallsListed, Event
from agent_client.workspace.cometd import Pace
from agent_client.workspace.gws_session import GwsSettings, SignIn
from agent_client.workspace.link import WorkspaceLink
from agent_client.workspace.voice import WorkspaceVoice
from bench.stage.workspace import StageWorkspace
from bench.stage.workspace_shapes import Person
from tests.agent_client.workspace.conftest import Inbox

_PERSON = Person()
_ALLOWED = {
    "v3": (
        r"POST /auth/v3/oauth/token",
        r"POST /workspace/v3/initialize-workspace",
        r"GET /workspace/v3/current-session",
        r"POST /workspace/v3/notifications/(handshake|subscribe|connect|disconnect)",
        r"POST /workspace/v3/voice/calls/\w+/(pause|resume|start|stop)-recording",
    ),
    "v2": (
        r"GET /api/v2/me",  # never a POST: that would start or end the agent's session
        r"GET /api/v2/me/(calls|devices)",
        r"POST /api/v2/notifications(/handshake|/connect|/disconnect)?",
        r"POST /api/v2/me/calls/\w+",
    ),
}


def _listed(events: list[Event]) -> int:
    return sum(isinstance(event, CallsListed) for event in events)


def _said(events: list[Event], state: CallState, recording: RecordingState | None) -> bool:
    calls = [event.call for event in events if isinstance(event, CallChanged)]
    return any((call.state, call.recording) == (state, recording) for call in calls)


@pytest.mark.parametrize("api", ["v3", "v2"])
async def test_in_a_whole_day_it_asks_for_nothing_but_news_and_the_recording(
    workspace: StageWorkspace, inbox: Inbox, api: str
) -> None:
    settings = GwsSettings(client_id="twinreel", api="v2" if api == "v2" else "v3")
    pace = Pace(first_back_off=0.02, last_back_off=0.1, settled_after=0.1)
    link = WorkspaceLink(inbox.post, inbox.taken, settings, pace)
    voice = WorkspaceVoice(lambda: link.session, inbox.post)
    running = asyncio.create_task(link.run())
    agent = workspace.agent()
    agent.log_out()
    try:
        await link.sign_in(SignIn(workspace.url, _PERSON.user_name, _PERSON.password))
        await inbox.until(lambda e: _listed(e) == 1)
        agent.log_in()
        call = agent.ring()
        agent.answer(call, record=False)
        await inbox.until(lambda e: _said(e, CallState.ESTABLISHED, RecordingState.STOPPED))
        voice.start(call.connection_id)
        await inbox.until(lambda e: _said(e, CallState.ESTABLISHED, RecordingState.RECORDING))
        voice.pause(call.connection_id)
        await inbox.until(lambda e: _said(e, CallState.ESTABLISHED, RecordingState.PAUSED))
        workspace.restart()
        await inbox.until(lambda e: _listed(e) >= 2)
        voice.resume(call.connection_id)
        agent.hold(call)
        await inbox.until(lambda e: _said(e, CallState.HELD, RecordingState.RECORDING))
        voice.stop(call.connection_id)
        await inbox.until(lambda e: _said(e, CallState.HELD, RecordingState.STOPPED))
        workspace.drop_connections()
        await inbox.until(lambda e: _listed(e) >= 3)
        agent.release(call)
        agent.wrap_up()
        await inbox.until(lambda e: isinstance(e[-1], AgentStateChanged))
        workspace.hub.send_away()
        await inbox.until(lambda e: _listed(e) >= 4)
        await link.sign_out()
        notifications = "/workspace/v3/notifications" if api == "v3" else "/api/v2/notifications"
        await workspace.until_asked(f"POST {notifications}/disconnect")
    finally:
        await voice.close()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    odd = [
        line
        for line in workspace.asked
        if not any(re.fullmatch(one, line) for one in _ALLOWED[api])
    ]
    assert odd == []
    assert len(workspace.asked) > 12
    assert agent.state == "NotReady"  # as the agent left it
