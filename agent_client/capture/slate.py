"""The slate: the calm picture that stands in for a pause. Drawn as planes, without any library."""

from __future__ import annotations

import zlib
from itertools import accumulate, pairwise

from av.video.frame import VideoFrame

from agent_client.capture import slate_words
from agent_client.capture.picture import Planes, drawn
from contract.manifest import Canvas

_GROUND = (30, 133, 125)  # Y, Cb, Cr, BT.709 limited: a dark slate blue
_DISC = (52, 138, 120)
_BARS = 200  # Y; what is light has no colour to speak of
_WORDS = 150


def slate(canvas: Canvas) -> Planes:
    """A pause symbol and two words in the middle of each monitor."""
    drawing = _Drawing(canvas.width, canvas.height)
    for left, top, wide, high in canvas.monitors:
        middle, centre = (left + wide // 2) & ~1, (top + high * 9 // 20) & ~1
        radius = min(wide, high) // 11
        drawing.disc(middle, centre, radius)
        tall, thick, gap = radius * 4 // 5, radius // 5, radius // 7
        for edge in (middle - gap - thick, middle + gap):
            drawing.bar(edge, centre - tall // 2, thick, tall)
        drawing.words(middle, centre + radius * 3 // 2, radius * 7 // 2)
    return drawing.planes()


class Slate:
    """Of one canvas: drawn once (25 ms at 1920x1080), and kept in some kB until it is needed."""

    def __init__(self, canvas: Canvas) -> None:
        self._size = canvas.width, canvas.height
        planes = slate(canvas)
        self._packed = [zlib.compress(one, 1) for one in (planes.luma, planes.blue, planes.red)]

    def frame(self) -> VideoFrame:
        """As the encoder takes it."""
        return drawn(Planes(*map(zlib.decompress, self._packed)), *self._size)


class _Drawing:
    """A picture in the making; what lies outside of it is left out."""

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._height = height
        self._luma = bytearray([_GROUND[0]]) * (width * height)
        self._blue = bytearray([_GROUND[1]]) * (width * height // 4)
        self._red = bytearray([_GROUND[2]]) * (width * height // 4)

    def planes(self) -> Planes:
        return Planes(bytes(self._luma), bytes(self._blue), bytes(self._red))

    def disc(self, middle: int, centre: int, radius: int) -> None:
        """Its rim is smoothed: the outermost dots are mixed with the ground."""
        for row in range(centre - radius, centre + radius):
            half = (radius**2 - (row + 0.5 - centre) ** 2) ** 0.5
            whole = int(half)
            self._line(row, middle - whole, middle + whole, _DISC[0])
            rim = round(_GROUND[0] + (_DISC[0] - _GROUND[0]) * (half - whole))
            self._line(row, middle - whole - 1, middle - whole, rim)
            self._line(row, middle + whole, middle + whole + 1, rim)
            if row % 2 == 0:
                self._tint(row // 2, (middle - whole) // 2, (middle + whole) // 2)

    def bar(self, left: int, top: int, wide: int, high: int) -> None:
        for row in range(top, top + high):
            self._line(row, left, left + wide, _BARS)

    def words(self, middle: int, top: int, wide: int) -> None:
        """So wide, and as high as that makes them; each dot is the average of what it covers."""
        rows = slate_words.rows()
        high = wide * slate_words.HEIGHT // slate_words.WIDTH
        if high == 0:
            return
        across = [column * slate_words.WIDTH // wide for column in range(wide + 1)]
        spans = [(begin, max(begin + 1, end)) for begin, end in pairwise(across)]
        for row in range(high):
            first = row * slate_words.HEIGHT // high
            last = max(first + 1, (row + 1) * slate_words.HEIGHT // high)
            ink = list(accumulate(map(sum, zip(*rows[first:last], strict=True)), initial=0))
            for column, (begin, end) in enumerate(spans):
                if ink[end] > ink[begin]:
                    share = (ink[end] - ink[begin]) / ((end - begin) * (last - first))
                    dot = middle - wide // 2 + column
                    self._line(top + row, dot, dot + 1, round(_mixed(share)))

    def _line(self, row: int, left: int, right: int, luma: int) -> None:
        left, right = max(0, left), min(self._width, right)
        if 0 <= row < self._height and left < right:
            start = row * self._width
            self._luma[start + left : start + right] = bytes([luma]) * (right - left)

    def _tint(self, row: int, left: int, right: int) -> None:
        left, right = max(0, left), min(self._width // 2, right)
        if 0 <= row < self._height // 2 and left < right:
            start = row * (self._width // 2)
            for plane, value in ((self._blue, _DISC[1]), (self._red, _DISC[2])):
                plane[start + left : start + right] = bytes([value]) * (right - left)


def _mixed(share: float) -> float:
    return _GROUND[0] + (_WORDS - _GROUND[0]) * share
