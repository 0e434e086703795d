"""Who may enter by the local API's door, and in which words the others are turned away."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from pathlib import Path

import pytest

from agent_client.workspace.api_token import read_token
from tests.agent_client.workspace.api_staging import VERSION, api, problem

PAGE = "https://desktop.example.com"
SOME_ID = "c-1"
LARGE = b'{"data": {"k": "' + b"x" * 70_000 + b'"}}'


async def test_who_has_the_token_is_told_the_state(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        told = await stage.desktop.told("GET", "state")
    assert told.version == VERSION
    assert told.agent is None
    assert told.calls == []
    assert told.mood == "signed-out"


@pytest.mark.parametrize("token", ["", "wrong", "\u00e4\u00f6\u00fc", "x" * 5000])
async def test_a_wrong_token_opens_nothing(tmp_path: Path, token: str) -> None:
    async with api(tmp_path) as stage:
        answered = await stage.desktop.asks("PUT", "agent", {"agent": "kate"}, token=token)
        assert stage.engine.world.agent.agent_id is None
    refused = problem(*answered)
    assert (refused.status, refused.code) == (401, "token-wrong")
    assert answered[2]["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["", "Basic {}", "{}", "Bearer", "Bearer {} {}"])
async def test_the_token_comes_as_a_bearer_token_or_not_at_all(tmp_path: Path, header: str) -> None:
    async with api(tmp_path) as stage:
        given = {"Authorization": header.replace("{}", stage.desktop.token)}
        refused = problem(*await stage.desktop.asks("GET", "state", headers=given))
    assert refused.code == "token-wrong"


async def test_while_there_is_no_token_nobody_may_enter(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        stage.door._token = ""
        for header in ("Bearer", "Bearer ", f"Bearer {stage.desktop.token}"):
            given = {"Authorization": header}
            refused = problem(*await stage.desktop.asks("GET", "state", headers=given))
            assert refused.code == "token-wrong"


async def test_each_run_has_a_token_of_its_own_and_the_last_one_opens_nothing(
    tmp_path: Path,
) -> None:
    async with api(tmp_path) as first:
        old = first.desktop.token
    assert read_token(tmp_path) is None
    async with api(tmp_path) as second:
        refused = problem(*await second.desktop.asks("GET", "state", token=old))
        assert refused.status == 401
        assert second.desktop.token != old


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
async def test_the_token_is_for_this_user_alone(tmp_path: Path) -> None:
    async with api(tmp_path):
        mode = (tmp_path / "api-token").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize("origin", [PAGE, "null", "http://127.0.0.1:8080", "https://evil.example"])
async def test_no_page_may_call_even_with_the_token(tmp_path: Path, origin: str) -> None:
    async with api(tmp_path) as stage:
        answered = await stage.desktop.asks("GET", "state", headers={"Origin": origin})
    assert problem(*answered).code == "origin-not-allowed"
    assert "Access-Control-Allow-Origin" not in answered[2]


async def test_a_page_that_names_no_origin_may_not_call(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        crossed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
        refused = problem(*await stage.desktop.asks("GET", "state", headers=crossed))
    assert refused.code == "origin-not-allowed"


async def test_a_page_that_policy_names_may_call_with_the_token(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        stage.origins.append(PAGE)
        ahead = await stage.desktop.asks(
            "OPTIONS",
            "agent",
            token="",
            headers={"Origin": PAGE, "Access-Control-Request-Method": "PUT"},
        )
        assert ahead[0] == 204
        assert ahead[2]["Access-Control-Allow-Origin"] == PAGE
        assert "PUT" in ahead[2]["Access-Control-Allow-Methods"]
        assert "Authorization" in ahead[2]["Access-Control-Allow-Headers"]
        status, _, headers = await stage.desktop.asks("GET", "state", headers={"Origin": PAGE})
        assert (status, headers["Access-Control-Allow-Origin"]) == (200, PAGE)
        without = await stage.desktop.asks("GET", "state", token="", headers={"Origin": PAGE})
        assert problem(*without).code == "token-wrong"


async def test_another_host_name_is_refused(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        refused = problem(
            *await stage.desktop.asks("GET", "state", headers={"Host": "evil.example"})
        )
    assert refused.code == "host-not-allowed"


async def test_a_body_that_is_too_large_is_refused(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        refused = problem(*await stage.desktop.asks("PUT", f"calls/{SOME_ID}", data=LARGE))
        assert refused.code == "body-too-large"
        assert (await stage.desktop.told("GET", "state")).calls == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 50_000, 422),
        (b'{"agent": "kate", "speed": 3}', 422),
        (b'{"agent": 3}', 422),
        (b'{"agent": ""}', 422),
        (b'{"agent": "a\\nb"}', 422),
        (b'{"agent": "a\\u200bb"}', 422),
        (b'{"agent": "\\ud800"}', 400),
        (b"null", 422),
        (b"", 400),
    ],
)
async def test_a_body_that_is_wrong_is_refused(tmp_path: Path, body: bytes, status: int) -> None:
    async with api(tmp_path) as stage:
        refused = problem(*await stage.desktop.asks("PUT", "agent", data=body))
        assert stage.engine.world.agent.agent_id is None
    assert refused.status == status


async def test_a_body_of_another_type_is_refused(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        typed = {"Content-Type": "text/plain"}
        data = b'{"agent": "kate"}'
        refused = problem(*await stage.desktop.asks("PUT", "agent", data=data, headers=typed))
    assert (refused.status, refused.code) == (415, "body-not-json")


async def test_a_body_where_none_belongs_is_refused(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        refused = problem(*await stage.desktop.asks("POST", "pause", data=b"{}"))
    assert refused.code == "body-unexpected"


@pytest.mark.parametrize("call_id", ["-a", "a%20b", "a%0A", "%00", "x" * 129, "%C3%A4", "a%2Fb"])
async def test_a_call_needs_an_id_that_genesys_could_have_given(
    tmp_path: Path, call_id: str
) -> None:
    async with api(tmp_path) as stage:
        refused = await stage.desktop.refused("PUT", f"calls/{call_id}", {"agent": "kate"})
        assert stage.engine.world.agent.agent_id is None
    assert refused.status in {404, 422}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "calls", 404), ("GET", "", 404), ("POST", "state", 405), ("HEAD", "state", 405)],
)
async def test_other_paths_and_methods_are_refused_in_the_same_words(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    async with api(tmp_path) as stage:
        answered = await stage.desktop.asks(method, path)
    assert answered[0] == status
    assert answered[2]["Content-Type"].startswith("application/problem+json")


async def test_who_follows_hears_of_a_change_at_once_and_of_none_when_the_wait_is_over(
    tmp_path: Path,
) -> None:
    async with api(tmp_path) as stage:
        now = await stage.desktop.told("GET", "state")
        same = await stage.desktop.told("GET", f"state?after={now.number}&wait=0.05")
        assert same == now
        waiting = [
            asyncio.create_task(stage.desktop.told("GET", f"state?after={now.number}&wait=60"))
            for _ in range(3)
        ]
        await asyncio.sleep(0)
        await stage.desktop.told("PUT", "agent", {"agent": "kate"})
        for heard in await asyncio.gather(*waiting):
            assert heard.number > now.number
            assert heard.agent is not None
            assert heard.run == now.run


@pytest.mark.parametrize("query", ["after=x", "wait=-1", "wait=61", "wait=nan", "wait=x"])
async def test_a_query_that_makes_no_sense_is_refused(tmp_path: Path, query: str) -> None:
    async with api(tmp_path) as stage:
        assert (await stage.desktop.refused("GET", f"state?{query}")).code == "query-wrong"


async def test_each_run_says_that_it_is_another_one(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        first = await stage.desktop.told("GET", "state")
    async with api(tmp_path) as stage:
        second = await stage.desktop.told("GET", "state")
    assert first.run != second.run


async def test_the_document_is_served_to_who_has_the_token(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        status, answer, headers = await stage.desktop.asks("GET", "openapi.json")
        refused = await stage.desktop.asks("GET", "openapi.json", token="")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(answer)["openapi"] == "3.1.0"
    assert refused[0] == 401
