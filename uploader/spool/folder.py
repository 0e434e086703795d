"""The spool's folder: who may do what to a recording, and in which order."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contract.canonical import canonical
from contract.manifest import Manifest, digest, recording_id_from
from contract.policy import Spooling
from contract.protocol import Receipt
from uploader.spool import durable
from uploader.spool.ballast import Ballast
from uploader.spool.closed_segments import ClosedSegments
from uploader.spool.journal import Opening
from uploader.spool.limits import MayNotOpen, kept_back, may_not_open
from uploader.spool.listing import Listing, size_of
from uploader.spool.lock import InstanceLock
from uploader.spool.salvage import DamagedRecordingError, forget_folder, salvaged
from uploader.spool.sent import SentNotes
from uploader.spool.verifying import Finding, Place, looked_through
from uploader.spool.whole import SpooledFile, check_complete, named_files
from uploader.spool.writing import JOURNAL, MANIFEST, RecordingFolder

logger = logging.getLogger(__name__)

_QUARANTINE = "quarantine"
_WHY = "why.json"
_LEAVING = "leaving"  # the manifest's name once central has confirmed: only to be removed


_NO_LIMITS = Spooling(least_free_percent=0)


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
        ballast_bytes: int | None = None,
        reserve_bytes: int | None = None,
    ) -> None:
        """None: as much as the disk's size makes sensible."""
        self._root = root
        durable.private_folder(root)
        durable.private_folder(root / _QUARANTINE)
        usual = kept_back(root)
        self._ballast = Ballast(
            root,
            size=usual if ballast_bytes is None else ballast_bytes,
            reserve=usual if reserve_bytes is None else reserve_bytes,
        )
        self._limits = _NO_LIMITS
        self._listing = Listing(root)
        self._aside = Listing(root / _QUARANTINE)
        self._sent = SentNotes(root)
        self._reasons: dict[str, str] = {}  # of those in quarantine; replaced, never changed

    def lock(self, program: str) -> InstanceLock:
        """Be the only `client`, or the only `uploader`; AlreadyRunningError otherwise."""
        return InstanceLock(self._root / f"{program}.lock")

    # What the client does, under its lock.

    def prepare(self) -> None:
        """What opening would do first, and takes long the first time. OSError as `create`."""
        self._ballast.lay_in()
        self.size_bytes()

    def obey(self, spooling: Spooling) -> None:
        """The policy's limits, from the next recording on; from any thread."""
        self._limits = spooling

    def may_not_open(self) -> MayNotOpen:
        """Why no recording may open now, a code of the client's problems; "" if one may."""
        if not self.room():
            return "disk-full"
        return may_not_open(self._limits, self._root, self.size_bytes)

    def create(self, opening: Opening) -> RecordingFolder:
        """Begin a recording. OSError if the disk does not take it."""
        self._ballast.lay_in()
        return RecordingFolder(self._folder(opening.recording_id), opening, self._ballast.give_up)

    def room(self) -> bool:
        """Whether the disk has room to go on recording."""
        return self._ballast.room()

    def abandoned(self) -> list[str]:
        """Recordings without a manifest: being written, or, at the client's start, left behind."""
        ready = self._listing.ready()
        return sorted(
            recording_id
            for recording_id, folder in self._folders()
            if recording_id not in ready and not (folder / _LEAVING).exists()
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
        """At the uploader's start: finish removals that a crash broke off, cut old notes."""
        for _, folder in list(self._folders()):
            if (folder / _LEAVING).exists():
                self._remove(folder)
        try:
            self._sent.cut()
        except OSError as error:
            logger.warning("old notes of what was sent stay for now: %s", error.strerror)

    def waiting(self) -> list[str]:
        """Recordings ready to be sent, oldest first. Opens no file."""
        ready = self._listing.ready()
        return [one for _, one in sorted((at, one) for one, at in ready.items())]

    def ready_at(self, recording_id: str) -> datetime:
        """When its manifest was written, UTC. OSError if it has none."""
        written = self._listing.ready_ns(recording_id_from(recording_id))
        return datetime.fromtimestamp(written / 10**9, UTC)

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
            self._sent.add(receipt, lambda: self._made_room(folder))
            self._listing.leaves(receipt.recording_id)
            durable.rename(folder / MANIFEST, folder / _LEAVING)
        self._remove(folder)

    def quarantine(self, recording_id: str, why: str) -> None:
        """Set it aside for a person, with the reason (ids and codes, nothing personal)."""
        folder = self._folder(recording_id)
        if folder.exists():
            durable.write_whole(folder / _WHY, canonical({"why": why}))
            durable.rename(folder, self._root / _QUARANTINE / recording_id)
            self._reasons = {
                one: said for one, said in self._reasons.items() if one != recording_id
            }

    def quarantined(self) -> list[Quarantined]:
        """What was set aside, and why."""
        known, found = self._reasons, {}
        for recording_id, folder in self._aside.folders():
            found[recording_id] = known.get(recording_id) or _reason(folder)
        self._reasons = found
        return [Quarantined(one, why) for one, why in sorted(found.items())]

    def release(self, recording_id: str) -> None:
        """Out of quarantine, to be sent again."""
        folder = self._root / _QUARANTINE / recording_id_from(recording_id)
        if folder.exists():
            durable.rename(folder, self._root / recording_id)

    def size_bytes(self) -> int:
        """All that the recordings take, quarantine included; what goes meanwhile is left out."""
        return self._listing.size_bytes() + self._aside.size_bytes()

    def size_of(self, recording_id: str) -> int:
        """Bytes that one takes, waiting or in quarantine; 0 when it is gone."""
        folders = (self._folder(recording_id), self._root / _QUARANTINE / recording_id)
        return sum(map(size_of, folders))

    def last_sent(self) -> Mapping[str, Any] | None:
        """What central confirmed last: recording_id, sha256, size, stored_at; None: nothing."""
        return self._sent.last()

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
        return self._listing.folders()

    def _made_room(self, folder: Path) -> bool:
        """Of what central has, the journal is of no more use to anybody."""
        if (folder / JOURNAL).exists():
            durable.remove(folder / JOURNAL)
            return True
        return self._ballast.give_up()

    def _remove(self, folder: Path) -> None:
        """The mark last, so that a crash never leaves segments that nobody owns."""
        for file in sorted(folder.iterdir()):
            if file.name != _LEAVING:
                durable.remove(file)
        forget_folder(folder)


def _reason(folder: Path) -> str:
    """Why it is in quarantine."""
    try:
        return str(json.loads((folder / _WHY).read_bytes())["why"])
    except (OSError, ValueError, KeyError, TypeError):
        return "unknown"
