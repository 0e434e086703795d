"""The slate: the calm picture that stands in for a pause. Drawn as planes, without any library."""

from __future__ import annotations

from agent_client.capture.encoder import Planes
from contract.manifest import Canvas

_GROUND = (32, 134, 125)  # Y, Cb, Cr, BT.709 limited: a dark slate blue
_DISC = (48, 138, 121)
_BARS = (190, 128, 126)


def slate(canvas: Canvas) -> Planes:
    """A pause symbol in the middle of each monitor."""
    width, height = canvas.width, canvas.height
    luma = bytearray([_GROUND[0]]) * (width * height)
    blue = bytearray([_GROUND[1]]) * (width * height // 4)
    red = bytearray([_GROUND[2]]) * (width * height // 4)

    def line(row: int, left: int, right: int, colour: tuple[int, int, int]) -> None:
        """Two rows of luma and one of chroma."""
        left, right = max(0, left) & ~1, min(width, right) & ~1
        if not 0 <= row < height or left >= right:
            return
        for one in (row, row + 1):
            start = one * width
            luma[start + left : start + right] = bytes([colour[0]]) * (right - left)
        start = row // 2 * (width // 2)
        for plane, value in ((blue, colour[1]), (red, colour[2])):
            plane[start + left // 2 : start + right // 2] = bytes([value]) * ((right - left) // 2)

    for left, top, wide, high in canvas.monitors:
        middle, centre = (left + wide // 2) & ~1, (top + high // 2) & ~1
        radius = min(wide, high) // 9
        for row in range(centre - radius & ~1, centre + radius, 2):
            half = int((radius**2 - (row - centre) ** 2) ** 0.5)
            line(row, middle - half, middle + half, _DISC)
        tall, thick, gap = radius * 4 // 9, radius // 5, radius // 6
        for row in range(centre - tall & ~1, centre + tall, 2):
            line(row, middle - gap - thick, middle - gap, _BARS)
            line(row, middle + gap, middle + gap + thick, _BARS)
    return Planes(bytes(luma), bytes(blue), bytes(red))
