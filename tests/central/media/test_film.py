"""The film, seen and heard: decoded anew and compared with what went in."""

from __future__ import annotations

import io
import json
from array import array
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import av
import pytest

from central.core.marks import MarkKind, Span
from central.media.film import FilmInputs, FilmMade, inputs_digest, make_film
from central.media.pictures import FilmError
from central.media.vault import Vault
from contract.canonical import canonical
from contract.envelope import opened
from contract.manifest import PauseReason
from tests.central.media import calls
from tests.central.media.calls import DIM, FLASH, LOUD, NOON, SLATE, Lock, seconds

RATE = 48_000


@dataclass(frozen=True)
class Seen:
    """A film's clear bytes, and how they were made."""

    made: FilmMade
    data: bytes

    def pictures(self) -> list[tuple[float, int]]:
        """When each picture appears, in seconds, and the luma that most of it has."""
        with av.open(io.BytesIO(self.data), "r") as container:
            return [
                (float(frame.pts * frame.time_base), _luma(frame))
                for frame in container.decode(video=0)
                if frame.pts is not None and frame.time_base is not None
            ]

    def sound(self) -> tuple[array[int], array[int]]:
        """Agent and customer, sample by sample, from the film's start."""
        left, right = array("h"), array("h")
        even = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
        with av.open(io.BytesIO(self.data), "r") as container:
            for frame in container.decode(audio=0):
                if frame.pts is not None and frame.pts < 0:
                    continue  # the encoder's run-up, which a player does not play
                for one in even.resample(frame):
                    pairs = array("h", bytes(one.planes[0])[: one.samples * 4])
                    left += pairs[0::2]
                    right += pairs[1::2]
        return left, right


def _luma(frame: av.VideoFrame) -> int:
    middle = bytes(frame.planes[0])[5 :: frame.planes[0].line_size]
    return sorted(middle)[len(middle) // 2]


def film_of(inputs: FilmInputs, lock: Lock, folder: Path) -> Seen:
    made = make_film(inputs, lock.keys, lock.recipients, folder)
    with Vault(made.files[0].path, lock.keys) as vault:
        data = b"".join(vault.read_range(0, vault.size))
    return Seen(made, data)


@pytest.fixture(scope="module")
def lock() -> Lock:
    return Lock()


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory, lock: Lock) -> tuple[FilmInputs, Seen]:
    """Voice 0..12 s; screen from 0.5 s, paused 4.5..7.5 s (film time), wrap-up to 16.5 s."""
    folder = tmp_path_factory.mktemp("call")
    screen = calls.screen(
        folder,
        lock,
        [(0, 4), (7, 16)],
        start=0.5,
        flashes=[2, 9],
        pauses=[(4, 7)],
        clock_offset=-3,
    )
    voice = calls.voice(folder, lock, 12, beeps=[2.5, 9.5])
    inputs = calls.inputs([screen], [voice])
    return inputs, film_of(inputs, lock, folder / "film")


def loudest(samples: array[int], since: float, until: float) -> int:
    part = samples[round(since * RATE) : round(until * RATE)]
    return max((max(part), -min(part)))


def test_the_film_is_as_long_as_screen_and_voice_together(call: tuple[FilmInputs, Seen]) -> None:
    _, seen = call
    assert seen.made.length == seconds(16.5)
    with av.open(io.BytesIO(seen.data), "r") as container:
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(16.5, abs=0.03)
        for stream in container.streams:
            assert stream.duration is not None
            assert stream.time_base is not None
            assert float(stream.duration * stream.time_base) == pytest.approx(16.5, abs=0.03)
    left, _ = seen.sound()
    assert len(left) / RATE == pytest.approx(16.5, abs=0.05)


