"""Small pictures with transparent parts, such as the pointer's, drawn into patches. Pure.

What can be known before is worked out once for each picture, for it is drawn at each move: runs of
solid pixels are copied, and the few at the edges are mixed by tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from agent_client.capture.screen import Patch, Rectangle

_BYTES = 4  # of a pixel
_SOLID = 255

Soft = tuple[int, bytes, int, int, int]
"""A pixel to be mixed: bytes from the row's start, what is left of what was there, B, G, R."""


@dataclass(frozen=True, slots=True)
class _Row:
    solid: tuple[tuple[int, bytes], ...]  # bytes from the row's start, and what to copy there
    soft: tuple[Soft, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A picture ready to be drawn. The hot spot is the pixel that it is about."""

    width: int
    height: int
    hot_x: int
    hot_y: int
    rows: tuple[_Row, ...]

    def place(self, x: int, y: int) -> Rectangle:
        """What it covers when its hot spot lies there."""
        return Rectangle(x - self.hot_x, y - self.hot_y, self.width, self.height)


def sprite(width: int, height: int, hot: tuple[int, int], pixels: bytes) -> Sprite:
    """Of B, G, R, A: the colours multiplied by A already, rows without padding."""
    row_bytes = width * _BYTES
    rows = tuple(
        _row(pixels[start : start + row_bytes]) for start in range(0, row_bytes * height, row_bytes)
    )
    return Sprite(width, height, *hot, rows)


def draw(picture: Sprite, x: int, y: int, patch: Patch) -> None:
    """Its hot spot lies at x, y of what is recorded; what lies outside of the patch is left out."""
    pixels, place = patch.pixels, patch.place
    left, top = x - picture.hot_x - place.left, y - picture.hot_y - place.top
    if left <= -picture.width or left >= place.width:
        return
    first, last = max(0, -top), min(picture.height, place.height - top)
    clipped = left < 0 or left + picture.width > place.width
    for number in range(first, last):
        row = picture.rows[number]
        solid: Sequence[tuple[int, bytes]] = row.solid
        soft: Sequence[Soft] = row.soft
        if clipped:
            from_byte, to_byte = -left * _BYTES, (place.width - left) * _BYTES
            solid = list(_cut(solid, from_byte, to_byte))
            soft = [one for one in soft if from_byte <= one[0] < to_byte]
        start = ((top + number) * place.width + left) * _BYTES
        for offset, content in solid:
            pixels[start + offset : start + offset + len(content)] = content
        for offset, left_over, blue, green, red in soft:
            at = start + offset
            pixels[at] = blue + left_over[pixels[at]]
            pixels[at + 1] = green + left_over[pixels[at + 1]]
            pixels[at + 2] = red + left_over[pixels[at + 2]]


def _cut(
    solid: Sequence[tuple[int, bytes]], from_byte: int, to_byte: int
) -> Iterator[tuple[int, bytes]]:
    for offset, content in solid:
        begin, end = max(offset, from_byte), min(offset + len(content), to_byte)
        if begin < end:
            yield begin, content[begin - offset : end - offset]


def _row(pixels: bytes) -> _Row:
    solid: list[tuple[int, bytearray]] = []
    soft: list[Soft] = []
    for offset in range(0, len(pixels), _BYTES):
        *colours, alpha = pixels[offset : offset + _BYTES]
        if alpha == _SOLID:
            if not solid or solid[-1][0] + len(solid[-1][1]) != offset:
                solid.append((offset, bytearray()))
            solid[-1][1].extend(pixels[offset : offset + _BYTES])
        elif alpha:
            # A colour brighter than its own share would run over.
            blue, green, red = (min(colour, alpha) for colour in colours)
            soft.append((offset, _left_over(alpha), blue, green, red))
    return _Row(tuple((offset, bytes(content)) for offset, content in solid), tuple(soft))


@cache
def _left_over(alpha: int) -> bytes:
    """For each value of a colour: what shines through."""
    return bytes((value * (_SOLID - alpha) + _SOLID // 2) // _SOLID for value in range(256))
