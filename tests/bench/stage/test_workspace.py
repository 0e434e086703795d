"""The Workspace stand-in says what the real one was heard to say."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bench.stage.workspace import StageWorkspace
from bench.stage.workspace_agent import OutOfTurnError, StageAgent
from bench.stage.workspace_shapes import VOICE, Person, basic

_ROOT = Path(__file__).parents[3]
_CAPTURE = _ROOT / "tests/agent_client/workspace/fixtures/workspace-v3-voice.jsonl"
_CHANGING = {"timestamp", "duration", "startedAt", "submittedAt", "userProperties"}


def _captured(channel: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in _CAPTURE.read_text(encoding="utf-8").splitlines()]
    messages = [m for line in lines if line["dir"] == "S<" for m in line["msg"]]
    return [m["data"] for m in messages if m["channel"] == channel]


def _timeless(value: Any) -> Any:  # noqa: ANN401 -- any JSON
    if isinstance(value, dict):
        return {k: _timeless(v) for k, v in value.items() if k not in _CHANGING}
    return [_timeless(v) for v in value] if isinstance(value, list) else value


def test_the_captured_call_played_again_is_the_same_key_for_key() -> None:
    said: list[dict[str, Any]] = []
    agent = StageAgent(Person(), lambda channel, data: said.append(data | {"": channel}))
    agent.ready()
    data: dict[str, object] = {"Segment": "Gold", "Priority": 8, "CallType": "Inbound"}
    call = agent.ring(
        call_id="db1d795163dd9b9b",
        connection_id="8c41739dc018414b",
        user_data=data | {"CustomerSegment": "Gold"},
    )
    agent.answer(call, record=False)
    agent.start_recording(call)
    agent.pause_recording(call)
    agent.resume_recording(call)
    agent.hold(call)
    agent.retrieve(call)
    agent.attach(call, "Comment", "x")
    agent.stop_recording(call)
    agent.release(call)
    agent.wrap_up()
    agent.complete(call)
    agent.ready()
    played = [{k: v for k, v in data.items() if k} for data in said]
    assert all(data[""] == VOICE for data in said)
    wanted = _captured(VOICE)
    assert [_timeless(data) for data in played] == [_timeless(data) for data in wanted]
    assert [_keys(data) for data in played] == [_keys(data) for data in wanted]


def _keys(value: object) -> object:
    if isinstance(value, dict):
        return {k: _keys(v) for k, v in value.items() if k != "userProperties"}
    return [_keys(v) for v in value] if isinstance(value, list) else ""


async def _begin(http: aiohttp.ClientSession, stage: StageWorkspace) -> str:
    """Sign in and shake hands; the client id."""
    person = Person()
    form = {
        "grant_type": "password",
        "username": person.user_name,
        "password": person.password,
    }
    async with http.post(
        f"{stage.url}/auth/v3/oauth/token",
        data=form,
        headers={"Authorization": basic("twinreel", "")},
    ) as answer:
        token = (await answer.json())["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    url = f"{stage.url}/workspace/v3/initialize-workspace"
    async with http.post(url, headers=bearer) as answer:
        assert (await answer.json())["status"] == {"code": 1}
    (reply,) = await _bayeux(http, stage, {"channel": "/meta/handshake", "id": "1"})
    return str(reply["clientId"])


async def _bayeux(
    http: aiohttp.ClientSession, stage: StageWorkspace, message: dict[str, Any]
) -> list[dict[str, Any]]:
    step = message["channel"].rsplit("/", 1)[1]
    url = f"{stage.url}/workspace/v3/notifications/{step}"
    async with http.post(url, json=[message]) as answer:
        replies: list[dict[str, Any]] = await answer.json()
        return replies


def _jar() -> aiohttp.CookieJar:
    return aiohttp.CookieJar(unsafe=True)


async def test_the_start_is_told_in_the_reply_to_the_subscription_and_before_it() -> None:
    async with StageWorkspace() as stage, aiohttp.ClientSession(cookie_jar=_jar()) as http:
        client_id = await _begin(http, stage)
        channel = "/workspace/v3/initialization"
        asked = {"channel": "/meta/subscribe", "clientId": client_id, "subscription": channel}
        replies = await _bayeux(http, stage, asked | {"id": "2"})
    assert [reply["channel"] for reply in replies] == [channel] * 3 + ["/meta/subscribe"]
    heard = [_keys(reply["data"]) for reply in replies[:-1]]
    assert heard == [_keys(data) for data in _captured(channel)]
    assert [r["data"]["state"] for r in replies[:-1]] == ["Executing", "Executing", "Complete"]


async def test_a_client_it_does_not_know_is_told_402() -> None:
    async with StageWorkspace() as stage, aiohttp.ClientSession(cookie_jar=_jar()) as http:
        client_id = await _begin(http, stage)
        stage.forget_clients()
        asked = {"channel": "/meta/connect", "clientId": client_id, "id": "3"}
        (reply,) = await _bayeux(http, stage, asked)
    assert reply["error"].startswith("402::")
    assert reply["advice"]["reconnect"] == "handshake"


async def test_a_client_without_its_cookie_is_sent_away() -> None:
    async with StageWorkspace() as stage, aiohttp.ClientSession(cookie_jar=_jar()) as http:
        client_id = await _begin(http, stage)
        async with aiohttp.ClientSession() as other:
            asked = {"channel": "/meta/subscribe", "clientId": client_id, "subscription": VOICE}
            replies = await _bayeux(other, stage, asked | {"id": "4"})
    assert replies[0]["channel"] == "/meta/disconnect"
    assert replies[1]["error"] == "403::subscribe_failed"


async def test_a_wrong_password_gets_no_token() -> None:
    async with StageWorkspace() as stage, aiohttp.ClientSession() as http:
        form = {"grant_type": "password", "username": "JohnSmith", "password": "wrong"}
        url = f"{stage.url}/auth/v3/oauth/token"
        headers = {"Authorization": basic("twinreel", "")}
        async with http.post(url, data=form, headers=headers) as answer:
            assert answer.status == 400
            assert await answer.json() == {"error": "invalid_grant"}


def test_the_voice_time_line_has_the_pauses() -> None:
    agent = StageAgent(Person(), lambda *_: None)
    call = agent.ring()
    agent.answer(call)
    agent.pause_recording(call)
    agent.resume_recording(call)
    agent.pause_recording(call)
    agent.release(call)
    agent.wrap_up()
    agent.ready()
    line = agent.timeline(call)
    voice = line["voice"]
    (first, second) = voice["pauses"]
    moments = [
        line["rang_at"],
        line["answered_at"],
        voice["started_at"],
        first["since"],
        first["until"],
        second["since"],
        second["until"],
        voice["ended_at"],
        line["released_at"],
        line["wrap_up_ended_at"],
    ]
    assert moments == sorted(moments)
    assert second["until"] == voice["ended_at"]


def test_a_call_does_nothing_out_of_turn() -> None:
    agent = StageAgent(Person(), lambda *_: None)
    call = agent.ring()
    with pytest.raises(OutOfTurnError):
        agent.hold(call)
    with pytest.raises(OutOfTurnError):
        agent.pause_recording(call)


async def test_it_is_driven_from_outside_as_a_program_of_its_own() -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.stage.workspace",
        cwd=_ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    try:
        async with asyncio.timeout(60), aiohttp.ClientSession() as http:
            url = json.loads(await program.stdout.readline())["url"]

            async def act(verb: str, **body: object) -> tuple[int, dict[str, Any]]:
                async with http.post(f"{url}/stage/{verb}", json=body) as answer:
                    document: dict[str, Any] = await answer.json()
                    return answer.status, document

            _, call = await act("ring", call_id="c0ffee", user_data={"Segment": "Gold"})
            assert call["state"] == "Ringing"
            await act("answer", call="c0ffee")
            await act("attach", call="c0ffee", key="Order", value="4711")
            _, call = await act("pause_recording", call=call["connection_id"])
            assert call["voice"]["state"] == "Paused"
            assert call["user_data"] == {"Segment": "Gold", "Order": "4711"}
            assert (await act("faults", lose=1))[0] == 200
            for verb, body in (
                ("answer", {"call": "c0ffee"}),
                ("hold", {"call": "nobody"}),
                ("faults", {"meteor": 1}),
                ("ring", {"colour": "red"}),
                ("fly", {}),
                ("vanish", {}),
            ):
                status, document = await act(verb, **body)
                assert (status, list(document)) == (400, ["error"])
            async with http.get(f"{url}/stage/state") as answer:
                state = await answer.json()
            assert [c["call_id"] for c in state["calls"]] == ["c0ffee"]
    finally:
        program.terminate()
        assert await program.wait() == 0
