"""What was recorded, what central holds, what the spool holds: and so what is lost or doubled.

It stands outside every program under test and shares no code with them: it reads manifests as JSON,
central's rows by SQL and every file by its bytes. Note a recording with `Oracle.note` as soon as
its writer acknowledged it, break things, let the programs come to rest, then `judge`.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

_TAKEN = """SELECT recording_id, manifest FROM store_recording
    WHERE state IN ('received', 'playable') AND length(receipt) > 0"""
_TAKES = """SELECT json_extract(entry, '$.subject') FROM store_auditentry
    WHERE tag = 'recording:received'"""
_FILES = "SELECT name, path FROM store_recordingfile WHERE recording_id = ?"


class Fate(StrEnum):
    """Where a recording is at the end."""

    CENTRAL = "at central, once and as it was recorded"
    SPOOL = "in the spool, whole"
    ASIDE = "in quarantine, whole"
    LOST = "lost"
    DOUBLED = "doubled"
    DAMAGED = "damaged"


SAFE = frozenset({Fate.CENTRAL, Fate.SPOOL})


@dataclass(frozen=True, slots=True)
class Copy:
    """A recording as it is somewhere."""

    recording_id: str
    manifest: str  # SHA-256, hex; "" without a manifest
    files: Mapping[str, str]  # name -> SHA-256, hex, of the bytes that are there
    named: Mapping[str, str]  # as the manifest says
    place: str

    @property
    def whole(self) -> bool:
        """Whether every file that its manifest names is there as named."""
        return bool(self.manifest) and all(
            self.files.get(name) == digest for name, digest in self.named.items()
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a writer acknowledged. Until it acknowledged the manifest, only files are known."""

    recording_id: str
    files: Mapping[str, str]  # name -> SHA-256, hex
    manifest: str = ""  # SHA-256, hex

    def is_in(self, copy: Copy) -> bool:
        """Whether the copy is all that was acknowledged, and whole in itself."""
        return (
            copy.whole
            and self.manifest in {"", copy.manifest}
            and all(copy.files.get(name) == digest for name, digest in self.files.items())
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """One recording, judged."""

    recording_id: str
    fate: Fate
    why: str = ""


@dataclass
class Oracle:
    """Everything that was acknowledged in one run."""

    recorded: dict[str, Recorded] = field(default_factory=dict)

    def note(self, spool: Path, recording_id: str) -> Recorded:
        """A manifest was just written: this is what must not be lost."""
        copy = _in_folder(spool / recording_id, "spool")
        assert copy is not None, f"{recording_id} is not there"
        assert copy.whole, f"{recording_id} was never whole"
        return self.acknowledged(Recorded(recording_id, copy.named, copy.manifest))

    def acknowledged(self, recorded: Recorded) -> Recorded:
        """As `note`, from what the writer said itself; said again it may only grow."""
        self.recorded[recorded.recording_id] = recorded
        return recorded

    def judge(self, spool: Path | None, central: Iterable[Copy]) -> list[Judgement]:
        """Each recording's fate; what nobody recorded is said to be doubled."""
        here = [] if spool is None else list(spooled(spool))
        there = list(central)
        judged = [_judged(one, here, there) for one in self.recorded.values()]
        digests = {digest for one in self.recorded.values() for digest in one.files.values()}
        for copy in (*here, *there):
            twins = digests & {*copy.files.values()}
            if copy.recording_id not in self.recorded and twins:
                why = f"{copy.place} holds its files under another id"
                judged.append(Judgement(copy.recording_id, Fate.DOUBLED, why))
        return judged


def spooled(root: Path) -> Iterator[Copy]:
    """Every recording in a spool, in quarantine too, whatever its state."""
    for folder, place in ((root, "spool"), (root / "quarantine", "quarantine")):
        for one in sorted(folder.iterdir()) if folder.is_dir() else ():
            if _is_id(one.name) and one.is_dir() and (copy := _in_folder(one, place)) is not None:
                yield copy


def at_central(data: Path, except_for: Collection[str] = ()) -> Iterator[Copy]:
    """Every recording that a central on SQLite has given a receipt for, as often as it took it.

    Its files are read anew: what a row says proves nothing. `except_for`: ids of other rounds.
    """
    with closing(sqlite3.connect(f"{(data / 'central.db').as_uri()}?mode=ro", uri=True)) as rows:
        takes = Counter(one for (one,) in rows.execute(_TAKES) if one not in except_for)
        for recording_id, manifest in rows.execute(_TAKEN).fetchall():
            if recording_id in except_for:
                continue
            where = rows.execute(_FILES, (recording_id,))
            files = {name: _digest(data / path) for name, path in where}
            text = bytes(manifest)
            copy = Copy(recording_id, sha256(text).hexdigest(), files, _named(text), "central")
            yield from [copy] * max(1, takes.pop(recording_id, 0))
        for recording_id in takes:  # it took it, and has no row of it
            yield Copy(recording_id, "", {}, {}, "central")


def from_memory(taken: Mapping[str, tuple[bytes, Mapping[str, bytes]]]) -> Iterator[Copy]:
    """The recordings of a false central that keeps them as (manifest, files)."""
    for recording_id, (text, contents) in taken.items():
        files = {name: sha256(content).hexdigest() for name, content in contents.items()}
        yield Copy(recording_id, sha256(text).hexdigest(), files, _named(text), "central")


def _judged(recorded: Recorded, here: list[Copy], there: list[Copy]) -> Judgement:
    recording_id = recorded.recording_id
    local = [copy for copy in here if copy.recording_id == recording_id]
    remote = [copy for copy in there if copy.recording_id == recording_id]
    if len(remote) > 1:
        return Judgement(recording_id, Fate.DOUBLED, f"central took it {len(remote)} times")
    if len([copy for copy in local if copy.manifest]) > 1:
        return Judgement(recording_id, Fate.DOUBLED, "in the spool and in quarantine")
    if remote:
        if recorded.is_in(remote[0]):
            return Judgement(recording_id, Fate.CENTRAL)
        return Judgement(recording_id, Fate.DAMAGED, _difference(recorded, remote[0]))
    for copy in local:
        if recorded.is_in(copy):
            aside = copy.place == "quarantine"
            return Judgement(recording_id, Fate.ASIDE if aside else Fate.SPOOL)
    if local:
        return Judgement(recording_id, Fate.DAMAGED, _difference(recorded, local[0]))
    return Judgement(recording_id, Fate.LOST, "neither at central nor in the spool")


def _difference(recorded: Recorded, copy: Copy) -> str:
    wanted = {**copy.named, **recorded.files}
    wrong = sorted(name for name, digest in wanted.items() if copy.files.get(name) != digest)
    return f"{copy.place}: {', '.join(wrong) or 'another manifest, or none'}"


def _in_folder(folder: Path, place: str) -> Copy | None:
    """None if an uploader has just removed it."""
    try:
        there = list(folder.iterdir())
    except FileNotFoundError:
        return None
    files = {
        path.name: _digest(path)
        for path in there
        if path.suffix == ".seg" or path.name == "details"
    }
    try:
        text = (folder / "manifest.json").read_bytes()
        return Copy(folder.name, sha256(text).hexdigest(), files, _named(text), place)
    except (FileNotFoundError, ValueError, KeyError):
        return Copy(folder.name, "", files, {}, place)


def _named(manifest: bytes) -> dict[str, str]:
    said = json.loads(manifest)
    named = {f"{one['index']:03}.seg": str(one["sha256"]) for one in said["segments"]}
    if said["details_sha256"] is not None:
        named["details"] = said["details_sha256"]
    return named


def _digest(path: Path) -> str:
    """SHA-256, hex; "" if there is no such file."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _is_id(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False
