"""Where a film is put together: readable, and never in the clear on disk."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from central.media.faststart import rearranged
from central.media.scratch import Scratch

SECRET = b"4111 1111 1111 1111 "


def test_what_was_written_is_read_at_any_place(tmp_path: Path) -> None:
    content = os.urandom(1_000_003)
    with Scratch(tmp_path) as scratch:
        for at in range(0, len(content), 70_001):
            scratch.write(content[at : at + 70_001])
        scratch.seek(8)
        scratch.write(b"MENDED")
        scratch.seek(0, io.SEEK_END)
        scratch.write(b"end")
        expected = content[:8] + b"MENDED" + content[14:] + b"end"
        assert scratch.size == len(expected)
        for start, end in ((0, len(expected)), (262_140, 262_150), (999_990, len(expected))):
            assert b"".join(scratch.pieces(start, end)) == expected[start:end]


def test_any_place_may_be_written_again(tmp_path: Path) -> None:
    content = bytearray(os.urandom(1_500_000))
    with Scratch(tmp_path) as scratch:
        scratch.write(content)
        for at in (0, 262_140, 700_000, 262_144, 1_499_990):
            scratch.seek(at)
            scratch.write(b"0123456789")
            content[at : at + 10] = b"0123456789"
        assert b"".join(scratch.pieces(0, scratch.size)) == content
        assert len(set(scratch._nonces)) == len(scratch._nonces)


def test_a_hole_is_refused(tmp_path: Path) -> None:
    with Scratch(tmp_path) as scratch:
        scratch.seek(1)
        with pytest.raises(io.UnsupportedOperation):
            scratch.write(b"x")


def test_nothing_clear_reaches_the_disk(tmp_path: Path) -> None:
    with Scratch(tmp_path) as scratch:
        for _ in range(60_000):
            scratch.write(SECRET)
        assert list(tmp_path.iterdir()) == []  # the file has no name
        scratch._file.flush()
        size = os.fstat(scratch._file.fileno()).st_size
        assert size > 1_000_000
        scratch._file.seek(0)
        on_disk = scratch._file.read()
    assert SECRET not in on_disk


def test_what_is_no_film_is_not_rearranged(tmp_path: Path) -> None:
    with Scratch(tmp_path) as scratch:
        scratch.write(b"\0\0\0\x10freenonsense")
        with pytest.raises(ValueError, match="not a film"):
            list(rearranged(scratch))
        scratch.write(b"\0\0\0\x00none")
        with pytest.raises(ValueError, match="no sensible size"):
            list(rearranged(scratch))
