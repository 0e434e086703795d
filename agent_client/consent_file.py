"""Who has confirmed which version of the company's notice: `consent.jsonl` in the state folder.

One line for each confirmation, and another with `told` once the uploader has it on disk. No line is
ever changed.
"""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from threading import Lock

import msgspec

from uploader.spool.durable import append_line

logger = logging.getLogger(__name__)

NAME = "consent.jsonl"


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """An agent has read and confirmed this version."""

    version: str
    agent_id: str
    at: datetime  # UTC, by the desk's clock
    told: bool = False  # the uploader has it on disk, and will tell central


class ConsentFile:
    """Read once, then kept in mind. From any thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._lock = Lock()
        self._known: dict[tuple[str, str], Confirmed] = {}
        for line in self._lines():
            try:
                one = msgspec.json.decode(line, type=Confirmed)
            except msgspec.MsgspecError:
                logger.warning("a line of %s cannot be read; it is passed over", NAME)
                continue
            self._known[one.version, one.agent_id] = one

    def has_read(self, version: str, agent_id: str) -> bool:
        """Whether this agent confirmed this version at this desk."""
        with self._lock:
            return (version, agent_id) in self._known

    def confirm(self, version: str, agent_id: str, at: datetime) -> Confirmed:
        """Write it down. If the disk does not take it, it is known until the client ends."""
        confirmed = Confirmed(version=version, agent_id=agent_id, at=at)
        self._add(confirmed)
        return confirmed

    def told(self, version: str, agent_id: str) -> None:
        """The uploader has it on disk: it need not be said again."""
        with self._lock:
            known = self._known.get((version, agent_id))
        if known is not None and not known.told:
            self._add(msgspec.structs.replace(known, told=True))

    def untold(self) -> tuple[Confirmed, ...]:
        """What the uploader is still to be told."""
        with self._lock:
            return tuple(one for one in self._known.values() if not one.told)

    def _add(self, one: Confirmed) -> None:
        with self._lock:
            self._known[one.version, one.agent_id] = one
            try:
                append_line(self._path, msgspec.json.encode(one))
            except OSError as error:
                logger.warning("%s cannot be written: %s", NAME, error.strerror)

    def _lines(self) -> list[bytes]:
        try:
            return self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            logger.warning("%s cannot be read: %s", NAME, error.strerror)
            return []
