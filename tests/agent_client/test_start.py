"""The icon comes first, and the client's parts behind it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bench.stage.sni_host import ItemError
from tests.agent_client.app_staging import (
    DEADLINE,
    Client,
    Desk,
    client,
    listens,
    own_desk,
    start,
    until,
    uploader,
    user_session,
)
from uploader.desk import Hello

ROOT = Path(__file__).parents[2]
PROGRAM = str(Path(__file__).with_name("held_program.py"))
_SILENT_SECONDS = 5.0  # an icon that has not answered for so long does so no more


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("session")
    with user_session(folder) as environment:
        yield environment


@pytest.fixture
def desk() -> Iterator[Desk]:
    with own_desk() as made:
        yield made


def diagnosed(session: dict[str, str]) -> bool:
    return any(Path(session["HOME"]).glob("twinreel-diagnostics-*.zip"))


async def ends(running: Client) -> None:
    """Wait until it shows nothing any more: there is no icon, or none that answers."""
    with suppress(ItemError, TimeoutError):
        while True:
            await asyncio.wait_for(running.item.rows(), _SILENT_SECONDS)


@asynccontextmanager
async def held(session: dict[str, str], desk: Desk) -> AsyncIterator[tuple[Client, Path]]:
    """The client's icon, and the file without which its parts are not imported."""
    file = desk.config.with_name("go-on")
    async with client(session, desk, (PROGRAM, str(file))) as running:
        await running.shows("Signed out")
        yield running, file


@pytest.mark.e2e
async def test_the_icon_is_there_before_the_client_and_what_is_asked_waits_for_it(
    session: dict[str, str], desk: Desk
) -> None:
    async with uploader(desk) as there, held(session, desk) as (running, go_on):
        await running.item.click("Diagnostics…")
        assert not listens(desk.port)
        assert there.server.connected == 0
        assert not diagnosed(session)
        go_on.touch()
        await there.hears(lambda said: isinstance(said, Hello))
        await until(lambda: diagnosed(session))
        await until(lambda: listens(desk.port))


@pytest.mark.e2e
async def test_a_second_one_is_refused_while_the_first_is_starting(
    session: dict[str, str], desk: Desk
) -> None:
    async with uploader(desk), held(session, desk):
        second = await start(session, "--config", str(desk.config), "--state-dir", str(desk.state))
        _, said = await asyncio.wait_for(second.communicate(), DEADLINE)
        assert second.returncode == 4
        assert b"It runs already for this user" in said


@pytest.mark.e2e
@pytest.mark.parametrize("word", [signal.SIGTERM, "Quit Twinreel"])
async def test_whoever_ends_it_before_the_client_is_there_ends_it_cleanly(
    session: dict[str, str], desk: Desk, word: signal.Signals | str
) -> None:
    async with uploader(desk) as there, held(session, desk) as (running, go_on):
        if isinstance(word, str):
            await running.item.click(word)
        else:
            running.process.send_signal(word)
        await ends(running)
        go_on.touch()
        assert await asyncio.wait_for(running.process.wait(), DEADLINE) == 0
        assert there.heard.empty()  # it had not begun
    async with uploader(desk) as there, client(session, desk):  # and nothing of it is left
        await there.hears(lambda said: isinstance(said, Hello))


@pytest.mark.e2e
async def test_it_ends_cleanly_while_its_parts_are_being_imported(
    session: dict[str, str], desk: Desk
) -> None:
    """As long as that takes here: at some moment of it, which is another one each time."""
    async with uploader(desk), client(session, desk) as running:
        assert await running.end() == 0
    log = (desk.state / "logs" / "agent.log").read_text(encoding="utf-8")
    assert log.endswith("agent_client.start: ended\n")
    assert "Traceback" not in log


@pytest.mark.e2e
async def test_a_client_that_cannot_be_imported_leaves_no_icon_that_does_nothing(
    session: dict[str, str], desk: Desk
) -> None:
    async with uploader(desk), held(session, desk) as (running, go_on):
        go_on.write_text("broken", encoding="utf-8")
        assert await asyncio.wait_for(running.process.wait(), DEADLINE) == 1
        assert "it is broken" in (desk.state / "logs" / "agent.log").read_text(encoding="utf-8")


_IMPORTED = """
import sys
import agent_client.start
assert not {"aiohttp", "asyncio", "av", "agent_client.app"} & sys.modules.keys(), "before the icon"
import agent_client.app
assert "av" not in sys.modules, "before anybody signs in"
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the duplication of a desktop needs av there")
def test_neither_the_icon_waits_for_the_network_nor_a_desk_without_calls_for_the_encoder() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
