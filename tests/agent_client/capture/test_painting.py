"""What is covered cannot be seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent_client.capture.painting import cover
from agent_client.capture.screen import Patch, Rectangle

_PLACE = st.integers(-6, 16)
_SIZE = st.integers(0, 20)


@given(_PLACE, _PLACE, _SIZE, _SIZE)
def test_every_pixel_of_the_area_is_painted_over_and_no_other(
    left: int, top: int, width: int, height: int
) -> None:
    patch = Patch(Rectangle(2, 4, 8, 6), bytearray(b"\x01\x02\x03\x04" * 48))
    cover(patch, Rectangle(left, top, width, height))
    for down in range(6):
        for across in range(8):
            x, y = 2 + across, 4 + down
            pixel = bytes(patch.pixels[(down * 8 + across) * 4 :][:4])
            inside = left <= x < left + width and top <= y < top + height
            assert (pixel != b"\x01\x02\x03\x04") == inside
