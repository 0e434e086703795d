"""A client that records and an uploader that sends, as processes to be cut off with their disk.

The recorder says through a pipe what it was promised to keep, each time after the spool's call
returned, and when that was: what was said before the power went must outlive it. Both run until
they are killed.
"""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path

from contract.canonical import b64
from contract.desk_config import Identity
from contract.manifest import Canvas, EndReason, to_json
from contract.policy import accept
from tests.uploader.spool.staging import ASKED, Film, an_opening, at, spool_in
from uploader.app.sending import Sending
from uploader.app.standing import Board
from uploader.link import Link, trust
from uploader.spool import Spool

_LARGEST_PIECE = 20_000  # bytes
_RESTS = 0.15
_LONGEST_REST = 0.3  # seconds


@dataclass(frozen=True, slots=True)
class Synced:
    """So many bytes of a segment are with the disk."""

    recording_id: str
    name: str
    size: int
    sha256: str  # of those bytes, hex


@dataclass(frozen=True, slots=True)
class Closed:
    """A segment is whole."""

    recording_id: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Paused:
    """A pause was noted: what the agent asked must not be forgotten."""

    recording_id: str
    offset_us: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The manifest is written: the recording is the uploader's."""

    recording_id: str
    manifest: str  # SHA-256, hex


Promise = Synced | Closed | Paused | Ready


def record(root: Path, say: Connection, seed: int) -> None:
    """One recording after the other, until the disk is gone.

    Said is `(monotonic time, promise)`; every process of a machine has the same such time.
    """
    chance = random.Random(seed)  # noqa: S311  # no secret
    spool = spool_in(root)

    def promise(one: Promise) -> None:
        say.send((time.monotonic(), one))
        if chance.random() < _RESTS:  # else the next sync hides that this one was forgotten
            time.sleep(chance.uniform(0, _LONGEST_REST))

    with contextlib.suppress(OSError):
        while True:
            _recorded(spool, root, promise, chance)


def send(root: Path, url: str, policy: bytes, root_key: bytes) -> None:
    """What is ready, to a central that knows desk-1 by the secret "s"."""
    logging.disable()
    sending = sending_to(url, policy, root_key, spool_in(root))
    while True:
        with contextlib.suppress(OSError):  # the disk is gone: it is killed in a moment
            if sending.step():
                continue
        time.sleep(0.005)


def sending_to(url: str, policy: bytes, root_key: bytes, spool: Spool) -> Sending:
    """The uploader's loop, signed in."""
    board = Board(lambda _uploads: None)
    identity = Identity(device_id="desk-1", root_key=b64(root_key), central_url=url)
    board.note(lambda standing: replace(standing, identity=identity, secret="s"))
    accepted = accept(policy, board.now.roots, datetime.now(UTC))
    board.note(lambda standing: replace(standing, policy=accepted))
    link = Link(url, trust(None), lambda: board.now.credential)
    return Sending(spool, link, board, threading.Event())


def _recorded(
    spool: Spool, root: Path, promise: Callable[[Promise], None], chance: random.Random
) -> None:
    opening = an_opening()
    recording_id = opening.recording_id
    folder = spool.create(opening)
    folder.fix_canvas(Canvas(640, 480, ((0, 0, 640, 480),)))
    now = 1.0
    for index in range(chance.randint(1, 3)):
        name = f"{index:03d}.seg"
        film = Film(folder, now)
        path = root / recording_id / name
        for _ in range(chance.randint(1, 4)):
            film.grow(chance.randbytes(chance.randint(1, _LARGEST_PIECE)))
            content = path.read_bytes()
            promise(Synced(recording_id, name, len(content), sha256(content).hexdigest()))
            now += 1
        film.close()
        promise(Closed(recording_id, name, sha256(path.read_bytes()).hexdigest()))
        if chance.random() < 0.3:
            folder.begin_pause(at(now), ASKED)
            folder.end_pause(at(now + 1))
            promise(Paused(recording_id, round(now * 1_000_000)))
            now += 1
    details = folder.write_details(chance.randbytes(300))
    manifest = folder.finish(at(now), EndReason.WRAPPED_UP, [], details)
    promise(Ready(recording_id, sha256(to_json(manifest)).hexdigest()))
