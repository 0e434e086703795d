"""Which recordings a folder holds, cheaply: ten thousand cost a listing of names.

What is complete changes no more, so it is looked at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from contract.manifest import ManifestError, recording_id_from
from uploader.spool.writing import MANIFEST


class Listing:
    """One folder's recordings. Any thread may ask."""

    def __init__(self, root: Path) -> None:
        self._root = root
        # Replaced, never changed, so that threads need no lock.
        self._ready: dict[str, int] = {}  # recording id -> when its manifest was written, ns
        self._sizes: dict[str, int] = {}  # of those that are complete, bytes

    def folders(self) -> Iterator[tuple[str, Path]]:
        """Every recording's id and folder."""
        for recording_id in self._names():
            yield recording_id, self._root / recording_id

    def ready(self) -> dict[str, int]:
        """Those that are complete, and when they became so: ns since 1970."""
        known, found = self._ready, {}
        for recording_id in self._names():
            written = known.get(recording_id)
            if written is None:
                try:
                    written = os.stat(f"{self._root}/{recording_id}/{MANIFEST}").st_mtime_ns
                except FileNotFoundError:
                    continue
            found[recording_id] = written
        self._ready = found
        return found

    def ready_ns(self, recording_id: str) -> int:
        """When it became complete. OSError if it is not."""
        known = self._ready.get(recording_id)
        return known or os.stat(self._root / recording_id / MANIFEST).st_mtime_ns

    def leaves(self, recording_id: str) -> None:
        """It is no longer complete: it is on its way out."""
        self._ready = {one: at for one, at in self._ready.items() if one != recording_id}

    def size_bytes(self) -> int:
        """All that they take; what goes meanwhile is left out."""
        ready, known, found = self.ready(), self._sizes, {}
        total = 0
        for recording_id in self._names():
            size = known.get(recording_id)
            if size is None:
                size = size_of(self._root / recording_id)
            if recording_id in ready:
                found[recording_id] = size
            total += size
        self._sizes = found
        return total

    def _names(self) -> Iterator[str]:
        known = self._ready
        with os.scandir(self._root) as entries:
            for entry in entries:
                if entry.name in known or _is_recording(entry):
                    yield entry.name


def size_of(folder: Path) -> int:
    """Bytes of its files; 0 if it is gone."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    total += entry.stat(follow_symlinks=False).st_size
                except FileNotFoundError:
                    continue
    except FileNotFoundError:
        return 0
    return total


def _is_recording(entry: os.DirEntry[str]) -> bool:
    try:
        recording_id_from(entry.name)
    except ManifestError:
        return False
    return entry.is_dir(follow_symlinks=False)
