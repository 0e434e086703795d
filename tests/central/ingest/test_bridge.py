"""Pages and desks through central, as `contract.bridge` says, over real connections."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

import pytest
import requests

from contract.bridge import HELD_SECONDS
from tests.central.serving import PATIENCE, Central, Desk, eventually

_T = TypeVar("_T")
STATE = {"number": 5, "mood": "recording", "may_pause": True}


class Page:
    """What our page's script does."""

    def __init__(self, central: Central, token: str = "", **headers: str) -> None:
        self.central = central
        self.page = str(uuid.uuid4())
        self.session = requests.Session()
        self.headers = headers
        self.next = 1
        asked = {"page": self.page, "token": token} if token else {"page": self.page}
        self.answer = self.ask("POST", "/pair", asked)
        told = self.answer.json() if self.answer.ok else {}
        self.token, self.code = told.get("token", ""), told.get("code", "")

    def ask(self, method: str, path: str, body: object = None) -> requests.Response:
        token = getattr(self, "token", "")
        return self.session.request(
            method,
            f"{self.central.url}/bridge/relay/v1{path}",
            data=None if body is None else json.dumps(body),
            headers={"Authorization": f"Bearer {token}", **self.headers},
            timeout=PATIENCE,
        )

    def says(self, *said: dict[str, Any]) -> requests.Response:
        answer = self.ask("POST", "/said", {"first": self.next, "said": said})
        if answer.ok:
            self.next = answer.json()["next"]
        return answer

    def state(self, after: int = 0) -> requests.Response:
        return self.ask("GET", f"/state?after={after}")


ASK = {"kind": "ask", "ask": 1, "want": "pause", "unknown": "field"}


def types(desk: Desk, code: str) -> int:
    body = json.dumps({"code": code}).encode()
    return desk.ask("POST", "/desk/bridge/pair", body).status_code


def hears(desk: Desk, after: int = 0, known: str | None = None) -> requests.Response:
    page = "" if known is None else f"&page={quote(known, safe='')}"
    return desk.ask("GET", f"/desk/bridge/said?after={after}{page}")


def shows(desk: Desk, state: dict[str, Any]) -> int:
    return desk.ask("POST", "/desk/bridge/state", json.dumps(state).encode()).status_code


def meanwhile(work: Callable[[], _T]) -> tuple[threading.Thread, list[tuple[float, _T]]]:
    """Do it in a thread; what came of it, and when."""
    done: list[tuple[float, _T]] = []

    def run() -> None:
        outcome = work()
        done.append((time.monotonic(), outcome))

    thread = threading.Thread(target=run)
    thread.start()
    return thread, done


def joined(central: Central) -> tuple[Page, Desk]:
    desk, page = central.enrol(), Page(central)
    assert types(desk, page.code) == 204
    return page, desk


def here(desk: Desk) -> None:
    """Have the desk ask for orders once, as an uploader does all the time."""
    other = Desk(desk.central, desk.device_id, desk.secret, desk.root)
    desk.central.run("order", "upload-now", "--device", desk.device_id, "--json")
    assert other.ask("GET", "/desk/orders?after=0").status_code == 200


def test_a_page_says_and_its_desk_hears_every_byte_in_order(central: Central) -> None:
    page, desk = joined(central)
    assert page.says(ASK).json() == {"next": 2}
    assert page.says({**ASK, "ask": 2}, {**ASK, "ask": 3}).json() == {"next": 4}
    told = hears(desk).json()
    assert told["page"] == page.page
    assert told["said"] == [
        {"first": 1, "said": [ASK]},
        {"first": 2, "said": [{**ASK, "ask": 2}, {**ASK, "ask": 3}]},
    ]
    page.says({**ASK, "ask": 4})
    assert [one["first"] for one in hears(desk, told["last"]).json()["said"]] == [4]


def test_an_answer_that_the_desk_lost_comes_again(central: Central) -> None:
    page, desk = joined(central)
    page.says(ASK)
    assert hears(desk).json() == hears(desk).json()


