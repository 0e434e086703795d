"""Central's page in a real browser, inside a false Workspace, with the client's engine and door."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import (
    Browser,
    FrameLocator,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from agent_client.core.commands import PauseCapture, ResumeCapture
from bench.stage.display import wait_for
from bench.stage.office import Central, free_port
from bench.stage.wwe import StageWwe, wwe
from tests.agent_client.workspace.bridge_staging import DeskInThread, desk_at

PATIENCE = 60.0
expect.set_options(timeout=PATIENCE * 1000)
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Office:
    """Central, Workspace, and where pictures are kept."""

    central: Central
    wwe: StageWwe
    pictures: Path

    @property
    def page(self) -> str:
        return f"{self.central.url}/bridge/"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    kept = os.environ.get("TWINREEL_ARTIFACTS")
    pictures = Path(kept) if kept else folder / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    central = Central(folder)
    central.start()
    try:
        with wwe() as workspace:
            central.command("policy", "set", "--json", "--origin", workspace.origin)
            yield Office(central, workspace, pictures)
    finally:
        central.stop()


@pytest.fixture(scope="module")  # there can be one, since it runs a loop
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@contextmanager
def chromium(playwright: Playwright, *arguments: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=[*_ARGUMENTS, *arguments]
    )
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium(playwright) as browser:
        yield browser


@dataclass
class Seat:
    """An agent in Workspace, our page within it, and the client at the desk."""

    office: Office
    page: Page
    desk: DeskInThread

    @property
    def ours(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    def shows(self, mood: str) -> None:
        expect(self.ours.locator("body")).to_have_attribute("data-mood", mood)

    def wwe(self, script: str) -> object:
        found: object = self.page.evaluate(f"wwe.{script}")
        return found

    def rings(self) -> str:
        call_id = uuid4().hex.upper()
        self.wwe(f"ring('{call_id}', {{userData: {{CustomerSegment: 'Gold'}}}})")
        return call_id

    def answers(self) -> str:
        call_id = self.rings()
        self.wwe(f"answer('{call_id}')")
        self.shows("recording")
        return call_id

    def ends(self, call_id: str) -> None:
        self.wwe(f"release('{call_id}')")
        self.wwe("be('NOT_READY_AFTER_CALLWORK')")
        self.shows("wrap-up")
        self.wwe(f"markDone('{call_id}')")
        self.wwe("be('READY')")
        self.shows("ready")

    def button(self, name: str) -> Locator:
        return self.ours.get_by_role("button", name=name)

    def until(self, what: str, true: Callable[[], bool]) -> None:
        def looked() -> bool:
            self.page.evaluate("0")  # lets the browser's messages in
            return true()

        wait_for(what, looked, PATIENCE)

    def voice(self, call_id: str) -> str:
        return str(self.wwe(f"voiceOf('{call_id}')"))

    def filming(self) -> bool:
        last = [
            one for one in self.desk.kept.orders if isinstance(one, PauseCapture | ResumeCapture)
        ]
        return bool(last) and isinstance(last[-1], ResumeCapture)

    def picture(self, name: str) -> None:
        self.page.screenshot(path=self.office.pictures / f"bridge-{name}.png")


@dataclass(frozen=True)
class Looks:
    """How an agent's browser is set."""

    width: int = 420
    height: int = 560
    dark: bool = False
    locale: str = "en-GB"


@contextmanager
def seat(
    office: Office, browser: Browser, desk: DeskInThread, looks: Looks | None = None, **wwe: str
) -> Iterator[Seat]:
    """`wwe`: options of the false Workspace."""
    looks = looks or Looks()
    context = browser.new_context(
        viewport={"width": looks.width, "height": looks.height},
        color_scheme="dark" if looks.dark else "light",
        locale=looks.locale,
    )
    page = context.new_page()
    try:
        page.goto(office.wwe.showing(f"{office.page}?ports={desk.port}", **wwe))
        yield Seat(office, page, desk)
    finally:
        context.close()


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Iterator[DeskInThread]:
    with desk_at(tmp_path / "desk", office.central.url, free_port()) as desk:
        yield desk


@pytest.fixture
def john(office: Office, browser: Browser, desk: DeskInThread) -> Iterator[Seat]:
    with seat(office, browser, desk) as john:
        john.shows("ready")
        yield john


def test_a_call_is_recorded_from_its_answer_to_the_end_of_after_call_work(john: Seat) -> None:
    call_id = john.rings()
    john.until(
        "the ringing call",
        lambda: "Pause recording" in john.ours.locator("button").first.inner_text(),
    )
    assert john.desk.did == []
    john.wwe(f"answer('{call_id}')")
    john.shows("recording")
    assert john.desk.status.agent_id == "JohnSmith"
    assert john.desk.did[:2] == ["OpenRecording", "ResumeCapture"]
    john.picture("recording")
    john.ends(call_id)
    john.until("the recording to close", lambda: john.desk.did[-1] == "CloseRecording")


