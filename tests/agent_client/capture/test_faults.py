"""The recorder on a real display while things go wrong: noticed, told, recorded on all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent_client.capture.recorder import CaptureThread
from agent_client.capture.settings import Clocks
from agent_client.core.commands import ResumeCapture
from agent_client.core.events import CaptureFailed
from tests.agent_client.capture.desktops import forget
from tests.agent_client.capture.faults_staging import COLOURS, Desk, desk_at, trouble_of
from tests.agent_client.capture.staging import (
    GREEN,
    HEIGHT,
    KEY,
    RED,
    WHITE,
    WIDTH,
    Display,
    Recorded,
    capture_settings,
    until,
)
from uploader.spool import Spool, durable

_STOP, _GO_ON = signal.Signals["SIGSTOP"], signal.Signals["SIGCONT"]  # Windows has neither


@pytest.fixture
def desk(display: Display, tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path / "spool", display) as desk:
        yield desk


def test_a_screen_that_stays_black_is_told_and_recorded_on(desk: Desk) -> None:
    recording_id = desk.recorded.open()
    desk.shows(recording_id, "white", WHITE)
    desk.faults.black = True
    took = desk.until(lambda: desk.present("screen-black"), "black is told")
    assert desk.faults.opened > 1  # tried before it was told
    desk.faults.cure()
    desk.shows(recording_id, "white", WHITE)
    manifest = desk.close(recording_id)
    black = trouble_of(manifest, "screen-black").duration.total_seconds()
    assert 7 < black < took + 20
    assert manifest.pauses[1:] == ()  # none but that before it began


def test_a_black_connection_is_replaced_and_told_as_what_it_was(desk: Desk) -> None:
    recording_id = desk.recorded.open()
    desk.shows(recording_id, "white", WHITE)
    desk.faults.until_reopened = True
    desk.faults.black = True
    desk.shows(recording_id, "red", RED)
    manifest = desk.close(recording_id)
    black = trouble_of(manifest, "screen-black").duration.total_seconds()
    assert 2 < black < 20
    assert manifest.pauses[1:] == ()


def test_changes_that_nobody_tells_of_are_found_and_the_screen_is_opened_anew(desk: Desk) -> None:
    recording_id = desk.recorded.open()
    desk.shows(recording_id, "white", WHITE)
    before = desk.faults.opened
    desk.faults.until_reopened = True
    desk.faults.deaf = True
    desk.until(lambda: desk.present("screen-frozen"), "lost changes are told")
    desk.shows(recording_id, "#00ff00", GREEN)
    manifest = desk.close(recording_id)
    assert trouble_of(manifest, "screen-frozen").duration.total_seconds() > 0
    assert manifest.pauses[1:] == ()
    assert desk.faults.opened == before + 1


def test_a_screen_that_is_slow_is_told_and_looked_at_less_often(desk: Desk) -> None:
    recording_id = desk.recorded.open()
    desk.shows(recording_id, "white", WHITE)
    desk.faults.slow = 0.15
    desk.until(lambda: desk.present("encoder-slow"), "slowness is told")
    desk.faults.cure()
    desk.shows(recording_id, "#00ff00", GREEN)
    manifest = desk.close(recording_id)
    assert trouble_of(manifest, "encoder-slow").duration.total_seconds() > 0.3
    assert manifest.pauses[1:] == ()


def test_a_look_that_fails_again_and_again_pauses_and_goes_on_in_the_same_recording(
    desk: Desk,
) -> None:
    recording_id = desk.recorded.open()
    desk.shows(recording_id, "white", WHITE)
    desk.faults.broken = True
    desk.until(lambda: CaptureFailed("screen-unreadable") in desk.events, "the failure is told")
    desk.faults.cure()
    desk.recorded.order(ResumeCapture(recording_id))  # as the engine does after a while
    desk.shows(recording_id, "#00ff00", GREEN)
    manifest = desk.close(recording_id)
    assert [one.reasons for one in manifest.pauses][-1] == ("capture-failed",)
    before, after = desk.recorded.films(recording_id)
    assert before[1].is_about(WHITE)
    assert after[-1].is_about(GREEN)


def test_a_clock_that_is_set_is_told_and_the_film_counts_on(
    display: Display, tmp_path: Path
) -> None:
    ahead = timedelta(0)

    def utc() -> datetime:
        return datetime.now(UTC) + ahead

    with desk_at(tmp_path / "spool", display, Clocks(utc=utc)) as desk:
        recording_id = desk.recorded.open()
        desk.shows(recording_id, "white", WHITE)
        ahead = timedelta(hours=1)
        took = desk.until(lambda: desk.present("clock-jumped"), "it is told")
        for name, colour in (("#00ff00", GREEN), ("white", WHITE)):
            desk.shows(recording_id, name, colour)
        manifest = desk.close(recording_id)
        last = manifest.segments[0].offset.total_seconds() + desk.frames(recording_id)[-1].at / 1000
    jumped = trouble_of(manifest, "clock-jumped")
    assert (jumped.offset + jumped.duration).total_seconds() < last  # over with the next picture
    assert manifest.duration.total_seconds() < took + 60
    assert manifest.pauses[1:] == ()


def test_a_disk_that_is_slow_is_told_and_pictures_go_on(
    display: Display, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = threading.Event()
    gone_on = threading.Event()
    quick = durable.AppendedFile.sync

    def sync(file: durable.AppendedFile) -> None:
        if slow.is_set():
            gone_on.wait(30)
        quick(file)

    monkeypatch.setattr(durable.AppendedFile, "sync", sync)
    with desk_at(tmp_path / "spool", display) as desk:
        recording_id = desk.recorded.open()
        desk.shows(recording_id, "white", WHITE)
        slow.set()
        desk.until(lambda: desk.present("disk-slow"), "a slow disk is told")
        desk.shows(recording_id, "#00ff00", GREEN)  # handed to the system, though nothing is synced
        slow.clear()
        gone_on.set()
        manifest = desk.close(recording_id)
    assert 2 < trouble_of(manifest, "disk-slow").duration.total_seconds() < 40
    assert manifest.pauses[1:] == ()


_RECORDING = """
import sys
from pathlib import Path
from agent_client.capture.recorder import CaptureThread
from agent_client.core.commands import ResumeCapture
from contract.envelope import Recipient
from tests.agent_client.capture.staging import capture_settings, opening
from uploader.spool import Spool

