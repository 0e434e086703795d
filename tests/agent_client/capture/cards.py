"""Test pictures: a chart of colours, and a page of text, lines and gradients."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache

Place = tuple[int, int, int, int]  # left, top, width, height
Colour = tuple[int, int, int]

CELL = 64  # a side of a field of the chart
# Each corner of the gamut, pure primaries among them, and 216 steps through it.
_LEVELS = (0, 51, 102, 153, 204, 255)
COLOURS: tuple[Colour, ...] = tuple(
    (red, green, blue) for red in _LEVELS for green in _LEVELS for blue in _LEVELS
)

TEXT_TOP, _TEXT_HEIGHT = 8, 110
LINES_TOP, LINES_HEIGHT = 352, 96
GRADIENT_TOP = 464
INKS = (
    ("black", "white"),
    ("#1a73e8", "white"),  # a link
    ("white", "#1f4e79"),  # a table's head
    ("#c00000", "#fff2cc"),  # a warning
    ("#00ff66", "black"),  # a terminal
)
_TEXT_SIZES = (9, 11, 12, 14, 18, 24)  # points, at 72 to the inch
_WORDS = "Customer 4711, order 0815-3: \u20ac 1,234.56 due 2026-11-22 (Il1|O0) quick brown fox"
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


@dataclass(frozen=True)
class Card:
    """Rows of R, G, B."""

    width: int
    height: int
    pixels: bytes

    def row(self, left: int, top: int, width: int) -> bytes:
        start = (top * self.width + left) * 3
        return self.pixels[start : start + width * 3]

    def bgrx(self) -> bytes:
        """As an X server takes it."""
        turned = bytearray(len(self.pixels) // 3 * 4)
        for channel in range(3):
            turned[2 - channel :: 4] = self.pixels[channel::3]
        return bytes(turned)


@cache
def chart(width: int, height: int) -> Card:
    """All colours, as far as there is room; the outer fields go on to the edges."""
    across, down = width // CELL, height // CELL
    rows: list[bytes] = []
    for line in range(down):
        colours = (COLOURS[line * across : (line + 1) * across] or COLOURS)[:across]
        row = b"".join(bytes(colour) * CELL for colour in colours)
        rows += [(row + row[-3:] * width)[: width * 3]] * CELL
    rows += [rows[-1]] * (height - len(rows))
    return Card(width, height, b"".join(rows))


def fields(width: int, height: int) -> list[tuple[Colour, Place]]:
    """The colours of the chart, and where; the outer ones with all that belongs to them."""
    across, down = width // CELL, height // CELL
    found = []
    for at, colour in enumerate(COLOURS[: across * down]):
        left, top = at % across * CELL, at // across * CELL
        wide = width - left if at % across == across - 1 else CELL
        high = height - top if at // across == down - 1 else CELL
        found.append((colour, (left, top, wide, high)))
    return found


@cache
def page(width: int, height: int) -> Card:
    """Words of many sizes and colours, thin lines, and gradients down to the last row."""
    white = bytes(_WHITE) * width
    rows = [white] * LINES_TOP
    crossed = ((bytes(_WHITE) * 15 + bytes(_BLACK)) * (width // 16 + 1))[: width * 3]
    rows += [bytes(width * 3) if row % 16 == 8 else crossed for row in range(LINES_HEIGHT)]
    rows += [white] * (GRADIENT_TOP - len(rows))
    levels = [across * 255 // (width - 1) for across in range(width)]
    middle = (GRADIENT_TOP + height) // 2
    rows += [b"".join(bytes([level] * 3) for level in levels)] * (middle - len(rows))
    rows += [b"".join(bytes([level, 96, 255 - level]) for level in levels)] * (height - middle)
    return _written(Card(width, height, b"".join(rows)))


def paper(at: int, width: int) -> Place:
    """Where the words in this one of the INKS stand."""
    half = width // 4 * 2
    return at % 2 * half, TEXT_TOP + at // 2 * _TEXT_HEIGHT, half, _TEXT_HEIGHT


def _written(card: Card) -> Card:
    command = ["convert", "-size", f"{card.width}x{card.height}", "-depth", "8", "rgb:-"]
    command += ["-font", "DejaVu-Sans"]
    for at, (ink, ground) in enumerate(INKS):
        left, top, wide, high = paper(at, card.width)
        box = f"rectangle {left},{top} {left + wide - 1},{top + high - 1}"
        command += ["-fill", ground, "-draw", box, "-fill", ink]
        for size in _TEXT_SIZES:
            top += size + 3  # the base line
            command += ["-pointsize", str(size), "-annotate", f"+{left + 6}+{top}", _WORDS]
    done = subprocess.run([*command, "rgb:-"], input=card.pixels, capture_output=True, check=True)
    return Card(card.width, card.height, done.stdout)
