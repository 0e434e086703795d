"""The manifest: a recording, complete. Written last; its presence means that all is there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVar

from contract.canonical import canonical, microseconds, utc, utc_text
from contract.selection import RecordingDecision

FORMAT = "twinreel/manifest/1"


class PauseReason(StrEnum):
    """Why nothing is captured. A pause is a set of these; capture runs only when it is empty."""

    ASKED = "asked"  # agent, Workspace, bridge or central: voice is silent as well
    LOCKED = "locked"  # lock, sleep, switch of user: the screen only
    CAPTURE_FAILED = "capture-failed"  # the screen cannot be read: the screen only


class EndReason(StrEnum):
    """Why a recording ended."""

    WRAPPED_UP = "wrapped-up"
    TAIL_LIMIT = "tail-limit"
    LENGTH_LIMIT = "length-limit"
    NEXT_CALL = "next-call"
    SIGNED_OUT = "signed-out"
    STOPPED = "stopped"  # the client was asked to quit
    SALVAGED = "salvaged"  # the client died; this is what its journal proves
    DISK_FULL = "disk-full"
    CAPTURE_FAILED = "capture-failed"
    RESUMED = "resumed"  # without segments: its pause is over, or a film tells of it now


@dataclass(frozen=True, slots=True)
class Segment:
    """One closed media file. A pause is a gap between segments, never inside one."""

    index: int
    offset: timedelta  # from the recording's start, monotonic
    duration: timedelta
    size: int  # bytes, sealed
    sha256: str  # of the sealed file, hex
    frames: int


@dataclass(frozen=True, slots=True)
class Pause:
    """A span in which nothing was captured."""

    offset: timedelta
    duration: timedelta
    reasons: tuple[PauseReason, ...]  # every reason that held at some time in the span, sorted


@dataclass(frozen=True, slots=True)
class Leg:
    """One call leg of the family that was recorded."""

    call_id: str
    connection_id: str


@dataclass(frozen=True, slots=True)
class Canvas:
    """What one picture shows, in pixels; both sides even."""

    width: int
    height: int
    monitors: tuple[tuple[int, int, int, int], ...]  # left, top, width, height on the canvas


@dataclass(frozen=True, slots=True)
class View:
    """What the canvas shows from here on; a new one when monitors come, go, turn or change."""

    offset: timedelta  # from the recording's start
    width: int  # of what is recorded of the desktop, in its own pixels
    height: int
    monitors: tuple[tuple[int, int, int, int], ...]  # left, top, width, height in those pixels
    place: tuple[int, int, int, int]  # where it is drawn on the canvas, scaled if the size differs


@dataclass(frozen=True, slots=True)
class Trouble:
    """A span in which the picture is not to be trusted, or came late; recording went on."""

    offset: timedelta
    duration: timedelta
    code: str  # of the client's table of problems


@dataclass(frozen=True, slots=True)
class Manifest:
    """A recording, complete.

    One without segments says that a call whose screen was not selected was paused: its pauses
    silence the voice at central.
    """

    recording_id: str  # UUID, lower case
    call_id: str  # callUuid of the family's first leg
    agent_id: str
    device_id: str
    started_at: datetime  # aware UTC, by the desk's clock
    duration: timedelta
    clock_offset: timedelta  # central's clock minus the desk's
    clock_round_trip: timedelta  # of the measurement; its half bounds the error
    decision: RecordingDecision
    canvas: Canvas | None
    segments: tuple[Segment, ...]
    pauses: tuple[Pause, ...]
    views: tuple[View, ...]
    troubles: tuple[Trouble, ...]
    legs: tuple[Leg, ...]
    details_sha256: str | None  # of the sealed file `details`, hex
    end_reason: EndReason
    client_version: str


class ManifestError(ValueError):
    """The text is not a manifest; the message names the field."""


def to_json(manifest: Manifest) -> bytes:
    """Canonical JSON; its SHA-256 is the recording's digest."""
    return canonical(
        {
            "format": FORMAT,
            "recording_id": manifest.recording_id,
            "call_id": manifest.call_id,
            "agent_id": manifest.agent_id,
            "device_id": manifest.device_id,
            "started_at": utc_text(manifest.started_at),
            "duration_us": microseconds(manifest.duration),
            "clock_offset_us": microseconds(manifest.clock_offset),
            "clock_round_trip_us": microseconds(manifest.clock_round_trip),
            "decision": decision_json(manifest.decision),
            "canvas": None
            if manifest.canvas is None
            else {
                "width": manifest.canvas.width,
                "height": manifest.canvas.height,
                "monitors": [list(monitor) for monitor in manifest.canvas.monitors],
            },
            "segments": [segment_json(segment) for segment in manifest.segments],
            "pauses": [pause_json(pause) for pause in manifest.pauses],
            "views": [view_json(view) for view in manifest.views],
            "troubles": [trouble_json(trouble) for trouble in manifest.troubles],
            "legs": [
                {"call_id": leg.call_id, "connection_id": leg.connection_id}
                for leg in manifest.legs
            ],
            "details_sha256": manifest.details_sha256,
            "end_reason": manifest.end_reason.value,
            "client_version": manifest.client_version,
        }
    )


