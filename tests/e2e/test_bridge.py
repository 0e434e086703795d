"""A desk that hears of calls only through our page inside Workspace Web Edition."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect, sync_playwright

from bench.stage.display import wait_for
from bench.stage.film import watch
from bench.stage.office import Desk, free_port
from bench.stage.wwe import StageWwe, wwe
from contract.manifest import EndReason, PauseReason
from contract.selection import decide
from tests.e2e import evidence
from tests.e2e.filmed import PATIENCE, Marker
from tests.e2e.scene import AGENT, CARD, ORIGIN, PERCENTAGE, House

pytestmark = pytest.mark.e2e

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Seat:
    """The agent's browser, and the desk."""

    house: House
    desk: Desk
    page: Page
    pictures: Path

    @property
    def body(self) -> Locator:
        return self.page.frame_locator("iframe").locator("body")

    def shows(self, mood: str) -> None:
        expect(self.body).to_have_attribute("data-mood", mood)

    def press(self, name: str) -> None:
        self.body.get_by_role("button", name=name).click()

    def wwe(self, script: str) -> object:
        found: object = self.page.evaluate(f"wwe.{script}")
        return found

    def until_voice_is(self, call_id: str, state: str) -> None:
        wait_for(f"voice {state}", lambda: self.wwe(f"voiceOf('{call_id}')") == state, PATIENCE)

    def picture(self, name: str) -> None:
        self.page.screenshot(path=self.pictures / f"e2e-bridge-{name}.png")


@pytest.fixture(scope="module")
def around(house: House) -> Iterator[StageWwe]:
    """Workspace Web Edition, which the policy names beside the usual one."""
    with wwe() as workspace:
        origins = ["--origin", ORIGIN, "--origin", workspace.origin]
        house.central.command("policy", "set", "--json", *origins)
        yield workspace
        house.central.command("policy", "set", "--json", "--origin", ORIGIN)


@pytest.fixture(scope="module")
def desk(house: House, around: StageWwe) -> Iterator[Desk]:
    assert around.origin  # the policy names it before the desk fetches the policy
    desk = Desk(house.folder / "desks" / "bridge", house.central, free_port())
    desk.install()
    with desk.running(house.env):
        wait_for("the desk's policy", (desk.state / "policy.json").exists, PATIENCE)
        yield desk


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@contextmanager
def seat(
    house: House, desk: Desk, around: StageWwe, playwright: Playwright, *arguments: str
) -> Iterator[Seat]:
    kept = os.environ.get("TWINREEL_ARTIFACTS")
    pictures = Path(kept) if kept else house.folder / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=[*_ARGUMENTS, *arguments]
    )
    try:
        page = browser.new_page(viewport={"width": 420, "height": 640})
        ours = f"{house.central.url}/bridge/?ports={desk.port}"
        page.goto(around.showing(ours, agent=AGENT))
        yield Seat(house, desk, page, pictures)
    finally:
        browser.close()


def test_a_call_told_by_the_page_is_recorded_and_paused_from_both_sides(
    house: House, desk: Desk, around: StageWwe, playwright: Playwright, tmp_path: Path
) -> None:
    with seat(house, desk, around, playwright) as agent:
        agent.shows("ready")
        call_id = selected_call(house)
        play_call(agent, call_id)
    check_call(house, desk, call_id, tmp_path)


def test_where_loopback_is_barred_the_page_speaks_through_central(
    house: House, desk: Desk, around: StageWwe, playwright: Playwright, tmp_path: Path
) -> None:
    ports = [url.rpartition(":")[2] for url in (house.central.url, around.origin)]
    public = ",".join(f"127.0.0.1:{port}=public" for port in ports)
    barred = f"--ip-address-space-overrides={public}"
    with seat(house, desk, around, playwright, barred) as agent:
        agent.press("Connect through the server")
        code = agent.body.locator("#code")
        expect(code).to_have_text(re.compile(r"^\d{4} \d{4}$"))
        agent.picture("code")
        type_at_the_tray(house, code.inner_text())
        agent.shows("ready")
        expect(agent.body.get_by_text("Connected to Twinreel through the server.")).to_be_visible()
        call_id = selected_call(house)
        play_call(agent, call_id)
        agent.wwe("load()")  # loaded anew, no code is typed again
        agent.shows("ready")
    check_call(house, desk, call_id, tmp_path)


def selected_call(house: House) -> str:
    while True:
        call_id = uuid4().hex.upper()
        if decide(call_id, Decimal(PERCENTAGE), house.salt).selected:
            return call_id


def play_call(agent: Seat, call_id: str) -> None:
    """Answer, pause in the page, go on, pause in Workspace, go on, release, wrap up."""
    desktop = agent.house.desktop
    marker = Marker(desktop, agent.desk, call_id)
    desktop.do("call Ann Example")
    agent.wwe(f"ring('{call_id}', {{userData: {{CustomerSegment: 'Gold since 2014'}}}})")
    agent.wwe(f"answer('{call_id}')")
    agent.shows("recording")
    marker.flash()
    agent.picture("recording")
    agent.press("Pause recording")
    agent.shows("paused")
    agent.until_voice_is(call_id, "PAUSED")
    desktop.do(f"card {CARD}")
    agent.page.wait_for_timeout(1000)  # the card is shown for so long
    desktop.do("card")
    agent.page.wait_for_timeout(200)
    agent.press("Resume recording")
    agent.shows("recording")
    agent.until_voice_is(call_id, "RECORDING")
    agent.wwe(f"recording('{call_id}', 'PAUSED')")
    agent.shows("paused")
    desktop.do(f"card {CARD}")
    agent.page.wait_for_timeout(1000)
    desktop.do("card")
    agent.page.wait_for_timeout(200)
    agent.wwe(f"recording('{call_id}', 'RECORDING')")
    agent.shows("recording")
    agent.wwe(f"release('{call_id}')")
    agent.wwe("be('NOT_READY_AFTER_CALLWORK')")
    agent.shows("wrap-up")
    marker.flash()
    agent.wwe(f"markDone('{call_id}')")
    agent.wwe("be('READY')")
    agent.shows("ready")
    desktop.do("idle")


def check_call(house: House, desk: Desk, call_id: str, folder: Path) -> None:
    wait_for("the uploads", lambda: not desk.recordings(), PATIENCE)
    (one,) = evidence.received(house.central, call_id)
    manifest = one.manifest
    assert manifest.agent_id == AGENT
    assert manifest.end_reason is EndReason.WRAPPED_UP
    assert [set(pause.reasons) for pause in manifest.pauses] == [{PauseReason.ASKED}] * 2
    flashes = cards = 0
    for number, segment in enumerate(one.segments):
        path = folder / f"{number}.mp4"
        path.write_bytes(segment)
        seen = watch(path)
        flashes += len(seen.flashes)
        cards += seen.card_frames
        path.unlink()
    assert (flashes, cards) == (2, 0)


def type_at_the_tray(house: House, code: str) -> None:
    """As the page asks the agent to: by the tray's menu."""
    row = next(row for row in house.tray.rows() if row.startswith("Connect Workspace page"))
    house.tray.click(row)
    search = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Connect Workspace page"]
    found = subprocess.run(
        search, env=dict(house.env), check=True, capture_output=True, text=True, timeout=PATIENCE
    )
    window = found.stdout.split()[-1]
    for words in (
        ["windowactivate", "--sync", window],
        ["type", "--delay", "20", code],
        ["key", "Return"],
    ):
        subprocess.run(["xdotool", *words], env=dict(house.env), check=True, timeout=PATIENCE)
