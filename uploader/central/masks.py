"""Spans in which voice must be silent: on disk from when the client says so until central knows.

A span is told when it begins and again when it ends. Its times are the desk's until it is first
told; then central's clock is measured, and the offset used then is used at the end as well, so
that central sees one span and not two.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from contract.manifest import PauseReason
from contract.protocol import MASKS, Mask
from uploader.core import Verdict
from uploader.link import Link, RefusedError

logger = logging.getLogger(__name__)


class _Span(msgspec.Struct, frozen=True):
    """One span, by the desk's clock."""

    call_id: str
    agent_id: str
    since: datetime
    until: datetime | None = None
    offset_us: int | None = None  # to central's clock, fixed when first told
    told: bool = False  # as it is now


class MaskQueue:
    """The spans that central lacks, or that are still open. Any thread may call it."""

    def __init__(self, path: Path, write: Callable[[Path, bytes], None]) -> None:
        """`path` is the queue's file; `write` replaces a file durably."""
        self._path = path
        self._write = write
        self._lock = threading.Lock()
        self._spans = self._read()

    def heard(self, call_id: str, agent_id: str, at: datetime, *, silent: bool) -> None:
        """The client says that a span begins or ends; on disk when this returns.

        The same again changes nothing. OSError if the disk does not take it.
        """
        with self._lock:
            spans = _with(self._spans, call_id, agent_id, at, silent=silent)
            if spans != self._spans:
                self._keep(spans)

    def waiting(self) -> int:
        """How many spans central has still to be told."""
        with self._lock:
            return sum(not span.told for span in self._spans)

    def tell(
        self, link: Link, offset: timedelta, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        """Tell central all that it lacks; CentralError if that has to wait.

        `offset` is central's clock minus the desk's, as just measured. `stopping`: it is to
        wait from here on.
        """
        while not stopping() and (span := self._next()) is not None:
            fixed = span
            if span.offset_us is None:
                fixed = msgspec.structs.replace(span, offset_us=offset // timedelta(microseconds=1))
                self._change(span, fixed)
            try:
                link.ask(
                    "POST",
                    MASKS,
                    headers={"Content-Type": "application/json"},
                    body=msgspec.json.encode(_mask(fixed)),
                )
            except RefusedError as error:
                if error.verdict not in {Verdict.REFUSED, Verdict.SET_ASIDE}:
                    raise
                # The manifest will bring the pause again.
                logger.exception("central refuses a mask of call %s", span.call_id)
            self._change(fixed, msgspec.structs.replace(fixed, told=True))

    def _next(self) -> _Span | None:
        with self._lock:
            return next((span for span in self._spans if not span.told), None)

    def _change(self, old: _Span, new: _Span) -> None:
        """Put `new` in the place of `old`, unless the client has changed it meanwhile."""
        with self._lock:
            spans = []
            for span in self._spans:
                if (span.call_id, span.since) != (old.call_id, old.since):
                    spans.append(span)
                elif span == old:
                    if not (new.told and new.until is not None):
                        spans.append(new)
                else:  # it ended while its beginning was told
                    spans.append(msgspec.structs.replace(span, offset_us=new.offset_us))
            self._keep(spans)

    def _keep(self, spans: list[_Span]) -> None:
        self._write(self._path, msgspec.json.encode(spans))
        self._spans = spans

    def _read(self) -> list[_Span]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[_Span])
        except FileNotFoundError:
            return []
        except (msgspec.MsgspecError, UnicodeDecodeError):
            logger.exception("the masks on disk cannot be read; manifests will bring them")
            return []


def _with(
    spans: list[_Span], call_id: str, agent_id: str, at: datetime, *, silent: bool
) -> list[_Span]:
    """The spans after this message; a span that is open is not opened again."""
    opened = next((one for one in spans if one.call_id == call_id and one.until is None), None)
    if silent:
        return spans if opened is not None else [*spans, _Span(call_id, agent_id, at)]
    if opened is None or at < opened.since:
        return spans
    ended = msgspec.structs.replace(opened, until=at, told=False)
    return [ended if span is opened else span for span in spans]


def _mask(span: _Span) -> Mask:
    offset = timedelta(microseconds=span.offset_us or 0)
    return Mask(
        call_id=span.call_id,
        agent_id=span.agent_id,
        since=span.since + offset,
        until=None if span.until is None else span.until + offset,
        reason=PauseReason.ASKED.value,
    )
