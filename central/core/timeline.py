"""Where everything of a call stands in its film: which pictures, which voice, which silence.

The film spans the union of screen and voice. At every instant it shows either one segment or a
slate, and its voice is silent wherever anyone asked for a pause, with a guard on both sides. Lock
and capture failure pause the picture alone. All moments are put on central's clock here, so that
everything that follows counts from the film's start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from central.core.marks import (
    Mark,
    MarkKind,
    Shown,
    Span,
    Stretch,
    merged,
    pause_marks,
    shown,
    span_of,
    stretch,
    trouble_marks,
)
from contract.canonical import microseconds, utc_text
from contract.manifest import Manifest, PauseReason, Segment

GUARD = timedelta(milliseconds=300)  # silence before and after what was asked for
_SEAM = timedelta(seconds=1)  # a shorter gap without a pause is where one segment follows another
_NOTICEABLE = timedelta(seconds=1)  # a shorter gap in the picture is no news to a person
_NOTHING = timedelta(0)
_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class VoiceSpan:
    """One voice recording: when it began, how long it is, and what its recorder left out."""

    started_at: datetime
    length: timedelta
    pauses: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Show:
    """A segment is on the screen.

    `length` may be less than the segment's own (what began later is shown), or a little more (its
    last picture stands until the next segment).
    """

    recording_id: str
    segment: Segment
    at: timedelta
    length: timedelta


@dataclass(frozen=True, slots=True)
class Blank:
    """A slate is on the screen."""

    at: timedelta
    length: timedelta


Clip = Show | Blank


@dataclass(frozen=True, slots=True)
class Speak:
    """A voice recording is heard, from its first sample on; `voice` counts from 0 as given."""

    voice: int
    at: timedelta
    length: timedelta


@dataclass(frozen=True, slots=True)
class Timeline:
    """A film, before it is made."""

    start: datetime  # central's clock
    length: timedelta
    clips: tuple[Clip, ...]  # in order, without a gap, from 0 to `length`
    voices: tuple[Speak, ...]  # in order, none overlaps the next
    silence: tuple[Stretch, ...]  # in order, none touches the next
    marks: tuple[Mark, ...]
    views: tuple[Shown, ...]

    @property
    def has_screen(self) -> bool:
        """Whether there is any picture but the slate."""
        return any(isinstance(clip, Show) for clip in self.clips)


def lay_out(
    manifests: Sequence[Manifest], voices: Sequence[VoiceSpan], masks: Sequence[Span] = ()
) -> Timeline:
    """The film of one call. ValueError if there is neither voice nor screen.

    A manifest without segments (a paused call whose screen was not selected) only adds silence.
    """
    seen = [manifest for manifest in manifests if manifest.segments]
    spans = [span_of(manifest) for manifest in seen] + [
        Span(voice.started_at, voice.started_at + voice.length) for voice in voices
    ]
    if not spans:
        raise ValueError("neither voice nor screen: there is nothing to make a film of")
    start = min(span.since for span in spans)
    length = max(span.until for span in spans) - start
    clips = _clips(seen, start, length)
    speaks = _speaks(voices, start)
    pauses = list(_pauses(manifests, voices, masks))
    asked = [span for span, reasons in pauses if PauseReason.ASKED.value in reasons]
    return Timeline(
        start=start,
        length=length,
        clips=clips,
        voices=speaks,
        silence=merged(
            (Span(span.since - GUARD, span.until + GUARD) for span in asked), start, length
        ),
        marks=tuple(
            sorted(
                (
                    Mark(MarkKind.ANSWERED, _NOTHING),
                    *pause_marks(pauses, start, length),
                    *_no_screen(clips, pauses, start),
                    *_wrap_up(speaks, length),
                    *trouble_marks(seen, start, length),
                    Mark(MarkKind.ENDED, length),
                ),
                key=lambda mark: mark.at,
            )
        ),
        views=shown(seen, start, length),
    )


def _clips(manifests: Sequence[Manifest], start: datetime, length: timedelta) -> tuple[Clip, ...]:
    placed = []
    for manifest in manifests:
        since = span_of(manifest).since
        held = [
            Span(since + one.offset, since + one.offset + one.duration) for one in manifest.pauses
        ]
        shows = sorted(
            (
                Show(manifest.recording_id, one, since + one.offset - start, one.duration)
                for one in manifest.segments
                if one.duration > _NOTHING
            ),
            key=lambda show: show.at,
        )
        placed += _bridged(shows, [stretch(span, start) for span in held])
    placed.sort(key=lambda show: show.at)
    return tuple(_filled(_trimmed(placed), length))


def _bridged(shows: list[Show], pauses: Sequence[Stretch]) -> list[Show]:
    """Close the seams between segments that follow each other without a pause."""
    closed = []
    for show, following in _with_next(shows):
        end = show.at + show.length
        if (
            following is not None
            and _NOTHING < following.at - end < _SEAM
            and not any(pause.at <= following.at and pause.end >= end for pause in pauses)
        ):
            closed.append(replace(show, length=following.at - show.at))
        else:
            closed.append(show)
    return closed


def _trimmed(shows: list[Show]) -> Iterator[Show]:
    """Two desks, or a clock that was set: what begins later is shown."""
    for show, following in _with_next(shows):
        if following is None or show.at + show.length <= following.at:
            yield show
        elif following.at > show.at:
            yield replace(show, length=following.at - show.at)


def _filled(shows: Iterable[Show], length: timedelta) -> Iterator[Clip]:
    reached = _NOTHING
    for show in shows:
        if show.at > reached:
            yield Blank(reached, show.at - reached)
        yield show
        reached = show.at + show.length
    if reached < length:
        yield Blank(reached, length - reached)


def _speaks(voices: Sequence[VoiceSpan], start: datetime) -> tuple[Speak, ...]:
    placed = sorted(
        (
            Speak(index, voice.started_at - start, voice.length)
            for index, voice in enumerate(voices)
            if voice.length > _NOTHING
        ),
        key=lambda speak: speak.at,
    )
    return tuple(
        speak
        if following is None
        else replace(speak, length=min(speak.length, following.at - speak.at))
        for speak, following in _with_next(placed)
        if following is None or following.at > speak.at
    )


def _pauses(
    manifests: Sequence[Manifest], voices: Sequence[VoiceSpan], masks: Sequence[Span]
) -> Iterator[tuple[Span, tuple[str, ...]]]:
    for manifest in manifests:
        since = span_of(manifest).since
        for pause in manifest.pauses:
            began = since + pause.offset
            yield (
                Span(began, began + pause.duration),
                tuple(reason.value for reason in pause.reasons),
            )
    for voice in voices:
        for span in voice.pauses:
            yield span, (PauseReason.ASKED.value,)
    for span in masks:
        yield span, (PauseReason.ASKED.value,)


def _with_next(things: list[_Thing]) -> Iterator[tuple[_Thing, _Thing | None]]:
    return zip(things, [*things[1:], None], strict=False)  # an empty one has no next


def _no_screen(
    clips: Sequence[Clip], pauses: Sequence[tuple[Span, tuple[str, ...]]], start: datetime
) -> Iterator[Mark]:
    if not any(isinstance(clip, Show) for clip in clips):
        return
    held = [stretch(span, start) for span, _ in pauses]
    for clip in clips:
        if (
            isinstance(clip, Blank)
            and clip.length >= _NOTICEABLE
            and not any(pause.at < clip.at + clip.length and pause.end > clip.at for pause in held)
        ):
            yield Mark(MarkKind.NO_SCREEN, clip.at, clip.length)


def _wrap_up(speaks: Sequence[Speak], length: timedelta) -> Iterator[Mark]:
    if speaks:
        ended = max(speak.at + speak.length for speak in speaks)
        if length - ended >= _NOTICEABLE:
            yield Mark(MarkKind.WRAP_UP, ended, length - ended)


def document(timeline: Timeline) -> dict[str, Any]:
    """As JSON for the player and for export; lengths in microseconds."""
    return {
        "format": "twinreel/timeline/1",
        "start": utc_text(timeline.start),
        "length_us": microseconds(timeline.length),
        "has_screen": timeline.has_screen,
        "clips": [_clip_json(clip) for clip in timeline.clips],
        "voices": [
            {
                "voice": speak.voice,
                "at_us": microseconds(speak.at),
                "length_us": microseconds(speak.length),
            }
            for speak in timeline.voices
        ],
        "silence": [
            {"at_us": microseconds(one.at), "length_us": microseconds(one.length)}
            for one in timeline.silence
        ],
        "marks": [
            {
                "kind": mark.kind.value,
                "at_us": microseconds(mark.at),
                "length_us": microseconds(mark.length),
                "reasons": list(mark.reasons),
            }
            for mark in timeline.marks
        ],
        "views": [
            {
                "at_us": microseconds(view.at),
                "width": view.width,
                "height": view.height,
                "monitors": view.monitors,
                "scaled": view.scaled,
            }
            for view in timeline.views
        ],
    }


def _clip_json(clip: Clip) -> dict[str, Any]:
    where = {"at_us": microseconds(clip.at), "length_us": microseconds(clip.length)}
    if isinstance(clip, Blank):
        return {"show": "slate", **where}
    return {
        "show": "segment",
        "recording_id": clip.recording_id,
        "index": clip.segment.index,
        **where,
    }
