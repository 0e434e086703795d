"""A real browser on central's pages: what a person would see, as PNG."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.stage.display import StageError, wait_for
from bench.stage.office import Central

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@contextmanager
def signed_in(central: Central, name: str) -> Iterator[Page]:
    """Chromium, with this person signed in at central; `/` is shown."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise StageError("not installed: chromium; `make setup` as root installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{central.url}/sign-in")
            page.fill("input[name=username]", name)
            page.fill("input[name=password]", central.passwords[name])
            page.press("input[name=password]", "Enter")
            page.wait_for_url(f"{central.url}/")
            yield page
        finally:
            browser.close()


def play(page: Page, central: Central, call_id: str, seconds: float) -> float:
    """Open a call's player, jump to a moment, let it run; returns where the film then stands."""
    media = "document.querySelector('video, audio')"
    page.goto(f"{central.url}/calls/{call_id}")
    # Asked from here: the pages' policy lets nobody, not even a test, evaluate text as code.
    wait_for("the film in the browser", lambda: page.evaluate(f"{media}.readyState >= 3"))
    page.evaluate(f"{media}.currentTime = {seconds}; {media}.play()")
    wait_for("the film to run", lambda: page.evaluate(f"{media}.currentTime > {seconds} + 1"))
    page.evaluate(f"{media}.pause()")
    return float(page.evaluate(f"{media}.currentTime"))


def picture(page: Page, path: Path) -> None:
    """The page as it stands."""
    page.screenshot(path=str(path))
