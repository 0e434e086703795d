"""A spool, recordings that are made in it piece by piece, and what is read back from them."""

from __future__ import annotations

import json
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from contract.envelope import Recipient, Sealer, opened_prefix
from contract.manifest import Canvas, EndReason, Leg, Manifest, PauseReason, digest
from contract.protocol import Receipt
from contract.selection import decide
from uploader.spool import Opening, RecordingFolder, SegmentFile, Spool

KEY = X25519PrivateKey.generate()
_TO = [Recipient("here", KEY.public_key().public_bytes_raw())]
ASKED = frozenset({PauseReason.ASKED})
LOCKED = frozenset({PauseReason.LOCKED})


def at(seconds: float) -> timedelta:
    """So long after the recording began."""
    return timedelta(seconds=seconds)


def an_opening() -> Opening:
    return Opening(
        recording_id=str(uuid.uuid4()),
        call_id="call-1",
        agent_id="agent-7",
        device_id="desk-1",
        started_at=datetime(2026, 11, 22, 6, 17, 15, 183000, UTC),
        clock_offset=timedelta(milliseconds=-40),
        clock_round_trip=timedelta(milliseconds=12),
        decision=decide("call-1", Decimal(100), "salt"),
        client_version="0.1.0",
    )


def spool_in(root: Path) -> Spool:
    """One that asks nothing of the disk."""
    return Spool(root, ballast_bytes=0, reserve_bytes=0)


class Film:
    """A sealed segment that grows by one piece of film a second."""

    def __init__(self, folder: RecordingFolder, offset: float) -> None:
        self.folder = folder
        self.file: SegmentFile = folder.segment(at(offset))
        self.sealer = Sealer({}, _TO, secrets.token_bytes(32))
        self.frames = 0
        self.header = self.sealer.header

    def grow(self, piece: bytes) -> None:
        self.frames += 1
        self.file.append(self.header + self.sealer.seal(piece), at(self.frames), self.frames)
        self.header = b""
        self.file.sync()

    def close(self) -> None:
        self.file.append(self.sealer.seal(b"", final=True), at(self.frames), self.frames)
        self.folder.close_segment(self.file.closed(at(self.frames), self.frames))


def recorded(spool: Spool, opening: Opening | None = None) -> Manifest:
    """One recording of two segments with a pause between them."""
    folder = spool.create(opening or an_opening())
    folder.begin_pause(at(0), frozenset())
    folder.fix_canvas(Canvas(640, 480, ((0, 0, 640, 480),)))
    folder.end_pause(at(0.001))
    first = Film(folder, 0.001)
    first.grow(b"one")
    first.grow(b"two")
    first.close()
    folder.begin_pause(at(3), ASKED)
    folder.end_pause(at(5))
    second = Film(folder, 5)
    second.grow(b"three")
    second.close()
    details = folder.write_details(b"sealed details")
    return folder.finish(at(6), EndReason.WRAPPED_UP, [Leg("call-1", "conn-1")], details)


def receipt_for(spool: Spool, recording_id: str) -> Receipt:
    """What central would answer."""
    text = spool.manifest_bytes(recording_id)
    return Receipt(recording_id, digest(text), 1234, "2026-11-22T07:00:00.000000Z")


def sent_ids(root: Path) -> list[str]:
    """The recordings whose receipts are noted."""
    path = root / "sent.jsonl"
    if not path.exists():
        return []
    return [json.loads(line)["recording_id"] for line in path.read_bytes().splitlines()]


def opened_film(path: Path) -> bytes:
    """What is in a segment, as far as it is whole."""
    with path.open("rb") as stream:
        return b"".join(opened_prefix(stream, {"here": KEY}))
