"""The file that lets a client restarted in mid-call stay paused, and its decisions stay made."""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "memory.json"


class MemoryFile:
    """The port `Memory`: one small file in the state folder, replaced as a whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / NAME

    def load(self) -> bytes | None:
        """What was saved last, or None. OSError if it cannot be read."""
        try:
            return self._file.read_bytes()
        except FileNotFoundError:
            return None

    def save(self, text: bytes) -> None:
        """Replace it: file, then name, then folder reach the disk. OSError if it is full."""
        draft = self._file.with_suffix(".draft")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._file)
        if sys.platform != "win32":  # Windows keeps names with the file, and opens no folders
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