def test_flash_and_beep_are_at_the_same_time(call: tuple[FilmInputs, Seen]) -> None:
    _, seen = call
    lit = [at for at, luma in seen.pictures() if abs(luma - FLASH) < 20]
    left, _ = seen.sound()
    step = RATE // 1000
    loud = [
        at / RATE
        for at in range(0, len(left) - step, step)
        if loudest(left, at / RATE, at / RATE + 0.001) > LOUD // 2
    ]
    for since in (2, 9):
        flash = min(at for at in lit if at > since)
        beep = min(at for at in loud if at > since)
        assert flash == pytest.approx(since + 0.5, abs=0.005)
        assert abs(flash - beep) < 0.1


def test_h264_is_copied_bit_for_bit(call: tuple[FilmInputs, Seen], lock: Lock) -> None:
    inputs, seen = call
    sent = []
    for path in inputs.screens[0].segments:
        with path.open("rb") as file:
            clear = b"".join(opened(file, lock.keys))
        with av.open(io.BytesIO(clear), "r") as container:
            sent.append([bytes(packet) for packet in container.demux(video=0) if packet.size])
    with av.open(io.BytesIO(seen.data), "r") as container:
        assert container.streams.video[0].codec_context.codec_tag == "avc1"
        kept = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    slate = sent[0][0]
    # One slate before the screen begins; the segments' own slates do for the pause and the end.
    assert kept == [slate, *sent[0], *sent[1]]


def test_nothing_but_the_slate_is_seen_in_a_pause(call: tuple[FilmInputs, Seen]) -> None:
    _, seen = call
    pictures = seen.pictures()
    standing = [luma for at, luma in pictures if at <= 4.5][-1]
    assert abs(standing - SLATE) <= 2
    assert [luma for at, luma in pictures if 4.5 < at < 7.5] == []
    after = next(luma for at, luma in pictures if at >= 7.5)
    assert abs(after - DIM) < 10


def test_the_slate_stands_before_the_screen_begins(call: tuple[FilmInputs, Seen]) -> None:
    _, seen = call
    pictures = seen.pictures()
    assert pictures[0][0] == 0
    assert all(abs(luma - SLATE) <= 2 for at, luma in pictures if at <= 0.5)


def test_sound_is_zero_in_the_pause_and_its_guard(call: tuple[FilmInputs, Seen]) -> None:
    _, seen = call
    for side in seen.sound():
        assert loudest(side, 4.25, 7.75) <= 1
        assert loudest(side, 3.9, 4.15) > 1000
        assert loudest(side, 7.85, 8.1) > 1000


def test_wrap_up_is_silent(call: tuple[FilmInputs, Seen]) -> None:
    _, seen = call
    assert loudest(seen.sound()[0], 12.1, 16.4) <= 1
    assert [
        (mark.at, mark.length) for mark in seen.made.timeline.marks if mark.kind is MarkKind.WRAP_UP
    ] == [(seconds(12), seconds(4.5))]


def _turns(samples: array[int], since: float, until: float) -> float:
    """How often a tone swings a second."""
    part = samples[round(since * RATE) : round(until * RATE)]
    rises = sum(1 for one, two in pairwise(part) if one < 0 <= two)
    return rises / (until - since)


def test_agent_is_left_and_customer_right(call: tuple[FilmInputs, Seen]) -> None:
    left, right = call[1].sound()
    assert _turns(left, 0.5, 1.5) == pytest.approx(300, abs=5)
    assert _turns(right, 0.5, 1.5) == pytest.approx(700, abs=5)


def test_channels_given_the_other_way_round_are_put_right(lock: Lock, tmp_path: Path) -> None:
    seen = film_of(calls.inputs([], [calls.voice(tmp_path, lock, 1, parties="ca")]), lock, tmp_path)
    left, right = seen.sound()
    assert _turns(left, 0.2, 0.8) == pytest.approx(300, abs=10)
    assert _turns(right, 0.2, 0.8) == pytest.approx(700, abs=10)


def test_a_mixed_recording_is_heard_on_both_sides_as_loud_as_it_was(
    lock: Lock, tmp_path: Path
) -> None:
    seen = film_of(calls.inputs([], [calls.voice(tmp_path, lock, 1, parties="m")]), lock, tmp_path)
    for side in seen.sound():
        assert loudest(side, 0.2, 0.8) == pytest.approx(calls.QUIET, rel=0.2)


