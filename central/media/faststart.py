"""Puts an MP4's index before its pictures, so that a browser can begin to play at once.

FFmpeg does this too (`+faststart`), but only in a file with a name; ours has none. Boxes after
ISO/IEC 14496-12: u32 size, four letters, content; size 1 means that a u64 size follows.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from central.media.scratch import Scratch

_HEAD = struct.Struct(">I4s")
_U64 = struct.Struct(">Q")
_INSIDE = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}  # the way to the tables of offsets
_U32_LIMIT = 1 << 32


def rearranged(film: Scratch) -> Iterator[bytes]:
    """The film with `moov` after `ftyp`. ValueError if it is not laid out as FFmpeg does."""
    boxes = list(_boxes(film))
    kinds = [kind for kind, _, _ in boxes]
    if kinds[:1] != [b"ftyp"] or kinds[-1:] != [b"moov"] or kinds.count(b"mdat") != 1:
        raise ValueError(f"not a film as FFmpeg writes it: {kinds}")
    first = boxes[0][2]
    index = boxes[-1][1]
    moov = bytearray(b"".join(film.pieces(index, film.size)))
    _shift(moov, 0, len(moov), len(moov))
    yield from film.pieces(0, first)
    yield bytes(moov)
    yield from film.pieces(first, index)


def _boxes(film: Scratch) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each box at the top."""
    place = 0
    while place < film.size:
        head = b"".join(film.pieces(place, min(place + 16, film.size)))
        size, kind = _HEAD.unpack_from(head)
        if size == 1:
            (size,) = _U64.unpack_from(head, _HEAD.size)
        if size < _HEAD.size or place + size > film.size:
            raise ValueError(f"box {kind!r} has no sensible size")
        yield kind, place, place + size
        place += size


def _shift(moov: bytearray, start: int, end: int, by: int) -> None:
    """Add `by` to every chunk's offset."""
    while start < end:
        size, kind = _HEAD.unpack_from(moov, start)
        content = start + _HEAD.size
        if kind in _INSIDE:
            _shift(moov, content, start + size, by)
        elif kind in {b"stco", b"co64"}:
            letter, limit = ("I", _U32_LIMIT) if kind == b"stco" else ("Q", 1 << 64)
            (count,) = struct.unpack_from(">I", moov, content + 4)
            table = struct.Struct(f">{count}{letter}")
            moved = [offset + by for offset in table.unpack_from(moov, content + 8)]
            if moved and max(moved) >= limit:
                raise ValueError("the film outgrew its table of offsets")
            table.pack_into(moov, content + 8, *moved)
        if size < _HEAD.size:
            raise ValueError(f"box {kind!r} has no sensible size")
        start += size
