"""The spool's folder: who may do what to a recording, and in which order."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contract.canonical import canonical
from contract.manifest import Manifest, ManifestError, digest, recording_id_from
from contract.protocol import Receipt
from uploader.spool import durable
from uploader.spool.ballast import Ballast
from uploader.spool.closed_segments import ClosedSegments
from uploader.spool.journal import Opening
from uploader.spool.lock import InstanceLock
from uploader.spool.salvage import DamagedRecordingError, forget_folder, salvaged
from uploader.spool.verifying import Finding, Place, looked_through
from uploader.spool.whole import SpooledFile, check_complete, named_files
from uploader.spool.writing import JOURNAL, MANIFEST, RecordingFolder

logger = logging.getLogger(__name__)

_MEBIBYTE = 1 << 20
_QUARANTINE = "quarantine"
_WHY = "why.json"
_SENT = "sent.jsonl"
_LEAVING = "leaving"  # the manifest's name once central has confirmed: only to be removed
_SENT_TAIL = 64 * 1024  # bytes of `sent.jsonl` in which a repeated receipt is looked for


class ReceiptMismatchError(ValueError):
    """The receipt is not for what the spool holds: nothing may be removed."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A recording set aside for a person; nothing of it is lost."""

    recording_id: str
    why: str


class Spool:
    """The folder of one user. Only this package knows what its files are called."""

    def __init__(
        self,
        root: Path,
        *,
        ballast_bytes: int = 16 * _MEBIBYTE,
        reserve_bytes: int = 64 * _MEBIBYTE,
    ) -> None:
        self._root = root
        durable.private_folder(root)
        durable.private_folder(root / _QUARANTINE)
        self._ballast = Ballast(root, size=ballast_bytes, reserve=reserve_bytes)

    def lock(self, program: str) -> InstanceLock:
        """Be the only `client`, or the only `uploader`; AlreadyRunningError otherwise."""
        return InstanceLock(self._root / f"{program}.lock")

    # What the client does, under its lock.

    def prepare(self) -> None:
        """What `create` would do first, and takes long the first time. OSError as `create`."""
        self._ballast.lay_in()

    def create(self, opening: Opening) -> RecordingFolder:
        """Begin a recording. OSError if the disk does not take it."""
        self._ballast.lay_in()
        return RecordingFolder(self._folder(opening.recording_id), opening, self._ballast.give_up)

    def room(self) -> bool:
        """Whether the disk has room to go on recording."""
        return self._ballast.room()

    def abandoned(self) -> list[str]:
        """Recordings without a manifest: being written, or, at the client's start, left behind."""
        return sorted(
            recording_id
            for recording_id, folder in self._folders()
            if not (folder / MANIFEST).exists() and not (folder / _LEAVING).exists()
        )

    def salvage(self, recording_id: str) -> Manifest | None:
        """Make what a crash left ready to be sent; None if there was nothing in it.

        DamagedRecordingError if the folder contradicts its journal; quarantine it then.
        """
        return salvaged(self._folder(recording_id), self._ballast.give_up)

    def salvage_all(self) -> list[str]:
        """At the client's start: every abandoned recording, ready or in quarantine; the ready."""
        ready = []
        for recording_id in self.abandoned():
            try:
                manifest = self.salvage(recording_id)
            except DamagedRecordingError as error:
                logger.exception("recording %s cannot be salvaged", recording_id)
                self.quarantine(recording_id, f"damaged: {error}")
                continue
            except OSError:
                logger.exception("recording %s cannot be salvaged now", recording_id)
                continue  # it stays, and is tried again
            if manifest is not None:
                logger.warning("recording %s was salvaged after a crash", recording_id)
                ready.append(recording_id)
        return ready

    # What the uploader does, under its lock.

    def tidy(self) -> None:
        """At the uploader's start: finish the removals that a crash broke off."""
        for _, folder in list(self._folders()):
            if (folder / _LEAVING).exists():
                self._remove(folder)

    def waiting(self) -> list[str]:
        """Recordings ready to be sent, oldest first. Opens no file."""
        found = []
        for recording_id, folder in self._folders():
            try:
                ready = os.stat(folder / MANIFEST).st_mtime_ns
            except FileNotFoundError:
                continue
            found.append((ready, recording_id))
        return [recording_id for _, recording_id in sorted(found)]

    def ready_at(self, recording_id: str) -> datetime:
        """When its manifest was written, UTC. OSError if it has none."""
        written = os.stat(self._folder(recording_id) / MANIFEST).st_mtime
        return datetime.fromtimestamp(written, UTC)

    def closed_segments(self) -> ClosedSegments:
        """What of recordings that go on is whole already; ask it again and again."""
        return ClosedSegments(self._root, self.abandoned)

    def manifest_bytes(self, recording_id: str) -> bytes:
        """The manifest as written; its SHA-256 is what the receipt must name."""
        return (self._folder(recording_id) / MANIFEST).read_bytes()

    def files(self, recording_id: str) -> tuple[SpooledFile, ...]:
        """Every file that the manifest names.

        DamagedRecordingError if the manifest cannot be read or a file is not there in its size.
        """
        return named_files(self._folder(recording_id))

    def check(self, recording_id: str) -> None:
        """Read every file that the manifest names.

        DamagedRecordingError if one is not what was recorded: whoever touched it, it was here.
        """
        check_complete(self._folder(recording_id))

    def forget(self, receipt: Receipt) -> None:
        """Central has it: note that, then remove the recording. May be repeated.

        The caller has checked the receipt's signature. ReceiptMismatchError, and nothing is
        touched, if it is not for this manifest.
        """
        folder = self._folder(receipt.recording_id)
        if not folder.exists():
            return
        if not (folder / _LEAVING).exists():
            try:
                held = digest((folder / MANIFEST).read_bytes())
            except FileNotFoundError as error:
                raise ReceiptMismatchError("a receipt for what is not complete") from error
            if held != receipt.sha256:
                raise ReceiptMismatchError(f"receipt for {receipt.sha256}, manifest is {held}")
            self._note_sent(receipt, folder)
            durable.rename(folder / MANIFEST, folder / _LEAVING)
        self._remove(folder)

    def quarantine(self, recording_id: str, why: str) -> None:
        """Set it aside for a person, with the reason (ids and codes, nothing personal)."""
        folder = self._folder(recording_id)
        if folder.exists():
            durable.write_whole(folder / _WHY, canonical({"why": why}))
            durable.rename(folder, self._root / _QUARANTINE / recording_id)

    def quarantined(self) -> list[Quarantined]:
        """What was set aside, and why."""
        found = []
        for recording_id, folder in _recordings(self._root / _QUARANTINE):
            try:
                why = str(json.loads((folder / _WHY).read_bytes())["why"])
            except (OSError, ValueError, KeyError, TypeError):
                why = "unknown"
            found.append(Quarantined(recording_id, why))
        return sorted(found, key=lambda one: one.recording_id)

    def release(self, recording_id: str) -> None:
        """Out of quarantine, to be sent again."""
        folder = self._root / _QUARANTINE / recording_id_from(recording_id)
        if folder.exists():
            durable.rename(folder, self._root / recording_id)

    def size_bytes(self) -> int:
        """All that the recordings take, quarantine included; what goes meanwhile is left out."""
        return sum(
            _size(Path(entry.path))
            for root in (self._root, self._root / _QUARANTINE)
            for _, folder in _recordings(root)
            for entry in _entries(folder)
        )

    def size_of(self, recording_id: str) -> int:
        """Bytes that one takes, waiting or in quarantine; 0 when it is gone."""
        folders = (self._folder(recording_id), self._root / _QUARANTINE / recording_id)
        return sum(_size(Path(entry.path)) for folder in folders for entry in _entries(folder))

    def last_sent(self) -> Mapping[str, Any] | None:
        """The last line of `sent.jsonl`: recording_id, sha256, size, stored_at; None: no line."""
        try:
            with (self._root / _SENT).open("rb") as sent:
                sent.seek(max(0, sent.seek(0, os.SEEK_END) - _SENT_TAIL))
                return dict(json.loads(sent.read().splitlines()[-1]))
        except (OSError, ValueError, IndexError, TypeError):
            return None

    def verify(self, looked_at: Callable[[], None] = lambda: None) -> Sequence[Finding]:
        """Read every byte, and say what would be lost and what waits for a person.

        Nobody needs the lock for it. `looked_at` is called after each recording, for a person who
        waits.
        """
        aside = {one.recording_id: one.why for one in self.quarantined()}
        folders = [(Place.WAITING, one, self._folder(one)) for one in self.waiting()]
        folders += [(Place.UNFINISHED, one, self._folder(one)) for one in self.abandoned()]
        folders += [(Place.QUARANTINE, one, self._root / _QUARANTINE / one) for one in aside]
        return list(looked_through(folders, why=aside.__getitem__, looked_at=looked_at))

    def _folder(self, recording_id: str) -> Path:
        return self._root / recording_id_from(recording_id)

    def _folders(self) -> Iterator[tuple[str, Path]]:
        return _recordings(self._root)

    def _note_sent(self, receipt: Receipt, folder: Path) -> None:
        line = canonical(
            {
                "recording_id": receipt.recording_id,
                "sha256": receipt.sha256,
                "size": receipt.size,
                "stored_at": receipt.stored_at,
            }
        )
        path = self._root / _SENT
        try:
            with path.open("rb") as sent:
                sent.seek(max(0, sent.seek(0, os.SEEK_END) - _SENT_TAIL))
                if line in sent.read().split(b"\n"):
                    return  # noted, but a crash came before the manifest lost its name
        except FileNotFoundError:
            pass
        try:
            durable.append_line(path, line)
        except OSError as error:
            # What makes room must not wait for room. The journal is of no more use to anybody.
            if not durable.no_room(error):
                raise
            if (folder / JOURNAL).exists():
                durable.remove(folder / JOURNAL)
            elif not self._ballast.give_up():
                raise
            durable.append_line(path, line)

    def _remove(self, folder: Path) -> None:
        """The mark last, so that a crash never leaves segments that nobody owns."""
        for file in sorted(folder.iterdir()):
            if file.name != _LEAVING:
                durable.remove(file)
        forget_folder(folder)


def _recordings(root: Path) -> Iterator[tuple[str, Path]]:
    with os.scandir(root) as entries:
        for entry in entries:
            try:
                recording_id = recording_id_from(entry.name)
            except ManifestError:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield recording_id, Path(entry.path)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return list(os.scandir(folder))
    except FileNotFoundError:
        return []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