def test_a_film_of_voice_alone_has_no_picture(lock: Lock, tmp_path: Path) -> None:
    voice = calls.voice(tmp_path, lock, 3, pauses=[(1, 2)])
    seen = film_of(calls.inputs([], [voice]), lock, tmp_path)
    assert not seen.made.has_screen
    assert seen.made.files[0].media_type == "audio/mp4"
    assert [made.kind for made in seen.made.files] == ["film", "peaks", "timeline"]
    with av.open(io.BytesIO(seen.data), "r") as container:
        assert [stream.type for stream in container.streams] == ["audio"]
    assert loudest(seen.sound()[1], 0.75, 2.25) <= 1


def test_a_film_of_the_screen_alone_is_silent(lock: Lock, tmp_path: Path) -> None:
    screen = calls.screen(tmp_path, lock, [(0, 2)])
    seen = film_of(calls.inputs([screen]), lock, tmp_path / "film")
    assert not seen.made.has_voice
    assert loudest(seen.sound()[0], 0, 1.9) == 0


def test_a_crash_leaves_a_gap_with_the_slate_and_the_next_recording_follows(
    lock: Lock, tmp_path: Path
) -> None:
    first = calls.screen(tmp_path, lock, [(0, 2)], own_slates=False)
    second = calls.screen(tmp_path, lock, [(0, 2)], start=4, name=2, own_slates=False)
    seen = film_of(calls.inputs([first, second]), lock, tmp_path / "film")
    pictures = seen.pictures()
    assert abs([luma for at, luma in pictures if at < 2][-1] - DIM) < 10
    gap = [(at, luma) for at, luma in pictures if 2 <= at < 4]
    assert gap == [(2.0, SLATE)]
    assert "avc1" in seen.made.facts["video"]


@pytest.mark.parametrize("gop", [250, 1])  # the last picture is a key frame, or not
def test_a_pause_whose_segment_has_no_slate_of_its_own_gets_one(
    lock: Lock, tmp_path: Path, gop: int
) -> None:
    screen = calls.screen(
        tmp_path,
        lock,
        [(0, 2), (3, 4)],
        pauses=[(2, 3)],
        reasons=(PauseReason.LOCKED,),
        own_slates=False,
        gop=gop,
    )
    seen = film_of(calls.inputs([screen]), lock, tmp_path / "film")
    assert [(at, luma) for at, luma in seen.pictures() if 2 <= at < 3] == [(2.0, SLATE)]


def test_recordings_of_different_size_are_one_film_with_parameters_in_band(
    lock: Lock, tmp_path: Path
) -> None:
    first = calls.screen(tmp_path, lock, [(0, 2)])
    second = calls.screen(tmp_path, lock, [(0, 2)], start=3, name=2, size=(400, 300))
    seen = film_of(calls.inputs([first, second]), lock, tmp_path / "film")
    assert seen.made.facts["video"] == "h264 avc3 400x300"
    with av.open(io.BytesIO(seen.data), "r") as container:
        sizes = {(frame.width, frame.height) for frame in container.decode(video=0)}
    assert sizes == {(320, 240), (400, 300)}


def test_a_mask_silences_voice(lock: Lock, tmp_path: Path) -> None:
    mask = Span(NOON + seconds(1), NOON + seconds(2))
    seen = film_of(calls.inputs([], [calls.voice(tmp_path, lock, 3)], [mask]), lock, tmp_path)
    assert loudest(seen.sound()[0], 0.75, 2.25) <= 1
    assert loudest(seen.sound()[0], 0.2, 0.6) > 1000


def test_the_same_inputs_give_the_same_bytes(
    call: tuple[FilmInputs, Seen], lock: Lock, tmp_path: Path
) -> None:
    inputs, seen = call
    again = make_film(inputs, lock.keys, lock.recipients, tmp_path)
    assert [made.content_sha256 for made in again.files] == [
        made.content_sha256 for made in seen.made.files
    ]
    assert again.inputs_sha256 == seen.made.inputs_sha256


