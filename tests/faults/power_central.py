"""The power goes while central takes recordings; then it is started again, and asked."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Self

import requests

from bench.stage.office import free_port
from contract.envelope import Recipient
from contract.manifest import Manifest, to_json
from contract.protocol import MASKS
from tests.central.serving import Central, Desk, manifest_of, sealed
from tests.faults.disk import Disk, disk, unavailable
from tests.faults.forked import KILL, Fork, Prepared
from tests.faults.oracle import Fate, Oracle, Recorded, at_central
from tests.faults.table import Row

_LONGEST = 1.2  # seconds from the first request to the cut
_SENDERS = 3
_LARGEST = 60_000  # bytes of a frame
_CHECKED_EACH = 20  # rounds; the whole of central
_AT_CENTRAL = frozenset({Fate.CENTRAL})


def cut_again_and_again(method: str, kind: str, rounds: int, folder: Path) -> Row:
    """So many power cuts on a disk of this kind."""
    row = Row(method, skipped=unavailable(kind))
    if row.skipped:
        return row
    with disk(folder, kind) as stored, _Site(folder, stored) as site:
        for number in range(rounds):
            site.round(row, number)
            if (number + 1) % _CHECKED_EACH == 0 or number + 1 == rounds:
                row.failures += [f"check after {number}: {fault}" for fault in site.faults()]
    return row


@dataclass(frozen=True, slots=True)
class _Offset:
    """Of a file, as central said it."""

    said: float  # monotonic time at which it was heard
    name: str
    location: str
    reached: int  # bytes


@dataclass
class _Attempt:
    """A recording, and what central said of it."""

    manifest: Manifest
    files: dict[str, bytes]
    offsets: list[_Offset] = field(default_factory=list)
    receipt: bytes = b""
    received: float = 0.0  # monotonic time at which the receipt was heard

    def sent(self, desk: Desk, chance: random.Random) -> None:
        """Each file in pieces, then the manifest; each answer is noted."""
        for name, content in self.files.items():
            answer = desk.create(f"{self.manifest.recording_id}/{name}", content)
            assert answer.status_code in {HTTPStatus.OK, HTTPStatus.CREATED}, answer.text
            location = answer.headers["Location"]
            while True:
                offset = int(answer.headers["Upload-Offset"])
                self.offsets.append(_Offset(time.monotonic(), name, location, offset))
                if offset == len(content):
                    break
                end = offset + chance.randint(1, len(content) - offset)
                answer = desk.patch(location, content[offset:end], offset)
                assert answer.status_code == HTTPStatus.NO_CONTENT, answer.text
        answer = desk.finish(self.manifest)
        assert answer.status_code == HTTPStatus.OK, answer.text
        self.receipt, self.received = answer.content, time.monotonic()

    def until(self, off: float) -> None:
        """Forget what was heard from then on: the power was going, and nothing was promised."""
        self.offsets = [one for one in self.offsets if one.said < off]
        if self.received >= off:
            self.receipt = b""

    def broken(self, desk: Desk) -> Iterator[str]:
        """What central said and does not stand by."""
        if self.receipt:
            answer = desk.finish(self.manifest)
            if answer.content != self.receipt:
                yield f"the receipt is forgotten: {answer.status_code}"
            return
        for name, last in {one.name: one for one in self.offsets}.items():
            answer = desk.tus("HEAD", last.location)
            if answer.status_code != HTTPStatus.OK:
                yield f"{name}: the upload is forgotten: {answer.status_code}"
            elif (found := int(answer.headers["Upload-Offset"])) < last.reached:
                yield f"{name}: said {last.reached}, has {found}"


class _Site:
    """A central on a disk whose power goes, and a desk that sends to it."""

    def __init__(self, folder: Path, stored: Disk) -> None:
        self._disk = stored
        self._data = folder / "data"
        self._data.symlink_to(stored.root / "data")
        self._address = Central(self._data, "worker_inline = false\n")  # not started: only known
        self._address.url = f"http://127.0.0.1:{free_port()}"
        settings = str(self._data.with_suffix(".toml"))
        listen = self._address.url.removeprefix("http://")
        self._central = Prepared("central", settings, listen, log=folder / "central.log")
        self._served: Fork | None = None
        self._judged = set[str]()

    def __enter__(self) -> Self:
        try:
            self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _begin(self) -> None:
        """Its first run, a power cut, and a desk that enrols."""
        (first,) = self._central.run(do="init").all("first")
        self._address.first = dict(first)
        self._disk.shut_down()  # what it showed at its first run must be true for ever
        self._disk.cut()
        self._serve()
        self._desk = self._address.enrol()
        self._recipients = self._desk.recipients()

    def __exit__(self, *_: object) -> None:
        if self._served is not None:
            self._served.end()
        self._central.close()

    def round(self, row: Row, number: int) -> None:
        """Send, cut, start again; everything that was said must be so."""
        attempts, masks, after = self._worked_until_cut(number)
        self._serve()
        receipts = sum(bool(one.receipt) for one in attempts)
        point = f"{number}: {after:.3f} s, {receipts} receipts, {len(attempts) - receipts} begun"
        for name, count in (("receipts", receipts), ("masks", len(masks))):
            row.figures[name] = row.figures.get(name, 0) + count
        for one in attempts:
            for broken in one.broken(self._desk):
                row.failures.append(f"{point}: {one.manifest.recording_id}: {broken}")
        row.failures += [f"{point}: a mask is forgotten" for one in masks if not self._holds(one)]
        oracle = Oracle()
        for one in attempts:
            one.sent(self._desk, random.Random(number))  # noqa: S311  # no secret
            named = {name: sha256(content).hexdigest() for name, content in one.files.items()}
            manifest = sha256(to_json(one.manifest)).hexdigest()
            oracle.acknowledged(Recorded(one.manifest.recording_id, named, manifest))
        row.add(point, oracle.judge(None, at_central(self._data, self._judged)), _AT_CENTRAL)
        self._judged.update(oracle.recorded)

    def faults(self) -> list[str]:
        """What `twinreel-central check` says."""
        assert self._served is not None
        self._served.end()
        (said,) = self._central.run(do=["check", "--depth", "hash"]).all("done")
        self._serve()
        return [*said["faults"]]

    def _serve(self) -> None:
        self._served = self._central.start(do=["serve"])
        self._served.until("ready")

    def _worked_until_cut(self, number: int) -> tuple[list[_Attempt], list[str], float]:
        """What was sent, the calls that were masked, and how long it went on."""
        assert self._served is not None
        attempts: list[_Attempt] = []
        masks: list[tuple[float, str]] = []
        seeds = [f"{number} {one}" for one in range(_SENDERS)]
        senders = [
            threading.Thread(target=self._send, args=(seed, attempts, masks)) for seed in seeds
        ]
        for sender in senders:
            sender.start()
        after = random.Random(number).uniform(0, _LONGEST)  # noqa: S311  # no secret
        time.sleep(after)  # chance is the point
        off = self._disk.shut_down()
        self._served.end(KILL)
        for sender in senders:
            sender.join()
        self._disk.cut()
        for one in attempts:
            one.until(off)
        return attempts, [call_id for said, call_id in masks if said < off], after

    def _send(self, seed: str, attempts: list[_Attempt], masks: list[tuple[float, str]]) -> None:
        """One recording after the other, until central is gone."""
        chance = random.Random(seed)  # noqa: S311  # no secret
        known = self._desk
        desk = Desk(self._address, known.device_id, known.secret, known.root)
        with suppress(requests.RequestException, AssertionError):
            while True:
                attempt = _an_attempt(desk, self._recipients, chance)
                attempts.append(attempt)
                attempt.sent(desk, chance)
                if chance.random() < 0.3:
                    masks += _masked(desk, attempt.manifest.call_id)
                time.sleep(chance.choice((0, 0, 0.2)))  # else the next sync hides a forgotten one

    def _holds(self, call_id: str) -> bool:
        rows = f"{(self._data / 'central.db').resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(rows, uri=True)) as database:
            question = "SELECT COUNT(*) FROM store_mask WHERE call_id = ?"
            return bool(database.execute(question, (call_id,)).fetchone()[0])


def _an_attempt(desk: Desk, recipients: list[Recipient], chance: random.Random) -> _Attempt:
    segments = [
        sealed(recipients, os.urandom(chance.randint(1, _LARGEST)))
        for _ in range(chance.randint(1, 2))
    ]
    files = {f"{index:03}.seg": content for index, content in enumerate(segments)}
    return _Attempt(manifest_of(desk, segments), files)


def _masked(desk: Desk, call_id: str) -> list[tuple[float, str]]:
    """The call, and when central answered that it is masked, if it did."""
    since = datetime.now(UTC).isoformat()
    mask = {"call_id": call_id, "agent_id": "agent42", "since": since, "reason": "asked"}
    answer = desk.session.post(
        desk.central.url + MASKS,
        json=mask,
        headers={"Authorization": f"Bearer {desk.device_id}.{desk.secret}"},
        timeout=20,
    )
    return [(time.monotonic(), call_id)] if answer.status_code == HTTPStatus.NO_CONTENT else []
