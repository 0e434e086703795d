"""The power goes while a client records and an uploader sends; then both are started again."""

from __future__ import annotations

import json
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.faults import spool_work
from tests.faults.disk import Disk, disk, unavailable
from tests.faults.oracle import Fate, Oracle, Recorded, from_memory
from tests.faults.spool_work import Closed, Paused, Promise, Ready, Synced
from tests.faults.table import Row
from tests.uploader.false_central import FalseCentral
from tests.uploader.spool.staging import sent_ids, spool_in

_LONGEST = 0.6  # seconds from the first promise to the cut
_PATIENCE = 60.0
_AT_CENTRAL = frozenset({Fate.CENTRAL})


def cut_again_and_again(method: str, kind: str, rounds: int, folder: Path) -> Row:
    """So many power cuts on a disk of this kind."""
    row = Row(method, skipped=unavailable(kind))
    if row.skipped:
        return row
    multiprocessing.set_forkserver_preload([spool_work.__name__])
    with disk(folder, kind) as spooled:
        for number in range(rounds):
            _Round(row, spooled, number).play()
    return row


class _Round:
    """One cut, in a spool of its own."""

    def __init__(self, row: Row, spooled: Disk, number: int) -> None:
        self._row = row
        self._disk = spooled
        self._number = number
        self._root = spooled.root / str(number) / "state" / "spool"
        self._central = FalseCentral()
        self._central.devices["desk-1"] = "s"
        self._promises: list[Promise] = []

    def play(self) -> None:
        """Work, cut, start again, judge; carry away what is left, judge again."""
        with self._central.serving() as url:
            after = self._worked_until_cut(url)
            point = f"{self._number}: {after:.3f} s, {len(self._promises)} promises"
            spool = spool_in(self._root)
            spool.salvage_all()
            spool.tidy()
            oracle, finished = self._oracle()
            judged = oracle.judge(self._root, from_memory(self._central.taken))
            self._row.add(point, judged)
            self._row.failures += [f"{point}: {one}" for one in self._broken()]
            self._carried_away(url)
            for one in oracle.judge(self._root, from_memory(self._central.taken)):
                if one.fate not in _AT_CENTRAL:
                    self._row.failures.append(f"{point}, at the end: {one.fate} {one.why}")
            noted = sent_ids(self._root)
            if len(noted) != len(set(noted)) or not set(noted) >= finished:
                self._row.failures.append(f"{point}: sent.jsonl names {len(noted)} recordings")

    def _worked_until_cut(self, url: str) -> float:
        """Seconds from the first promise to the cut."""
        chance = random.Random(self._number)  # noqa: S311  # no secret
        ends: Any = multiprocessing.Pipe(duplex=False)  # their types are not on every system
        hear, say = ends
        policy, root_key = self._central.policy, self._central.root_key
        workers = [
            _started(spool_work.record, self._root, say, self._number),
        ]
        if self._number % 2 == 0:  # an uploader syncs as well, and hides what the client forgets
            workers.append(_started(spool_work.send, self._root, url, policy, root_key))
        say.close()
        if not hear.poll(_PATIENCE):
            raise TimeoutError("nothing was recorded")
        after = chance.uniform(0, _LONGEST)
        time.sleep(after)  # chance is the point
        off = self._disk.shut_down()
        for worker in workers:
            worker.kill()
            worker.join()
        self._promises = [one for said, one in _heard(hear) if said < off]
        self._disk.cut()
        return after

    def _oracle(self) -> tuple[Oracle, set[str]]:
        """What was promised, and which recordings were ready."""
        files: dict[str, dict[str, str]] = {}
        ready: dict[str, str] = {}
        for one in self._promises:
            if isinstance(one, Closed):
                files.setdefault(one.recording_id, {})[one.name] = one.sha256
            elif isinstance(one, Ready):
                ready[one.recording_id] = one.manifest
        oracle = Oracle()
        for recording_id, named in files.items():
            oracle.acknowledged(Recorded(recording_id, named, ready.get(recording_id, "")))
        return oracle, {*ready}

    def _broken(self) -> Iterator[str]:
        """What was synced of an open segment, each pause and each tombstone must be there."""
        noted = sent_ids(self._root)
        for recording_id in self._central.taken:
            if recording_id not in noted and not (self._root / recording_id).exists():
                yield f"{recording_id} left without a line in sent.jsonl"
        for one in self._promises:
            if isinstance(one, Synced):
                content = self._content(one.recording_id, one.name)[: one.size]
                if sha256(content).hexdigest() != one.sha256:
                    yield f"{one.name} of {one.recording_id} has not the {one.size} bytes"
            elif isinstance(one, Paused):
                manifest = self._content(one.recording_id, "manifest.json")
                pauses = json.loads(manifest)["pauses"] if manifest else []
                if one.offset_us not in [pause["offset_us"] for pause in pauses]:
                    journal = self._content(one.recording_id, "journal.jsonl")[-600:].decode()
                    yield f"a pause of {one.recording_id} is forgotten: {pauses}, {journal}"

    def _content(self, recording_id: str, name: str) -> bytes:
        """A file of a recording, wherever it is; empty if it is nowhere."""
        if recording_id in self._central.taken:
            manifest, files = self._central.taken[recording_id]
            named: Mapping[str, bytes] = {**files, "manifest.json": manifest}
            return named.get(name, b"")
        path = self._root / recording_id / name
        return path.read_bytes() if path.exists() else b""

    def _carried_away(self, url: str) -> None:
        """By an uploader that is started again."""
        spool = spool_in(self._root)
        sending = spool_work.sending_to(url, self._central.policy, self._central.root_key, spool)
        deadline = time.monotonic() + _PATIENCE
        while spool.waiting() and time.monotonic() < deadline:
            sending.step()


def _started(act: Callable[..., None], *arguments: object) -> BaseProcess:
    """A process of its own, from a server that has imported everything."""
    context: Any = multiprocessing.get_context("forkserver")  # its type is not on every system
    process: BaseProcess = context.Process(target=act, args=arguments, daemon=True)
    process.start()
    return process


def _heard(hear: Connection) -> Iterator[tuple[float, Promise]]:
    try:
        while True:
            yield hear.recv()
    except (EOFError, OSError):  # OSError: its last word was cut off
        hear.close()
