"""One recording, moment by moment: time and pictures are handed in, the film is read back."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from agent_client.capture.film import Film, Seen, Taken
from agent_client.capture.screen import Layout, Rectangle
from agent_client.capture.syncing import Syncing
from contract.manifest import EndReason, Manifest, PauseReason, Trouble
from contract.selection import decide
from tests.agent_client.capture.staging import (
    ASKED,
    BLUE,
    GREEN,
    RED,
    WHITE,
    Frame,
    capture_settings,
    frames_of,
    opened_segment,
    patch_of,
)
from uploader.spool import Opening, SegmentFile, Spool

SIZE = 160, 96
_ID = "11111111-2222-3333-4444-555555555555"
Colour = tuple[int, int, int]


def _always() -> bool:
    return True


def _wanted_for(questions: int) -> Callable[[], bool]:
    """Yes so many times, then no: an order has come."""
    left = iter(range(questions))
    return lambda: next(left, None) is not None


def _layout(width: int, height: int) -> Layout:
    return Layout(width, height, ((0, 0, width, height),))


@dataclass
class _Reel:
    """A film in the making, and what became of it."""

    root: Path
    spool: Spool
    film: Film

    def see(
        self,
        colour: Colour,
        now: float,
        wanted: Callable[[], bool] = _always,
        *,
        size: tuple[int, int] = SIZE,
        quantiser: int = 24,
    ) -> Taken:
        whole = patch_of(Rectangle(0, 0, *size), colour)
        return self.film.see(Seen([whole], _layout(*size), quantiser), now, wanted)

    def close(self, now: float) -> Manifest:
        return self.film.close(now, EndReason.WRAPPED_UP)

    def frames(self) -> list[list[Frame]]:
        return [frames_of(opened_segment(path)) for path in sorted((self.root / _ID).glob("*.seg"))]


@pytest.fixture
def syncing() -> Iterator[Syncing]:
    syncing = Syncing(time.monotonic)
    syncing.start()
    yield syncing
    syncing.stop()


@pytest.fixture
def reel(tmp_path: Path, syncing: Syncing) -> _Reel:
    spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
    opening = Opening(
        recording_id=_ID,
        call_id="call-1",
        agent_id="agent-7",
        device_id="desk-1",
        started_at=datetime(2026, 11, 22, 8, tzinfo=UTC),
        clock_offset=timedelta(0),
        clock_round_trip=timedelta(0),
        decision=decide("call-1", Decimal(100), "salt"),
        client_version="0.1.0",
    )
    settings = capture_settings(flush_length=timedelta(seconds=1))
    folder = spool.create(opening)
    film = Film(folder, settings, syncing=syncing, now=100.0, reasons=frozenset())
    film.resume(100.0)
    return _Reel(tmp_path, spool, film)


@pytest.mark.parametrize("questions", [0, 1])
def test_what_an_order_interrupts_never_reaches_the_film(reel: _Reel, questions: int) -> None:
    """Before the picture is encoded, and before it is kept."""
    reel.see(RED, 100.0)
    assert reel.see(BLUE, 100.25, _wanted_for(questions)).bits == 0
    reel.film.pause(100.25, ASKED)
    reel.film.resume(101.0)
    reel.see(WHITE, 101.0)
    reel.close(102.0)
    before, after = reel.frames()
    assert [frame.is_about(RED) for frame in before] == [False, True, False]  # between slates
    assert not any(frame.is_about(BLUE) for frame in before + after)
    assert after[0].is_about(WHITE)


@pytest.mark.parametrize("questions", [0, 1])
def test_the_first_picture_interrupted_leaves_no_segment(reel: _Reel, questions: int) -> None:
    reel.see(RED, 100.0, _wanted_for(questions))
    reel.film.pause(100.1, ASKED)
    manifest = reel.close(100.25)
    assert (manifest.segments, manifest.canvas, manifest.views) == ((), None, ())


@pytest.mark.parametrize("questions", [0, 1])
def test_after_a_dropped_picture_the_next_can_be_decoded(reel: _Reel, questions: int) -> None:
    """Whatever order it was: the film need not have been paused."""
    reel.see(RED, 100.0)
    reel.see(BLUE, 100.25, _wanted_for(questions))
    reel.see(BLUE, 100.5)  # nothing has changed since, and yet it is news for the film
    reel.see(GREEN, 100.75)
    reel.close(101.0)
    (frames,) = reel.frames()
    assert [frame.at for frame in frames] == [0, 1, 500, 750]
    assert frames[2].is_about(BLUE)
    assert frames[3].is_about(GREEN)


def test_what_looks_the_same_is_no_new_picture(reel: _Reel) -> None:
    assert reel.see(RED, 100.0).bits > 0
    assert reel.see(RED, 100.25) == Taken(changed=False, bits=0)
    assert reel.see(BLUE, 100.5).changed
    reel.close(101.0)
    (frames,) = reel.frames()
    assert [frame.at for frame in frames] == [0, 1, 500]


def test_a_coarser_picture_is_a_key_and_the_film_goes_on(reel: _Reel) -> None:
    reel.see(RED, 100.0)
    reel.see(RED, 100.25, quantiser=40)  # nothing has changed but how it is to be seen
    reel.see(BLUE, 100.5, quantiser=40)
    reel.see(BLUE, 100.75, quantiser=24)
    reel.see(GREEN, 100.875, quantiser=24)
    reel.close(101.0)
    (frames,) = reel.frames()
    assert [frame.key for frame in frames] == [True, True, True, False, True, False]
    for frame, colour in zip(frames[1:], [RED, RED, BLUE, BLUE, GREEN], strict=True):
        assert all(
            abs(one - other) < 12 for one, other in zip(frame.pixel(9, 9), colour, strict=True)
        )


def test_a_new_layout_begins_a_segment_and_the_manifest_tells_of_it(reel: _Reel) -> None:
    reel.see(RED, 100.0)
    reel.see(BLUE, 101.0, size=(80, 48))
    reel.see(BLUE, 101.5, size=(80, 48))
    reel.see(WHITE, 102.0, size=(320, 96))
    manifest = reel.close(103.0)
    assert [view.offset for view in manifest.views] == [
        timedelta(0),
        timedelta(seconds=1),
        timedelta(seconds=2),
    ]
    assert [(view.width, view.height) for view in manifest.views] == [SIZE, (80, 48), (320, 96)]
    assert [view.place for view in manifest.views] == [
        (0, 0, 160, 96),
        (40, 24, 80, 48),
        (0, 24, 160, 48),
    ]
    _, small, wide = reel.frames()
    assert small[0].is_about(BLUE, (80, 48))
    assert small[0].is_about((0, 0, 0), (20, 10))
    assert wide[0].is_about(WHITE, (80, 48))
    assert wide[0].is_about((0, 0, 0), (80, 10))
    ends = [segment.offset + segment.duration for segment in manifest.segments]
    assert ends[:2] == [segment.offset for segment in manifest.segments[1:]]


def test_a_layout_that_changes_in_the_moment_of_a_pause_leaves_a_slate_at_the_end(
    reel: _Reel,
) -> None:
    reel.see(RED, 100.0)
    reel.see(BLUE, 101.0, _wanted_for(1), size=(80, 48))
    reel.film.pause(101.0, ASKED)
    manifest = reel.close(102.0)
    (frames,) = reel.frames()
    assert len(frames) == 3
    assert frames[-1].key
    assert frames[-1].rgb == frames[0].rgb
    assert len(manifest.views) == 1


def test_time_that_passes_on_a_still_desktop_survives_a_crash(reel: _Reel) -> None:
    reel.see(RED, 100.0)
    reel.film.keep_up(100.0)
    now = 100.0
    while now < 130:
        assert now < reel.film.due() <= now + 2
        now = reel.film.due()
        reel.film.keep_up(now)
    pictures = (reel.root / _ID / "000.seg").stat().st_size
    reel.film.abandon()
    manifest = reel.spool.salvage(_ID)
    assert manifest is not None
    assert manifest.duration >= timedelta(seconds=28)
    assert manifest.segments[0].duration >= timedelta(seconds=28)
    assert manifest.segments[0].size == pictures
    assert manifest.segments[0].frames == 2  # the slate and the desktop


def test_time_that_passes_in_a_pause_survives_a_crash(reel: _Reel) -> None:
    reel.see(RED, 100.0)
    reel.film.pause(101.0, ASKED)
    for _ in range(5):
        assert not reel.film.keep_up(reel.film.due())
    reel.film.abandon()
    manifest = reel.spool.salvage(_ID)
    assert manifest is not None
    assert manifest.pauses[0].duration >= timedelta(seconds=40)


def test_what_comes_in_the_same_moment_is_put_after_what_is_there(reel: _Reel) -> None:
    """No picture may last for no time, and no segment be shorter than its pictures."""
    reel.see(RED, 100.0)
    reel.see(BLUE, 100.0, size=(80, 48))
    reel.film.pause(100.0, ASKED)
    manifest = reel.close(101.0)
    assert [[frame.at for frame in frames] for frames in reel.frames()] == [[0, 1], [0, 1]]
    assert [one.duration for one in manifest.segments] == [timedelta(milliseconds=2)] * 2


def test_a_pause_is_as_long_as_it_was_and_one_for_each_of_its_reasons(reel: _Reel) -> None:
    reel.see(RED, 100.0)
    reel.film.pause(101.0, ASKED)
    reel.film.pause(102.0, ASKED)
    reel.film.pause(103.0, frozenset({PauseReason.CAPTURE_FAILED}))
    reel.film.resume(104.0)
    reel.see(BLUE, 104.0)
    manifest = reel.close(106.0)
    assert [(one.offset, one.duration, one.reasons) for one in manifest.pauses] == [
        (timedelta(seconds=1), timedelta(seconds=2), (PauseReason.ASKED,)),
        (timedelta(seconds=3), timedelta(seconds=1), (PauseReason.CAPTURE_FAILED,)),
    ]


def test_what_is_kept_is_with_the_system_a_flush_later(reel: _Reel) -> None:
    path = reel.root / _ID / "000.seg"
    reel.see(RED, 100.0)
    reel.film.keep_up(100.0)
    reel.see(BLUE, 101.5)
    assert reel.film.due() == 102.5
    assert not reel.film.keep_up(102.4)
    assert frames_of(opened_segment(path))[-1].is_about(RED)
    assert reel.film.keep_up(102.5)
    assert frames_of(opened_segment(path))[-1].is_about(BLUE)


def test_what_a_full_disk_refused_is_written_when_there_is_room(
    reel: _Reel, monkeypatch: pytest.MonkeyPatch
) -> None:
    reel.see(RED, 100.0)
    reel.film.keep_up(100.0)
    reel.see(BLUE, 100.5)

    def refused(*_: object) -> None:
        raise OSError(errno.ENOSPC, "the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(SegmentFile, "append", refused)
        with pytest.raises(OSError, match="full"):
            reel.film.keep_up(101.5)
    reel.film.pause(102.0, ASKED)
    reel.close(103.0)
    (frames,) = reel.frames()
    assert [frame.at for frame in frames] == [0, 1, 500, 2000]
    assert frames[2].is_about(BLUE)


def test_the_first_picture_of_a_segment_is_with_the_system_at_once(reel: _Reel) -> None:
    reel.see(RED, 100.0)
    assert reel.film.due() == 100.0
    assert reel.film.keep_up(100.0)
    assert frames_of(opened_segment(reel.root / _ID / "000.seg"))[-1].is_about(RED)


def test_troubles_stand_in_the_manifest(reel: _Reel) -> None:
    reel.see(RED, 100.0)
    reel.film.trouble(100.5, "disk-slow", begins=True)
    reel.film.trouble(99.0, "screen-frozen", begins=True)  # before it began: as early as can be
    reel.film.trouble(102.0, "disk-slow", begins=False)
    manifest = reel.close(104.0)
    assert manifest.troubles == (
        Trouble(timedelta(seconds=0.5), timedelta(seconds=1.5), "disk-slow"),
        Trouble(timedelta(0), timedelta(seconds=4), "screen-frozen"),
    )


def test_black_is_seen(reel: _Reel) -> None:
    assert not reel.film.black()
    reel.see((0, 0, 0), 100.0)
    assert reel.film.black()
    reel.see((0, 0, 30), 100.25)
    assert not reel.film.black()
