"""What the token of the local API does not give: the agent's leaving, and memory without end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from agent_client.core.call import Call, CallState
from agent_client.core.commands import CloseRecording
from agent_client.core.events import AgentSignedIn, CallChanged, Source, TouchLost
from contract.manifest import EndReason
from tests.agent_client.workspace.api_staging import KATE, Stage, api, policy

SIGN_IN = {"agent": KATE}


def closed(stage: Stage) -> list[EndReason]:
    return [one.reason for one in stage.desk.done if isinstance(one, CloseRecording)]


async def test_whom_workspace_signed_in_nobody_else_signs_out_to_end_a_recording(
    tmp_path: Path,
) -> None:
    async with api(tmp_path, policy(may_pause=False)) as stage:
        call = Call("u-1", "x-1", CallState.ESTABLISHED)
        await stage.happens(AgentSignedIn(KATE, Source.WORKSPACE), CallChanged(call))
        for _ in range(2):
            refused = await stage.desktop.refused("DELETE", "agent")
            assert (refused.status, refused.code) == (409, "other-source")
            await stage.desktop.told("PUT", "agent", SIGN_IN)  # nor by naming her first
        assert closed(stage) == []
        await stage.happens(TouchLost(Source.WORKSPACE))
        await stage.desktop.told("DELETE", "agent")
        assert closed(stage) == [EndReason.SIGNED_OUT]


async def test_a_call_that_workspace_tells_of_is_not_ended_by_naming_it_first(
    tmp_path: Path,
) -> None:
    async with api(tmp_path, policy(may_pause=False)) as stage:
        call = Call("u-1", "x-1", CallState.ESTABLISHED)
        await stage.happens(AgentSignedIn(KATE, Source.WORKSPACE), CallChanged(call))
        await stage.desktop.told("PUT", "calls/u-1", {"connection": "x-1"})
        ended = await stage.desktop.told("DELETE", "calls/u-1")
        assert ended.recording is not None
        assert not ended.recording.wrapping_up
        await stage.desktop.told("PUT", "agent/state", {"state": "ready"})
        assert closed(stage) == []
        await stage.happens(CallChanged(replace(call, state=CallState.RELEASED)))
        released = await stage.desktop.told("GET", "state")
        assert released.recording is not None
        assert released.recording.wrapping_up


async def test_once_workspace_is_heard_no_more_a_custom_desktop_ends_its_call(
    tmp_path: Path,
) -> None:
    async with api(tmp_path) as stage:
        call = Call("u-1", "x-1", CallState.ESTABLISHED)
        await stage.happens(AgentSignedIn(KATE, Source.WORKSPACE), CallChanged(call))
        await stage.desktop.told("PUT", "calls/u-1", {"connection": "x-1"})
        await stage.desktop.told("DELETE", "calls/u-1")
        assert closed(stage) == []
        await stage.happens(TouchLost(Source.WORKSPACE))
        await stage.desktop.told("PUT", "agent/state", {"state": "ready"})
        assert closed(stage) == [EndReason.WRAPPED_UP]


async def test_calls_that_nobody_ends_fill_no_memory(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await stage.desktop.told("PUT", "agent", SIGN_IN)
        for number in range(50):
            await stage.desktop.told("PUT", f"calls/c-{number}", {"state": "ringing"})
        refused = await stage.desktop.refused("PUT", "calls/c-50", {"state": "ringing"})
        assert (refused.status, refused.code) == (409, "too-many-calls")
        assert len(stage.engine.world.calls.families) == 50
        await stage.desktop.told("PUT", "calls/c-49")  # one that is known goes on
        await stage.desktop.told("DELETE", "calls/c-0")
        await stage.desktop.told("PUT", "calls/c-50")