def test_a_pause_in_the_page_pauses_voice_and_screen(john: Seat) -> None:
    call_id = john.answers()
    john.button("Pause recording").click()
    john.shows("paused")
    john.until("voice to pause", lambda: john.voice(call_id) == "PAUSED")
    assert not john.filming()
    john.picture("paused")
    john.button("Resume recording").click()
    john.shows("recording")
    john.until("voice to resume", lambda: john.voice(call_id) == "RECORDING")
    assert john.filming()
    john.ends(call_id)


def test_a_pause_in_workspace_pauses_the_screen_and_the_page_says_so(john: Seat) -> None:
    call_id = john.answers()
    john.wwe(f"recording('{call_id}', 'PAUSED')")
    john.shows("paused")
    expect(john.ours.locator("#headline")).to_have_text(
        "Paused: neither voice nor screen is recorded"
    )
    assert not john.filming()
    john.wwe(f"recording('{call_id}', 'RECORDING')")
    john.shows("recording")
    assert john.filming()
    john.ends(call_id)


def test_hold_and_consultation_are_recorded_as_one(john: Seat) -> None:
    call_id = john.answers()
    john.wwe(f"hold('{call_id}')")
    other = uuid4().hex.upper()
    parent = john.wwe("calls.at(-1).interactionId")
    consult = f"{{isConsultation: true, parentInteractionId: '{parent}', state: 'DIALING'}}"
    john.wwe(f"ring('{other}', {consult})")
    john.wwe(f"answer('{other}')")
    john.wwe(f"release('{other}')")
    john.wwe(f"markDone('{other}')")
    john.wwe(f"retrieve('{call_id}')")
    john.ends(call_id)
    john.until("the recording to close", lambda: john.desk.did[-1] == "CloseRecording")
    assert john.desk.did.count("OpenRecording") == 1


def test_without_a_call_the_button_says_why_it_does_nothing(john: Seat) -> None:
    button = john.button("Pause recording")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_description("There is no call to pause.")
    button.focus()
    john.page.keyboard.press("Enter")
    expect(john.ours.locator("#answer")).to_be_hidden()
    john.picture("ready")


def test_the_button_works_by_keyboard(john: Seat) -> None:
    call_id = john.answers()
    john.button("Pause recording").focus()
    john.page.keyboard.press("Space")
    john.shows("paused")
    expect(john.button("Resume recording")).to_be_focused()
    john.page.keyboard.press("Enter")
    john.shows("recording")
    john.ends(call_id)


def test_a_page_loaded_anew_in_mid_call_goes_on(john: Seat) -> None:
    call_id = john.answers()
    john.wwe("load()")
    john.shows("recording")
    john.wwe(f"recording('{call_id}', 'PAUSED')")
    john.shows("paused")
    john.button("Resume recording").click()
    john.shows("recording")
    john.ends(call_id)
    assert john.desk.did.count("OpenRecording") == 1


def test_workspace_loaded_anew_in_mid_call_goes_on_though_calls_are_numbered_anew(
    john: Seat,
) -> None:
    first = john.answers()
    john.wwe(f"release('{first}')")
    john.wwe(f"markDone('{first}')")
    second = john.answers()  # interaction 2, which will be 1
    john.wwe("refresh()")
    john.shows("recording")
    john.button("Pause recording").click()
    john.until("voice to pause", lambda: john.voice(second) == "PAUSED")
    john.shows("paused")
    john.button("Resume recording").click()
    john.until("voice to resume", lambda: john.voice(second) == "RECORDING")
    john.shows("recording")
    john.ends(second)
    assert john.desk.did.count("OpenRecording") == 2


def test_a_voice_order_that_workspace_refuses_is_a_problem_that_is_told(john: Seat) -> None:
    call_id = john.answers()
    john.wwe("faults.refuse.push('voice.pauseCallRecording')")
    john.button("Pause recording").click()
    john.until(
        "the failure",
        lambda: any(one.code == "voice-order-failed" for one in john.desk.status.problems),
    )
    assert not john.filming()
    john.wwe("faults.refuse.pop()")
    john.until("voice to pause in the end", lambda: john.voice(call_id) == "PAUSED")
    john.button("Resume recording").click()
    john.shows("recording")
    john.ends(call_id)


