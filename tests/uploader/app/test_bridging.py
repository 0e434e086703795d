"""What a page says through central reaches the client as it was said, and its end too."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from contract.desk_config import Identity
from tests.uploader.central_faults import answer
from tests.uploader.desk_program import until
from tests.uploader.false_central import Apply, FalseCentral, Handler
from uploader.app.bridging import Bridging
from uploader.app.standing import Board
from uploader.desk import BridgeGone, BridgeHere, FromBridge
from uploader.link import Link, trust

SAID = {"first": 1, "said": [{"kind": "ask", "ask": 1, "want": "pause", "new": "field"}]}


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    with central.serving():
        yield central


@contextmanager
def running(
    central: FalseCentral,
    heard: list[object],
    client_there: Callable[[], bool] = lambda: True,
    *,
    after: int = 0,
) -> Iterator[Bridging]:
    board = Board(lambda _uploads: None)
    identity = Identity(device_id="desk-1", root_key="", central_url=central.url)
    board.note(lambda standing: replace(standing, identity=identity, secret="s"))
    stop = threading.Event()
    bridging = Bridging(
        Link(central.url, trust(None), lambda: board.now.credential),
        board=board,
        stop=stop,
        client_there=client_there,
        to_client=heard.append,
        page_came=lambda: heard.append("page"),
    )
    bridging._after = after
    thread = threading.Thread(target=bridging.run)
    thread.start()
    try:
        yield bridging
    finally:
        stop.set()
        central.said = None
        bridging.poke()
        thread.join()


def test_central_is_asked_once_at_the_start_and_then_when_it_says_that_there_is_a_page(
    central: FalseCentral,
) -> None:
    heard: list[object] = []
    with running(central, heard) as bridging:
        until(lambda: central.count("GET", "/desk/bridge/said") == 1)
        until(lambda: not bridging._begun.is_set())
        central.said = [SAID]
        bridging.begin()
        until(lambda: len(heard) == 2)


def test_a_page_that_came_before_the_uploader_is_heard(central: FalseCentral) -> None:
    central.said = [SAID]
    heard: list[object] = []
    with running(central, heard):
        until(lambda: len(heard) == 2)


def test_what_a_page_says_comes_whole_and_in_order(central: FalseCentral) -> None:
    central.said = [SAID, {**SAID, "first": 2}]
    heard: list[object] = []
    with running(central, heard) as bridging:
        bridging.begin()
        until(lambda: len(heard) == 3)
        central.said.append({**SAID, "first": 3})
        until(lambda: len(heard) == 4)
    assert heard[0] == "page"
    bodies = [json.loads(one.body) for one in heard if isinstance(one, FromBridge)]
    assert bodies == [{**SAID, "first": first} for first in (1, 2, 3)]


def test_what_is_said_while_there_is_no_client_waits_at_central_for_one(
    central: FalseCentral,
) -> None:
    central.said = [SAID]
    heard: list[object] = []
    there = [False]
    with running(central, heard, lambda: there[0]) as bridging:
        bridging.begin()
        time.sleep(0.2)  # what must not happen would happen now
        assert central.count("GET", "/desk/bridge/said") == 0
        there[0] = True
        until(lambda: len(heard) == 2)


def test_what_comes_when_the_client_has_just_gone_is_told_to_the_next(
    central: FalseCentral,
) -> None:
    central.said = [SAID]
    answers = iter([True, False])  # it goes while central is asked
    heard: list[object] = []

    def there() -> bool:
        heard.append(answer := next(answers, True))
        return answer

    word = FromBridge(page="page-1", body=json.dumps(SAID))
    with running(central, heard, there):
        until(lambda: word in heard)
    assert heard[:6] == [True, False, True, True, "page", word]


def test_a_client_that_comes_anew_is_told_of_the_page_and_of_none_that_is_gone(
    central: FalseCentral,
) -> None:
    heard: list[object] = []
    with running(central, heard) as bridging:
        assert list(bridging.greeting()) == []
        central.said = [SAID]
        bridging.begin()
        until(lambda: len(heard) == 2)
        assert list(bridging.greeting()) == [BridgeHere(page="page-1")]
        central.said = None
        until(lambda: heard[-1] == BridgeGone(page="page-1"))
        assert list(bridging.greeting()) == []


def test_who_is_greeted_with_a_page_that_goes_just_then_is_told_that_it_is_gone(
    central: FalseCentral,
) -> None:
    class Heard(list[object]):
        def append(self, one: object) -> None:
            super().append(one)
            super().extend(bridging.greeting())

    central.said = [SAID]
    heard = Heard()
    with running(central, heard) as bridging:
        until(lambda: BridgeHere(page="page-1") in heard)
        central.said = None
        until(lambda: BridgeGone(page="page-1") in heard)
    assert heard[-1] == BridgeGone(page="page-1")


def test_an_uploader_that_comes_anew_hears_of_a_page_that_says_nothing(
    central: FalseCentral,
) -> None:
    central.said = [SAID]
    heard: list[object] = []
    with running(central, heard, after=1):  # what it said was heard by the uploader before
        until(lambda: len(heard) == 2)
        assert heard == ["page", BridgeHere(page="page-1")]
        until(lambda: central.count("GET", "/desk/bridge/said") == 2)
        central.said.append({**SAID, "first": 2})
        until(lambda: len(heard) == 3)
        assert central.count("GET", "/desk/bridge/said") <= 3  # central held each question


def test_a_page_that_says_nothing_while_central_is_away_is_there_again(
    central: FalseCentral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uploader.app.bridging._LOST_SECONDS", 0.0)
    monkeypatch.setattr("uploader.app.bridging._LONGEST_SECONDS", 0.05)
    central.said = [SAID]
    central.fail("GET", "/desk/bridge/", answer(502, b"<html>"), times=1, after=1)
    heard: list[object] = []
    with running(central, heard):
        until(lambda: len(heard) == 5)
        assert heard == [
            "page",
            FromBridge(page="page-1", body=json.dumps(SAID)),
            BridgeGone(page="page-1"),
            "page",
            BridgeHere(page="page-1"),
        ]


def test_a_page_that_is_gone_is_told_and_asked_for_no_more(central: FalseCentral) -> None:
    central.said = [SAID]
    heard: list[object] = []
    with running(central, heard) as bridging:
        bridging.begin()
        until(lambda: len(heard) == 2)
        central.said = None
        until(lambda: heard[-1] == BridgeGone(page="page-1"))
        until(lambda: not bridging._begun.is_set())
        asked = central.count("GET", "/desk/bridge/said")
        central.said = [SAID] * 2
        bridging.begin()  # central says that there is a page again
        until(lambda: heard[-1] == FromBridge(page="page-1", body=json.dumps(SAID)))
        assert central.count("GET", "/desk/bridge/said") > asked


def test_a_page_that_comes_while_central_says_that_there_is_none_is_heard(
    central: FalseCentral,
) -> None:
    heard: list[object] = []

    def too_late(handler: Handler, _apply: Apply) -> None:
        central.said = [SAID]
        bridging.begin()
        handler.reply(404, b'{"error":"not-found","detail":"no page"}')

    with running(central, heard) as bridging:
        until(lambda: central.count("GET", "/desk/bridge/said") == 1)
        until(lambda: not bridging._begun.is_set())
        central.fail("GET", "/desk/bridge/said", too_late)
        bridging.begin()
        until(lambda: len(heard) == 2)


def test_a_central_that_fails_is_asked_again(central: FalseCentral) -> None:
    central.said = [SAID]
    central.fail("GET", "/desk/bridge/", answer(502, b"<html>"), times=1)
    heard: list[object] = []
    with running(central, heard) as bridging:
        bridging.begin()
        until(lambda: len(heard) == 2)
