"""What has changed, as few rectangles as are cheap to look at. Pure.

Each grab and each conversion has a price of its own beside that of its pixels, so many small
rectangles are joined, as long as what is looked at in vain costs less than a rectangle does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent_client.capture.screen import Rectangle

Box = tuple[int, int, int, int]
"""Left, top, right, bottom: of a rectangle in pixels, or in tiles."""

_TILE_WIDTH, _TILE_HEIGHT = 64, 32  # pixels; even, for 4:2:0
_RECTANGLE_TILES = 12  # what a rectangle costs beside its pixels: as much as so many tiles
_MOST_BOXES = 256
_WHOLE_SHARE = 0.55  # of all tiles: more are not worth telling from the whole


def to_look_at(boxes: Iterable[Box], width: int, height: int) -> list[Rectangle]:
    """Rectangles that cover what of the boxes lies within that size.

    Left and top are multiples of the tiles' sides; right and bottom are, or they are the edges.
    """
    boxes = list(boxes)
    if len(boxes) > _MOST_BOXES:
        return [Rectangle(0, 0, width, height)]
    across, down = -(-width // _TILE_WIDTH), -(-height // _TILE_HEIGHT)
    joined = _joined(_runs(_rows(boxes, width, height, down)))
    covered = sum((right - left) * (bottom - top) for left, top, right, bottom in joined)
    if covered > _WHOLE_SHARE * across * down:
        return [Rectangle(0, 0, width, height)]
    return [_in_pixels(box, width, height) for box in joined]


def _rows(boxes: Iterable[Box], width: int, height: int, down: int) -> list[int]:
    """For each row of tiles a number whose bits are its touched tiles, the leftmost the lowest."""
    rows = [0] * down
    for left, top, right, bottom in boxes:
        west, east = max(0, left), min(right, width)
        north, south = max(0, top), min(bottom, height)
        if west < east and north < south:
            bits = (1 << -(-east // _TILE_WIDTH)) - (1 << west // _TILE_WIDTH)
            for row in range(north // _TILE_HEIGHT, -(-south // _TILE_HEIGHT)):
                rows[row] |= bits
    return rows


def _runs(rows: list[int]) -> Iterator[Box]:
    """Neighbours within a row; equal rows below each other are one box from the start."""
    top = 0
    while top < len(rows):
        bits, bottom = rows[top], top + 1
        while bottom < len(rows) and rows[bottom] == bits:
            bottom += 1
        left = 0
        while bits:
            gap = (bits & -bits).bit_length() - 1
            left, bits = left + gap, bits >> gap
            run = (~bits & (bits + 1)).bit_length() - 1
            yield left, top, left + run, bottom
            left, bits = left + run, bits >> run
        top = bottom


def _joined(boxes: Iterable[Box]) -> list[Box]:
    """Boxes of which no two are cheaper together than apart."""
    kept: list[Box] = []
    for box in boxes:
        whole = box
        while (partner := _partner(whole, kept)) is not None:
            whole = _around(whole, kept.pop(partner))
        kept.append(whole)
    return kept


def _partner(box: Box, others: list[Box]) -> int | None:
    left, top, right, bottom = box
    most = (right - left) * (bottom - top) + _RECTANGLE_TILES
    # The newest are the nearest: boxes come from top to bottom.
    for place in range(len(others) - 1, -1, -1):
        west, north, east, south = others[place]
        apart = most + (east - west) * (south - north)
        width = max(right, east) - min(left, west)
        if width * (max(bottom, south) - min(top, north)) <= apart:
            return place
    return None


def _around(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _in_pixels(tiles: Box, width: int, height: int) -> Rectangle:
    left, top, right, bottom = tiles
    west, north = left * _TILE_WIDTH, top * _TILE_HEIGHT
    east, south = min(right * _TILE_WIDTH, width), min(bottom * _TILE_HEIGHT, height)
    return Rectangle(west, north, east - west, south - north)
