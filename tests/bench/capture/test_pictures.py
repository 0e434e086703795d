"""What a film shows and how well."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bench.capture.pictures import (
    Frame,
    Packet,
    Reader,
    Watched,
    changes_kept,
    changes_shown,
    delays,
    likeness,
    megabytes_an_hour,
    waits,
)


def _film(*frames: tuple[float, int | None]) -> Watched:
    return Watched(tuple(Frame(at, number) for at, number in frames), (), 0, {})


def test_a_frame_is_as_late_as_the_newest_state_that_it_shows() -> None:
    film = _film((0.0, None), (1.2, 1), (1.4, 3))
    shown = [(1, 101.1), (2, 101.25), (3, 101.35)]
    assert delays(film, 100, shown) == pytest.approx([0.1, 0.05])


def test_a_change_that_was_passed_over_waits_for_the_next_frame() -> None:
    film = _film((1.2, 1), (1.4, 3))
    shown = [(1, 101.1), (2, 101.25), (3, 101.35), (4, 101.5)]
    assert waits(film, 100, shown) == pytest.approx([0.1, 0.15, 0.05])


def test_states_in_one_fifth_of_a_second_count_once() -> None:
    assert changes_shown([(1, 0.01), (2, 0.15), (3, 0.25), (4, 0.99)]) == 3
    assert changes_kept(_film((0, None), (1, 2), (2, 2), (3, 9), (4, 11)), 1, 10) == 2


def test_key_frames_count_as_often_as_a_recorder_makes_them() -> None:
    packets = (Packet(0, 6000, key=True), *(Packet(at, 100, key=False) for at in range(1, 11)))
    film = Watched((), packets, 7000, {})
    rate = megabytes_an_hour(film, 1, 11, key_seconds=60)
    assert rate == pytest.approx((100 + 100) * 3600 / 1e6)
    assert megabytes_an_hour(film, 1, 11, key_seconds=5) == pytest.approx(100 * 3600 / 1e6)


def test_a_time_that_no_frame_has_is_the_films_end() -> None:
    film = _film((0.0, 0), (1.2, 1))
    assert (film.time_of(1), film.time_of(2)) == (1.2, 1.2)
    with pytest.raises(ValueError, match="empty"):
        _film().time_of(1)


@pytest.mark.e2e
def test_a_blurred_text_is_less_like_the_truth_and_reads_worse(tmp_path: Path) -> None:
    text = "The second reminder must be checked before the end of the month, 18:00."
    picture = Image.new("RGB", (900, 120), "white")
    ImageDraw.Draw(picture).text((20, 40), text, fill="black", font_size=22)
    true, same, worse = (tmp_path / name for name in ("true.png", "same.png", "worse.png"))
    picture.save(true)
    picture.save(same)
    picture.resize((180, 24)).resize(picture.size).save(worse)
    assert likeness(true, same) == (100.0, 1.0)
    assert likeness(true, worse)[0] < 25
    reader = Reader()
    assert reader.agreement(true, same) == 100
    assert reader.agreement(true, worse) < 50