def decision_json(decision: RecordingDecision) -> dict[str, Any]:
    """As it stands in manifest and journal."""
    return {
        "selected": decision.selected,
        "bucket": decision.bucket,
        "percentage": str(decision.percentage),
        "salt": decision.salt,
        "asked": decision.asked,
    }


def segment_json(segment: Segment) -> dict[str, Any]:
    """As it stands in manifest and journal."""
    return {
        "index": segment.index,
        "offset_us": microseconds(segment.offset),
        "duration_us": microseconds(segment.duration),
        "size": segment.size,
        "sha256": segment.sha256,
        "frames": segment.frames,
    }


def pause_json(pause: Pause) -> dict[str, Any]:
    """As it stands in manifest and journal."""
    return {
        "offset_us": microseconds(pause.offset),
        "duration_us": microseconds(pause.duration),
        "reasons": [reason.value for reason in pause.reasons],
    }


def view_json(view: View) -> dict[str, Any]:
    """As it stands in manifest and journal."""
    return {
        "offset_us": microseconds(view.offset),
        "width": view.width,
        "height": view.height,
        "monitors": [list(monitor) for monitor in view.monitors],
        "place": list(view.place),
    }


def trouble_json(trouble: Trouble) -> dict[str, Any]:
    """As it stands in the manifest."""
    return {
        "offset_us": microseconds(trouble.offset),
        "duration_us": microseconds(trouble.duration),
        "code": trouble.code,
    }


