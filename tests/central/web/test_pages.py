"""Central's pages as people see them, in a real browser, and as others must not see them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.central.web.conftest import PATIENCE, Pages
from tests.central.web.serving import PASSWORD

_PICTURES = os.environ.get("TWINREEL_PICTURES")  # a folder to leave pictures in


def picture(page: Page, name: str) -> None:
    if _PICTURES:
        page.screenshot(path=Path(_PICTURES) / f"{name}.png")


def sign_in(page: Page, pages: Pages, name: str) -> None:
    page.goto(f"{pages.url}/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def until(page: Page, condition: str) -> None:
    """Wait until it is true. (Playwright's own way evaluates text, which the pages forbid.)"""
    deadline = time.monotonic() + PATIENCE
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(50)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="UTC")
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    yield page
    context.close()
    faults = [one for one in said if one.startswith("error") and "status of 40" not in one]
    assert faults == []


def test_who_is_not_signed_in_sees_the_sign_in(page: Page, pages: Pages) -> None:
    page.goto(f"{pages.url}/calls/CALL-1")
    expect(page.get_by_role("heading", name="Twinreel")).to_be_visible()
    assert "/sign-in?next=/calls/CALL-1" in page.url
    picture(page, "sign-in")


def test_a_wrong_password_is_refused_in_words(page: Page, pages: Pages) -> None:
    page.goto(f"{pages.url}/sign-in")
    page.get_by_label("Name").fill("sue")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not fit")


def test_a_supervisor_sees_the_recordings_of_their_unit_alone(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "sue")
    rows = page.locator("#recordings tbody tr")
    expect(rows).to_have_count(3)
    expect(page.locator("#recordings")).to_contain_text("Maya Lindqvist")
    expect(page.locator("#recordings")).not_to_contain_text("Priya Nair")
    expect(rows.nth(0)).to_contain_text("missing")
    expect(rows.nth(0)).to_contain_text("not yet confirmed")
    expect(rows.nth(1)).to_contain_text("no")
    expect(rows.nth(2)).to_contain_text("yes")
    picture(page, "recordings")
    page.emulate_media(color_scheme="dark")
    picture(page, "recordings-dark")


def test_the_list_is_searched_by_agent_call_and_day(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "carla")
    rows = page.locator("#recordings tbody tr")
    expect(rows).to_have_count(4)
    for words, count in (("priya", 1), ("CALL-2", 1), ("555 01", 4), ("nobody", 0)):
        page.get_by_role("searchbox").fill(words)
        page.get_by_role("button", name="Search").click()
        expect(page.locator("#count")).to_have_text(f"{count} found")
        assert rows.count() == count
    page.goto(f"{pages.url}/?from=2026-11-23")
    expect(page.locator("#count")).to_have_text("0 found")
    page.goto(f"{pages.url}/?screen=missing&to=2026-11-22")
    expect(page.locator("#count")).to_have_text("1 found")


def test_a_film_plays_and_seeks(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "sue")
    page.locator("#recordings tbody tr").nth(2).get_by_role("link").click()
    page.wait_for_selector("#player[data-ready=yes]")
    expect(page.locator("#time")).to_have_text("0:00 / 0:18")
    film = page.locator("#film")
    page.get_by_role("button", name="Play").click()
    until(page, "film.currentTime > 0.7")
    assert film.evaluate("film => film.videoWidth") == 640
    page.keyboard.press("Space")
    until(page, "film.paused")
    box = page.locator("#track").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    until(page, "Math.abs(film.currentTime - 9) < 0.2 && !film.seeking")
    page.keyboard.press("ArrowRight")
    until(page, "Math.abs(film.currentTime - 14) < 0.3")
    page.keyboard.press(".")
    assert film.evaluate("film => film.playbackRate") == 1.25
    page.mouse.move(10, 10)
    picture(page, "player")


def test_the_paused_part_of_a_film_shows_the_slate(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "sue")
    page.goto(f"{pages.url}/calls/CALL-1")
    page.wait_for_selector("#player[data-ready=yes]")
    luma = """film => { const canvas = document.createElement('canvas');
        canvas.width = 8; canvas.height = 8; const pen = canvas.getContext('2d');
        pen.drawImage(film, 0, 0, 8, 8); return pen.getImageData(4, 6, 1, 1).data[0]; }"""
    seen = {}
    for at in (4.5, 6.5, 8.5):
        page.evaluate("at => { film.currentTime = at; }", at)
        until(page, "!film.seeking && film.readyState >= 2")
        assert page.evaluate("film.currentTime") == at
        seen[at] = page.locator("#film").evaluate(luma)
    assert seen[6.5] < 8
    assert seen[4.5] > 30
    assert seen[8.5] > 30
    expect(page.locator("#marks")).to_contain_text("Paused (asked), 2.5 s")
    expect(page.locator("#marks")).to_contain_text("After-call work")


