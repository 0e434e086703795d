"""Where two pictures differ, in bands of rows: cheap, because the C library compares.

Most of a desktop stands still, and a band is what is handed on at a time.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable, Iterator

BAND_ROWS = 32  # even, for 4:2:0

_compare = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None).memcmp
_compare.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
_compare.restype = ctypes.c_int


def changed_bands(before: bytearray, after: bytearray, row_bytes: int) -> list[int]:
    """The numbers of the bands that differ, from the top. Both have the same size."""
    if len(before) != len(after):
        raise ValueError(f"pictures of {len(before)} and {len(after)} bytes")
    band_bytes = row_bytes * BAND_ROWS
    one = (ctypes.c_char * len(before)).from_buffer(before)
    other = (ctypes.c_char * len(after)).from_buffer(after)
    start, other_start = ctypes.addressof(one), ctypes.addressof(other)
    return [
        offset // band_bytes
        for offset in range(0, len(before), band_bytes)
        if _compare(start + offset, other_start + offset, min(band_bytes, len(before) - offset))
    ]


def runs_of(bands: Iterable[int], height: int) -> Iterator[tuple[int, int]]:
    """Neighbouring bands joined: the first row of each run, and how many rows it has."""
    first = after = -1
    for band in bands:
        if band != after:
            if after >= 0:
                yield first * BAND_ROWS, (after - first) * BAND_ROWS
            first = band
        after = band + 1
    if after >= 0:
        yield first * BAND_ROWS, min(after * BAND_ROWS, height) - first * BAND_ROWS