def test_a_desk_that_does_not_know_its_page_is_told_at_once_though_nothing_waits(
    central: Central,
) -> None:
    page, desk = joined(central)
    page.says(ASK)
    last = hears(desk, known="").json()["last"]
    assert hears(desk, last, known="").json() == {
        "page": page.page,
        "last": last,
        "said": [],
        "silent": False,
    }
    assert hears(desk, last, known="one before & an odd+name").json()["page"] == page.page


def test_a_desk_that_knows_its_page_or_does_not_say_waits(central: Central) -> None:
    page, desk = joined(central)
    page.says(ASK)
    last = hears(desk).json()["last"]
    for known in (page.page, None):
        thread, done = meanwhile(partial(hears, desk, last, known))
        time.sleep(0.2)  # what must not happen would happen now
        assert not done
        page.says({**ASK, "ask": 2})
        thread.join(PATIENCE)
        told = done[0][1].json()
        assert [one["first"] for one in told["said"]] == [page.next - 1]
        last = told["last"]


def test_a_page_that_has_not_spoken_through_central_is_no_news(central: Central) -> None:
    page, desk = joined(central)
    thread, done = meanwhile(lambda: hears(desk, known="").json())
    time.sleep(0.2)  # what must not happen would happen now
    page.says(ASK)
    thread.join(PATIENCE)
    assert [one["first"] for one in done[0][1]["said"]] == [1]


def test_a_pause_reaches_a_desk_that_waits_before_its_question_is_over(central: Central) -> None:
    page, desk = joined(central)
    thread, done = meanwhile(lambda: hears(desk).json())
    eventually(thread.is_alive)
    said_at = time.monotonic()
    assert page.says(ASK).status_code == 200
    thread.join(PATIENCE)
    [(heard_at, told)] = done
    assert told["said"][0]["said"] == [ASK]
    assert heard_at - said_at < HELD_SECONDS - 5


def test_the_desks_word_reaches_a_page_that_waits(central: Central) -> None:
    page, desk = joined(central)
    thread, done = meanwhile(lambda: page.state().json())
    assert shows(desk, STATE) == 204
    thread.join(PATIENCE)
    assert [told for _, told in done] == [STATE]
    other = Page(central)  # of nobody
    assert other.ask("GET", "/state?after=x").status_code == 400


def test_a_page_that_knows_the_number_waits_for_another(central: Central) -> None:
    page, desk = joined(central)
    shows(desk, STATE)
    assert page.state(after=4).json() == STATE
    thread, done = meanwhile(lambda: page.state(after=5).json())
    shows(desk, {**STATE, "number": 1})  # the client was started anew
    thread.join(PATIENCE)
    assert done[0][1]["number"] == 1


def test_a_page_waits_until_its_code_is_typed(central: Central) -> None:
    desk, page = central.enrol(), Page(central)
    assert len(page.code) == 8
    thread, done = meanwhile(page.state)
    assert page.says(ASK).status_code == 429  # there is nobody to hear it
    assert types(desk, page.code) == 204
    thread.join(PATIENCE)
    assert done[0][1].status_code == 204
    assert page.says(ASK).status_code == 200


def test_wrong_codes_lock_the_desk_and_that_is_audited(own_central: Central) -> None:
    desk, page = own_central.enrol(), Page(own_central)
    wrong = "00000000" if page.code != "00000000" else "00000001"
    assert [types(desk, wrong) for _ in range(6)] == [404] * 5 + [429]
    assert types(desk, page.code) == 429  # the right one as well
    [entry] = own_central.audit("desk:page-paired")
    assert entry["allowed"] is False
    assert types(own_central.enrol(), page.code) == 204


@pytest.mark.parametrize("code", ["", "1234567", "123456789", "abcdefgh"])
def test_what_is_no_code_is_not_looked_at(central: Central, code: str) -> None:
    assert types(central.enrol(), code) == 400


def test_a_browser_that_was_paired_needs_no_code_again(own_central: Central) -> None:
    page, desk = joined(own_central)
    here(desk)
    again = Page(own_central, page.token)
    assert (again.answer.status_code, again.code) == (200, "")
    assert page.state().status_code == 409  # the newer one took over
    assert again.says(ASK).status_code == 200
    assert hears(desk).json()["page"] == again.page
    own_central.kill()
    own_central.start()
    assert again.state().status_code == 401  # what waited is forgotten: pair again
    here(desk)
    third = Page(own_central, again.token)
    assert third.code == ""
    assert own_central.files() == own_central.files()


