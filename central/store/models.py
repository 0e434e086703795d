"""Central's rows, all of them; each module behind holds those of one subject.

Times are aware UTC by central's clock. Lengths carry their unit in the name (`_us` is
microseconds, `_bytes` is bytes). Paths are relative to the data folder.
"""

from __future__ import annotations

from central.store.calls import Call, Decision, Film, FilmFile, Mask, Voice
from central.store.desks import (
    Device,
    Doing,
    EnrolmentToken,
    ImportKey,
    NoticeRead,
    Order,
    PagePairing,
    PolicyVersion,
)
from central.store.ledger import AuditEntry, DeletionMark, Job
from central.store.people import Agent, Grant, Membership, Person, Unit
from central.store.recordings import Recording, RecordingFile, RefusedFile, Upload

__all__ = [
    "Agent",
    "AuditEntry",
    "Call",
    "Decision",
    "DeletionMark",
    "Device",
    "Doing",
    "EnrolmentToken",
    "Film",
    "FilmFile",
    "Grant",
    "ImportKey",
    "Job",
    "Mask",
    "Membership",
    "NoticeRead",
    "Order",
    "PagePairing",
    "Person",
    "PolicyVersion",
    "Recording",
    "RecordingFile",
    "RefusedFile",
    "Unit",
    "Upload",
    "Voice",
]