def test_any_other_input_gives_another_digest(call: tuple[FilmInputs, Seen]) -> None:
    inputs, _ = call
    mask = Span(NOON, NOON + seconds(1))
    others = [
        replace(inputs, masks=(mask,)),
        replace(inputs, voices=()),
        replace(inputs, screens=()),
        replace(inputs, voices=(replace(inputs.voices[0], pauses=(mask,)),)),
    ]
    assert len({inputs_digest(one) for one in [inputs, *others]}) == 5


def test_a_segment_that_is_not_what_was_promised_makes_no_film(lock: Lock, tmp_path: Path) -> None:
    screen = calls.with_other_digest(calls.screen(tmp_path, lock, [(0, 1)]))
    with pytest.raises(FilmError, match="not the one that was received"):
        make_film(calls.inputs([screen]), lock.keys, lock.recipients, tmp_path / "film")


def test_a_call_without_anything_makes_no_film(lock: Lock, tmp_path: Path) -> None:
    with pytest.raises(FilmError, match="nothing to make a film of"):
        make_film(calls.inputs(), lock.keys, lock.recipients, tmp_path / "film")


def test_no_clear_file_is_left_and_no_name_but_the_sealed_ones(
    call: tuple[FilmInputs, Seen],
) -> None:
    made = call[1].made
    folder = made.files[0].path.parent
    assert sorted(path.name for path in folder.iterdir()) == [
        "contact-sheet.sealed",
        "film.sealed",
        "peaks.sealed",
        "timeline.sealed",
    ]
    assert all(path.read_bytes().startswith(b"TWREEL01") for path in folder.iterdir())


def test_the_index_stands_before_the_pictures(call: tuple[FilmInputs, Seen]) -> None:
    data = call[1].data
    assert data.index(b"moov") < data.index(b"mdat")


def test_peaks_show_who_speaks_when(call: tuple[FilmInputs, Seen], lock: Lock) -> None:
    peaks = call[1].made.files[2]
    with Vault(peaks.path, lock.keys) as vault:
        data = b"".join(vault.read_range(0, vault.size))
    found = json.loads(data)
    assert len(found["agent"]) == len(found["customer"]) == 330
    assert found["agent"][51] > 60  # the beep at 2.5 s
    assert set(found["agent"][86:154]) == {0}  # the pause and its guard
    assert 2 <= found["customer"][20] <= 8


def test_the_document_names_hashes_and_marks(call: tuple[FilmInputs, Seen], lock: Lock) -> None:
    made = call[1].made.files[3]
    with Vault(made.path, lock.keys) as vault:
        data = b"".join(vault.read_range(0, vault.size))
    assert canonical(call[1].made.facts) in data
    assert b'"kind":"wrap-up"' in data


def test_a_long_call_makes_a_film_as_well(lock: Lock, tmp_path: Path) -> None:
    """Its index outgrows every buffer, so FFmpeg goes back and forth in what it wrote."""
    screen = calls.screen(tmp_path, lock, [(0, 200)], size=(64, 48))
    seen = film_of(calls.inputs([screen]), lock, tmp_path / "film")
    with av.open(io.BytesIO(seen.data), "r") as container:
        count = sum(1 for packet in container.demux(video=0) if packet.size)
    assert count == screen.manifest.segments[0].frames
    assert seen.data.index(b"mdat") > 40_000


def test_where_two_desks_recorded_at_once_the_later_one_is_seen(lock: Lock, tmp_path: Path) -> None:
    first = calls.screen(tmp_path, lock, [(0, 4)], flashes=[3])
    second = calls.screen(tmp_path, lock, [(0, 4)], start=2, name=2)
    pictures = film_of(calls.inputs([first, second]), lock, tmp_path / "film").pictures()
    assert [at for at, luma in pictures if abs(luma - FLASH) < 20] == []
    assert max(at for at, _ in pictures) == pytest.approx(6, abs=0.3)
