"""The desk's disk is full: it says so, keeps what it has, and goes on when there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.manifest import EndReason
from tests.e2e import evidence
from tests.e2e.evidence import PERSONAL, PICTURES
from tests.e2e.scene import House, Scene

assert sys.platform != "win32"  # the stage is made of X11 and D-Bus

pytestmark = pytest.mark.e2e

_DISK = 256 * 1024 * 1024  # bytes: the spool's ballast and reserve fit, and some recordings
_BLOCK = 1024 * 1024
_FULL = "The disk is nearly full. The screen is not recorded."


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk for the desk's state folder."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk; a limit on file sizes fills no disk")
    place = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK},mode=0700", "tmpfs", str(place)]
    done = subprocess.run(mount, capture_output=True, check=False, text=True)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture(scope="module")
def scene(house: House, disk: Path) -> Iterator[Scene]:
    with house.desk("full", state=disk) as scene:
        yield scene


def test_a_full_disk_ends_the_recording_and_says_so_and_loses_nothing(
    scene: Scene, disk: Path
) -> None:
    before = scene.ring()
    before.answer()
    before.goes_on(1)
    scene.central.kill()  # so that it must stay in the spool
    before.ends()
    scene.until_tray_says("Send 1 waiting recording now")
    talk = scene.ring()
    talk.answer()
    talk.goes_on(2)
    filler = fill(disk)
    scene.until_tray_says(_FULL)
    talk.ends()
    unrecorded = scene.ring()
    unrecorded.play("answer")
    scene.until_tray_says(f"Call {unrecorded.call_id[:8]}, not recorded")
    scene.until_tray_says(_FULL)
    unrecorded.goes_on(1)
    unrecorded.ends()
    scene.until_tray_says("There is no call to pause.")  # the desk knows that it is over
    filler.unlink()
    after = scene.short_call()  # there is room again
    scene.central.start()
    scene.until_sent()
    (first,), (second,), third, (fourth,) = scene.received(before, talk, unrecorded, after)
    assert first.manifest.end_reason is EndReason.WRAPPED_UP
    assert second.manifest.end_reason is EndReason.DISK_FULL
    assert second.manifest.duration.total_seconds() > 1.5
    assert third == []
    assert fourth.manifest.end_reason is EndReason.WRAPPED_UP
    assert _FULL not in scene.house.tray.tooltip()


def test_a_full_disk_holds_nothing_in_the_clear(scene: Scene, disk: Path) -> None:
    assert scene.desk.uploader()["waiting"] == 0
    assert evidence.places_of((*PICTURES, *PERSONAL), [disk]) == []


def fill(disk: Path) -> Path:
    """Somebody else's file, which takes every byte that is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while shutil.disk_usage(disk).free:
                file.write(bytes(_BLOCK))
        except OSError:
            pass
    return filler
