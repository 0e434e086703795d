"""What central holds, seen past central: rows read by SQLite, files opened with its keys."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import av

from bench.stage.office import Central, Desk
from central.media import keys
from contract.envelope import opened, opened_prefix
from contract.manifest import EndReason, Manifest, from_json
from contract.protocol import DETAILS, segment_name

_HERE = ("received", "playable")
# Long enough that chance does not write them into sealed bytes, as it does with four letters.
PICTURES = (
    b"ftypiso",
    b"ftypmp4",
    b"mfhd\x00\x00\x00\x00",  # of each fragment, behind its `moof`
    b"avcC\x01d",
    b"avcC\x01M",
    b"avcC\x01B",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe0\x00\x10JFIF",
)
PERSONAL = (  # what Workspace and the scripted desktop say of agent and customer
    b"Ad-lib",
    b"4929 1234 5678 9012",
    b"4929123456789012",
    b"15551230001",
    b"Ann Example",
    b"Gold since",
    b"Invoice",
)


@dataclass(frozen=True, slots=True)
class Received:
    """One recording at central: proved whole, and opened."""

    manifest: Manifest
    manifest_sha256: str
    segments: tuple[bytes, ...]  # in the clear, in this test's memory alone


def rows(central: Central, query: str, *values: object) -> list[dict[str, Any]]:
    """What is in central's database now."""
    address = f"file:{central.data / 'central.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=30)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query, values)]


def received(central: Central, call_id: str) -> list[Received]:
    """Central's recordings of a call, oldest first, each proved to be what its manifest says."""
    found = rows(
        central,
        "SELECT * FROM store_recording WHERE call_id = ? AND state IN (?, ?) ORDER BY started_at",
        call_id,
        *_HERE,
    )
    return [_proved(central, row) for row in found]


def _proved(central: Central, row: dict[str, Any]) -> Received:
    manifest = from_json(bytes(row["manifest"]))
    digest = sha256(bytes(row["manifest"])).hexdigest()
    assert digest == row["manifest_sha256"]
    files = rows(
        central, "SELECT * FROM store_recordingfile WHERE recording_id = ?", row["recording_id"]
    )
    promised = {segment_name(one.index): one.sha256 for one in manifest.segments}
    if manifest.details_sha256 is not None:
        promised[DETAILS] = manifest.details_sha256
    assert sorted(file["name"] for file in files) == sorted(promised)
    ring = keys.load(central.data / "keys").opening
    clear = {}
    for file in files:
        sealed = (central.data / file["path"]).read_bytes()
        assert sha256(sealed).hexdigest() == promised[file["name"]] == file["sha256"]
        torn = manifest.end_reason is EndReason.SALVAGED
        read = opened_prefix if torn else opened
        clear[file["name"]] = b"".join(read(io.BytesIO(sealed), ring))
    segments = tuple(clear[segment_name(one.index)] for one in manifest.segments)
    return Received(manifest, digest, segments)


def receipts(desk: Desk, recording_id: str) -> list[str]:
    """The digests in central's receipts for a recording, as the desk has noted them."""
    sent = (desk.spool / "sent.jsonl").read_text(encoding="utf-8").splitlines()
    lines = [json.loads(line) for line in sent]
    return [line["sha256"] for line in lines if line["recording_id"] == recording_id]


def packets(film: io.BytesIO | str) -> Iterator[bytes]:
    """The coded pictures of a film or segment, one by one."""
    with av.open(film, "r") as container:
        for packet in container.demux(video=0):
            if packet.size:
                yield bytes(packet)


def masks(central: Central, call_id: str) -> list[tuple[datetime, datetime | None]]:
    """The spans of silence that desks have reported of a call."""
    found = rows(central, "SELECT since, until FROM store_mask WHERE call_id = ?", call_id)
    return [(_time(row["since"]), _time(row["until"]) if row["until"] else None) for row in found]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def places_of(needles: Sequence[bytes], folders: Sequence[Path]) -> list[str]:
    """Where any of these stands in a file below the folders: "path: needle"."""
    return [
        f"{path}: {needle!r}"
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
        for needle in held_by(path, needles)
    ]


def held_by(path: Path, needles: Sequence[bytes]) -> list[bytes]:
    """Which of these stand in a file; none, once it is gone."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    return [needle for needle in needles if needle in content]