def test_a_desk_that_is_let_in_no_more_has_no_pages(own_central: Central) -> None:
    page, desk = joined(own_central)
    own_central.run("revoke", "desk", desk.device_id, "--json")
    assert Page(own_central, page.token).code != ""
    assert hears(desk).status_code == 401


def test_a_known_page_whose_desk_is_away_shows_a_code(central: Central) -> None:
    page, desk = joined(central)
    again = Page(central, page.token)  # no desk asks for orders
    assert len(again.code) == 8
    thread, done = meanwhile(again.state)
    here(desk)  # it comes after all: no code is needed
    thread.join(PATIENCE)
    assert done[0][1].status_code == 204


def test_an_uploader_that_does_not_listen_is_told_that_there_is_a_page(central: Central) -> None:
    page, desk = joined(central)
    orders = desk.ask("GET", "/desk/orders?after=0").json()["orders"]
    assert [one["order"] for one in orders] == ["bridge"]
    del page


def test_a_page_that_says_goodbye_is_gone(central: Central) -> None:
    page, desk = joined(central)
    page.says({"kind": "bye"})
    told = hears(desk).json()
    assert told["said"][0]["said"] == [{"kind": "bye"}]
    assert hears(desk, told["last"]).status_code == 404
    assert page.state().status_code == 401


def test_another_desk_hears_nothing_of_it(central: Central) -> None:
    page, _ = joined(central)
    page.says(ASK)
    other = central.enrol()
    assert hears(other).status_code == 404
    assert shows(other, STATE) == 204
    assert page.says(ASK).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_origin_gets_nothing(central: Central, headers: dict[str, str]) -> None:
    page = Page(central, **headers)
    assert page.answer.status_code == 403
    good = Page(central)
    good.headers = headers
    assert good.says(ASK).status_code == 403
    assert good.state().status_code == 403
    assert "access-control-allow-origin" not in page.answer.headers


@pytest.mark.parametrize("token", ["", "wrong", "x" * 500])
def test_without_a_token_nothing_is_said(central: Central, token: str) -> None:
    page, _ = joined(central)
    page.token = token
    assert page.says(ASK).status_code == 401
    assert page.state().status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"[" * 20_000, 422),
        (b'{"first":1,"said":[]}', 422),
        (b'{"first":1,"said":[{"kind":"fly"}]}', 422),
        (b'{"first":1,"said":[' + b" " * 70_000 + b'{"kind":"bye"}]}', 413),
    ],
)
def test_what_a_page_may_not_say_is_refused(central: Central, body: bytes, status: int) -> None:
    page, _ = joined(central)
    answer = page.session.post(
        f"{central.url}/bridge/relay/v1/said",
        body,
        headers={"Authorization": f"Bearer {page.token}"},
        timeout=PATIENCE,
    )
    assert answer.status_code == status
    assert page.says(ASK).status_code == 200


def test_a_page_that_floods_is_slowed_down_and_nothing_is_lost(central: Central) -> None:
    page, _ = joined(central)
    statuses = [page.says(ASK).status_code for _ in range(140)]
    assert set(statuses) == {200, 429}
    assert page.next == 1 + statuses.count(200)


def test_what_is_said_is_kept_nowhere(own_central: Central) -> None:
    page, desk = joined(own_central)
    page.says({**ASK, "unknown": "a secret number +4685550123"})
    assert "+4685550123" in hears(desk).text
    own_central.stop()
    held = [path.read_bytes() for path in own_central.folder.rglob("*") if path.is_file()]
    assert not [content for content in held if b"+4685550123" in content]
    own_central.start()


@pytest.mark.parametrize("body", [b"", b"{}", b'{"number":"x","mood":"ready"}', b"[" * 20_000])
def test_a_word_that_no_page_understands_is_refused(central: Central, body: bytes) -> None:
    _, desk = joined(central)
    assert desk.ask("POST", "/desk/bridge/state", body).status_code == 422
