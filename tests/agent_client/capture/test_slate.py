"""The slate: dark, symmetrical, the same at every desk."""

import itertools

import pytest

from agent_client.capture.picture import drawn
from agent_client.capture.slate import Slate, slate
from contract.manifest import Canvas


def _row(luma: bytes, width: int, row: int) -> bytes:
    return luma[row * width : (row + 1) * width]


def test_it_shows_two_bars_and_words_in_the_middle_of_each_monitor() -> None:
    width, height = 1280, 400
    monitors = ((0, 0, 640, 400), (640, 0, 640, 400))
    luma = slate(Canvas(width, height, monitors)).luma
    bars = _row(luma, width, height * 9 // 20)
    edges = sum(1 for one, other in itertools.pairwise(bars) if other - one > 100)
    assert edges == 4
    words = _row(luma, width, height * 9 // 20 + height // 11 * 3 // 2 + 6)
    assert max(words) > 100
    assert bars[:640] == bars[640:]


def test_it_is_dark() -> None:
    luma = slate(Canvas(640, 360, ((0, 0, 640, 360),))).luma
    assert sum(luma) / len(luma) < 40


@pytest.mark.parametrize("size", [(2, 2), (64, 2), (2, 64), (642, 358), (8000, 30)])
def test_it_fits_any_canvas(size: tuple[int, int]) -> None:
    width, height = size
    planes = slate(Canvas(width, height, ((0, 0, width, height), (width - 1, 0, width, height))))
    assert len(planes.luma) == width * height
    assert len(planes.blue) == len(planes.red) == width * height // 4


def test_it_is_kept_as_it_was_drawn() -> None:
    canvas = Canvas(256, 128, ((0, 0, 256, 128),))  # planes without padding
    kept = Slate(canvas)
    planes = drawn(slate(canvas), 256, 128).planes
    assert [bytes(one) for one in kept.frame().planes] == [bytes(one) for one in planes]
