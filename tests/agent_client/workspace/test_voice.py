"""Orders to Workspace's own recorder, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent_client.core.events import VoiceOrderFailed
from agent_client.workspace.gws_session import GwsSettings, SignIn
from agent_client.workspace.gws_v2 import GwsV2Session
from agent_client.workspace.gws_v3 import GwsV3Session
from agent_client.workspace.voice import FAILED, WorkspaceVoice
from bench.stage.workspace import StageWorkspace
from bench.stage.workspace_agent import StageCall
from bench.stage.workspace_shapes import Person
from tests.agent_client.workspace.conftest import Inbox


@asynccontextmanager
async def _voice(
    workspace: StageWorkspace,
    inbox: Inbox,
    kind: type[GwsV3Session | GwsV2Session] = GwsV3Session,
) -> AsyncIterator[WorkspaceVoice]:
    person = Person()
    session = await kind.with_password(
        workspace.url,
        SignIn(workspace.url, person.user_name, person.password),
        GwsSettings(client_id="twinreel"),
    )
    await session.initialize()
    await session.listing(0)
    voice = WorkspaceVoice(lambda: session, inbox.post, waits=(0.02, 0.04, 0.08))
    try:
        yield voice
    finally:
        await voice.close()
        await session.close()


def _talking(workspace: StageWorkspace) -> StageCall:
    call = workspace.agent().ring()
    workspace.agent().answer(call)
    return call


async def _becomes(call: StageCall, state: str) -> None:
    async with asyncio.timeout(20):
        while call.voice.state != state:  # noqa: ASYNC110 -- the stage has no event for it
            await asyncio.sleep(0.005)


async def test_a_pause_and_a_resume_reach_workspace(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    call = _talking(workspace)
    async with _voice(workspace, inbox) as voice:
        voice.pause(call.connection_id)
        await _becomes(call, "Paused")
        voice.resume(call.connection_id)
        await _becomes(call, "Recording")
    ((since, until),) = call.voice.pauses
    assert until is not None
    assert since < until
    assert inbox.events == []


@pytest.mark.parametrize("kind", [GwsV3Session, GwsV2Session])
async def test_a_recording_is_started_paused_resumed_and_stopped(
    workspace: StageWorkspace, inbox: Inbox, kind: type[GwsV3Session | GwsV2Session]
) -> None:
    call = workspace.agent().ring()
    workspace.agent().answer(call, record=False)
    async with _voice(workspace, inbox, kind) as voice:
        voice.start(call.connection_id)
        await _becomes(call, "Recording")
        voice.pause(call.connection_id)
        await _becomes(call, "Paused")
        voice.resume(call.connection_id)
        await _becomes(call, "Recording")
        voice.stop(call.connection_id)
        await _becomes(call, "Stopped")
    assert len(call.voice.pauses) == 1
    assert inbox.events == []


async def test_an_order_survives_a_server_that_stumbles(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    call = _talking(workspace)
    async with _voice(workspace, inbox) as voice:
        workspace.faults.errors = 3
        voice.pause(call.connection_id)
        await _becomes(call, "Paused")
    assert inbox.events == []


async def test_an_order_that_nobody_answers_is_told(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    call = _talking(workspace)
    async with _voice(workspace, inbox) as voice:
        await workspace.go_down()
        voice.pause(call.connection_id)
        await inbox.until(bool)
    assert inbox.events == [VoiceOrderFailed(call.connection_id, FAILED)]


async def test_an_order_that_is_refused_is_told_at_once(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    call = _talking(workspace)
    async with _voice(workspace, inbox) as voice:
        workspace.faults.refuse_orders = 1
        voice.pause(call.connection_id)
        await inbox.until(bool)
    assert inbox.events == [VoiceOrderFailed(call.connection_id, FAILED)]
    path = f"/workspace/v3/voice/calls/{call.connection_id}/pause-recording"
    assert workspace.asked.count(f"POST {path}") == 1


async def test_only_the_latest_order_counts(workspace: StageWorkspace, inbox: Inbox) -> None:
    call = _talking(workspace)
    async with _voice(workspace, inbox) as voice:
        workspace.faults.errors = 2
        voice.resume(call.connection_id)
        voice.pause(call.connection_id)
        await _becomes(call, "Paused")
    assert not any(line.endswith("resume-recording") for line in workspace.asked)


async def test_without_a_session_an_order_fails(inbox: Inbox) -> None:
    voice = WorkspaceVoice(lambda: None, inbox.post)
    voice.pause("c1")
    await inbox.until(bool)
    assert inbox.events == [VoiceOrderFailed("c1", FAILED)]


async def test_an_order_never_waits(workspace: StageWorkspace, inbox: Inbox) -> None:
    call = _talking(workspace)
    async with _voice(workspace, inbox) as voice:
        asked = len(workspace.asked)
        voice.pause(call.connection_id)
        assert len(workspace.asked) == asked  # nothing has run in between
        await _becomes(call, "Paused")


@pytest.mark.parametrize("again", [1, 5])
async def test_the_same_order_again_does_no_harm(
    workspace: StageWorkspace, inbox: Inbox, again: int
) -> None:
    call = _talking(workspace)
    async with _voice(workspace, inbox) as voice:
        for _ in range(1 + again):
            voice.pause(call.connection_id)
        await _becomes(call, "Paused")
    assert len(call.voice.pauses) == 1


async def test_an_order_takes_the_place_of_one_that_is_being_tried(
    workspace: StageWorkspace, inbox: Inbox
) -> None:
    call = _talking(workspace)
    path = f"POST /workspace/v3/voice/calls/{call.connection_id}"
    async with _voice(workspace, inbox) as voice:
        workspace.faults.errors = 1
        voice.pause(call.connection_id)
        await workspace.until_asked(f"{path}/pause-recording")
        voice.resume(call.connection_id)
        await workspace.until_asked(f"{path}/resume-recording")
    assert workspace.asked.count(f"{path}/pause-recording") == 1
    assert inbox.events == []
