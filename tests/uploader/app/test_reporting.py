"""What goes on at the desk is at central within a moment, and not more often than need be."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from contract.bridge import DESK_STATE
from contract.desk_config import Identity
from tests.uploader.central_faults import said
from tests.uploader.desk_program import until
from tests.uploader.false_central import FalseCentral
from uploader.app.reporting import Reporting
from uploader.app.standing import Board
from uploader.desk import Answered, PagePaired, State, ToBridge
from uploader.link import Answer, Link, trust

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CALL = State(agent_id="a1", in_call=True, call_id="c1", doing="recording", since=NOON)


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    with central.serving():
        yield central


class SlowWord(Link):
    """Something happens while the first word is on its way back."""

    meanwhile: Callable[[], None] | None = None

    def ask(self, method: str, path: str, **rest: Any) -> Answer:  # noqa: ANN401 -- as Link's
        answer = super().ask(method, path, **rest)
        if path == DESK_STATE and self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            happens()
        return answer


@contextmanager
def running(central: FalseCentral, paired: list[PagePaired]) -> Iterator[Reporting]:
    board = Board(lambda _uploads: None)
    identity = Identity(device_id="desk-1", root_key="", central_url=central.url)
    offset = timedelta(seconds=5)
    board.note(lambda standing: replace(standing, identity=identity, secret="s", offset=offset))
    stop = threading.Event()
    link = Link(central.url, trust(None), lambda: board.now.credential)
    reporting = Reporting(link, board=board, stop=stop, paired=paired.append)
    thread = threading.Thread(target=reporting.run)
    thread.start()
    try:
        yield reporting
    finally:
        stop.set()
        reporting.poke()
        thread.join()


def test_a_state_is_told_by_centrals_clock(central: FalseCentral) -> None:
    with running(central, []) as reporting:
        reporting.state(CALL)
        until(lambda: central.states and central.states[-1][1]["doing"] == "recording")
    _, told = central.states[-1]
    assert told["call_id"] == "c1"
    assert told["since"] == "2026-11-22T12:00:05Z"


def test_states_are_told_once_a_second_at_most_and_the_last_one_always(
    central: FalseCentral,
) -> None:
    with running(central, []) as reporting:
        for number in range(40):
            reporting.state(State(agent_id="a1", call_id=f"c{number}", doing="paused"))
        until(lambda: central.states and central.states[-1][1]["call_id"] == "c39")
        reporting.state(State(agent_id="a1"))
        until(lambda: central.states[-1][1]["doing"] == "idle")
    moments = [at for at, _ in central.states]
    assert all(later - earlier > 0.9 for earlier, later in pairwise(moments))


def test_an_answer_to_an_order_is_told_with_its_reason(central: FalseCentral) -> None:
    with running(central, []) as reporting:
        reporting.answered(Answered(number=7, granted=False, reason="no-call", text="No call."))
        until(lambda: central.answers)
    assert central.answers == [
        {"number": 7, "granted": False, "reason": "no-call", "text": "No call."}
    ]


def test_an_answer_survives_a_central_that_fails(central: FalseCentral) -> None:
    central.fail("POST", "/desk/answers", said(503, "failed"))
    with running(central, []) as reporting:
        reporting.answered(Answered(number=7, granted=True))
        until(lambda: central.answers)


def test_of_what_the_page_is_to_show_only_the_latest_counts(central: FalseCentral) -> None:
    with running(central, []) as reporting:
        for number in range(20):
            reporting.word(ToBridge(page="p", body=json.dumps({"number": number})))
        until(lambda: central.words and central.words[-1] == {"number": 19})
        reporting.word_again()  # another page came, or central has forgotten
        until(lambda: central.words[-2:] == [{"number": 19}, {"number": 19}])


def test_a_page_that_comes_while_the_word_is_on_its_way_is_told_it_too(
    central: FalseCentral,
) -> None:
    board = Board(lambda _uploads: None)
    identity = Identity(device_id="desk-1", root_key="", central_url=central.url)
    board.note(lambda standing: replace(standing, identity=identity, secret="s"))
    link = SlowWord(central.url, trust(None), lambda: board.now.credential)
    reporting = Reporting(link, board=board, stop=threading.Event(), paired=lambda _told: None)
    link.meanwhile = reporting.word_again
    reporting.word(ToBridge(page="p", body='{"number": 1}'))
    reporting.step()
    reporting.step()
    reporting.step()
    assert central.words == [{"number": 1}, {"number": 1}]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("12345678", PagePaired(paired=True)),
        ("00000000", PagePaired(paired=False, reason="wrong-code")),
    ],
)
def test_who_typed_a_code_hears_whether_it_was_right(
    central: FalseCentral, code: str, outcome: PagePaired
) -> None:
    central.code = "12345678"
    heard: list[PagePaired] = []
    with running(central, heard) as reporting:
        reporting.pair(code)
        until(lambda: heard)
    assert heard == [outcome]


def test_a_code_is_not_tried_later_when_central_cannot_be_reached(central: FalseCentral) -> None:
    central.code = "12345678"
    central.fail("POST", "/desk/bridge/pair", said(503, "failed"), times=1)
    heard: list[PagePaired] = []
    with running(central, heard) as reporting:
        reporting.pair("12345678")
        until(lambda: heard)
    assert heard == [PagePaired(paired=False, reason="central-unreachable")]
