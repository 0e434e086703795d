"""An agent's seat: a real browser, a false Workspace in it, central's page in that, the client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Browser, FrameLocator, Locator, Page, Playwright, expect

from agent_client.core.commands import PauseCapture, ResumeCapture
from bench.stage.display import wait_for
from bench.stage.office import Central
from bench.stage.wwe import StageWwe
from tests.agent_client.workspace.bridge_staging import DeskInThread

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


@contextmanager
def chromium(playwright: Playwright, *arguments: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=[*_ARGUMENTS, *arguments]
    )
    try:
        yield browser
    finally:
        browser.close()


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

    def asked(self, request: str) -> int:
        """How often our page asked this of Workspace."""
        return int(str(self.wwe(f"asked.filter((one) => one.request === '{request}').length")))

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
        self.shows("wrap-up")
        self.wwe("be('NOT_READY_AFTER_CALLWORK')")
        self.until("after-call work", lambda: bool(self.desk.engine.world.agent.wrapping_up))
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
    leave: bool = False  # the agent lets Workspace reach other apps on this device


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
    if looks.leave:
        _give_leave(browser, office.wwe.origin)
    try:
        page.goto(office.wwe.showing(f"{office.page}?ports={desk.port}", **wwe))
        yield Seat(office, page, desk)
    finally:
        context.close()


def _give_leave(browser: Browser, origin: str) -> None:
    """As if the agent had said yes to the browser's question."""
    session = browser.new_browser_cdp_session()
    for context in session.send("Target.getBrowserContexts")["browserContextIds"]:
        leave = {"permission": {"name": "loopback-network"}, "setting": "granted"}
        session.send(
            "Browser.setPermission", {**leave, "origin": origin, "browserContextId": context}
        )


@contextmanager
def public_internet(office: Office, playwright: Playwright) -> Iterator[Browser]:
    """A browser for which central and Workspace are out on the internet, and the client is not."""
    public = ",".join(
        f"127.0.0.1:{url.rpartition(':')[2]}=public"
        for url in (office.central.url, office.wwe.origin)
    )
    with chromium(playwright, f"--ip-address-space-overrides={public}") as browser:
        yield browser
