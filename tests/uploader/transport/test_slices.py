"""Parts of a file, and their digests."""

import os
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uploader.core import FIRST_CHUNK, LARGEST_CHUNK, SMALLEST_CHUNK
from uploader.transport.slices import FileSlice, block_size, digest

CONTENT = os.urandom(3_000_000)


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = tmp_path / "000.seg"
    path.write_bytes(CONTENT)
    return str(path)


class Drops:
    """A pace that lets three bytes go at once, and asks for small requests."""

    def take(self, wanted: int) -> int:
        return min(wanted, 3)

    def chunk_ceiling(self) -> int | None:
        return 7


@pytest.mark.parametrize(("offset", "length"), [(1000, 50), (0, len(CONTENT)), (5, 0)])
def test_a_digest_is_that_of_the_bytes(path: str, offset: int, length: int) -> None:
    with open(path, "rb") as file:
        found = digest(file, offset, length)
    assert found == sha256(CONTENT[offset : offset + length]).hexdigest()


def test_a_pace_makes_blocks_smaller_and_loses_none(path: str) -> None:
    with open(path, "rb") as file:
        blocks = [*FileSlice(file, 10, 100, Drops())]
    assert b"".join(blocks) == CONTENT[10:110]
    assert max(map(len, blocks)) == 3


@given(st.integers(SMALLEST_CHUNK, LARGEST_CHUNK))
def test_a_block_leaves_in_ten_seconds_on_any_link_on_which_its_chunk_would_in_five_minutes(
    chunk: int,
) -> None:
    assert block_size(chunk) <= 256 * 1024
    assert block_size(chunk) == 16 * 1024 or block_size(chunk) / 10 <= chunk / 300


def test_a_link_of_which_nothing_is_known_is_given_small_blocks() -> None:
    assert block_size(FIRST_CHUNK) == 16 * 1024
