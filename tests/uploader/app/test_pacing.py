"""The policy's limit, as the sending loop keeps it against a central over loopback."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.canonical import b64
from contract.desk_config import Identity
from contract.policy import Uploading, accept
from tests.uploader.false_central import FalseCentral
from tests.uploader.recordings import spooled
from uploader.app.pacing import paced, seen
from uploader.app.sending import Sending
from uploader.app.standing import Board
from uploader.core import Conditions
from uploader.desk import State
from uploader.host import Surrounding, Surroundings
from uploader.link import Link, trust
from uploader.spool import Spool

_DEADLINE = 40.0  # seconds
_SIZE = 600_000  # bytes
_MEGABYTE_A_SECOND = 8_000_000  # bits


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    with central.serving():
        yield central


class Desk:
    """One that sends under a policy."""

    def __init__(self, folder: Path, central: FalseCentral) -> None:
        self.central = central
        self.spool = Spool(folder / "spool", ballast_bytes=0, reserve_bytes=0)
        self.board = Board(lambda _uploads: None)
        self.stop = threading.Event()
        root = b64(central.root.public_key().public_bytes_raw())
        identity = Identity(device_id="desk-1", root_key=root, central_url=central.url)
        self.board.note(lambda standing: replace(standing, identity=identity, secret="s"))
        self.began = time.monotonic()  # from here on the limit lets bytes gather
        self.sending = Sending(
            self.spool,
            Link(central.url, trust(None), lambda: self.board.now.credential),
            self.board,
            self.stop,
            pace=paced(self.board, self.stop),
        )

    def obeys(self, uploading: Uploading) -> None:
        policy = accept(
            self.central.new_policy(2, uploading=uploading), self.board.now.roots, datetime.now(UTC)
        )
        self.board.note(lambda standing: replace(standing, policy=policy))

    def sends_all(self) -> None:
        while self.sending.step():
            pass
        assert self.spool.waiting() == []


def test_no_more_leaves_in_a_second_than_the_policy_allows(
    tmp_path: Path, central: FalseCentral
) -> None:
    desk = Desk(tmp_path, central)
    spooled(desk.spool, _SIZE)
    desk.obeys(Uploading(bits_per_second=_MEGABYTE_A_SECOND))
    desk.sends_all()
    assert time.monotonic() - desk.began >= _SIZE * 8 / _MEGABYTE_A_SECOND
    assert central.taken


def test_a_call_that_ends_and_a_policy_that_changes_count_in_mid_chunk(
    tmp_path: Path, central: FalseCentral
) -> None:
    desk = Desk(tmp_path, central)
    spooled(desk.spool, _SIZE)
    desk.obeys(Uploading(call_bits_per_second=8_000))  # ten minutes for this recording
    desk.board.note(lambda standing: replace(standing, client=State(in_call=True)))
    sending = threading.Thread(target=desk.sends_all)
    sending.start()
    end = time.monotonic() + _DEADLINE
    while not central.count("PATCH", "/uploads"):
        assert time.monotonic() < end
        time.sleep(0.01)
    sending.join(0.5)
    assert sending.is_alive()  # the first chunk is on its way
    desk.board.note(lambda standing: replace(standing, client=State(in_call=False)))
    sending.join(_DEADLINE)
    assert not sending.is_alive()
    assert central.taken


def test_who_is_held_at_a_low_limit_ends_when_asked(tmp_path: Path, central: FalseCentral) -> None:
    desk = Desk(tmp_path, central)
    spooled(desk.spool, _SIZE)
    desk.obeys(Uploading(bits_per_second=1))
    sending = threading.Thread(target=desk.sending.run)
    sending.start()
    end = time.monotonic() + _DEADLINE
    while not central.count("POST", "/uploads"):
        assert time.monotonic() < end
        time.sleep(0.01)
    desk.stop.set()
    desk.sending.poke()
    sending.join(_DEADLINE)
    assert not sending.is_alive()
    assert len(desk.spool.waiting()) == 1


def test_what_the_system_says_are_the_conditions() -> None:
    said = Surrounding(metered=True, battery_percent=12)
    surroundings = Surroundings(lambda: said, first_seconds=_DEADLINE)
    assert seen(surroundings) == Conditions(metered=True, battery_percent=12)
