"""`sent.jsonl`: one line for each receipt, kept for three months."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from contract.canonical import canonical, utc
from contract.protocol import Receipt
from uploader.spool import durable

logger = logging.getLogger(__name__)

_NAME = "sent.jsonl"
_KEPT = timedelta(days=90)
_TAIL = 64 * 1024  # bytes in which the last line is looked for


class SentNotes:
    """What central has confirmed. Written under the uploader's lock."""

    def __init__(self, root: Path) -> None:
        self._path = root / _NAME

    def add(self, receipt: Receipt, make_room: Callable[[], bool]) -> None:
        """Note it, once. What makes room must not wait for room: `make_room` is asked then."""
        line = canonical(
            {
                "recording_id": receipt.recording_id,
                "sha256": receipt.sha256,
                "size": receipt.size,
                "stored_at": receipt.stored_at,
            }
        )
        if line in self._lines():
            return  # noted, but a crash came before the manifest lost its name
        try:
            durable.append_line(self._path, line)
        except OSError as error:
            if not durable.no_room(error) or not make_room():
                raise
            durable.append_line(self._path, line)

    def last(self) -> Mapping[str, Any] | None:
        """The last line: recording_id, sha256, size, stored_at; None if there is none."""
        try:
            with self._path.open("rb") as sent:
                sent.seek(max(0, sent.seek(0, 2) - _TAIL))
                return dict(json.loads(sent.read().splitlines()[-1]))
        except (OSError, ValueError, IndexError, TypeError):
            return None

    def cut(self) -> None:
        """Let go of lines that are 90 days older than the newest, by central's clock alone.

        All at once, so that a crash leaves the old file or the new one.
        """
        dated = [(line, stored) for line in self._lines() if (stored := _stored_at(line))]
        if not dated:
            return
        oldest = max(stored for _, stored in dated) - _KEPT
        kept = [line for line, stored in dated if stored >= oldest]
        if len(kept) < len(dated):
            durable.write_whole(self._path, b"".join(line + b"\n" for line in kept))
            logger.info("%s notes of what was sent are older than 90 days", len(dated) - len(kept))

    def _lines(self) -> list[bytes]:
        try:
            return self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []


def _stored_at(line: bytes) -> datetime | None:
    """None for what is no receipt: a line that a crash tore."""
    try:
        return utc(json.loads(line)["stored_at"])
    except (ValueError, KeyError, TypeError):
        return None
