"""A disk without a single byte left: what central has goes all the same, and makes room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.uploader.spool.staging import receipt_for, recorded, sent_ids, spool_in


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk; a limit on file sizes fills no disk")
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    done = subprocess.run(mount, capture_output=True, check=False, text=True)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_what_central_has_is_removed_though_the_disk_is_full(disk: Path) -> None:
    spool = spool_in(disk / "spool")
    recordings = [recorded(spool).recording_id for _ in range(3)]
    with pytest.raises(OSError, match="No space"):
        fill(disk)
    for recording_id in recordings:
        spool.forget(receipt_for(spool, recording_id))
    assert spool.waiting() == []
    assert sent_ids(disk / "spool") == recordings


def fill(disk: Path) -> None:
    """Until the disk refuses."""
    with (disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
