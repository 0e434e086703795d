"""Against the uploader's own end of the socket."""

from __future__ import annotations

import asyncio
import queue
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from agent_client.config import Settings
from agent_client.consent_file import ConsentFile
from agent_client.core.status import Status
from agent_client.desk_link import DeskLink, hello
from agent_client.tray.house_rules import HouseRules
from agent_client.tray.shell import Hands
from agent_client.tray_errands import TrayErrands
from bench.stage.display import wait_for
from contract.desk_checks import parse
from contract.make_way import Purpose
from uploader.desk import (
    DeskServer,
    FromClient,
    Kept,
    NoticeRead,
    PagePaired,
    PairPage,
)

DEADLINE = 30.0  # seconds


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="twinreel") as short:  # a socket's path may not be long
        yield Path(short)


def _none(_handle: object) -> None:
    """What is to happen soon is not waited for."""


class Answered:
    """The tray: what it was told."""

    def __init__(self) -> None:
        self.said: queue.Queue[tuple[str, ...]] = queue.Queue()

    def publish(self, status: Status) -> None:
        """Nothing is shown here."""

    def publish_rules(self, rules: HouseRules) -> None:
        """As above."""

    def say_refused(self, text: str) -> None:
        self.said.put(("refused", text))

    def say_paired(self, reason: str) -> None:
        self.said.put(("paired", reason))

    def say_diagnosed(self, path: str, failure: str) -> None:
        self.said.put(("diagnosed", path, failure))

    def step_aside(self, purpose: Purpose) -> None:
        self.said.put(("step aside", purpose))


class Client:
    """The link to the uploader, and the errands that go over it."""

    def __init__(self, folder: Path) -> None:
        self.answered = Answered()
        self.there = asyncio.Event()
        self.link = DeskLink(
            folder,
            hello("1.0", ()),
            post=lambda _: None,
            policy_changed=self.there.set,
            now=lambda: pytest.fail("nobody asks the time"),
        )
        config = folder / "config.toml"
        config.write_text('[central]\nurl = "https://central.example"\n', encoding="utf-8")
        settings = Settings(
            config_file=config,
            state_dir=folder,
            log_level="info",
            workspace=parse(config.read_text(encoding="utf-8")).workspace,
        )
        loop = asyncio.get_running_loop()
        self.errands = TrayErrands(
            settings, self.link, lambda act: _none(loop.call_soon_threadsafe(act))
        )
        self.hands: Hands = self.errands.hands(lambda _: None)
        self.errands.start(self.answered)
        self.task = asyncio.create_task(self.link.run())

    async def hears(self) -> tuple[str, ...]:
        return await asyncio.to_thread(self.answered.said.get, timeout=DEADLINE)

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[Client]:
    client = Client(folder)
    yield client
    await client.end()


class Uploader:
    """Its end of the socket."""

    def __init__(self, folder: Path) -> None:
        self.heard: queue.Queue[FromClient] = queue.Queue()
        self.server = DeskServer(str(folder), heard=self.heard.put, gone=lambda _hello, _bye: None)

    async def hears(self, wanted: Callable[[FromClient], bool]) -> FromClient:
        while True:
            said = await asyncio.to_thread(self.heard.get, timeout=DEADLINE)
            if wanted(said):
                return said


@pytest.fixture
async def uploader(folder: Path) -> AsyncIterator[Uploader]:
    uploader = Uploader(folder)
    await asyncio.to_thread(uploader.server.start)
    yield uploader
    await asyncio.to_thread(uploader.server.stop)


def written(path: Path, text: str) -> None:
    wait_for(f"{text} in {path.name}", lambda: text in path.read_text("utf-8"), DEADLINE)


def is_notice(said: FromClient) -> bool:
    return isinstance(said, NoticeRead)


async def test_a_pages_code_goes_to_the_uploader_and_its_answer_to_the_tray(
    uploader: Uploader, client: Client
) -> None:
    await asyncio.wait_for(client.there.wait(), DEADLINE)
    client.hands.pair("K7M2")
    said = await uploader.hears(lambda said: isinstance(said, PairPage))
    assert said == PairPage(code="K7M2")
    uploader.server.send(PagePaired(paired=False, reason="wrong-code"))
    assert await client.hears() == ("paired", "wrong-code")
    uploader.server.send(PagePaired(paired=True, page="p"))
    assert await client.hears() == ("paired", "")
    uploader.server.send(PagePaired(paired=False))
    assert await client.hears() == ("paired", "refused")


async def test_without_the_uploader_a_code_is_answered_at_once(client: Client) -> None:
    client.hands.pair("K7M2")
    assert await client.hears() == ("paired", "uploader-gone")


async def test_a_notice_that_was_read_is_told_until_the_uploader_has_it(folder: Path) -> None:
    first = Client(folder)
    first.hands.confirm_read("3", "kate")
    assert first.hands.has_read("3", "kate")
    await asyncio.sleep(0)
    await first.end()  # the uploader never came
    uploader = Uploader(folder)
    await asyncio.to_thread(uploader.server.start)
    try:
        second = Client(folder)
        told = await uploader.hears(is_notice)
        assert isinstance(told, NoticeRead)
        assert (told.version, told.agent_id) == ("3", "kate")
        uploader.server.send(Kept(key="notice/9/somebody else"))
        uploader.server.send(Kept(key=told.key))
        await asyncio.to_thread(written, folder / "consent.jsonl", '"told":true')
        await second.end()
        third = Client(folder)
        await asyncio.wait_for(third.there.wait(), DEADLINE)
        third.hands.pair("end of the list")
        said = await uploader.hears(lambda said: is_notice(said) or isinstance(said, PairPage))
        assert isinstance(said, PairPage)
        assert third.hands.has_read("3", "kate")
        await third.end()
    finally:
        await asyncio.to_thread(uploader.server.stop)


async def test_only_what_the_uploader_has_is_taken_for_told(
    folder: Path, uploader: Uploader
) -> None:
    client = Client(folder)
    for agent in ("kate", "john"):
        client.hands.confirm_read("3", agent)
        await uploader.hears(is_notice)
    uploader.server.send(Kept(key="notice/3/john"))
    await asyncio.to_thread(written, folder / "consent.jsonl", '"told":true')
    await client.end()
    assert [one.agent_id for one in ConsentFile(folder).untold()] == ["kate"]


async def test_diagnostics_are_written_where_the_tray_says(client: Client, tmp_path: Path) -> None:
    client.hands.diagnose(tmp_path)
    what, path, failure = await client.hears()
    assert (what, failure) == ("diagnosed", "")
    assert Path(path).parent == tmp_path
    assert await asyncio.to_thread(Path(path).is_file)


async def test_diagnostics_that_cannot_be_written_say_why(client: Client, tmp_path: Path) -> None:
    client.hands.diagnose(tmp_path / "missing")
    assert await client.hears() == ("diagnosed", "", "No such file or directory")
