"""The film's time line: as long as what was recorded, never two things at once, silent enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.marks import Mark, MarkKind, Span, Stretch
from central.core.timeline import GUARD, Blank, Show, Speak, Timeline, VoiceSpan, document, lay_out
from contract.canonical import canonical
from contract.manifest import Canvas, EndReason, Manifest, Pause, PauseReason, Segment
from contract.selection import RecordingDecision

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ASKED = (PauseReason.ASKED,)
LOCKED = (PauseReason.LOCKED,)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def recording(
    *spans: tuple[float, float],
    start: float = 0,
    length: float | None = None,
    pauses: tuple[Pause, ...] = (),
    offset: float = 0,
    name: int = 1,
) -> Manifest:
    """A recording that shows the screen in these spans, in seconds from its start."""
    segments = tuple(
        Segment(index, seconds(since), seconds(until - since), 1, "0" * 64, 1)
        for index, (since, until) in enumerate(spans)
    )
    ends = max((until for _, until in spans), default=0.0)
    return Manifest(
        recording_id=f"00000000-0000-4000-8000-{name:012}",
        call_id="CALL",
        agent_id="A1",
        device_id="D1",
        started_at=NOON + seconds(start),
        duration=seconds(ends if length is None else length),
        clock_offset=seconds(offset),
        clock_round_trip=seconds(0.01),
        decision=RecordingDecision(True, 0, Decimal(100), "salt"),  # noqa: FBT003
        canvas=Canvas(640, 480, ((0, 0, 640, 480),)) if spans else None,
        segments=segments,
        pauses=pauses,
        views=(),
        troubles=(),
        legs=(),
        details_sha256=None,
        end_reason=EndReason.WRAPPED_UP,
        client_version="0",
    )


def voice(start: float, length: float, *pauses: tuple[float, float]) -> VoiceSpan:
    return VoiceSpan(
        NOON + seconds(start),
        seconds(length),
        tuple(Span(NOON + seconds(since), NOON + seconds(until)) for since, until in pauses),
    )


def pause(since: float, until: float, reasons: tuple[PauseReason, ...] = ASKED) -> Pause:
    return Pause(seconds(since), seconds(until - since), reasons)


def shown(timeline: Timeline) -> list[tuple[str, float, float]]:
    return [
        (
            f"{clip.segment.index}" if isinstance(clip, Show) else "slate",
            clip.at.total_seconds(),
            (clip.at + clip.length).total_seconds(),
        )
        for clip in timeline.clips
    ]


def test_a_paused_call_shows_segment_slate_segment_and_is_silent_with_a_guard() -> None:
    timeline = lay_out(
        [recording((0, 10), (15, 30), pauses=(pause(10, 15),))], [voice(0.5, 20, (10, 15))]
    )
    assert timeline.start == NOON
    assert timeline.length == seconds(30)
    assert shown(timeline) == [("0", 0, 10), ("slate", 10, 15), ("1", 15, 30)]
    assert timeline.voices == (Speak(0, seconds(0.5), seconds(20)),)
    assert timeline.silence == (Stretch(seconds(9.7), seconds(5.6)),)
    assert timeline.marks == (
        Mark(MarkKind.ANSWERED, seconds(0)),
        Mark(MarkKind.PAUSED, seconds(10), seconds(5), ("asked",)),
        Mark(MarkKind.WRAP_UP, seconds(20.5), seconds(9.5)),
        Mark(MarkKind.ENDED, seconds(30)),
    )


def test_a_lock_blanks_the_picture_and_leaves_the_voice() -> None:
    timeline = lay_out([recording((0, 5), (8, 10), pauses=(pause(5, 8, LOCKED),))], [voice(0, 10)])
    assert timeline.silence == ()
    assert Mark(MarkKind.PAUSED, seconds(5), seconds(3), ("locked",)) in timeline.marks


def test_a_pause_that_was_asked_at_any_time_silences_all_of_it() -> None:
    both = (PauseReason.ASKED, PauseReason.LOCKED)
    timeline = lay_out([recording((0, 5), (8, 10), pauses=(pause(5, 8, both),))], [voice(0, 10)])
    assert timeline.silence == (Stretch(seconds(4.7), seconds(3.6)),)


def test_a_paused_call_that_was_not_selected_is_voice_with_silence() -> None:
    timeline = lay_out([recording(length=60, pauses=(pause(5, 8),))], [voice(1, 20)])
    assert not timeline.has_screen
    assert timeline.start == NOON + seconds(1)
    assert timeline.length == seconds(20)
    assert timeline.clips == (Blank(seconds(0), seconds(20)),)
    assert timeline.silence == (Stretch(seconds(3.7), seconds(3.6)),)
    assert [mark.kind for mark in timeline.marks] == [
        MarkKind.ANSWERED,
        MarkKind.PAUSED,
        MarkKind.ENDED,
    ]


def test_a_slate_stands_before_the_screen_begins_and_after_it_ends() -> None:
    timeline = lay_out([recording((0, 5), start=3)], [voice(0, 20)])
    assert shown(timeline) == [("slate", 0, 3), ("0", 3, 8), ("slate", 8, 20)]
    assert [mark.kind for mark in timeline.marks if mark.length] == [
        MarkKind.NO_SCREEN,
        MarkKind.NO_SCREEN,
    ]


def test_the_desks_clock_is_put_right() -> None:
    timeline = lay_out([recording((0, 5), start=100, offset=-98)], [voice(0, 7)])
    assert shown(timeline) == [("slate", 0, 2), ("0", 2, 7)]


def test_a_seam_between_two_segments_shows_no_slate() -> None:
    timeline = lay_out([recording((0, 5), (5.2, 10))], [])
    assert shown(timeline) == [("0", 0, 5.2), ("1", 5.2, 10)]


def test_a_pause_is_never_taken_for_a_seam() -> None:
    timeline = lay_out([recording((0, 5), (5.2, 10), pauses=(pause(5, 5.2, LOCKED),))], [])
    assert shown(timeline) == [("0", 0, 5), ("slate", 5, 5.2), ("1", 5.2, 10)]


def test_two_recordings_after_a_crash_are_one_film() -> None:
    first = recording((0, 10), name=1)
    second = recording((0, 10), start=14, name=2)
    timeline = lay_out([second, first], [voice(0, 20)])
    assert shown(timeline) == [("0", 0, 10), ("slate", 10, 14), ("0", 14, 24)]
    assert Mark(MarkKind.NO_SCREEN, seconds(10), seconds(4)) in timeline.marks


def test_two_desks_at_once_show_the_later_one() -> None:
    timeline = lay_out([recording((0, 10)), recording((0, 10), start=4, name=2)], [])
    assert shown(timeline) == [("0", 0, 4), ("0", 4, 14)]


def test_masks_silence_the_voice() -> None:
    mask = Span(NOON + seconds(5), NOON + seconds(6))
    timeline = lay_out([], [voice(0, 10)], [mask])
    assert timeline.silence == (Stretch(seconds(4.7), seconds(1.6)),)


def test_a_call_with_neither_voice_nor_screen_has_no_film() -> None:
    with pytest.raises(ValueError, match="nothing to make a film of"):
        lay_out([recording(length=5)], [])


def test_the_document_is_plain_json() -> None:
    timeline = lay_out([recording((0, 1), (3, 4), pauses=(pause(1, 3),))], [voice(0, 3)])
    text = canonical(document(timeline))
    assert b'"start":"2026-11-22T12:00:00.000000Z"' in text
    assert b'{"at_us":1000000,"length_us":2000000,"show":"slate"}' in text


# What must hold for every call:

_TENTHS = st.integers(0, 600).map(lambda tenths: tenths / 10)
_REASONS = st.sets(st.sampled_from(list(PauseReason))).map(lambda found: tuple(sorted(found)))


@st.composite
def _recordings(draw: st.DrawFn) -> Manifest:
    edges = sorted(draw(st.lists(_TENTHS, max_size=10, unique=True)))
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    pauses = tuple(
        pause(min(ends), max(ends), draw(_REASONS))
        for ends in draw(st.lists(st.tuples(_TENTHS, _TENTHS), max_size=3))
    )
    return recording(
        *spans, start=draw(_TENTHS), pauses=pauses, name=draw(st.integers(1, 9)), length=60
    )


_VOICES = st.builds(
    lambda start, length, ends: voice(start, length, (min(ends), max(ends))),
    _TENTHS,
    _TENTHS.map(lambda length: length + 0.1),
    st.tuples(_TENTHS, _TENTHS),
)
_CALLS = st.tuples(st.lists(_recordings(), max_size=3), st.lists(_VOICES, max_size=2)).filter(
    lambda call: bool(call[1]) or any(one.segments for one in call[0])
)


@given(_CALLS)
def test_the_film_is_as_long_as_the_union_of_screen_and_voice(
    call: tuple[list[Manifest], list[VoiceSpan]],
) -> None:
    manifests, voices = call
    starts = [one.started_at for one in manifests if one.segments]
    ends = [one.started_at + one.duration for one in manifests if one.segments]
    starts += [one.started_at for one in voices]
    ends += [one.started_at + one.length for one in voices]
    timeline = lay_out(manifests, voices)
    assert timeline.start == min(starts)
    assert timeline.length == max(ends) - min(starts)


@given(_CALLS)
def test_every_instant_is_either_shown_or_blank(
    call: tuple[list[Manifest], list[VoiceSpan]],
) -> None:
    timeline = lay_out(*call)
    reached = seconds(0)
    for clip in timeline.clips:
        assert clip.at == reached
        assert clip.length > seconds(0)
        reached = clip.at + clip.length
    assert reached == timeline.length


@given(_recordings().filter(lambda one: bool(one.segments)))
def test_no_picture_stands_into_a_pause(manifest: Manifest) -> None:
    for clip in lay_out([manifest], []).clips:
        if isinstance(clip, Show) and clip.length > clip.segment.duration:
            end = clip.segment.offset + clip.segment.duration
            next_one = manifest.segments[clip.segment.index + 1].offset
            assert next_one - end < seconds(1)
            for one in manifest.pauses:
                assert one.offset > next_one or one.offset + one.duration < end


@given(_CALLS)
def test_silence_covers_everything_that_was_asked_for_and_no_more(
    call: tuple[list[Manifest], list[VoiceSpan]],
) -> None:
    manifests, voices = call
    timeline = lay_out(manifests, voices)
    asked = [
        (
            manifest.started_at + one.offset - timeline.start,
            manifest.started_at + one.offset + one.duration - timeline.start,
        )
        for manifest in manifests
        for one in manifest.pauses
        if PauseReason.ASKED in one.reasons
    ]
    asked += [
        (span.since - timeline.start, span.until - timeline.start)
        for one in voices
        for span in one.pauses
    ]
    for since, until in asked:
        begins = max(since - GUARD, seconds(0))
        ends = min(until + GUARD, timeline.length)
        if begins < ends:
            assert any(one.at <= begins and ends <= one.end for one in timeline.silence)
    edges = {since - GUARD for since, _ in asked} | {seconds(0)}
    assert all(one.at in edges for one in timeline.silence)
    edges = {until + GUARD for _, until in asked} | {timeline.length}
    assert all(one.end in edges for one in timeline.silence)


@given(_CALLS)
def test_voices_follow_each_other_within_the_film(
    call: tuple[list[Manifest], list[VoiceSpan]],
) -> None:
    timeline = lay_out(*call)
    reached = seconds(0)
    for speak in timeline.voices:
        assert speak.at >= reached
        reached = speak.at + speak.length
    assert reached <= timeline.length
