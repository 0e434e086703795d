"""What a person is told on a film's time line, beside picture and voice.

Pauses, gaps in the picture, troubles that the desk noticed, monitors that came and went. All of it
counts from the film's start; nothing here changes what is shown or heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contract.manifest import Manifest

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another, by central's clock."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the film, from its start."""

    at: timedelta
    length: timedelta

    @property
    def end(self) -> timedelta:
        """The first instant after it."""
        return self.at + self.length


class MarkKind(StrEnum):
    """What a person is told on the player's time line."""

    ANSWERED = "answered"
    PAUSED = "paused"
    NO_SCREEN = "no-screen"  # there should be a picture, and there is none
    WRAP_UP = "wrap-up"
    TROUBLE = "trouble"  # the picture is not to be trusted, or came late
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to be told, with where it stands.

    `reasons` are those of a pause, or a trouble's code.
    """

    kind: MarkKind
    at: timedelta
    length: timedelta = _NOTHING
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the picture shows of the desk from here on."""

    at: timedelta
    width: int  # of the desktop, in its own pixels
    height: int
    monitors: int
    scaled: bool  # it is drawn in another size


def span_of(manifest: Manifest) -> Span:
    """When a recording ran, by central's clock."""
    since = manifest.started_at + manifest.clock_offset
    last = max((one.offset + one.duration for one in manifest.segments), default=_NOTHING)
    return Span(since, since + max(manifest.duration, last))


def stretch(span: Span, start: datetime) -> Stretch:
    """The same, from the film's start."""
    return Stretch(span.since - start, span.until - span.since)


def merged(spans: Iterable[Span], start: datetime, length: timedelta) -> tuple[Stretch, ...]:
    """The union, clipped to the film."""
    found: list[Stretch] = []
    for span in sorted(spans, key=lambda span: span.since):
        at = max(span.since - start, _NOTHING)
        end = min(span.until - start, length)
        if end <= at:
            continue
        if found and at <= found[-1].end:
            found[-1] = replace(found[-1], length=max(end, found[-1].end) - found[-1].at)
        else:
            found.append(Stretch(at, end - at))
    return tuple(found)


def pause_marks(
    pauses: Sequence[tuple[Span, tuple[str, ...]]], start: datetime, length: timedelta
) -> Iterator[Mark]:
    """One mark for each union of pauses that have a reason, with all the reasons in it."""
    reasoned = [(span, reasons) for span, reasons in pauses if reasons]
    for whole in merged((span for span, _ in reasoned), start, length):
        found = {
            reason
            for span, reasons in reasoned
            for reason in reasons
            if span.since - start <= whole.end and span.until - start >= whole.at
        }
        yield Mark(MarkKind.PAUSED, whole.at, whole.length, tuple(sorted(found)))


def trouble_marks(
    manifests: Sequence[Manifest], start: datetime, length: timedelta
) -> Iterator[Mark]:
    """One mark for each union of troubles of the same kind; one may be a moment without length."""
    spans: dict[str, list[Span]] = {}
    for manifest in manifests:
        since = span_of(manifest).since
        for one in manifest.troubles:
            began = since + one.offset
            spans.setdefault(one.code, []).append(Span(began, began + one.duration))
    for code, found in spans.items():
        whole = merged(found, start, length)
        for part in whole:
            yield Mark(MarkKind.TROUBLE, part.at, part.length, (code,))
        for at in sorted({span.since - start for span in found if span.since == span.until}):
            if _NOTHING <= at <= length and not any(part.at <= at <= part.end for part in whole):
                yield Mark(MarkKind.TROUBLE, at, _NOTHING, (code,))


def shown(manifests: Sequence[Manifest], start: datetime, length: timedelta) -> tuple[Shown, ...]:
    """What the picture shows of the desks, in order; what only says the same again is left out."""
    found = sorted(
        (
            Shown(
                span_of(manifest).since + view.offset - start,
                view.width,
                view.height,
                len(view.monitors),
                scaled=(view.width, view.height) != view.place[2:],
            )
            for manifest in manifests
            for view in manifest.views
        ),
        key=lambda one: one.at,
    )
    return tuple(
        one
        for before, one in zip([None, *found], found, strict=False)
        if one.at < length and (before is None or replace(before, at=one.at) != one)
    )
