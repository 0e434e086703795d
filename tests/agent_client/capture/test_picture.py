"""The kept picture: right colours, odd sizes, and changes only where something changed."""

from __future__ import annotations

import random

import pytest

from agent_client.capture import fmp4
from agent_client.capture.encoder import Encoder
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.picture import Picture
from agent_client.capture.screen import Patch, Rectangle
from tests.agent_client.capture.staging import Frame, frames_of, patch_of, plain_picture

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
# Red, green, blue as they are shown; a patch holds B, G, R.
_COLOURS = [
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    WHITE,
    BLACK,
    (128, 128, 128),
    (255, 200, 0),
    (30, 60, 90),
]


def _shown(picture: Picture) -> Frame:
    width, height = picture.frame.width, picture.frame.height
    encoder = Encoder(width, height, frames_per_second=5, quantiser=18)
    sample = encoder.encode(picture.frame, 0, key=True)
    head = fmp4.head(width, height, encoder.sps, encoder.pps)
    (frame,) = frames_of(head + fmp4.fragment(1, [sample], 1))
    return frame


def _bytes(picture: Picture) -> list[bytes]:
    """Each plane, without padding."""
    return [
        b"".join(
            bytes(plane)[row * plane.line_size : row * plane.line_size + plane.width]
            for row in range(plane.height)
        )
        for plane in picture.frame.planes
    ]


@pytest.mark.parametrize("colour", _COLOURS)
def test_a_plain_colour_comes_back(colour: tuple[int, int, int]) -> None:
    assert _shown(plain_picture(64, 48, colour)).is_about(colour, (30, 30))


def test_odd_sides_are_padded_not_cropped() -> None:
    frame = _shown(plain_picture(65, 49, WHITE))
    assert (frame.width, frame.height) == (66, 50)
    assert frame.is_about(WHITE, (60, 46))
    assert frame.is_about(WHITE, (64, 48))  # the last ones of the desktop
    assert frame.is_about(WHITE, (65, 49))


def test_the_last_column_and_row_of_an_odd_desktop_have_their_own_colour() -> None:
    frame = _shown(plain_picture(65, 49, (255, 255, 0)))
    assert frame.is_about((255, 255, 0), (64, 20))
    assert frame.is_about((255, 255, 0), (20, 48))


@pytest.mark.parametrize(
    "place",
    [Rectangle(0, 0, 66, 50), Rectangle(-2, 0, 4, 4), Rectangle(0, 48, 4, 4)],
)
def test_a_patch_that_is_not_of_this_desktop_touches_nothing(place: Rectangle) -> None:
    picture = plain_picture(64, 50, BLACK)
    before = _bytes(picture)
    with pytest.raises(CaptureFailedError):
        picture.update([patch_of(Rectangle(0, 0, 8, 8), WHITE), patch_of(place, WHITE)])
    assert _bytes(picture) == before


def test_what_looks_the_same_is_no_change() -> None:
    picture = plain_picture(200, 130, (9, 9, 9))
    assert not picture.update([patch_of(Rectangle(64, 32, 64, 64), (9, 9, 9))])
    assert picture.update([patch_of(Rectangle(64, 32, 64, 64), (200, 9, 9))])
    assert not picture.update([patch_of(Rectangle(64, 32, 64, 64), (200, 9, 9))])
    assert not picture.update([])


def test_one_changed_point_is_a_change_wherever_it_lies() -> None:
    picture = plain_picture(66, 130, BLACK)
    for left, top in [(0, 0), (64, 0), (0, 128), (64, 128), (30, 70)]:
        assert picture.update([patch_of(Rectangle(left, top, 2, 2), WHITE)])


@pytest.mark.parametrize("size", [(96, 100), (131, 77), (64, 64)])
def test_patches_end_in_the_picture_that_one_look_at_all_gives(size: tuple[int, int]) -> None:
    width, height = size
    chance = random.Random(7)  # noqa: S311 - pictures, no secret
    desktop = bytearray(chance.randbytes(width * height * 4))
    whole, mended = Picture(*_even(size)), Picture(*_even(size))
    for picture in (whole, mended):
        picture.show(width, height, Rectangle(0, 0, width, height))
    mended.update([Patch(Rectangle(0, 0, width, height), desktop)])
    for _ in range(100):
        left, top = chance.randrange(0, width, 2), chance.randrange(0, height, 2)
        right = min(width, left + 2 * chance.randint(1, 20))
        bottom = min(height, top + 2 * chance.randint(1, 50))
        if width - right == 1:
            right = width
        if height - bottom == 1:
            bottom = height
        place = Rectangle(left, top, right - left, bottom - top)
        pixels = bytearray(chance.randbytes(place.width * place.height * 4))
        mended.update([Patch(place, pixels)])
        for row in range(place.height):
            start = ((top + row) * width + left) * 4
            part = pixels[row * place.width * 4 : (row + 1) * place.width * 4]
            desktop[start : start + place.width * 4] = part
    whole.update([Patch(Rectangle(0, 0, width, height), desktop)])
    assert _bytes(mended) == _bytes(whole)


def _even(size: tuple[int, int]) -> tuple[int, int]:
    return size[0] + size[0] % 2, size[1] + size[1] % 2


def test_a_smaller_desktop_lies_on_black() -> None:
    picture = plain_picture(120, 80, WHITE)
    picture.show(60, 40, Rectangle(30, 20, 60, 40))
    picture.update([patch_of(Rectangle(0, 0, 60, 40), (255, 0, 0))])
    frame = _shown(picture)
    assert frame.is_about((255, 0, 0), (60, 40))
    assert frame.is_about(BLACK, (10, 10))
    assert frame.is_about(BLACK, (110, 70))


def test_a_bigger_desktop_is_scaled_and_patches_find_their_place() -> None:
    picture = plain_picture(120, 80, WHITE)
    picture.show(240, 320, Rectangle(30, 0, 60, 80))
    assert picture.update([patch_of(Rectangle(0, 0, 240, 320), (0, 0, 255))])
    assert picture.update([patch_of(Rectangle(120, 160, 120, 160), (255, 0, 0))])
    assert not picture.update([])
    assert not picture.update([patch_of(Rectangle(120, 160, 120, 160), (255, 0, 0))])
    frame = _shown(picture)
    assert frame.is_about((0, 0, 255), (40, 20))
    assert frame.is_about((255, 0, 0), (80, 70))
    assert frame.is_about(BLACK, (10, 40))


def test_a_picture_without_light_is_black_until_one_point_has_some() -> None:
    picture = plain_picture(64, 48, BLACK)
    assert picture.black()
    picture.update([patch_of(Rectangle(62, 46, 2, 2), (0, 0, 40))])
    assert not picture.black()
    picture.update([patch_of(Rectangle(0, 0, 2, 2), WHITE)])
    picture.update([patch_of(Rectangle(62, 46, 2, 2), BLACK)])
    assert not picture.black()
    picture.update([patch_of(Rectangle(0, 0, 2, 2), BLACK)])
    assert picture.black()
