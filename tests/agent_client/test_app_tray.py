"""The tray of the running client: what it tells central, and what it learns from the uploader."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from agent_client import app
from agent_client.config import Asked, load
from agent_client.core.events import PauseAsked, Source
from agent_client.core.problems import OWN_SETTINGS_WRONG
from agent_client.core.status import Status
from agent_client.host import this_host
from agent_client.tray.house_rules import HouseRules
from bench.stage.display import child, output, wait_for
from bench.stage.panel import Panel, panel
from contract import desk_config, policy
from contract.desk_config import CLOCK, CONFIG_NAME, SPOOL, Clock
from contract.make_way import Purpose
from tests.agent_client.app_staging import (
    DEADLINE,
    Desk,
    client,
    own_desk,
    stage,
    until,
    uploader,
    user_session,
)
from tests.agent_client.tray.pill_staging import xdotool
from uploader.desk import FromClient, Hello, Kept, NoticeRead, PairPage, Uploads
from uploader.spool import Spool

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
TITLE = "Please read: how your work is recorded"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("session")
    with (
        user_session(folder) as environment,
        child(["openbox"], environment, folder / "wm"),
    ):
        yield environment


@pytest.fixture
def desk() -> Iterator[Desk]:
    with own_desk() as made:
        yield made


def press(session: dict[str, str], shown: Panel, title: str, *keys: str) -> None:
    """In the window with this title, once it is there."""

    def there() -> bool:
        return any(one.title.startswith(title) for one in shown.windows())

    wait_for(f"a window named {title!r}", there, DEADLINE)
    (box,) = [one for one in shown.windows() if one.title.startswith(title)]

    def active() -> bool:
        xdotool(session, "windowactivate", str(box.number))
        return xdotool(session, "getactivewindow") == str(box.number)

    wait_for(f"{title!r} to have the keyboard", active, DEADLINE)
    for key in keys:
        output(session, "xdotool", "key", key)


async def test_the_notice_is_read_once_and_told_to_central(
    session: dict[str, str], desk: Desk
) -> None:
    desk.policy = {"desk": policy.Desk(consent_version="7", consent_text="How it is recorded.")}
    async with stage(session, desk) as at_work:
        agent_id = at_work.agent.person.user_name

        def read(said: FromClient) -> bool:
            return isinstance(said, NoticeRead) and (said.version, said.agent_id) == ("7", agent_id)

        with panel(session) as shown:
            await asyncio.to_thread(press, session, shown, TITLE, "alt+i")
            await at_work.uploader.hears(read)
            at_work.uploader.server.send(Kept(key=f"notice/7/{agent_id}"))
            record = desk.state / "consent.jsonl"
            await until(lambda: '"told":true' in record.read_text(encoding="utf-8"))
            await asyncio.to_thread(wait_for, "no window", lambda: not shown.windows(), DEADLINE)
        log = (desk.state / "logs" / "agent.log").read_text(encoding="utf-8")
        assert "notice 7 was read and confirmed" in log
        assert agent_id not in log


async def test_a_call_is_recorded_though_the_notice_was_not_read(
    session: dict[str, str], desk: Desk
) -> None:
    desk.policy = {"desk": policy.Desk(consent_version="7", consent_text="How it is recorded.")}
    async with stage(session, desk) as at_work:
        with panel(session) as shown:
            await until(lambda: bool(shown.windows()))
            at_work.agent.answer(at_work.agent.ring())
            await at_work.client.shows("Recording the screen of this call")
            await until(lambda: not shown.windows())
            await until(lambda: desk.captures(1))


async def test_sending_is_shown_in_percent(session: dict[str, str], desk: Desk) -> None:
    async with uploader(desk) as there, client(session, desk) as running:
        await there.hears(lambda said: isinstance(said, Hello))
        there.server.send(
            Uploads(
                waiting=2,
                quarantined=0,
                problem="",
                connected_to_central=True,
                sent=430,
                total=1000,
            )
        )
        await running.shows("Sending 2 recordings, 43 %")


async def test_a_pages_code_is_typed_in_and_goes_to_central(
    session: dict[str, str], desk: Desk
) -> None:
    async with uploader(desk) as there, client(session, desk) as running:
        await there.hears(lambda said: isinstance(said, Hello))
        await running.item.click("Connect Workspace page…")
        with panel(session) as shown:
            keys = ("k", "7", "m", "Return")
            await asyncio.to_thread(press, session, shown, "Connect Workspace page", *keys)
            await there.hears(lambda said: said == PairPage(code="k7m"))


async def test_a_wrong_clock_is_said(session: dict[str, str], desk: Desk) -> None:
    desk.state.mkdir(mode=0o700)
    wrong = Clock(offset_us=-61_000_000, round_trip_us=1000, measured_at="2026-11-22T08:00:00Z")
    (desk.state / CLOCK).write_bytes(msgspec.json.encode(wrong))
    async with uploader(desk), client(session, desk) as running:
        await running.shows("The clock of this computer is wrong by more than a minute")
        right = Clock(offset_us=59_000_000, round_trip_us=1000, measured_at="2026-11-22T08:00:01Z")
        (desk.state / CLOCK).write_bytes(msgspec.json.encode(right))
        await running.no_longer_shows("The clock of this computer is wrong")


async def test_the_configuration_names_the_language(session: dict[str, str], desk: Desk) -> None:
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(f'language = "de"\n{text}', encoding="utf-8")
    async with uploader(desk), client(session, desk) as running:
        await running.shows("Abgemeldet")
        await running.shows("Aufnahme anhalten")


async def test_the_system_names_the_language(session: dict[str, str], desk: Desk) -> None:
    french = {**session, "LC_ALL": "", "LANG": "fr_FR.UTF-8", "LANGUAGE": "fr"}
    async with uploader(desk), client(french, desk) as running:
        await running.shows("Déconnecté")


async def test_diagnostics_are_saved_where_downloads_are(
    session: dict[str, str], desk: Desk
) -> None:
    async with uploader(desk), client(session, desk) as running:
        await running.shows("Signed out")
        await running.item.click("Diagnostics…")
        await until(lambda: bool(list(Path(session["HOME"]).glob("twinreel-diagnostics-*.zip"))))


class Told:
    """A tray without windows: what it is told."""

    def __init__(self) -> None:
        self.statuses: queue.Queue[Status] = queue.Queue()
        self.refused: queue.Queue[str] = queue.Queue()
        self.rules: queue.Queue[HouseRules] = queue.Queue()

    def publish(self, status: Status) -> None:
        self.statuses.put(status)

    def publish_rules(self, rules: HouseRules) -> None:
        self.rules.put(rules)

    def say_refused(self, text: str) -> None:
        self.refused.put(text)

    def say_paired(self, reason: str) -> None:
        pytest.fail(f"nobody asked: {reason}")

    def say_diagnosed(self, path: str, failure: str) -> None:
        pytest.fail(f"nobody asked: {path}{failure}")

    def step_aside(self, purpose: Purpose) -> None:
        pytest.fail(f"nobody asked: {purpose}")


async def test_what_a_key_asks_in_vain_is_told_why(desk: Desk) -> None:
    settings = load(Asked(str(desk.config), str(desk.state)), {}, desk.folder)
    desk.policy = {"pausing": policy.Pausing(remind_seconds=77)}
    desk.enrol("https://gws.example")
    told = Told()
    async with uploader(desk):
        program = app.Client(settings, this_host(), Spool(desk.state / SPOOL))
        program.start(told)
        program.ask_aloud(PauseAsked(Source.HOTKEY))
        refused = await asyncio.to_thread(told.refused.get, timeout=DEADLINE)
        rules = await asyncio.to_thread(told.rules.get, timeout=DEADLINE)
        await asyncio.to_thread(program.stop)
        program.ask_aloud(PauseAsked(Source.HOTKEY))  # after the end: nothing comes of it
    assert refused == "Nobody is signed in."
    assert rules.remind_after is not None
    assert rules.remind_after.total_seconds() == 77


async def test_garbage_in_an_agents_own_file_is_told_and_stops_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(desk_config, "LINUX_CONFIG", str(desk.config))
    desk.state.mkdir(exist_ok=True)
    (desk.state / CONFIG_NAME).write_text('log_level = "loud"\nrecord = false\n')
    settings = load(Asked(None, str(desk.state)), {}, desk.folder, "linux")
    desk.enrol("https://gws.example")
    told = Told()

    def is_told() -> None:
        while True:
            codes = {one.code for one in told.statuses.get(timeout=DEADLINE).problems}
            if OWN_SETTINGS_WRONG in codes and "no-policy" not in codes:
                return  # it runs, with the rules of central

    async with uploader(desk):
        program = app.Client(settings, this_host(), Spool(desk.state / SPOOL))
        program.start(told)
        await asyncio.to_thread(is_told)
        await asyncio.to_thread(program.stop)
    said = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert any("log_level (user, " in one for one in said)


async def test_a_version_that_is_older_than_the_policy_wants_says_so(desk: Desk) -> None:
    settings = load(Asked(str(desk.config), str(desk.state)), {}, desk.folder)
    desk.policy = {"least_version": "9999.1"}
    desk.enrol("https://gws.example")
    told = Told()

    def is_told() -> None:
        while "version-old" not in {
            one.code for one in told.statuses.get(timeout=DEADLINE).problems
        }:
            pass

    async with uploader(desk):
        program = app.Client(settings, this_host(), Spool(desk.state / SPOOL))
        program.start(told)
        await asyncio.to_thread(is_told)
        await asyncio.to_thread(program.stop)
