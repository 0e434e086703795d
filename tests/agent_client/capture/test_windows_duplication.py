"""Pictures out of FFmpeg's filters, as desktop duplication hands them out."""

from __future__ import annotations

import pytest

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.monitors import Monitor
from agent_client.capture.screen import Rectangle
from agent_client.capture.settings import ScreenSettings
from agent_client.capture.windows_duplication import Duplication, Filtered

ONE = Monitor("DISPLAY1", Rectangle(0, 0, 64, 48), primary=True)


@pytest.mark.parametrize("size", [(64, 48), (63, 35)])  # with and without an end to each row
def test_pictures_come_without_anything_at_the_end_of_their_rows(size: tuple[int, int]) -> None:
    width, height = size
    source = Filtered("color", f"color=0x204080:size={width}x{height}:rate=60", ("null", ""))
    for _ in range(3):
        pixels = source.picture(width, height)
        assert pixels == bytes([0x80, 0x40, 0x20, 0xFF]) * (width * height)
    source.close()
    source.close()


def test_a_picture_of_another_size_is_a_failure() -> None:
    source = Filtered("color", "size=64x48")
    with pytest.raises(CaptureFailedError, match="another size"):
        source.picture(48, 64)
    source.close()
    with pytest.raises(CaptureFailedError, match="closed"):
        source.picture(64, 48)


@pytest.mark.parametrize("source", ["no such filter", "movie"])
def test_what_ffmpeg_cannot_do_is_a_failure(source: str) -> None:
    with pytest.raises(CaptureFailedError):
        Filtered(source, "")


def test_more_monitors_than_one_are_left_to_another_way() -> None:
    with pytest.raises(CaptureFailedError, match="2 monitors"):
        Duplication(ScreenSettings(), [ONE, ONE])


def test_where_it_is_not_to_be_had_it_says_so() -> None:
    with pytest.raises(CaptureFailedError):
        Duplication(ScreenSettings(), [ONE])
