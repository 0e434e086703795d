"""Stories of custom desktops: what they tell and ask, and what is recorded then."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from agent_client.core.call import Call, CallState, RecordingState
from agent_client.core.commands import CloseRecording, OpenRecording
from agent_client.core.events import (
    AgentSignedIn,
    CallChanged,
    PauseAsked,
    QuitAsked,
    ScreenLocked,
    Source,
)
from contract.manifest import EndReason, PauseReason
from tests.agent_client.workspace.api_staging import KATE, Stage, api, policy

SIGN_IN = {"agent": KATE}
NUMBER = "5115550123"


def opened(stage: Stage) -> list[str]:
    return [one.call_id for one in stage.desk.done if isinstance(one, OpenRecording)]


def closed(stage: Stage) -> list[EndReason]:
    return [one.reason for one in stage.desk.done if isinstance(one, CloseRecording)]


async def test_a_call_from_start_to_the_end_of_after_call_work(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        desktop = stage.desktop
        await desktop.told("PUT", "agent", SIGN_IN)
        ringing = await desktop.told("PUT", "calls/c-1", {"state": "ringing"})
        assert ringing.recording is None
        talking = await desktop.told("PUT", "calls/c-1", {"ani": NUMBER})
        assert talking.headline == "Recording the screen of this call"
        assert talking.recording is not None
        assert talking.recording.capturing
        assert (talking.calls[0].selected, talking.calls[0].recorded) == (True, True)
        paused = await desktop.told("POST", "pause")
        assert paused.mood == "paused"
        assert paused.recording is not None
        assert paused.recording.paused_for == ["asked"]
        assert paused.calls[0].paused
        assert (await desktop.told("POST", "resume")).mood == "recording"
        ended = await desktop.told("DELETE", "calls/c-1")
        assert ended.recording is not None
        assert ended.recording.wrapping_up
        wrapping = await desktop.told("PUT", "agent/state", {"state": "wrap-up"})
        assert wrapping.agent is not None
        assert wrapping.agent.state == "wrap-up"
        assert closed(stage) == []
        ready = await desktop.told("PUT", "agent/state", {"state": "ready"})
        assert ready.recording is None
        assert ready.calls == []
        assert closed(stage) == [EndReason.WRAPPED_UP]
        assert (await desktop.told("DELETE", "agent")).agent is None


async def test_the_end_of_a_call_may_say_that_after_call_work_follows(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        told = await stage.desktop.told("DELETE", "calls/c-1?wrap_up=true")
        assert told.agent is not None
        assert told.agent.state == "wrap-up"
        assert told.recording is not None
        refused = await stage.desktop.refused("DELETE", "calls/c-1?wrap_up=perhaps")
        assert refused.code == "query-wrong"


async def test_a_call_may_bring_its_agent(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        told = await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        assert told.agent is not None
        assert told.agent.id == KATE
        assert opened(stage) == ["c-1"]


async def test_the_answer_waits_for_the_rules_of_an_agent_who_just_signed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_client.workspace.api._DECIDED_SECONDS", 60.0)
    async with api(tmp_path, policy("0", agent_id="somebody-else")) as stage:
        start = asyncio.create_task(stage.desktop.told("PUT", "calls/c-1", {"agent": KATE}))
        await stage.until(lambda world: bool(world.talking))
        assert (await stage.desktop.told("GET", "state")).calls[0].selected is None
        assert not start.done()
        await stage.happens(policy("100", agent_id=KATE))
        told = await start
    assert told.calls[0].selected is True


async def test_everything_may_be_said_twice(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        desktop = stage.desktop
        for _ in range(2):
            await desktop.told("PUT", "agent", SIGN_IN)
        for _ in range(2):
            once = await desktop.told("PUT", "calls/c-1", {"agent": KATE, "ani": NUMBER})
        assert len(once.calls) == 1
        for action in ("hold", "hold", "retrieve", "retrieve"):
            await desktop.told("POST", f"calls/c-1/{action}")
        for _ in range(2):
            await desktop.told("POST", "pause")
        await desktop.told("POST", "resume")
        for _ in range(2):
            await desktop.told("DELETE", "calls/c-1")
        for _ in range(2):
            await desktop.told("PUT", "agent/state", {"state": "ready"})
        await desktop.told("DELETE", "calls/c-1")
        for _ in range(2):
            await desktop.told("DELETE", "agent")
        assert stage.desk.orders.count("OpenRecording") == 1
        assert closed(stage) == [EndReason.WRAPPED_UP]


async def test_a_client_that_was_started_anew_is_told_again_and_stays_paused(
    tmp_path: Path,
) -> None:
    async with api(tmp_path) as stage:
        await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        await stage.desktop.told("POST", "pause")
    async with api(tmp_path) as stage:
        told = await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        assert told.calls[0].paused
        assert told.recording is not None
        assert not told.recording.capturing
        assert (await stage.desktop.told("POST", "resume")).recording is not None


async def test_hold_does_not_pause(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        held = await stage.desktop.told("POST", "calls/c-1/hold")
        assert held.calls[0].state == "held"
        assert held.recording is not None
        assert held.recording.capturing
        back = await stage.desktop.told("POST", "calls/c-1/retrieve")
        assert back.calls[0].state == "established"


async def test_a_consultation_belongs_to_its_call(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        await stage.desktop.told("POST", "calls/c-1/hold")
        told = await stage.desktop.told("PUT", "calls/c-2", {"parent": "c-1", "kind": "consult"})
        assert {one.call for one in told.calls} == {"c-1"}
        await stage.desktop.told("DELETE", "calls/c-2")
        still = await stage.desktop.told("POST", "calls/c-1/retrieve")
        assert still.recording is not None
        assert not still.recording.wrapping_up
        assert opened(stage) == ["c-1"]


async def test_what_is_personal_goes_into_the_sealed_details_and_no_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    news = {"agent": KATE, "ani": NUMBER, "dnis": "4000", "data": {"Case": "Muller"}}
    async with api(tmp_path) as stage:
        told = await stage.desktop.told("PUT", "calls/c-1", news)
        await stage.desktop.told("DELETE", "agent")
        (end,) = (one for one in stage.desk.done if isinstance(one, CloseRecording))
    details = end.legs[0].details
    assert (details.ani, details.dnis) == (NUMBER, "4000")
    assert details.user_data == (("Case", "Muller"),)
    for text in (caplog.text, repr(told)):
        assert NUMBER not in text
        assert "Muller" not in text


async def test_attached_data_cannot_pause_past_the_rules(tmp_path: Path) -> None:
    async with api(tmp_path, policy(may_pause=False)) as stage:
        told = await stage.desktop.told(
            "PUT", "calls/c-1", {"agent": KATE, "data": {"GSIP_RECORD": "PAUSED"}}
        )
        assert not told.calls[0].paused
        refused = await stage.desktop.refused("POST", "pause")
    assert (refused.status, refused.code) == (403, "not-allowed")
    assert refused.detail == "Your rules do not let you pause."


async def test_workspace_is_not_asked_to_pause_the_voice_of_a_call_that_only_the_api_tells_of(
    tmp_path: Path,
) -> None:
    async with api(tmp_path) as stage:
        await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        await stage.desktop.told("POST", "pause")
        await stage.desktop.told("POST", "resume")
        orders = stage.desk.orders
    assert "PauseVoice" not in orders
    assert "ResumeVoice" not in orders
    assert orders.count("MaskVoice") == 2


async def test_a_call_that_workspace_tells_of_too_is_one_call(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        call = Call("u-1", "x-1", CallState.ESTABLISHED, RecordingState.RECORDING)
        await stage.happens(AgentSignedIn(KATE, Source.WORKSPACE), CallChanged(call))
        told = await stage.desktop.told("PUT", "calls/u-1", {"connection": "x-1"})
        assert {(one.call, one.told_by) for one in told.calls} == {
            ("u-1", Source.WORKSPACE),
            ("u-1", Source.API),
        }
        await stage.desktop.told("POST", "calls/u-1/pause")
        assert stage.desk.orders.count("PauseVoice") == 1
        assert opened(stage) == ["u-1"]


async def test_of_a_call_that_workspace_alone_tells_of_nobody_else_says_the_end(
    tmp_path: Path,
) -> None:
    async with api(tmp_path) as stage:
        call = Call("u-1", "x-1", CallState.ESTABLISHED)
        await stage.happens(AgentSignedIn(KATE, Source.WORKSPACE), CallChanged(call))
        for method, path in (("DELETE", "calls/u-1"), ("POST", "calls/u-1/hold")):
            refused = await stage.desktop.refused(method, path)
            assert (refused.status, refused.code) == (409, "other-source")
        assert closed(stage) == []


async def test_what_cannot_be_done_is_refused_with_why(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        asked = stage.desktop.refused
        assert (await asked("PUT", "calls/c-1")).code == "signed-out"
        assert (await asked("PUT", "agent/state", {"state": "ready"})).code == "signed-out"
        assert (await asked("POST", "pause")).code == "signed-out"
        await stage.desktop.told("PUT", "agent", SIGN_IN)
        assert (await asked("POST", "pause")).code == "no-call"
        assert (await asked("POST", "resume")).code == "not-paused"
        assert (await asked("POST", "record-now")).code == "no-call"
        for action in ("hold", "retrieve", "pause", "resume", "record-now"):
            assert (await asked("POST", f"calls/c-9/{action}")).code == "no-such-call"
        assert (await asked("DELETE", "calls/c-9")).code == "no-such-call"
        assert (await asked("PUT", "calls/c-1", {"agent": "paul"})).code == "other-agent"
        await stage.desktop.told("PUT", "calls/c-1", {"state": "ringing"})
        assert (await asked("POST", "calls/c-1/hold")).code == "not-established"
        await stage.desktop.told("DELETE", "calls/c-1")
        assert (await asked("PUT", "calls/c-1")).code == "call-ended"
        assert (await asked("POST", "calls/c-1/hold")).code in {"call-ended", "no-such-call"}


async def test_who_signs_in_after_another_ends_the_others_calls(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        told = await stage.desktop.told("PUT", "agent", {"agent": "paul"})
        assert told.agent is not None
        assert told.agent.id == "paul"
        assert closed(stage) == [EndReason.SIGNED_OUT]


async def test_the_agent_that_workspace_signed_in_stays(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await stage.happens(AgentSignedIn("paul", Source.WORKSPACE))
        refused = await stage.desktop.refused("PUT", "agent", SIGN_IN)
        assert (refused.status, refused.code) == (409, "other-agent")
        assert (await stage.desktop.told("PUT", "agent", {"agent": "paul"})).agent is not None


async def test_pauses_of_others_are_told(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        await stage.happens(PauseAsked(Source.TRAY), ScreenLocked(locked=True))
        told = await stage.desktop.told("GET", "state")
        assert told.recording is not None
        assert told.recording.paused_for == sorted([PauseReason.ASKED, PauseReason.LOCKED])
        assert told.may_resume


async def test_an_id_may_be_used_again_by_a_later_call(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        first = {"agent": KATE, "started_at": "2026-11-22T09:00:00Z"}
        await stage.desktop.told("PUT", "calls/1", first)
        await stage.desktop.told("DELETE", "calls/1")
        await stage.desktop.told("PUT", "agent/state", {"state": "ready"})
        assert (await stage.desktop.refused("PUT", "calls/1", first)).code == "call-ended"
        again = {"started_at": "2026-11-22T10:01:00+01:00"}  # 09:01 in UTC
        assert (await stage.desktop.told("PUT", "calls/1", again)).recording is not None


async def test_without_a_heartbeat_a_desktop_may_be_silent_for_ever(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        told = await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        assert told.agent is not None
        assert told.agent.in_touch


async def test_a_desktop_that_promised_a_heartbeat_and_is_silent_is_out_of_touch(
    tmp_path: Path,
) -> None:
    async with api(tmp_path) as stage:
        beat = {"within_seconds": 1}
        await stage.desktop.told("PUT", "calls/c-1", {"agent": KATE})
        now = await stage.desktop.told("PUT", "heartbeat", beat)
        lost = await stage.desktop.told("GET", f"state?after={now.number}&wait=60")
        assert lost.agent is not None
        assert not lost.agent.in_touch
        assert lost.recording is not None  # what is recorded goes on
        assert lost.recording.capturing
        await stage.desktop.told("PUT", "heartbeat", {"within_seconds": 3600})
        back = await stage.desktop.told("GET", "state")
        assert back.agent is not None
        assert back.agent.in_touch
        await stage.desktop.told("DELETE", "heartbeat")


async def test_a_promise_that_was_taken_back_is_not_missed(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await stage.desktop.told("PUT", "agent", SIGN_IN)
        await stage.desktop.told("PUT", "heartbeat", {"within_seconds": 1})
        now = await stage.desktop.told("DELETE", "heartbeat")
        later = await stage.desktop.told("GET", f"state?after={now.number}&wait=1.5")
        assert later.agent is not None
        assert later.agent.in_touch


async def test_many_at_once_leave_one_state_that_makes_sense(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        desktop = stage.desktop
        agents = [desktop.asks("PUT", "calls/c-1", {"agent": f"agent-{one}"}) for one in range(20)]
        answers = await asyncio.gather(*agents)
        assert [status for status, _, _ in answers].count(200) == 1
        wishes = [desktop.asks("POST", word) for word in ("pause", "resume") * 20]
        statuses = {status for status, _, _ in await asyncio.gather(*wishes)}
        assert statuses <= {200, 409}
        calls = [desktop.asks("PUT", f"calls/d-{one % 5}") for one in range(25)]
        assert {status for status, _, _ in await asyncio.gather(*calls)} == {200}
        now = await desktop.told("GET", "state")
        assert sorted(one.id for one in now.calls) == ["c-1", *(f"d-{one}" for one in range(5))]
        assert opened(stage) == ["c-1"]


async def test_who_asks_while_the_client_ends_is_told_so(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        stage.engine.post(QuitAsked())
        await stage.until(lambda world: world.quitting)
        refused = await stage.desktop.refused("PUT", "agent", SIGN_IN)
    assert (refused.status, refused.code) == (503, "ending")