def test_a_newer_page_takes_over_and_the_older_can_take_it_back(
    john: Seat, office: Office, browser: Browser
) -> None:
    with seat(office, browser, john.desk) as second:
        second.shows("ready")
        taken = john.ours.get_by_text("Another page of Workspace is connected")
        expect(taken).to_be_visible()
        john.shows("not-connected")
        john.picture("taken-over")
        john.ours.get_by_role("button", name="Connect here instead").click()
        john.shows("ready")
        expect(second.ours.get_by_text("Another page of Workspace is connected")).to_be_visible()


def test_the_client_may_start_later_than_the_page(
    office: Office, browser: Browser, tmp_path: Path
) -> None:
    port = free_port()
    late = DeskInThread(tmp_path / "late", office.central.url, port)
    with seat(office, browser, late) as john:
        expect(john.ours.get_by_text("Twinreel on this computer cannot be reached")).to_be_visible()
        john.shows("not-connected")
        john.picture("not-reached")
        with desk_at(tmp_path / "desk", office.central.url, port):
            john.shows("ready")
            expect(john.ours.locator("#trouble")).to_be_hidden()


def test_only_the_workspace_of_the_policy_may_show_the_page(
    office: Office, browser: Browser, desk: DeskInThread
) -> None:
    context = browser.new_context()
    page = context.new_page()
    with wwe() as stranger:
        page.goto(stranger.showing(f"{office.page}?ports={desk.port}"))
        page.wait_for_load_state("networkidle")
        frame = page.frames[-1]
        assert frame.url.startswith("chrome-error:")
    context.close()
    assert not desk.status.agent_id


def test_messages_from_elsewhere_are_not_heard(john: Seat) -> None:
    """Not from another window than the one around the page, nor without Workspace's mark."""
    forged = "{event: 'agent', data: {type: 'LOGOUT'}, protocolVersion: 2"
    call_id = john.answers()
    event = "{event: 'interaction', data: {interaction: {...wwe.calls[0], state: 'IDLE'}}"
    john.page.evaluate(f"wwe.say({event}}})")  # no user agent
    frame = john.page.frames[-1]
    frame.evaluate(f"window.postMessage({forged}, userAgent: 'WWE Server'}}, '*')")  # from itself
    john.button("Pause recording").click()
    john.shows("paused")
    assert john.desk.status.agent_id == "JohnSmith"
    john.button("Resume recording").click()
    john.shows("recording")
    john.ends(call_id)


def test_a_page_of_another_central_is_refused_by_the_client(
    office: Office, browser: Browser, tmp_path: Path
) -> None:
    with (
        desk_at(tmp_path / "desk", "http://127.0.0.1:9", free_port()) as desk,
        seat(office, browser, desk) as john,
    ):
        expect(john.ours.get_by_text("Twinreel on this computer cannot be reached")).to_be_visible()
        assert desk.status.agent_id is None


@pytest.mark.parametrize("locale", ["de-DE", "fr-FR", "es-ES", "en-US"])
def test_the_page_speaks_the_browsers_language(
    office: Office, browser: Browser, desk: DeskInThread, locale: str
) -> None:
    with seat(office, browser, desk, Looks(width=320, height=620, locale=locale)) as john:
        john.shows("ready")
        call_id = john.answers()
        expect(john.ours.locator("html")).to_have_attribute("lang", locale[:2])
        word = {"de": "Aufnahme läuft", "fr": "Enregistrement en cours", "es": "Grabando"}
        expect(john.ours.locator("h1")).to_have_text(word.get(locale[:2], "Recording"))
        root = john.ours.locator("html")
        assert root.evaluate("one => [one.clientWidth, one.scrollWidth]") == [320, 320]
        john.picture(f"recording-{locale[:2]}-320")
        john.ends(call_id)


def test_the_page_is_readable_in_the_dark(
    office: Office, browser: Browser, desk: DeskInThread
) -> None:
    with seat(office, browser, desk, Looks(dark=True)) as john:
        john.shows("ready")
        call_id = john.answers()
        john.picture("recording-dark")
        john.ends(call_id)


def test_where_the_browser_bars_loopback_the_page_says_what_to_do(
    office: Office, playwright: Playwright, desk: DeskInThread
) -> None:
    public = ",".join(
        f"127.0.0.1:{url.rpartition(':')[2]}=public"
        for url in (office.central.url, office.wwe.origin)
    )
    with (
        chromium(playwright, f"--ip-address-space-overrides={public}") as browser,
        seat(office, browser, desk) as john,
    ):
        expect(john.ours.get_by_text("Twinreel on this computer cannot be reached")).to_be_visible(
            timeout=200_000
        )
        expect(john.ours.get_by_text("Your browser does not let this page")).to_be_visible()
        john.picture("barred")
        assert desk.status.agent_id is None
