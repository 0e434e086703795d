"""`call`, `agent` and `state`, typed at a desk whose client listens."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent_client.command_table import called
from agent_client.config import Settings
from agent_client.core.commands import CloseRecording
from agent_client.core.events import QuitAsked
from agent_client.core.legs import Leg
from agent_client.core.world import World
from contract.desk_workspace import WorkspaceConfig
from tests.agent_client.workspace.api_staging import Stage, api, policy

WORKSPACE = WorkspaceConfig()


def typed(folder: Path, words: Sequence[str]) -> int:
    command = called(words[0])
    assert command is not None
    settings = Settings(folder / "config.toml", folder, "info", WORKSPACE)
    return command.load()(words[1:], lambda: settings)


async def does(stage: Stage, *words: str) -> None:
    assert await asyncio.to_thread(typed, stage.folder, words) == 0


async def test_every_word_on_a_call_reaches_the_client(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await does(stage, "agent", "sign-in", "--agent", "kate")
        await does(
            stage,
            *("call", "start", "--id", "u-2", "--connection", "x-2", "--parent", "u-1"),
            *("--previous", "x-1", "--kind", "consult", "--state", "held", "--ani", "511"),
            *("--dnis", "4000", "--data", "a=1", "b==2", "--data", "c="),
            *("--started-at", "2026-11-22T10:30:00+01:00"),
        )
        legs: list[Leg] = [leg for one in stage.engine.world.calls.families for leg in one.legs]
        (call,) = (leg.call for leg in legs)
        assert (call.call_id, call.connection_id) == ("u-2", "x-2")
        assert (call.parent_connection_id, call.previous_connection_id) == ("u-1", "x-1")
        assert (call.state, call.call_type) == ("Held", "Consult")
        assert (call.details.ani, call.details.dnis) == ("511", "4000")
        assert call.details.user_data == (("a", "1"), ("b", "=2"), ("c", ""))
        assert call.started_at == "2026-11-22T09:30:00.000Z"


async def test_every_command_has_its_effect(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with api(tmp_path) as stage:

        def world() -> World:
            return stage.engine.world

        await does(stage, "call", "start", "--id", "c-1", "--agent", "kate")
        await does(stage, "call", "hold", "--id", "c-1")
        assert not world().talking[0].speaking
        await does(stage, "call", "retrieve", "--id", "c-1")
        assert world().talking[0].speaking
        await does(stage, "call", "pause")
        assert world().pause is not None
        await does(stage, "call", "resume", "--id", "c-1")
        assert world().pause is None
        await does(stage, "agent", "not-ready")
        await does(stage, "call", "stop", "--id", "c-1", "--wrap-up")
        assert world().wrap_up is not None
        await does(stage, "agent", "ready")
        assert world().wrap_up is None
        assert any(isinstance(one, CloseRecording) for one in stage.desk.done)
        await does(stage, "agent", "sign-out")
        assert world().agent.agent_id is None
        capsys.readouterr()
        await does(stage, "state", "--json")
        assert json.loads(capsys.readouterr().out)["agent"] is None


@pytest.mark.parametrize(
    "words",
    [
        ["call", "start"],
        ["call", "start", "--id", "a b"],
        ["call", "start", "--id", "a", "--data", "x"],
        ["call", "start", "--id", "a", "--data", "=x"],
        ["call", "start", "--id", "a", "--started-at", "yesterday"],
        ["call", "start", "--id", "a", "--agent", "x\ny"],
        ["call", "start", "--id", "a", "--state", "over"],
        ["call", "stop"],
        ["call"],
        ["agent", "sign-in"],
        ["agent", "sign-in", "--agent", ""],
    ],
)
def test_a_wrong_command_is_told_before_anybody_is_asked(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        typed(tmp_path, words)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ports", "token"),
    [(None, "t"), ("{", "t"), ('{"http": null}', "t"), ('{"http": 1}', None), ('{"http": 1}', "t")],
)
def test_what_a_client_left_behind_is_not_taken_for_one(
    tmp_path: Path, ports: str | None, token: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in (("loopback.json", ports), ("api-token", token)):
        if content is not None:
            (tmp_path / name).write_text(content, encoding="ascii")
    assert typed(tmp_path, ["state"]) == 6
    assert capsys.readouterr().err.startswith("Twinreel is not running for this user")


async def test_a_client_that_is_ending_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with api(tmp_path) as stage:
        stage.engine.post(QuitAsked())
        await stage.until(lambda world: world.quitting)
        words = ["agent", "sign-in", "--agent", "kate"]
        assert await asyncio.to_thread(typed, tmp_path, words) == 7
    assert capsys.readouterr().err == "Twinreel is ending.\n"


async def test_the_commands_on_its_page_are_understood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[3] / "docs" / "it" / "client.md").read_text("utf-8")
    lines = re.findall(r"^    twinreel-agent ((?:call|agent|state) .*)$", page, re.MULTILINE)
    commands = [line.split() for line in lines if "--" in line or len(line.split()) == 2]
    assert len(commands) > 8
    async with api(tmp_path, policy("0")) as stage:
        for words in commands:
            told = [word for word in words if word != "--follow"]
            assert await asyncio.to_thread(typed, stage.folder, told) == 0, (
                words,
                capsys.readouterr(),
            )
