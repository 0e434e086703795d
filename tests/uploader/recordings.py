"""Recordings in a spool, as the client would leave them."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from contract.manifest import Canvas, EndReason, Leg
from contract.selection import RecordingDecision
from uploader.core import FileToSend
from uploader.spool import Opening, RecordingFolder, Spool

DECISION = RecordingDecision(
    selected=True, bucket=1, percentage=Decimal(100), salt="salt", asked=False
)


def spooled(spool: Spool, *sizes: int, details: int | None = None, seed: int = 0) -> str:
    """A finished recording with segments of these sizes; its id."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    segments = [chance.randbytes(size) for size in sizes]
    return left(spool, segments, None if details is None else chance.randbytes(details))


def left(
    spool: Spool, segments: list[bytes], details: bytes | None, device_id: str = "desk-1"
) -> str:
    """A finished recording with these files; its id."""
    folder = begun(spool, segments, device_id)
    digest = None if details is None else folder.write_details(details)
    duration = timedelta(seconds=len(segments))
    folder.finish(duration, EndReason.WRAPPED_UP, [Leg("call", "1")], digest)
    return folder.recording_id


def begun(spool: Spool, segments: list[bytes], device_id: str = "desk-1") -> RecordingFolder:
    """A recording that goes on, with these segments closed."""
    folder = spool.create(opening(device_id))
    folder.fix_canvas(Canvas(640, 480, ((0, 0, 640, 480),)))
    second = timedelta(seconds=1)
    for index, content in enumerate(segments):
        segment = folder.segment(index * second)
        segment.append(content, second, 5)
        folder.close_segment(segment.closed(second, 5))
    return folder


def opening(device_id: str = "desk-1") -> Opening:
    """Of a new recording."""
    recording_id = str(uuid.uuid4())
    return Opening(
        recording_id=recording_id,
        call_id=f"call of {recording_id}",
        agent_id="agent",
        device_id=device_id,
        started_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        clock_offset=timedelta(0),
        clock_round_trip=timedelta(0),
        decision=DECISION,
        client_version="1",
    )


def files(spool: Spool, recording_id: str) -> list[FileToSend]:
    """As the uploader's sending loop hands them on."""
    return [
        FileToSend(one.name, str(one.path), one.size, one.sha256)
        for one in spool.files(recording_id)
    ]


def contents(spool: Spool, recording_id: str) -> dict[str, bytes]:
    """What must arrive."""
    return {one.name: Path(one.path).read_bytes() for one in files(spool, recording_id)}
