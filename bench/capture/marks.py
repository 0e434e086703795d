"""A number in the picture: which state of the screen a film's frame shows.

A strip of black and white blocks in the upper left corner, two that are always black and white and
then the number in Gray code. So each change alters one block, and a frame caught half way shows
the number before or after, never another.
"""

from __future__ import annotations

BLOCK = 16  # pixels, a macroblock: the strip costs a recorder next to nothing
BITS = 16
BLOCKS = BITS + 2
_HALF = 128  # luma


def lit(number: int) -> tuple[bool, ...]:
    """Which blocks are white, from the left."""
    gray = number ^ (number >> 1)
    return (False, True, *((gray >> bit) & 1 == 1 for bit in reversed(range(BITS))))


def read(luma: memoryview, stride: int, *, block: float = BLOCK) -> int | None:
    """The number in a picture's luma plane; None where no strip stands."""
    row = int(block / 2) * stride
    whites = [luma[row + int((place + 0.5) * block)] > _HALF for place in range(BLOCKS)]
    if whites[:2] != [False, True]:
        return None
    number = 0
    for white in whites[2:]:
        number = (number << 1) | (white ^ (number & 1))
    return number