def from_json(text: bytes) -> Manifest:
    """Read strictly: unknown, missing or wrong fields are a ManifestError."""
    try:
        manifest = _manifest(dict(json.loads(text)))
        to_json(manifest)  # what cannot be written again is none: half of a surrogate pair
    except ManifestError:
        raise
    except (
        TypeError,
        ValueError,
        KeyError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise ManifestError(f"not a manifest: {error!r}") from error
    return manifest


def digest(text: bytes) -> str:
    """The recording's digest: SHA-256 of the manifest as written, hex."""
    return sha256(text).hexdigest()


_T = TypeVar("_T")


def _take(fields: dict[str, Any], name: str, kind: type[_T]) -> _T:
    value = _take_or_none(fields, name, kind)
    if value is None:
        raise ManifestError(f"{name} is null")
    return value


def _take_or_none(fields: dict[str, Any], name: str, kind: type[_T]) -> _T | None:
    if name not in fields:
        raise ManifestError(f"{name} is missing")
    value = fields.pop(name)
    if value is not None and type(value) is not kind:  # a bool is no int
        raise ManifestError(f"{name} is a {type(value).__name__}, not a {kind.__name__}")
    return value


def _length(fields: dict[str, Any], name: str, *, signed: bool = False) -> timedelta:
    value = _take(fields, name, int)
    if value < 0 and not signed:
        raise ManifestError(f"{name} is negative")
    return timedelta(microseconds=value)


def _done(fields: dict[str, Any], where: str) -> None:
    if fields:
        raise ManifestError(f"{where} has unknown fields: {', '.join(sorted(fields))}")


def decision_from(fields: dict[str, Any]) -> RecordingDecision:
    """Undo `decision_json`; ManifestError names the field."""
    decision = RecordingDecision(
        selected=_take(fields, "selected", bool),
        bucket=_take(fields, "bucket", int),
        percentage=Decimal(_take(fields, "percentage", str)),
        salt=_take(fields, "salt", str),
        asked=_take(fields, "asked", bool),
    )
    _done(fields, "decision")
    return decision


def segment_from(fields: dict[str, Any]) -> Segment:
    """Undo `segment_json`; ManifestError names the field."""
    segment = Segment(
        index=_take(fields, "index", int),
        offset=_length(fields, "offset_us"),
        duration=_length(fields, "duration_us"),
        size=_take(fields, "size", int),
        sha256=_hex(_take(fields, "sha256", str)),
        frames=_take(fields, "frames", int),
    )
    _done(fields, "segment")
    return segment


def pause_from(fields: dict[str, Any]) -> Pause:
    """Undo `pause_json`; ManifestError names the field."""
    pause = Pause(
        offset=_length(fields, "offset_us"),
        duration=_length(fields, "duration_us"),
        reasons=tuple(PauseReason(reason) for reason in _take(fields, "reasons", list)),
    )
    _done(fields, "pause")
    return pause


def _leg(fields: dict[str, Any]) -> Leg:
    leg = Leg(_take(fields, "call_id", str), _take(fields, "connection_id", str))
    _done(fields, "leg")
    return leg


def view_from(fields: dict[str, Any]) -> View:
    """Undo `view_json`; ManifestError names the field."""
    view = View(
        offset=_length(fields, "offset_us"),
        width=_take(fields, "width", int),
        height=_take(fields, "height", int),
        monitors=_monitors(fields),
        place=_place(_take(fields, "place", list)),
    )
    _done(fields, "view")
    return view


def trouble_from(fields: dict[str, Any]) -> Trouble:
    """Undo `trouble_json`; ManifestError names the field."""
    trouble = Trouble(
        offset=_length(fields, "offset_us"),
        duration=_length(fields, "duration_us"),
        code=_take(fields, "code", str),
    )
    _done(fields, "trouble")
    return trouble


def _canvas(fields: dict[str, Any]) -> Canvas:
    width = _take(fields, "width", int)
    height = _take(fields, "height", int)
    canvas = Canvas(width, height, _monitors(fields))
    _done(fields, "canvas")
    return canvas


def _monitors(fields: dict[str, Any]) -> tuple[tuple[int, int, int, int], ...]:
    return tuple(_place(monitor) for monitor in _take(fields, "monitors", list))


def _place(sides: list[Any]) -> tuple[int, int, int, int]:
    if [type(side) for side in sides] != [int] * 4:
        raise ManifestError("a place is not four whole numbers")
    left, top, wide, high = sides
    return left, top, wide, high


_SHA256_HEX_DIGITS = 64


def _hex(text: str) -> str:
    if len(text) != _SHA256_HEX_DIGITS or bytes.fromhex(text).hex() != text:
        raise ManifestError("sha256 is not 64 lower-case hex digits")
    return text


def _manifest(fields: dict[str, Any]) -> Manifest:
    form = _take(fields, "format", str)
    if form != FORMAT:
        raise ManifestError(f"format is {form!r}, not {FORMAT!r}")
    canvas = _take_or_none(fields, "canvas", dict)
    details = _take_or_none(fields, "details_sha256", str)
    manifest = Manifest(
        recording_id=recording_id_from(_take(fields, "recording_id", str)),
        call_id=_take(fields, "call_id", str),
        agent_id=_take(fields, "agent_id", str),
        device_id=_take(fields, "device_id", str),
        started_at=utc(_take(fields, "started_at", str)),
        duration=_length(fields, "duration_us"),
        clock_offset=_length(fields, "clock_offset_us", signed=True),
        clock_round_trip=_length(fields, "clock_round_trip_us"),
        decision=decision_from(dict(_take(fields, "decision", dict))),
        canvas=None if canvas is None else _canvas(dict(canvas)),
        segments=tuple(segment_from(dict(one)) for one in _take(fields, "segments", list)),
        pauses=tuple(pause_from(dict(one)) for one in _take(fields, "pauses", list)),
        views=tuple(view_from(dict(one)) for one in _take(fields, "views", list)),
        troubles=tuple(trouble_from(dict(one)) for one in _take(fields, "troubles", list)),
        legs=tuple(_leg(dict(one)) for one in _take(fields, "legs", list)),
        details_sha256=None if details is None else _hex(details),
        end_reason=EndReason(_take(fields, "end_reason", str)),
        client_version=_take(fields, "client_version", str),
    )
    _done(fields, "manifest")
    if [segment.index for segment in manifest.segments] != list(range(len(manifest.segments))):
        raise ManifestError("segments are not numbered 0, 1, 2, ...")
    if manifest.segments and manifest.canvas is None:
        raise ManifestError("segments without a canvas")
    return manifest


_ID_LENGTH = 36


def recording_id_from(text: str) -> str:
    """Check a UUID, lower case. It becomes a folder's name, so nothing else may pass."""
    groups = [len(group) for group in text.split("-")]
    if len(text) != _ID_LENGTH or groups != [8, 4, 4, 4, 12]:
        raise ManifestError(f"not a recording id: {text[:_ID_LENGTH]!r}")
    if set(text) - set("0123456789abcdef-"):
        raise ManifestError(f"not a recording id: {text!r}")
    return text
