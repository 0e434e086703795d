"""The loop that carries recordings away."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.canonical import b64
from contract.desk_config import Identity
from contract.policy import accept
from tests.uploader.false_central import FalseCentral
from tests.uploader.recordings import spooled
from uploader.app.sending import Sending
from uploader.app.standing import Board
from uploader.link import Link, trust
from uploader.spool import Spool


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    central.devices["desk-1"] = "s"
    with central.serving():
        yield central


def test_how_far_a_recording_is_is_told_while_it_is_sent(
    tmp_path: Path, central: FalseCentral
) -> None:
    told: list[tuple[int, int]] = []
    spool = Spool(tmp_path / "spool", ballast_bytes=0, reserve_bytes=0)
    recording_id = spooled(spool, 900_000, details=100)
    size = sum(file.size for file in spool.files(recording_id))
    board = Board(lambda uploads: told.append((uploads.sent, uploads.total)))
    root = b64(central.root.public_key().public_bytes_raw())
    identity = Identity(device_id="desk-1", root_key=root, central_url=central.url)
    board.note(lambda standing: replace(standing, identity=identity, secret="s"))
    policy = accept(central.policy, board.now.roots, datetime.now(UTC))
    board.note(lambda standing: replace(standing, policy=policy))
    link = Link(central.url, trust(None), lambda: board.now.credential)
    sending = Sending(spool, link, board, threading.Event())
    while sending.step():
        pass
    assert recording_id in central.taken
    assert (0, size) in told
    assert told[-1] == (0, 0)
    assert all(0 <= sent <= total for sent, total in told)


def test_a_recording_that_cannot_be_read_does_not_hold_up_the_others(
    tmp_path: Path, central: FalseCentral
) -> None:
    spool = Spool(tmp_path / "spool", ballast_bytes=0, reserve_bytes=0)
    unreadable, good = spooled(spool, 1000), spooled(spool, 1000, seed=1)
    manifest = tmp_path / "spool" / unreadable / "manifest.json"
    manifest.rename(manifest.with_name("moved"))
    manifest.mkdir()  # to read it is an error, as on a broken disk
    board = Board(lambda _uploads: None)
    root = b64(central.root.public_key().public_bytes_raw())
    identity = Identity(device_id="desk-1", root_key=root, central_url=central.url)
    board.note(lambda standing: replace(standing, identity=identity, secret="s"))
    policy = accept(central.policy, board.now.roots, datetime.now(UTC))
    board.note(lambda standing: replace(standing, policy=policy))
    link = Link(central.url, trust(None), lambda: board.now.credential)
    sending = Sending(spool, link, board, threading.Event())
    while sending.step():
        pass
    assert good in central.taken
    assert spool.waiting() == [unreadable]
    assert board.now.problem == "spool-fails"
