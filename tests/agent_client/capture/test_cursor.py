"""The pointer is drawn as the system would draw it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent_client.capture.cursor import draw, sprite
from agent_client.capture.screen import Patch, Rectangle

_SIDE = 5


def _premultiplied(pixel: tuple[int, int, int, int]) -> bytes:
    *colours, alpha = pixel
    return bytes(colour * alpha // 255 for colour in colours) + bytes([alpha])


_ALPHA = st.sampled_from([0, 0, 1, 128, 254, 255, 255])
_PIXEL = st.tuples(*[st.integers(0, 255)] * 3, _ALPHA).map(_premultiplied)
_PIXELS = st.lists(_PIXEL, min_size=_SIDE**2, max_size=_SIDE**2).map(b"".join)


def _patch(left: int, top: int, width: int, height: int, value: int = 200) -> Patch:
    return Patch(Rectangle(left, top, width, height), bytearray([value] * width * height * 4))


@given(_PIXELS, st.integers(-8, 14), st.integers(-8, 14), st.integers(0, 255))
def test_each_pixel_is_mixed_with_what_is_below_it(
    pixels: bytes, x: int, y: int, below: int
) -> None:
    patch = _patch(4, 2, 8, 6, below)
    draw(sprite(_SIDE, _SIDE, (2, 1), pixels), x, y, patch)
    for down in range(6):
        for across in range(8):
            column, row = 4 + across - (x - 2), 2 + down - (y - 1)
            at = (down * 8 + across) * 4
            if 0 <= column < _SIDE and 0 <= row < _SIDE:
                start = (row * _SIDE + column) * 4
                *colours, alpha = pixels[start : start + 4]
                exact = [colour + below * (255 - alpha) / 255 for colour in colours]
            else:
                exact = [float(below)] * 3
            mixed = zip(patch.pixels[at : at + 3], exact, strict=True)
            assert all(abs(one - other) <= 0.5 for one, other in mixed)


def test_nothing_is_drawn_beyond_the_patch() -> None:
    solid = sprite(4, 4, (0, 0), b"\x01\x02\x03\xff" * 16)
    patch = _patch(0, 0, 2, 2)
    draw(solid, -1, -1, patch)
    assert bytes(patch.pixels) == b"\x01\x02\x03\xff" * 4
    corner = _patch(0, 0, 3, 3, 0)
    draw(solid, 2, 2, corner)
    assert bytes(corner.pixels) == bytes(8 * 4) + b"\x01\x02\x03\xff"
    untouched = _patch(0, 0, 2, 2)
    for x, y in [(2, 0), (-4, 0), (0, 2), (0, -4)]:
        draw(solid, x, y, untouched)
    assert untouched == _patch(0, 0, 2, 2)


def test_colours_that_break_their_own_rule_do_not_overflow() -> None:
    glaring = sprite(1, 1, (0, 0), b"\xff\xff\xff\x40")
    patch = _patch(0, 0, 1, 1, 255)
    draw(glaring, 0, 0, patch)
    assert bytes(patch.pixels[:3]) == b"\xff\xff\xff"


def test_it_covers_what_lies_around_its_hot_spot() -> None:
    assert sprite(3, 2, (1, 0), bytes(24)).place(10, 20) == Rectangle(9, 20, 3, 2)
