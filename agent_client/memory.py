"""The file that lets a client restarted in mid-call stay paused, and its decisions stay made."""

from __future__ import annotations

from pathlib import Path

from uploader.spool import durable

NAME = "memory.json"


class MemoryFile:
    """The port `Memory`: one small file in the state folder, replaced as a whole."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / NAME

    def load(self) -> bytes | None:
        """What was saved last, or None. OSError if it cannot be read."""
        try:
            return self._file.read_bytes()
        except FileNotFoundError:
            return None

    def save(self, text: bytes) -> None:
        """Replace it, durably. OSError if the disk is full."""
        durable.write_whole(self._file, text)
