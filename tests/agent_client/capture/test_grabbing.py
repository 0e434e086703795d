from __future__ import annotations

import pytest
from mss.exception import ScreenShotError

from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.grabbing import failures_named, is_black


def test_only_a_picture_without_any_colour_is_black() -> None:
    assert is_black(bytearray(b"\x00\x00\x00\xff\x00\x00\x00\x00"))
    for place in range(3):
        pixels = bytearray(8)
        pixels[4 + place] = 1
        assert not is_black(pixels)


@pytest.mark.parametrize("error", [ScreenShotError("no"), OSError("gone"), AssertionError()])
def test_what_mss_raises_is_a_failure_of_capture(error: Exception) -> None:
    with pytest.raises(CaptureFailedError) as failure, failures_named():
        raise error
    assert failure.value.code == "screen-unreadable"
    assert failure.value.__cause__ is error
