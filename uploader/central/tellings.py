"""Decisions and confirmed notices: on disk until central has them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec

from contract.protocol import DECISIONS, NOTICES, Decision
from contract.protocol import NoticeRead as Notice
from uploader.core import Verdict
from uploader.desk import Decided, NoticeRead
from uploader.link import Link, RefusedError

logger = logging.getLogger(__name__)

Telling = Decided | NoticeRead
_MOST = 20_000  # kept for a central that does not answer for months; the oldest go first
_JSON = {"Content-Type": "application/json"}


class Tellings:
    """What central lacks, oldest first. Any thread may call it."""

    def __init__(self, path: Path, write: Callable[[Path, bytes], None]) -> None:
        """`path` is the queue's file; `write` replaces a file durably."""
        self._path = path
        self._write = write
        self._lock = threading.Lock()
        self._waiting = self._read()

    def heard(self, telling: Telling) -> None:
        """The client says it; on disk when this returns. The same again changes nothing.

        OSError if the disk does not take it.
        """
        with self._lock:
            if telling not in self._waiting:
                self._keep([*self._waiting, telling][-_MOST:])

    def waiting(self) -> int:
        """How many central has still to be told."""
        with self._lock:
            return len(self._waiting)

    def tell(self, link: Link, offset: timedelta) -> None:
        """Tell central all that it lacks; CentralError if that has to wait.

        `offset` is central's clock minus the desk's.
        """
        while (telling := self._first()) is not None:
            path, body = _told(telling, offset)
            try:
                link.ask("POST", path, headers=_JSON, body=msgspec.json.encode(body))
            except RefusedError as error:
                if error.verdict not in {Verdict.REFUSED, Verdict.SET_ASIDE}:
                    raise
                logger.exception("central refuses %s", type(telling).__name__)
            with self._lock:
                self._keep([one for one in self._waiting if one != telling])

    def _first(self) -> Telling | None:
        with self._lock:
            return next(iter(self._waiting), None)

    def _keep(self, waiting: list[Telling]) -> None:
        self._write(self._path, msgspec.json.encode(waiting))
        self._waiting = waiting

    def _read(self) -> list[Telling]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[Telling])
        except FileNotFoundError:
            return []
        except (msgspec.MsgspecError, UnicodeDecodeError):
            logger.exception("the decisions on disk cannot be read")
            return []


def _told(telling: Telling, offset: timedelta) -> tuple[str, Decision | Notice]:
    match telling:
        case Decided():
            return DECISIONS, Decision(
                call_id=telling.call_id,
                agent_id=telling.agent_id,
                at=telling.at + offset,
                selected=telling.selected,
                bucket=telling.bucket,
                percentage=telling.percentage,
                salt=telling.salt,
                policy_version=telling.policy_version,
                asked=telling.asked,
            )
        case NoticeRead():
            return NOTICES, Notice(
                version=telling.version, agent_id=telling.agent_id, at=telling.at + offset
            )
