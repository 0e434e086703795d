"""The same page in browsers of other languages, widths and colours, and in those that bar it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.agent_client.workspace.bridge_staging import DeskInThread
from tests.agent_client.workspace.page.seating import Looks, Office, public_internet, seat


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
    with public_internet(office, playwright) as browser, seat(office, browser, desk) as john:
        expect(john.ours.get_by_text("Twinreel on this computer cannot be reached")).to_be_visible()
        expect(john.ours.get_by_text("Your browser does not let this page")).to_be_visible()
        john.picture("barred")
        assert desk.status.agent_id is None


def test_once_workspace_has_leave_the_page_reaches_the_client(
    office: Office, playwright: Playwright, desk: DeskInThread
) -> None:
    """It is Workspace's leave that counts, not central's: the page is a frame of Workspace's."""
    with (
        public_internet(office, playwright) as browser,
        seat(office, browser, desk, Looks(leave=True)) as john,
    ):
        john.shows("ready")
        assert desk.status.agent_id == "JohnSmith"


def test_no_other_host_of_the_domain_can_tell_the_page_whose_desk_it_speaks_to(
    office: Office, browser: Browser, desk: DeskInThread
) -> None:
    """A cookie for a whole domain can be set by all its hosts: with a token of another desk."""
    with seat(office, browser, desk) as john:
        john.shows("ready")
        remembered = """async (one, planted) => {
          for (const cookie of planted) document.cookie = cookie;
          const script = document.querySelector("script[type=module]").src;
          return (await import(script.replace("bridge.js", "bridge-ways.js"))).remembered();
        }"""
        plain = "twinreel-relay=theirs; Path=/bridge/; Secure; SameSite=None; Partitioned"
        own = f"__Host-{plain.replace('/bridge/', '/')}"
        body = john.ours.locator("body")
        assert body.evaluate(remembered, [plain]) == ""
        assert body.evaluate(remembered, [own]) == "theirs"
