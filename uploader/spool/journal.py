"""The journal of one recording: lines as they are written, and what they prove.

A recording that ends well and one that is salvaged get their manifest from the same lines, by the
same function. Nothing personal stands here: ids, times, sizes, digests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, assert_never

import msgspec

from contract.canonical import microseconds, utc, utc_text
from contract.manifest import (
    Canvas,
    EndReason,
    Leg,
    Manifest,
    ManifestError,
    Pause,
    PauseReason,
    Segment,
    Trouble,
    View,
    decision_from,
    decision_json,
    recording_id_from,
    segment_from,
    segment_json,
    view_from,
)
from contract.selection import RecordingDecision

_Microseconds = Annotated[int, msgspec.Meta(ge=0)]


class JournalError(ValueError):
    """The lines do not tell how the recording began."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known of a recording when it opens."""

    recording_id: str  # UUID, lower case: the folder's name
    call_id: str
    agent_id: str
    device_id: str
    started_at: datetime  # aware, by the desk's clock
    clock_offset: timedelta  # central's clock minus the desk's
    clock_round_trip: timedelta
    decision: RecordingDecision
    client_version: str


class _Line(msgspec.Struct, frozen=True, tag_field="line", forbid_unknown_fields=True):
    pass


class Opened(_Line, frozen=True, tag="opened"):
    """The first line."""

    recording_id: str
    call_id: str
    agent_id: str
    device_id: str
    started_at: str
    clock_offset_us: int
    clock_round_trip_us: _Microseconds
    decision: dict[str, Any]
    client_version: str


class CanvasFixed(_Line, frozen=True, tag="canvas"):
    """The picture's size, for the whole recording."""

    width: int
    height: int
    monitors: tuple[tuple[int, int, int, int], ...]


class ViewChanged(_Line, frozen=True, tag="view"):
    """What the canvas shows from here on."""

    view: dict[str, Any]


class TroubleBegan(_Line, frozen=True, tag="trouble"):
    """From here on the picture is not to be trusted, or comes late."""

    offset_us: _Microseconds
    code: str


class TroubleEnded(_Line, frozen=True, tag="trouble-over"):
    """It is well again."""

    offset_us: _Microseconds
    code: str


class PauseBegan(_Line, frozen=True, tag="paused"):
    """Nothing is captured from here on, for these reasons; written again when they change."""

    offset_us: _Microseconds
    reasons: tuple[PauseReason, ...]


class PauseEnded(_Line, frozen=True, tag="resumed"):
    """Capture goes on."""

    offset_us: _Microseconds


class SegmentOpened(_Line, frozen=True, tag="segment-opened"):
    """Written before the file is made: a segment file is never unknown."""

    index: Annotated[int, msgspec.Meta(ge=0)]
    offset_us: _Microseconds


class Progressed(_Line, frozen=True, tag="progress"):
    """Written before the bytes: so much of the segment, whole, is so much film."""

    size: _Microseconds  # bytes, sealed
    duration_us: _Microseconds
    frames: _Microseconds


class SegmentClosed(_Line, frozen=True, tag="segment-closed"):
    """The file is complete and synced."""

    segment: dict[str, Any]


class TimePassed(_Line, frozen=True, tag="alive"):
    """The recording was still open at this time; so a crash in a pause keeps its length."""

    offset_us: _Microseconds


class Closed(_Line, frozen=True, tag="closed"):
    """Only the manifest was left to write."""

    duration_us: _Microseconds
    end_reason: EndReason
    legs: tuple[tuple[str, str], ...]  # call id, connection id
    details_sha256: str | None


Line = (
    Opened
    | CanvasFixed
    | ViewChanged
    | TroubleBegan
    | TroubleEnded
    | PauseBegan
    | PauseEnded
    | SegmentOpened
    | Progressed
    | SegmentClosed
    | TimePassed
    | Closed
)
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def encoded(line: Line) -> bytes:
    """One line, with its end."""
    return msgspec.json.encode(line) + b"\n"


def lines(text: bytes) -> Iterator[Line]:
    """Every whole line up to the first that is torn or strange; what follows one proves nothing."""
    for line in text.split(b"\n")[:-1]:
        try:
            yield _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return


def opened(opening: Opening) -> Opened:
    """The opening as a line."""
    return Opened(
        recording_id=recording_id_from(opening.recording_id),
        call_id=opening.call_id,
        agent_id=opening.agent_id,
        device_id=opening.device_id,
        started_at=utc_text(opening.started_at),
        clock_offset_us=microseconds(opening.clock_offset),
        clock_round_trip_us=microseconds(opening.clock_round_trip),
        decision=decision_json(opening.decision),
        client_version=opening.client_version,
    )