def test_troubles_and_monitors_are_told_where_they_were(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "sue")
    page.goto(f"{pages.url}/calls/CALL-1")
    page.wait_for_selector("#player[data-ready=yes]")
    by = "\N{MULTIPLICATION SIGN}"
    marks = page.locator("#marks")
    expect(marks).to_contain_text("0:03Trouble (the screen was black), 1.5 s")
    expect(marks).to_contain_text("0:10Trouble (the computer's clock was set)")
    expect(marks).to_contain_text("Trouble (not-known-here), 2 s")
    expect(marks).to_contain_text(f"0:00Shown (1 monitor, 640 {by} 360)")
    expect(marks).to_contain_text(f"0:12Shown (2 monitors, 3840 {by} 1080, drawn in another size)")
    expect(page.locator("#legend")).to_contain_text("Trouble")
    marks.get_by_role("button", name="0:12").click()
    until(page, "Math.abs(film.currentTime - 12) < 0.2")
    page.get_by_text("Evidence").click()
    expect(page.locator(".evidence")).to_contain_text("screen-black from 0:03, 1.5 s")
    expect(page.locator(".evidence")).to_contain_text(f"from 0:12: 2 monitors, 3840 {by} 1080")
    picture(page, "troubles")
    page.emulate_media(color_scheme="dark")
    picture(page, "troubles-dark")


def test_each_party_has_a_volume(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "sue")
    page.goto(f"{pages.url}/calls/CALL-1")
    page.wait_for_selector("#player[data-ready=yes]")
    page.keyboard.press("a")
    expect(page.locator("#agent-volume")).to_have_value("0")
    page.get_by_role("button", name="Play").click()
    until(page, "film.currentTime > 0.3")
    page.keyboard.press("a")
    expect(page.locator("#agent-volume")).to_have_value("100")


def test_a_call_without_screen_plays_as_voice(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "sue")
    page.goto(f"{pages.url}/calls/CALL-2")
    page.wait_for_selector("#player[data-ready=yes]")
    expect(page.get_by_text("Voice only: this call's screen was not selected")).to_be_visible()
    page.get_by_role("button", name="Play").click()
    until(page, "film.currentTime > 0.3")
    picture(page, "voice-only")


def test_the_player_fits_a_small_window(page: Page, pages: Pages) -> None:
    page.set_viewport_size({"width": 800, "height": 900})
    page.emulate_media(color_scheme="dark")
    sign_in(page, pages, "sue")
    for path in ("/calls/CALL-1", "/"):
        page.goto(f"{pages.url}{path}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 800
    page.goto(f"{pages.url}/calls/CALL-1")
    page.wait_for_selector("#player[data-ready=yes]")
    picture(page, "player-800-dark")


def test_roles_decide_what_is_shown(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "rita")
    answer = page.goto(f"{pages.url}/calls/CALL-1")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", name="Not for you")).to_be_visible()
    picture(page, "refused")
    for path, status in (
        ("/refused", 403),
        ("/desks", 403),
        ("/audit", 403),
        ("/calls/CALL-99", 404),
    ):
        answer = page.goto(f"{pages.url}{path}")
        assert answer is not None
        assert answer.status == status


def test_an_admin_sees_what_was_refused(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "adam")
    page.get_by_role("link", name="Refused uploads").click()
    expect(page.locator("#refused")).to_contain_text("frame 12 does not open")


def test_a_security_admin_sees_how_each_desk_is(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "adam")
    page.get_by_role("link", name="Desks").click()
    expect(page.locator("#desks")).to_contain_text("PC-7")
    expect(page.locator("#desks .bad")).to_have_text(["2", "no-keyring"])
    picture(page, "desks")


def test_an_auditor_sees_the_audit_and_nothing_else(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "otto")
    expect(page.get_by_role("heading", name="Audit")).to_be_visible()
    expect(page.locator("#audit")).to_contain_text("person:signed-in")
    expect(page.get_by_role("link", name="Recordings")).to_have_count(0)
    picture(page, "audit")
    answer = page.goto(f"{pages.url}/calls/CALL-1")
    assert answer is not None
    assert answer.status == 404


def test_signing_out_ends_the_session(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "sue")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.goto(f"{pages.url}/calls/CALL-1")
    assert "/sign-in" in page.url
