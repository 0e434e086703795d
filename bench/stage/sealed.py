"""A desk that is known to central, and recordings as it would have made them."""

from __future__ import annotations

import os
import ssl
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from contract.canonical import unb64
from contract.envelope import Recipient, Sealer
from contract.manifest import Canvas, EndReason, Manifest, Segment, to_json
from contract.policy import accept
from contract.protocol import POLICY, EnrolmentToken, segment_name
from contract.selection import RecordingDecision
from contract.signing import key_id
from uploader.central.enrolment import enrol
from uploader.core import FileToSend
from uploader.link import Link

_FRAME = 256 * 1024  # bytes: about what a second of a busy desktop makes


@dataclass(frozen=True, slots=True)
class Known:
    """What a desk has once it is enrolled."""

    url: str
    device_id: str
    credential: str
    seal_to: tuple[Recipient, ...]
    receipt_keys: Mapping[str, bytes]

    def link(self) -> Link:
        """A new one, signed in."""
        return Link(self.url, ssl.create_default_context(), lambda: self.credential)


def enrolled(url: str, token: str) -> Known:
    """A new desk of this central's. CentralError if central will not."""
    foreign = Link(url, ssl.create_default_context())
    identity, secret = enrol(foreign, url, EnrolmentToken.parse(token), "bench", "1")
    foreign.close()
    credential = f"{identity.device_id}.{secret}"
    desk = Known(url, identity.device_id, credential, (), {})
    link, root = desk.link(), unb64(identity.root_key)
    policy = accept(link.ask("GET", POLICY).body, {key_id(root): root}, datetime.now(UTC))
    link.close()
    return replace(
        desk,
        seal_to=tuple(key.recipient() for key in policy.seal_to),
        receipt_keys={key.kid: unb64(key.public) for key in policy.receipt_keys},
    )


def frames(size: int, seal_to: tuple[Recipient, ...]) -> Iterator[bytes]:
    """A sealed file of about so many bytes, frame by frame. Chance: nothing can be compressed."""
    sealer = Sealer({"bench": "segment"}, seal_to, os.urandom(32))
    yield sealer.header
    while size > 0:
        yield sealer.seal(os.urandom(min(size, _FRAME)))
        size -= _FRAME
    yield sealer.seal(b"", final=True)


def sealed_file(path: Path, size: int, seal_to: tuple[Recipient, ...]) -> FileToSend:
    """Such a file, as the first segment of any recording."""
    summed, written = sha256(), 0
    with path.open("wb") as file:
        for frame in frames(size, seal_to):
            summed.update(frame)
            written += file.write(frame)
    return FileToSend(segment_name(0), str(path), written, summed.hexdigest())


def manifest(device_id: str, files: tuple[FileToSend, ...]) -> tuple[str, bytes]:
    """A new recording of these segments, of a call of its own: its id, its manifest."""
    recording_id, second = str(uuid.uuid4()), timedelta(seconds=60)
    made = Manifest(
        recording_id=recording_id,
        call_id=f"bench {recording_id}",
        agent_id="bench",
        device_id=device_id,
        started_at=datetime.now(UTC),
        duration=len(files) * second,
        clock_offset=timedelta(0),
        clock_round_trip=timedelta(0),
        decision=RecordingDecision(selected=True, bucket=1, percentage=Decimal(100), salt="salt"),
        canvas=Canvas(64, 48, ((0, 0, 64, 48),)),
        segments=tuple(
            Segment(index, index * second, second, file.size, file.sha256, 300)
            for index, file in enumerate(files)
        ),
        pauses=(),
        views=(),
        troubles=(),
        legs=(),
        details_sha256=None,
        end_reason=EndReason.WRAPPED_UP,
        client_version="1",
    )
    return recording_id, to_json(made)
