"""The manifest: a recording, complete. Written last; its presence means that all is there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

from contract.canonical import canonical, microseconds, utc, utc_text
from contract.fields import FieldError, done, length, take, take_or_none
from contract.selection import RecordingDecision

FORMAT = "twinreel/manifest/1"

ManifestError = FieldError
"""The text is not a manifest; the message names the field."""


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
    """As it stands in manifest and journal; what is not said is left out."""
    said = {"asked_by": decision.asked_by, "policy_version": decision.policy_version}
    return {
        "selected": decision.selected,
        "bucket": decision.bucket,
        "percentage": str(decision.percentage),
        "salt": decision.salt,
        "asked": decision.asked,
        **{name: value for name, value in said.items() if value},
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


def decision_from(fields: dict[str, Any]) -> RecordingDecision:
    """Undo `decision_json`; ManifestError names the field."""
    decision = RecordingDecision(
        selected=take(fields, "selected", bool),
        bucket=take(fields, "bucket", int),
        percentage=Decimal(take(fields, "percentage", str)),
        salt=take(fields, "salt", str),
        asked=take(fields, "asked", bool),
        asked_by=take(fields, "asked_by", str) if "asked_by" in fields else "",
        policy_version=take(fields, "policy_version", int) if "policy_version" in fields else 0,
    )
    done(fields, "decision")
    return decision


def segment_from(fields: dict[str, Any]) -> Segment:
    """Undo `segment_json`; ManifestError names the field."""
    segment = Segment(
        index=take(fields, "index", int),
        offset=length(fields, "offset_us"),
        duration=length(fields, "duration_us"),
        size=take(fields, "size", int),
        sha256=_hex(take(fields, "sha256", str)),
        frames=take(fields, "frames", int),
    )
    done(fields, "segment")
    return segment


def pause_from(fields: dict[str, Any]) -> Pause:
    """Undo `pause_json`; ManifestError names the field."""
    pause = Pause(
        offset=length(fields, "offset_us"),
        duration=length(fields, "duration_us"),
        reasons=tuple(PauseReason(reason) for reason in take(fields, "reasons", list)),
    )
    done(fields, "pause")
    return pause


def _leg(fields: dict[str, Any]) -> Leg:
    leg = Leg(take(fields, "call_id", str), take(fields, "connection_id", str))
    done(fields, "leg")
    return leg


def view_from(fields: dict[str, Any]) -> View:
    """Undo `view_json`; ManifestError names the field."""
    view = View(
        offset=length(fields, "offset_us"),
        width=take(fields, "width", int),
        height=take(fields, "height", int),
        monitors=_monitors(fields),
        place=_place(take(fields, "place", list)),
    )
    done(fields, "view")
    return view


def trouble_from(fields: dict[str, Any]) -> Trouble:
    """Undo `trouble_json`; ManifestError names the field."""
    trouble = Trouble(
        offset=length(fields, "offset_us"),
        duration=length(fields, "duration_us"),
        code=take(fields, "code", str),
    )
    done(fields, "trouble")
    return trouble


def _canvas(fields: dict[str, Any]) -> Canvas:
    width = take(fields, "width", int)
    height = take(fields, "height", int)
    canvas = Canvas(width, height, _monitors(fields))
    done(fields, "canvas")
    return canvas


def _monitors(fields: dict[str, Any]) -> tuple[tuple[int, int, int, int], ...]:
    return tuple(_place(monitor) for monitor in take(fields, "monitors", list))


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
    form = take(fields, "format", str)
    if form != FORMAT:
        raise ManifestError(f"format is {form!r}, not {FORMAT!r}")
    canvas = take_or_none(fields, "canvas", dict)
    details = take_or_none(fields, "details_sha256", str)
    manifest = Manifest(
        recording_id=recording_id_from(take(fields, "recording_id", str)),
        call_id=take(fields, "call_id", str),
        agent_id=take(fields, "agent_id", str),
        device_id=take(fields, "device_id", str),
        started_at=utc(take(fields, "started_at", str)),
        duration=length(fields, "duration_us"),
        clock_offset=length(fields, "clock_offset_us", signed=True),
        clock_round_trip=length(fields, "clock_round_trip_us"),
        decision=decision_from(dict(take(fields, "decision", dict))),
        canvas=None if canvas is None else _canvas(dict(canvas)),
        segments=tuple(segment_from(dict(one)) for one in take(fields, "segments", list)),
        pauses=tuple(pause_from(dict(one)) for one in take(fields, "pauses", list)),
        views=tuple(view_from(dict(one)) for one in take(fields, "views", list)),
        troubles=tuple(trouble_from(dict(one)) for one in take(fields, "troubles", list)),
        legs=tuple(_leg(dict(one)) for one in take(fields, "legs", list)),
        details_sha256=None if details is None else _hex(details),
        end_reason=EndReason(take(fields, "end_reason", str)),
        client_version=take(fields, "client_version", str),
    )
    done(fields, "manifest")
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
