"""Central's disk is full: it says so, keeps what it has, and goes on when there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.central.serving import Central, Prepared, manifest_of, sealed

_SIZE = 300 * 1024 * 1024  # bytes: central leaves 256 MiB free for its own
_MAY_MOUNT = sys.platform == "linux" and os.geteuid() == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    options = f"size={_SIZE}"
    if (
        not _MAY_MOUNT
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "none", disk], check=False
        ).returncode
    ):
        pytest.skip("a disk of its own may not be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_does_no_harm(small_disk: Path, prepared: Prepared) -> None:
    central = Central(small_disk / "data", "worker_inline = false\n", prepared)
    central.start()
    try:
        desk = central.enrol()
        content = sealed(desk.recipients(), *[os.urandom(1_000_000)] * 4)
        manifest = manifest_of(desk, [content])
        location = desk.created(f"{manifest.recording_id}/000.seg", content)
        with (small_disk / "others").open("wb") as others:
            others.write(bytes(shutil.disk_usage(small_disk).free - 2_000_000))
        answer = desk.patch(location, content, 0)
        assert (answer.status_code, answer.json()["error"]) == (507, "no-room")
        refused = desk.create(f"{uuid.uuid4()}/000.seg", content)
        assert refused.status_code == 507
        (small_disk / "others").unlink()
        offset = desk.offset(location)
        assert 0 < offset < len(content)
        assert desk.patch(location, content[offset:], offset).status_code == 204
        desk.receipt(desk.finish(manifest))
        assert central.run("check", "--depth", "hash", "--json")["faults"] == []
    finally:
        central.kill()