settings = capture_settings(recipients=(Recipient("here", bytes.fromhex(sys.argv[2])),))
spool = Spool(Path(sys.argv[1]), ballast_bytes=0, reserve_bytes=0)
thread = CaptureThread(spool, settings, lambda event: None)
thread.start()
order = opening()
thread.order(order)
thread.order(ResumeCapture(order.recording_id))
print(order.recording_id, flush=True)
sys.stdin.read()
thread.stop()
"""


def test_a_process_that_was_stopped_says_from_when_nothing_was_seen(
    display: Display, tmp_path: Path
) -> None:
    public = KEY.public_key().public_bytes_raw().hex()
    with (
        ExitStack() as stack,
        subprocess.Popen(
            [sys.executable, "-c", _RECORDING, str(tmp_path), public],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as program,
    ):
        assert program.stdin is not None
        assert program.stdout is not None
        recording_id = program.stdout.readline().strip()
        spool = Spool(tmp_path, ballast_bytes=0, reserve_bytes=0)
        idle = CaptureThread(spool, capture_settings(), lambda _event: None)
        stack.callback(idle.stop)
        seen = Recorded(spool, tmp_path, idle)
        display.fill("white")
        seen.until_seen(recording_id, WHITE)
        with _changing(display):
            time.sleep(0.5)
            program.send_signal(_STOP)
            # The fault itself. A recorder that listens and wants nothing is missed only when it
            # is late for its sign of life, which is due in two seconds at most.
            time.sleep(5)
            program.send_signal(_GO_ON)
            until(lambda: b"capture-late" in seen.journal(recording_id), "it is noticed")
        display.fill("#00ff00")
        seen.until_seen(recording_id, GREEN)
        program.stdin.close()
        assert program.wait(30) == 0
    manifest = seen.manifest(recording_id)
    assert 2 < trouble_of(manifest, "capture-late").duration.total_seconds() < 30
    assert manifest.pauses[1:] == ()


@contextmanager
def _changing(display: Display) -> Iterator[None]:
    """The desktop changes all the time, several times in each picture's."""
    over = threading.Event()

    def change() -> None:
        while not over.is_set():
            for name, _ in COLOURS:
                display.fill(name)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_an_x_server_that_died_and_came_again_is_recorded_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not one of those low numbers that servers choose which are told none.
    name = f":{2000 + os.getpid() % 30_000}"
    monkeypatch.setenv("DISPLAY", name)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    display = Display(name)
    with desk_at(tmp_path / "spool", display) as desk:
        with _numbered(name):
            recording_id = desk.recorded.open()
            desk.shows(recording_id, "white", WHITE)
        until(
            lambda: any(isinstance(one, CaptureFailed) for one in desk.events), "its death is told"
        )
        with _numbered(name):
            desk.recorded.order(ResumeCapture(recording_id))  # as the engine does after a while
            desk.shows(recording_id, "#00ff00", GREEN)
            manifest = desk.close(recording_id)
    assert [one.reasons for one in manifest.pauses][-1] == ("capture-failed",)
    assert len(manifest.segments) == 2
    assert desk.frames(recording_id)[-1].is_about(GREEN)


@contextmanager
def _numbered(name: str) -> Iterator[None]:
    """An X server of that number, killed in the end as a crash would."""
    with subprocess.Popen(
        ["Xvfb", name, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp", "-noreset"],
        stderr=subprocess.DEVNULL,
    ) as server:
        asking = ["xset", "-display", name, "q"]
        until(lambda: not subprocess.run(asking, check=False, capture_output=True).returncode, "up")
        try:
            yield
        finally:
            server.kill()
            server.wait()
            forget(int(name.removeprefix(":")))
            Path(f"/tmp/.X11-unix/X{name.removeprefix(':')}").unlink(missing_ok=True)  # noqa: S108 as there
