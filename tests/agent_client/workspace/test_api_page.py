"""What docs/api.md shows, works as it stands there."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from agent_client.core.commands import CloseRecording
from agent_client.workspace.api_shapes import State
from tests.agent_client.workspace.api_staging import Stage, api

PAGES = Path(__file__).parents[3] / "docs"
SECONDS = 60


def shown(language: str) -> str:
    text = (PAGES / "api.md").read_text("utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert isinstance(found, str)
    return found


async def runs(stage: Stage, *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        env={
            **os.environ,
            "TWINREEL_STATE_DIR": str(stage.folder),
            "TOKEN": stage.desktop.token,
            "API": stage.desktop.url.rstrip("/"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    assert process.returncode == 0, said
    return said.decode().replace(os.linesep, "\n")


async def test_the_example_in_python(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        said = await runs(stage, sys.executable, "-c", shown("python"))
        assert said == "Recording the screen of this call\n"
        orders = stage.desk.orders
    assert [orders.count(name) for name in ("OpenRecording", "PauseCapture", "CloseRecording")] == [
        1,
        1,
        1,
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="bash and curl are of others")
async def test_the_example_with_curl(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        await runs(stage, "bash", "-euc", shown("bash"))
        (end,) = (one for one in stage.desk.done if isinstance(one, CloseRecording))
        orders = stage.desk.orders
    assert end.legs[0].details.user_data == (("Case", "7"),)
    assert orders.count("ResumeCapture") == 2


def test_the_state_that_is_shown_is_one() -> None:
    state = msgspec.json.decode(shown("json"), type=State)
    assert set(msgspec.json.decode(shown("json"))) == set(State.__struct_fields__)
    assert state.calls[0].recorded


def test_every_code_of_a_refusal_is_on_the_page() -> None:
    folder = PAGES.parent / "agent_client"
    sources = [*(folder / "workspace").glob("api*.py"), folder / "core" / "verdict.py"]
    codes = {
        code
        for path in sources
        for pattern in (
            r"RefusedError\(\s*\d+,\s*\"([a-z-]+)\"",
            r"reason=\"([a-z-]+)\"",
        )
        for code in re.findall(pattern, path.read_text("utf-8"))
    }
    page = (PAGES / "api.md").read_text("utf-8")
    assert codes
    assert {code for code in codes if f"`{code}`" not in page} == set()
