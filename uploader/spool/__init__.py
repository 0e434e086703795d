"""The spool: a folder of recordings that central has not confirmed yet, and its three rules.

1. Every segment that a manifest names is there, whole.
2. A folder without a manifest is being written, or was left by a crash and is salvaged.
3. A folder goes only after central's receipt matches its manifest.

    <spool>/<recording id>/  journal.jsonl  000.seg  001.seg ...  details  manifest.json
    <spool>/quarantine/<recording id>/  the same, and why.json
    <spool>/sent.jsonl  ballast  client.lock  uploader.lock

The client writes (`Spool.create`), the uploader reads and forgets; each holds its own lock. What
happens on the disk, in which order and why: docs/design/spool.md.
"""

from uploader.spool.closed_segments import ClosedSegments
from uploader.spool.folder import Quarantined, ReceiptMismatchError, Spool
from uploader.spool.journal import Opening
from uploader.spool.lock import AlreadyRunningError, InstanceLock
from uploader.spool.salvage import DamagedRecordingError
from uploader.spool.verifying import Finding, Place
from uploader.spool.whole import SpooledFile
from uploader.spool.writing import RecordingFolder, SegmentFile

__all__ = [
    "AlreadyRunningError",
    "ClosedSegments",
    "DamagedRecordingError",
    "Finding",
    "InstanceLock",
    "Opening",
    "Place",
    "Quarantined",
    "ReceiptMismatchError",
    "RecordingFolder",
    "SegmentFile",
    "Spool",
    "SpooledFile",
]
