"""Bytes on their way into a file, and the sum that saves reading it again."""

import asyncio
import hashlib
import os
from io import FileIO
from pathlib import Path

import pytest

from central.ingest.appending import Appending, Sums

CONTENT = os.urandom(1_700_000)
PIECE = 65_536


def opened(path: Path, content: bytes = b"") -> FileIO:
    path.write_bytes(content)
    file = FileIO(str(path), "r+")
    file.seek(len(content))
    return file


async def added(appending: Appending, content: bytes) -> None:
    for begin in range(0, len(content), PIECE):
        await appending.add(content[begin : begin + PIECE])


async def test_what_came_is_in_the_file_and_in_the_sum(tmp_path: Path) -> None:
    summed = hashlib.sha256(b"before")
    with opened(tmp_path / "file", b"before") as file:
        async with Appending(file, 6, [summed]) as appending:
            await added(appending, CONTENT)
    assert (tmp_path / "file").read_bytes() == b"before" + CONTENT
    assert appending.offset == 6 + len(CONTENT)
    assert appending.intact
    assert summed.digest() == hashlib.sha256(b"before" + CONTENT).digest()


async def test_what_came_before_a_cut_stays(tmp_path: Path) -> None:
    waits = asyncio.Event()

    async def cut(appending: Appending) -> None:
        async with appending:
            await added(appending, CONTENT)
            waits.set()
            await asyncio.Event().wait()

    with opened(tmp_path / "file") as file:
        appending = Appending(file, 0, [])
        task = asyncio.create_task(cut(appending))
        await waits.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (tmp_path / "file").read_bytes() == CONTENT


async def test_what_is_dropped_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    with opened(tmp_path / "file", b"before") as file:
        async with Appending(file, 6, []) as appending:
            await added(appending, CONTENT)
            await appending.drop()
    assert (tmp_path / "file").read_bytes() == b"before"
    assert appending.offset == 6
    assert not appending.intact  # the sums have seen it


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
async def test_after_a_full_disk_nothing_more_is_written_and_no_sum_is_kept() -> None:
    summed = hashlib.sha256()
    with FileIO("/dev/full", "r+") as file:
        appending = Appending(file, 0, [summed])
        with pytest.raises(OSError, match="No space left"):
            async with appending:
                await added(appending, CONTENT)
    assert not appending.intact
    assert summed.digest() == hashlib.sha256().digest()


def test_a_sum_counts_only_where_the_file_ends() -> None:
    sums = Sums()
    sums.keep("upload", 3, hashlib.sha256(b"abc"))
    held = sums.take("upload", 3)
    assert held is not None
    assert held.hexdigest() == hashlib.sha256(b"abc").hexdigest()
    assert sums.take("upload", 3) is None  # whoever took it writes on
    sums.keep("upload", 3, hashlib.sha256(b"abc"))
    assert sums.take("upload", 4) is None
    assert sums.take("upload", 3) is None


def test_an_upload_that_begins_anew_has_a_new_sum() -> None:
    sums = Sums()
    sums.keep("upload", 3, hashlib.sha256(b"abc"))
    begun = sums.take("upload", 0)
    assert begun is not None
    assert begun.hexdigest() == hashlib.sha256().hexdigest()
