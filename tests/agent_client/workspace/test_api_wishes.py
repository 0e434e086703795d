"""What custom desktops ask for one call is for that call, and for no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from agent_client.core.call import CallState
from agent_client.core.events import CallChanged, Event, Source
from agent_client.core.verdict import Verdict
from tests.agent_client.workspace.api_staging import KATE, api, policy


async def test_a_pause_for_one_call_is_none_for_the_next(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        await stage.desktop.told("DELETE", "calls/c-1")
        await stage.desktop.told("PUT", "agent/state", {"state": "ready"})
        await stage.desktop.told("PUT", "calls/c-2")
        refused = await stage.desktop.refused("POST", "calls/c-1/pause")
        assert (refused.status, refused.code) == (404, "no-such-call")
        now = await stage.desktop.told("GET", "state")
        assert not now.calls[0].paused
        assert (await stage.desktop.told("POST", "calls/c-2/pause")).calls[0].paused
        assert (await stage.desktop.told("POST", "calls/c-2/resume")).mood == "recording"
        assert (await stage.desktop.refused("POST", "calls/c-2/resume")).code == "not-paused"


async def test_a_resume_for_a_call_that_came_after_the_pause_is_refused(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        await stage.desktop.told("POST", "pause")
        await stage.desktop.told("PUT", "calls/c-2")
        assert (await stage.desktop.refused("POST", "calls/c-2/resume")).code == "not-paused"
        assert stage.engine.world.pause is not None
        await stage.desktop.told("POST", "calls/c-1/resume")
        assert stage.engine.world.pause is None


async def test_an_unselected_call_is_recorded_when_it_is_asked_for(tmp_path: Path) -> None:
    async with api(tmp_path, policy("0")) as stage:
        told = await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        assert (told.calls[0].selected, told.recording) == (False, None)
        assert told.may_record_now
        now = await stage.desktop.told("POST", "calls/c-1/record-now")
        assert now.recording is not None
        assert (await stage.desktop.refused("POST", "record-now")).code == "recorded-already"


async def test_the_call_that_is_named_is_recorded_by_choice(tmp_path: Path) -> None:
    async with api(tmp_path, policy("0")) as stage:
        await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        await stage.desktop.told("POST", "calls/c-1/hold")
        await stage.desktop.told("PUT", "calls/c-2")
        now = await stage.desktop.told("POST", "calls/c-1/record-now")
        assert {one.id: one.selected for one in now.calls} == {"c-1": True, "c-2": False}
        assert now.recording is not None
        assert now.recording.call == "c-1"
        await stage.desktop.told("DELETE", "calls/c-2")
        await stage.desktop.told("DELETE", "calls/c-1")
        refused = await stage.desktop.refused("POST", "calls/c-1/record-now")
        assert (refused.status, refused.code) == (409, "call-ended")  # it is being wrapped up


async def test_a_call_that_ends_while_its_pause_is_on_the_way_is_not_paused(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        world = stage.engine.world
        leg = world.calls.families[0].legs[0].call
        over = replace(leg, state=CallState.RELEASED)
        following = replace(leg, call_id="c-2", connection_id="c-2")
        take = stage.door._news.take

        async def outrun(event: Event) -> Verdict:
            """The call ends and the next begins after the request was read, before the wish."""
            await take(CallChanged(over, Source.API))
            await take(CallChanged(following, Source.API))
            return await take(event)

        stage.door._news.take = outrun  # type: ignore[method-assign]  # what a slow desk would do
        refused = await stage.desktop.refused("POST", "calls/c-1/pause")
        assert (refused.status, refused.code) == (404, "no-such-call")
        assert stage.engine.world.pause is None
