"""Calls that go on, decisions and notices, as people see them in a real browser."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from contract.canonical import utc_text
from tests.central.web.conftest import PATIENCE, Pages
from tests.central.web.test_pages import page, picture, sign_in

__all__ = ["page"]  # the fixture


class Desk:
    """A desk that does what it is told, as far as central can see."""

    last: ClassVar[dict[str, int]] = {}  # order that each has heard

    def __init__(self, pages: Pages, device_id: str, agent_id: str) -> None:
        self.url = pages.url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {device_id}.{device_id}-secret"
        self.device_id, self.agent_id = device_id, agent_id
        self.call_id = f"call-{uuid.uuid4()}"
        self.doing = "idle"
        self.refuses = ""
        self.stopped = threading.Event()
        self.heard: list[str] = []
        self.thread = threading.Thread(target=self.obey)

    def post(self, path: str, body: object) -> None:
        answer = self.session.post(self.url + path, data=json.dumps(body), timeout=PATIENCE)
        assert answer.status_code == 204, answer.text

    def does(self, doing: str) -> None:
        self.doing = doing
        self.post(
            "/desk/state",
            {
                "agent_id": self.agent_id,
                "call_id": self.call_id,
                "doing": doing,
                "since": utc_text(datetime.now(UTC) - timedelta(seconds=75)),
            },
        )

    def obey(self) -> None:
        """Pause, resume and record, as ordered."""
        orders = requests.Session()
        orders.headers.update(self.session.headers)
        after = self.last.get(self.device_id, 0)
        effects = {"pause": "paused", "resume": "recording", "record-now": "recording"}
        while not self.stopped.is_set():
            try:
                told = orders.get(f"{self.url}/desk/orders?after={after}", timeout=3)
            except (requests.ReadTimeout, requests.ConnectionError):
                continue  # no order, or half an answer; a real desk would wait for longer
            for order in told.json()["orders"] if told.status_code == 200 else []:
                after = self.last[self.device_id] = order["number"]
                if order["order"] not in effects:
                    continue
                self.heard.append(order["order"])
                refused = bool(self.refuses)
                answer = {"number": after, "granted": not refused}
                if refused:
                    answer |= {"reason": "no", "text": self.refuses}
                else:
                    self.does(effects[order["order"]])
                self.post("/desk/answers", answer)

    def stop(self) -> None:
        """Say that the call is over."""
        try:
            self.does("idle")
        finally:
            self.stopped.set()


@pytest.fixture
def desk(pages: Pages) -> Iterator[Callable[[str, str], Desk]]:
    """A desk of this agent, by its number in the seed."""
    made: list[Desk] = []

    def make(device_id: str, agent_id: str) -> Desk:
        one = Desk(pages, device_id, agent_id)
        made.append(one)
        one.thread.start()
        return one

    yield make
    for one in made:
        one.stop()
    for one in made:
        one.thread.join()


def test_a_supervisor_pauses_and_resumes_a_call_of_their_unit(
    page: Page, pages: Pages, desk: Callable[[str, str], Desk]
) -> None:
    maya, priya = desk("LIVE-1", "A1"), desk("LIVE-3", "A3")
    maya.does("recording")
    priya.does("recording")
    sign_in(page, pages, "sue")
    page.get_by_role("link", name="Now").click()
    rows = page.locator("#calls tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Maya Lindqvist")
    expect(rows.locator(".doing")).to_have_text("recording")
    expect(rows.locator(".since")).to_contain_text("1:")
    page.get_by_role("button", name="Pause").click()
    began = time.monotonic()
    expect(rows.locator(".doing")).to_have_text("paused")
    assert time.monotonic() - began < 15
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    picture(page, "now")
    page.get_by_role("button", name="Resume").click()
    expect(rows.locator(".doing")).to_have_text("recording")
    assert maya.heard == ["pause", "resume"]
    maya.does("idle")
    expect(page.locator("#nobody")).to_be_visible()
    expect(page.locator("#count")).to_have_text("0 in a call")


def test_a_call_that_is_not_recorded_is_recorded_by_choice_and_the_refusal_is_told(
    page: Page, pages: Pages, desk: Callable[[str, str], Desk]
) -> None:
    jonas = desk("LIVE-2", "A2")
    jonas.does("not-recorded")
    jonas.refuses = "There is no call whose screen could be recorded."
    sign_in(page, pages, "sue")
    page.goto(f"{pages.url}/now")
    row = page.locator("#calls tr")
    page.get_by_role("button", name="Record now").click()
    expect(row.locator(".bad")).to_have_text(jonas.refuses)
    picture(page, "now-refused")
    jonas.refuses = ""
    page.get_by_role("button", name="Record now").click()
    expect(row.locator(".doing")).to_have_text("recording")


def test_rows_are_kept_while_nothing_changes_so_that_a_button_stays_under_the_pointer(
    page: Page, pages: Pages, desk: Callable[[str, str], Desk]
) -> None:
    maya = desk("LIVE-1", "A1")
    maya.does("recording")
    sign_in(page, pages, "sue")
    page.goto(f"{pages.url}/now")
    page.get_by_role("button", name="Pause").focus()
    page.evaluate("document.querySelector('#calls tr').kept = true")
    with page.expect_response("**/now/calls"):
        pass
    with page.expect_response("**/now/calls"):
        pass
    assert page.evaluate("document.querySelector('#calls tr').kept")
    maya.does("paused")
    expect(page.get_by_role("button", name="Resume")).to_be_focused()


def test_an_admin_sees_and_orders_nothing(
    page: Page, pages: Pages, desk: Callable[[str, str], Desk]
) -> None:
    desk("LIVE-3", "A3").does("recording")
    sign_in(page, pages, "adam")
    page.goto(f"{pages.url}/now")
    expect(page.locator("#calls tr")).to_have_count(1)
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)


def test_the_page_is_not_for_everybody(pages: Pages) -> None:
    for name in ("otto", "rita"):
        session = pages.signed_in(name)
        for path in ("/now", "/now/calls"):
            assert session.get(pages.url + path, timeout=PATIENCE).status_code == 403
    assert pages.signed_in("sue").get(f"{pages.url}/decisions", timeout=PATIENCE).status_code == 403
    stranger = requests.get(f"{pages.url}/now", timeout=PATIENCE, allow_redirects=False)
    assert stranger.status_code == 302


def order(session: requests.Session, pages: Pages, body: dict[str, str], token: str) -> int:
    answer = session.post(
        f"{pages.url}/now/order", body, headers={"X-CSRFToken": token}, timeout=PATIENCE
    )
    return answer.status_code


def test_orders_need_the_pages_token_the_right_and_the_unit(
    pages: Pages, desk: Callable[[str, str], Desk]
) -> None:
    maya, priya = desk("LIVE-1", "A1"), desk("LIVE-3", "A3")
    for one in (maya, priya):
        one.does("recording")
    sue, adam = pages.signed_in("sue"), pages.signed_in("adam")
    of_maya = {"device": "LIVE-1", "call": maya.call_id, "order": "pause"}
    of_priya = {"device": "LIVE-3", "call": priya.call_id, "order": "pause"}
    assert order(sue, pages, of_maya, "") == 403
    assert order(adam, pages, of_maya, adam.cookies["csrftoken"]) == 403
    token = sue.cookies["csrftoken"]
    assert order(sue, pages, of_priya, token) == 404
    assert order(sue, pages, {**of_maya, "call": "another"}, token) == 409
    assert order(sue, pages, {**of_maya, "order": "resume"}, token) == 409
    assert order(sue, pages, {**of_maya, "order": "explode"}, token) == 404
    assert sue.get(f"{pages.url}/now/order", timeout=PATIENCE).status_code == 405
    assert (maya.heard, priya.heard) == ([], [])


def test_a_central_that_does_not_answer_is_told(
    page: Page, pages: Pages, desk: Callable[[str, str], Desk]
) -> None:
    desk("LIVE-1", "A1").does("recording")
    sign_in(page, pages, "sue")
    page.goto(f"{pages.url}/now")
    expect(page.locator("#lost")).to_be_hidden()
    page.route("**/now/calls", lambda route: route.fulfill(status=404))
    expect(page.locator("#lost")).to_be_visible()
    page.unroute("**/now/calls")
    expect(page.locator("#lost")).to_be_hidden()


def test_decisions_are_listed_searched_and_told_apart(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "carla")
    page.get_by_role("link", name="Decisions").click()
    rows = page.locator("#decisions tbody tr")
    expect(rows).to_have_count(4)
    page.set_viewport_size({"width": 1280, "height": 680})
    picture(page, "decisions")
    page.get_by_label("Show").select_option("differs")
    page.get_by_role("button", name="Search").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("the sum selects this call")
    page.get_by_label("Show").select_option("asked")
    page.get_by_role("button", name="Search").click()
    expect(rows).to_contain_text("by choice: central")
    page.get_by_label("Show").select_option("missing")
    page.get_by_label("Call id").fill("CALL-4")
    page.get_by_role("button", name="Search").click()
    expect(rows).to_have_count(1)
    expect(page.locator("#count")).to_have_text("1 found")


def test_who_confirmed_the_notice_stands_with_the_desk(page: Page, pages: Pages) -> None:
    sign_in(page, pages, "adam")
    page.get_by_role("link", name="Desks").click()
    row = page.locator("#desks tbody tr", has_text="PC-7")
    expect(row).to_contain_text("2026-1")


def test_the_new_pages_say_whom_they_are_for_in_dark_as_well(
    browser: Browser, pages: Pages, desk: Callable[[str, str], Desk]
) -> None:
    for number, doing in (("1", "recording"), ("2", "wrap-up"), ("3", "paused")):
        desk(f"LIVE-{number}", f"A{number}").does(doing)
    context = browser.new_context(
        viewport={"width": 1280, "height": 440}, timezone_id="UTC", color_scheme="dark"
    )
    dark = context.new_page()
    sign_in(dark, pages, "carla")
    dark.goto(f"{pages.url}/now")
    expect(dark.locator("#calls tr")).to_have_count(3)
    picture(dark, "now-dark")
    dark.emulate_media(color_scheme="light", reduced_motion="reduce")
    picture(dark, "now-three")
    context.close()
