"""Fragmented MP4, written fragment by fragment (ISO/IEC 14496-12 and -15): pure, no I/O.

libav's muxer holds the last picture back until the next one tells its duration, so that on a still
desktop it never comes; here a fragment can be closed at any time. A picture's duration in the last
place of a fragment is what was known when that was written; the next fragment's own time
(`tfdt`) is right.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

TIMESCALE = 1000  # units a second
_TRACK = 1
_BOX_HEAD = 8  # bytes: size and kind
_UNDETERMINED = 0x55C4  # the language "und"
_KEY_FLAGS = 0x0200_0000  # depends on no other picture
_OTHER_FLAGS = 0x0101_0000  # depends on others, no place to start
_UNITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000)


@dataclass(frozen=True, slots=True)
class Sample:
    """One coded picture."""

    at: int  # in TIMESCALE, from the segment's start
    data: bytes  # NAL units, each with its length in four bytes
    key: bool  # an IDR


def head(width: int, height: int, sps: bytes, pps: bytes) -> bytes:
    """`ftyp` and `moov`: one H.264 track, BT.709, limited range, no pictures yet."""
    return _box(b"ftyp", b"iso5", _u32(512), b"iso5iso6mp41") + _box(
        b"moov",
        _full(
            b"mvhd",
            _u32(0, 0, TIMESCALE, 0, 0x10000),
            _u16(0x100, 0),
            _u32(0, 0),
            _UNITY,
            _u32(0, 0, 0, 0, 0, 0, _TRACK + 1),
        ),
        _box(
            b"trak",
            _full(
                b"tkhd",
                _u32(0, 0, _TRACK, 0, 0, 0, 0),
                _u16(0, 0, 0, 0),
                _UNITY,
                _u32(width << 16, height << 16),
                flags=3,  # enabled, in the movie
            ),
            _box(
                b"mdia",
                _full(b"mdhd", _u32(0, 0, TIMESCALE, 0), _u16(_UNDETERMINED, 0)),
                _full(b"hdlr", _u32(0), b"vide", _u32(0, 0, 0), b"screen\0"),
                _box(
                    b"minf",
                    _full(b"vmhd", _u16(0, 0, 0, 0), flags=1),
                    _box(b"dinf", _full(b"dref", _u32(1), _full(b"url ", flags=1))),
                    _box(
                        b"stbl",
                        _full(b"stsd", _u32(1), _avc1(width, height, sps, pps)),
                        _full(b"stts", _u32(0)),
                        _full(b"stsc", _u32(0)),
                        _full(b"stsz", _u32(0, 0)),
                        _full(b"stco", _u32(0)),
                    ),
                ),
            ),
        ),
        _box(b"mvex", _full(b"trex", _u32(_TRACK, 1, 0, 0, 0))),
    )


def fragment(number: int, samples: Sequence[Sample], until: int) -> bytes:
    """`moof` and `mdat` of these pictures, the last of which lasts until then. Numbers from 1."""
    ends = [*(sample.at for sample in samples[1:]), max(until, samples[-1].at + 1)]
    run = b"".join(
        _u32(end - sample.at, len(sample.data), _KEY_FLAGS if sample.key else _OTHER_FLAGS)
        for sample, end in zip(samples, ends, strict=True)
    )

    def moof(data_offset: int) -> bytes:
        return _box(
            b"moof",
            _full(b"mfhd", _u32(number)),
            _box(
                b"traf",
                _full(b"tfhd", _u32(_TRACK), flags=0x020000),  # offsets count from the moof
                _full(b"tfdt", struct.pack(">Q", samples[0].at), version=1),
                # with data offset; and each sample's duration, size and flags
                _full(b"trun", _u32(len(samples), data_offset), run, flags=0x000701),
            ),
        )

    return moof(len(moof(0)) + _BOX_HEAD) + _box(b"mdat", *(sample.data for sample in samples))


def _avc1(width: int, height: int, sps: bytes, pps: bytes) -> bytes:
    return _box(
        b"avc1",
        bytes(6),
        _u16(1),
        bytes(16),
        _u16(width, height),
        _u32(72 << 16, 72 << 16, 0),
        _u16(1),
        bytes(32),
        _u16(24, 0xFFFF),
        _box(
            b"avcC",
            b"\x01" + sps[1:4] + b"\xff\xe1",  # version, profile and level, 4-byte lengths, one SPS
            _u16(len(sps)) + sps + b"\x01" + _u16(len(pps)) + pps,
        ),
        _box(b"colr", b"nclx", _u16(1, 1, 1), b"\x00"),
        _box(b"pasp", _u32(1, 1)),
    )


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return _u32(_BOX_HEAD + len(content)) + kind + content


def _full(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, _u32(version << 24 | flags), *parts)


def _u16(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}H", *numbers)


def _u32(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)
