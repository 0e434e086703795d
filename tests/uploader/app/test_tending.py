"""The loop that keeps the desk and central together."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.canonical import b64
from contract.desk_config import Identity
from tests.uploader.false_central import Apply, FalseCentral, Handler
from uploader.app import tending
from uploader.app.standing import Board
from uploader.app.tending import Desk, Tending
from uploader.central.masks import MaskQueue
from uploader.central.tellings import Tellings
from uploader.credentials import Vault
from uploader.link import Link, trust
from uploader.spool import Spool, durable


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    with central.serving():
        yield central


@pytest.fixture
def board(central: FalseCentral) -> Board:
    board = Board(lambda _uploads: None)
    root = b64(central.root_key)
    identity = Identity(device_id="desk-1", root_key=root, central_url=central.url)
    board.note(lambda standing: replace(standing, identity=identity, secret="s"))
    return board


@pytest.fixture
def masks(tmp_path: Path) -> MaskQueue:
    return MaskQueue(tmp_path / "masks.json", durable.write_whole)


@pytest.fixture
def keeping(tmp_path: Path, central: FalseCentral, board: Board, masks: MaskQueue) -> Tending:
    return Tending(
        Desk(central.url, None, "1", tmp_path),
        link=Link(central.url, trust(None), lambda: board.now.credential),
        vault=Vault("never asked"),
        board=board,
        masks=masks,
        tellings=Tellings(tmp_path / "tellings.json", durable.write_whole),
        spool=Spool(tmp_path / "spool", ballast_bytes=0, reserve_bytes=0),
        stop=threading.Event(),
        policy_changed=lambda: None,
    )


def test_a_policy_that_is_new_while_the_desk_talks_to_central_is_fetched_at_once(
    central: FalseCentral, board: Board, keeping: Tending
) -> None:
    def ordered(_handler: Handler, apply: Apply) -> None:
        central.policy = central.new_policy(2)
        keeping.poke(now=True)
        apply()

    central.fail("POST", "/desk/health", ordered)
    assert keeping.step()
    assert board.now.policy is not None
    assert board.now.policy.version == 1
    assert keeping.step()
    assert board.now.policy.version == 2
    asked = len(central.requests)
    assert keeping.step()  # and once only
    assert len(central.requests) == asked


def test_a_mask_after_the_desks_clock_was_set_is_told_by_a_clock_measured_since(
    central: FalseCentral, keeping: Tending, masks: MaskQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keeping.step()
    before = central.count("POST", "/desk/clock")
    masks.heard("call", "agent", datetime.now(UTC), silent=True)
    assert keeping.step()
    assert central.count("POST", "/desk/clock") == before  # the clock has not moved
    now = tending._wall
    monkeypatch.setattr(tending, "_wall", lambda: now() + timedelta(hours=1))
    masks.heard("call", "agent", datetime.now(UTC) + timedelta(hours=1), silent=False)
    assert keeping.step()
    assert central.count("POST", "/desk/clock") > before
    assert masks.waiting() == 0
