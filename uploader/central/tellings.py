"""Decisions and confirmed notices: on disk until central has them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec

from contract.protocol import DECISIONS, NOTICES, Decision, NoticeRead
from uploader.core import Verdict
from uploader.link import Link, RefusedError

logger = logging.getLogger(__name__)

_MOST = 20_000  # kept for a central that does not answer for months; the oldest go first
_JSON = {"Content-Type": "application/json"}


class _Waiting(msgspec.Struct, frozen=True):
    """One of the two. Its time is by the desk's clock."""

    decision: Decision | None = None
    notice: NoticeRead | None = None


class Tellings:
    """What central lacks, oldest first. Any thread may call it."""

    def __init__(self, path: Path, write: Callable[[Path, bytes], None]) -> None:
        """`path` is the queue's file; `write` replaces a file durably."""
        self._path = path
        self._write = write
        self._lock = threading.Lock()
        self._waiting = self._read()

    def decided(self, decision: Decision) -> None:
        """The client says it, by the desk's clock; on disk when this returns.

        The same again changes nothing. OSError if the disk does not take it.
        """
        self._add(_Waiting(decision=decision))

    def notice_read(self, notice: NoticeRead) -> None:
        """As `decided`."""
        self._add(_Waiting(notice=notice))

    def waiting(self) -> int:
        """How many central has still to be told."""
        with self._lock:
            return len(self._waiting)

    def tell(
        self, link: Link, offset: timedelta, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        """Tell central all that it lacks; CentralError if that has to wait.

        `offset` is central's clock minus the desk's. `stopping`: it is to wait from here on.
        """
        while not stopping() and (waiting := self._first()) is not None:
            path, body = _told(waiting, offset)
            try:
                link.ask("POST", path, headers=_JSON, body=msgspec.json.encode(body))
            except RefusedError as error:
                if error.verdict not in {Verdict.REFUSED, Verdict.SET_ASIDE}:
                    raise
                logger.exception("central refuses what was said to %s", path)
            with self._lock:
                self._keep([one for one in self._waiting if one != waiting])

    def _add(self, waiting: _Waiting) -> None:
        with self._lock:
            if waiting not in self._waiting:
                self._keep([*self._waiting, waiting][-_MOST:])

    def _first(self) -> _Waiting | None:
        with self._lock:
            return next(iter(self._waiting), None)

    def _keep(self, waiting: list[_Waiting]) -> None:
        self._write(self._path, msgspec.json.encode(waiting))
        self._waiting = waiting

    def _read(self) -> list[_Waiting]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[_Waiting])
        except FileNotFoundError:
            return []
        except (msgspec.MsgspecError, UnicodeDecodeError):
            logger.exception("the decisions on disk cannot be read")
            return []


def _told(waiting: _Waiting, offset: timedelta) -> tuple[str, Decision | NoticeRead]:
    """Where it goes, and what is said there, by central's clock."""
    if waiting.decision is not None:
        at = waiting.decision.at + offset
        return DECISIONS, msgspec.structs.replace(waiting.decision, at=at)
    if waiting.notice is not None:
        at = waiting.notice.at + offset
        return NOTICES, msgspec.structs.replace(waiting.notice, at=at)
    raise AssertionError("one of the two is always there")
