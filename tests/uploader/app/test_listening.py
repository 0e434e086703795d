"""Orders, each heard once, from whichever central this desk is enrolled at."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.canonical import utc_text
from contract.desk_config import Identity
from tests.uploader.false_central import FalseCentral
from uploader.app.listening import Listening
from uploader.app.standing import Board
from uploader.desk import Ordered
from uploader.link import Link, trust


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    central.devices["desk-1"] = central.devices["desk-2"] = "s"
    with central.serving():
        yield central


def listening(
    state: Path,
    central: FalseCentral,
    device_id: str,
    heard: list[int],
    calls: list[str] | None = None,
) -> Listening:
    board = Board(lambda _uploads: None)
    identity = Identity(device_id=device_id, root_key="", central_url=central.url)
    board.note(lambda standing: replace(standing, identity=identity, secret="s"))

    def order(ordered: Ordered) -> None:
        heard.append(ordered.number)
        if calls is not None:
            calls.append(ordered.call_id)

    return Listening(
        state,
        Link(central.url, trust(None), lambda: board.now.credential),
        board=board,
        stop=threading.Event(),
        to_client=order,
        upload_now=lambda: None,
        policy_changed=lambda: None,
        bridge=lambda: None,
    )


def give(central: FalseCentral, number: int, **more: str) -> None:
    order = {"number": number, "order": "pause", "issued_at": utc_text(datetime.now(UTC))}
    central.orders = [order | more]


def test_an_order_is_not_heard_again_after_a_restart(tmp_path: Path, central: FalseCentral) -> None:
    heard: list[int] = []
    give(central, 40)
    listening(tmp_path, central, "desk-1", heard).step()
    give(central, 41)
    listening(tmp_path, central, "desk-1", heard).step()
    assert heard == [40, 41]


def test_a_desk_that_enrolled_anew_hears_orders_that_are_numbered_from_one(
    tmp_path: Path, central: FalseCentral
) -> None:
    heard: list[int] = []
    give(central, 40)
    listening(tmp_path, central, "desk-1", heard).step()
    give(central, 1)
    listening(tmp_path, central, "desk-2", heard).step()
    assert heard == [40, 1]


def test_an_order_is_passed_on_with_the_call_it_is_for(
    tmp_path: Path, central: FalseCentral
) -> None:
    calls: list[str] = []
    give(central, 40, call_id="c-1")
    listening(tmp_path, central, "desk-1", [], calls).step()
    give(central, 41)  # for whatever call there is, or by a central that names none
    listening(tmp_path, central, "desk-1", [], calls).step()
    assert calls == ["c-1", ""]