@dataclass(frozen=True, slots=True)
class Journal:
    """What the lines so far prove."""

    opening: Opening
    canvas: Canvas | None = None
    segments: tuple[Segment, ...] = ()
    open_segment: SegmentOpened | None = None
    pauses: tuple[Pause, ...] = ()
    open_pause: PauseBegan | None = None
    views: tuple[View, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    open_troubles: tuple[TroubleBegan, ...] = ()
    known: timedelta = timedelta(0)  # the latest offset of which any line speaks
    closed: Closed | None = None

    def after(self, line: Line) -> Journal:
        """What they prove with this line; JournalError if it cannot follow."""
        match line:
            case Opened():
                raise JournalError("a recording opens once")
            case CanvasFixed():
                return replace(self, canvas=Canvas(line.width, line.height, line.monitors))
            case ViewChanged():
                view = view_from(dict(line.view))
                return _at(replace(self, views=(*self.views, view)), microseconds(view.offset))
            case TroubleBegan():
                begun = replace(self, open_troubles=(*self.open_troubles, line))
                return _at(begun, line.offset_us)
            case TroubleEnded():
                return _at(_troubles_ended(self, line.offset_us, line.code), line.offset_us)
            case PauseBegan():
                ended = _pause_ended(self, line.offset_us)
                return _at(replace(ended, open_pause=line), line.offset_us)
            case PauseEnded():
                return _at(_pause_ended(self, line.offset_us), line.offset_us)
            case TimePassed():
                return _at(self, line.offset_us)
            case SegmentOpened():
                if line.index != len(self.segments):
                    raise JournalError(f"segment {line.index} opened after {len(self.segments)}")
                return _at(replace(self, open_segment=line), line.offset_us)
            case Progressed():
                if self.open_segment is None:
                    raise JournalError("progress of no segment")
                return _at(self, self.open_segment.offset_us + line.duration_us)
            case SegmentClosed():
                segment = segment_from(dict(line.segment))
                if self.open_segment is None or segment.index != self.open_segment.index:
                    raise JournalError(f"segment {segment.index} closed, and was not open")
                return _at(
                    replace(self, open_segment=None, segments=(*self.segments, segment)),
                    microseconds(segment.offset + segment.duration),
                )
            case Closed():
                ended = _troubles_ended(_pause_ended(self, line.duration_us), line.duration_us)
                return _at(replace(ended, closed=line), line.duration_us)
            case _:
                assert_never(line)

    def with_torn(self, segment: Segment | None) -> Journal:
        """With what is left of the open segment, or without it."""
        if segment is None:
            return replace(self, open_segment=None)
        return self.after(SegmentClosed(segment=segment_json(segment)))

    def manifest(self) -> Manifest:
        """The recording, complete. Without a `closed` line, as a crash left it."""
        duration = microseconds(self.known)
        closed = self.closed or Closed(duration, EndReason.SALVAGED, (), None)
        ended = self if self.closed else self.after(closed)
        return Manifest(
            recording_id=self.opening.recording_id,
            call_id=self.opening.call_id,
            agent_id=self.opening.agent_id,
            device_id=self.opening.device_id,
            started_at=self.opening.started_at,
            duration=timedelta(microseconds=closed.duration_us),
            clock_offset=self.opening.clock_offset,
            clock_round_trip=self.opening.clock_round_trip,
            decision=self.opening.decision,
            canvas=self.canvas,
            segments=self.segments,
            pauses=ended.pauses,
            views=self.views,
            troubles=ended.troubles,
            legs=tuple(Leg(*leg) for leg in closed.legs),
            details_sha256=closed.details_sha256,
            end_reason=closed.end_reason,
            client_version=self.opening.client_version,
        )


def _at(journal: Journal, offset_us: int) -> Journal:
    return replace(journal, known=max(journal.known, timedelta(microseconds=offset_us)))


def _pause_ended(journal: Journal, offset_us: int) -> Journal:
    pause = journal.open_pause
    if pause is None:
        return journal
    length = offset_us - pause.offset_us
    if length <= 0 or not pause.reasons:
        return replace(journal, open_pause=None)
    done = Pause(
        timedelta(microseconds=pause.offset_us),
        timedelta(microseconds=length),
        tuple(sorted(pause.reasons)),
    )
    return replace(journal, open_pause=None, pauses=(*journal.pauses, done))


def _troubles_ended(journal: Journal, offset_us: int, code: str | None = None) -> Journal:
    """Those with this code, or all of them, are over."""
    over = [one for one in journal.open_troubles if code in {None, one.code}]
    done = tuple(
        Trouble(
            timedelta(microseconds=one.offset_us),
            timedelta(microseconds=max(0, offset_us - one.offset_us)),
            one.code,
        )
        for one in over
    )
    left = tuple(one for one in journal.open_troubles if one not in over)
    return replace(journal, troubles=(*journal.troubles, *done), open_troubles=left)


def began(line: Line | None) -> Journal:
    """The journal that this first line begins; JournalError if it is none."""
    if not isinstance(line, Opened):
        raise JournalError("the journal does not say how the recording began")
    try:
        return Journal(
            Opening(
                recording_id=recording_id_from(line.recording_id),
                call_id=line.call_id,
                agent_id=line.agent_id,
                device_id=line.device_id,
                started_at=utc(line.started_at),
                clock_offset=timedelta(microseconds=line.clock_offset_us),
                clock_round_trip=timedelta(microseconds=line.clock_round_trip_us),
                decision=decision_from(dict(line.decision)),
                client_version=line.client_version,
            )
        )
    except (ManifestError, ValueError, ArithmeticError) as error:
        raise JournalError(f"the opening cannot be read: {error}") from error
