"""The states of what central keeps and does."""

from __future__ import annotations

from enum import StrEnum


class RecordingState(StrEnum):
    """Where a desk's recording stands at central."""

    RECEIVING = "receiving"  # some of its files are here
    RECEIVED = "received"  # all are here, opened and durable; the desk has its receipt
    PLAYABLE = "playable"  # it is part of a film
    EXPIRED = "expired"  # its retention is over; files and keys are gone
    FAILED = "failed"  # refused: tampered, or sealed to keys that central does not hold


class UploadState(StrEnum):
    """Where one file's upload stands."""

    OPEN = "open"
    COMPLETE = "complete"  # all bytes are here and have the digest that was promised
    TAKEN = "taken"  # it belongs to a recording now
    REFUSED = "refused"  # it was set aside


class CallState(StrEnum):
    """Where a call's film stands."""

    WAITING = "waiting"  # voice or screen is still expected
    PLAYABLE = "playable"
    PARTIAL = "partial"  # playable, but voice or screen has not come
    FAILED = "failed"  # no film could be made; the last job says why


class JobState(StrEnum):
    """Where a job stands."""

    READY = "ready"
    RUNNING = "running"  # leased: another worker may take it when the lease is over
    DONE = "done"
    DEAD = "dead"  # tried too often; someone must look
