"""What a recorder said that it had recorded, and whether that is still there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.faults.oracle import Oracle, Recorded


def acknowledged(heard: Iterable[Mapping[str, Any]]) -> Oracle:
    """All that the writer program told before it died."""
    oracle = Oracle()
    for one in heard:
        if one["said"] not in {"file", "manifest"}:
            continue
        recording_id = one["recording_id"]
        known = oracle.recorded.get(recording_id, Recorded(recording_id, {}))
        if one["said"] == "file":
            files = {**known.files, one["file"]: one["sha256"]}
            oracle.acknowledged(Recorded(recording_id, files, known.manifest))
        else:
            oracle.acknowledged(Recorded(recording_id, known.files, one["sha256"]))
    return oracle


def cut_pieces(heard: Iterable[Mapping[str, Any]], spool: Path) -> list[str]:
    """Of the segment that was open: pieces that were acknowledged and are not there. Sentences."""
    last = {(one["recording_id"], one["file"]): one for one in heard if one["said"] == "piece"}
    missing = []
    for (recording_id, name), one in last.items():
        path = spool / recording_id / name
        content = path.read_bytes()[: one["size"]] if path.exists() else b""
        if sha256(content).hexdigest() != one["sha256"]:
            missing.append(f"{recording_id}: {name} lacks what was synced, {one['size']} bytes")
    return missing
