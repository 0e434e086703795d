"""What fails in the recorder ends one recording at most, is told, and leaves the next ones be."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent_client.capture.film import Film
from agent_client.capture.lookout import Lookout
from agent_client.capture.recorder import CaptureThread
from agent_client.capture.screen import OpenScreen, Screen
from agent_client.capture.settings import ScreenSettings
from agent_client.core.commands import PauseCapture
from agent_client.core.events import Event, RecordingEnded
from agent_client.ports import CaptureOrder
from tests.agent_client.capture.made_up import MadeUpScreen
from tests.agent_client.capture.staging import (
    ASKED,
    GREEN,
    Recorded,
    capture_settings,
    closing,
    faults,
    is_slate,
    until,
)
from uploader.spool import Spool, durable


@contextmanager
def _recording(root: Path, opened: OpenScreen) -> Iterator[Recorded]:
    spool = Spool(root, ballast_bytes=0, reserve_bytes=0)
    events: list[Event] = []
    thread = CaptureThread(spool, capture_settings(), events.append, open_screen=opened)
    thread.start()
    try:
        yield Recorded(spool, root, thread, events)
    finally:
        thread.stop()


@pytest.fixture
def recorded(tmp_path: Path, screen: MadeUpScreen) -> Iterator[Recorded]:
    with _recording(tmp_path / "spool", screen.open) as recorded:
        yield recorded


def _records(recorded: Recorded) -> None:
    """The recorder is alive and well: a recording comes out whole."""
    recording_id = recorded.open()
    recorded.until_seen(recording_id, GREEN)
    recorded.order(closing(recording_id))
    assert len(recorded.manifest(recording_id).segments) == 1


def _paused_and_closed(recording_id: str) -> tuple[CaptureOrder, ...]:
    return PauseCapture(recording_id, ASKED), closing(recording_id)


def _broken(*_: object, **__: object) -> None:
    raise RuntimeError("a fault of ours")


def test_a_sync_that_failed_before_a_pause_ends_the_recording_in_good_order(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was refused is told when the segment ends, which is closed already then."""
    refused = threading.Event()
    well = durable.AppendedFile.sync

    def sync(file: durable.AppendedFile) -> None:
        if threading.current_thread().name == "sync":
            refused.set()
            raise OSError(errno.EIO, "the disk is dying")
        well(file)

    with monkeypatch.context() as patched:
        patched.setattr(durable.AppendedFile, "sync", sync)
        recording_id = recorded.open()
        recorded.until_seen(recording_id, GREEN)
        assert refused.wait(20)
        recorded.order(PauseCapture(recording_id, ASKED))
        ended = RecordingEnded(recording_id, "spool-failed")
        until(lambda: ended in recorded.events, "it is told")
    recorded.order(closing(recording_id))  # as the engine does, which knows the calls
    manifest = recorded.manifest(recording_id)
    assert manifest.pauses[-1].reasons == ("capture-failed",)
    (frames,) = recorded.films(recording_id)
    assert [is_slate(frame) for frame in frames] == [True, False, True]
    _records(recorded)
    assert faults(recorded.events) == [ended]


@pytest.mark.parametrize("broken", [(Film, "pause"), (Film, "close"), (Lookout, "pause")])
def test_a_fault_in_ending_a_recording_costs_that_one_alone(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch, broken: tuple[type, str]
) -> None:
    recording_id = recorded.open()
    recorded.until_seen(recording_id, GREEN)
    with monkeypatch.context() as patched:
        patched.setattr(*broken, _broken)
        recorded.order(*_paused_and_closed(recording_id))
        ended = RecordingEnded(recording_id, "recorder-fault")
        until(lambda: ended in recorded.events, "it is told")
    _records(recorded)
    recorded.manifest(recording_id)  # salvaged, if need be
    assert faults(recorded.events) == [ended]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.EIO, "the disk is dying"), "spool-failed"),
        (OSError(errno.ENOSPC, "the disk is full"), "disk-full"),
        (RuntimeError("a fault of ours"), "recorder-fault"),
    ],
)
@pytest.mark.parametrize("where", ["room", "create"])
def test_that_a_recording_cannot_be_opened_is_told_whatever_the_reason(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch, where: str, error: Exception, code: str
) -> None:
    def failing(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(Spool, where, failing)
        recording_id = recorded.open(resumed=False)
        until(lambda: bool(recorded.events), "it is told")
    assert faults(recorded.events) == [RecordingEnded(recording_id, code)]
    _records(recorded)


def test_a_screen_that_cannot_be_opened_at_the_start_is_opened_when_it_is_needed(
    tmp_path: Path, screen: MadeUpScreen
) -> None:
    tries = 0

    def opened(settings: ScreenSettings) -> Screen:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ImportError("a library is missing")
        return screen.open(settings)

    with _recording(tmp_path / "spool", opened) as recorded:
        _records(recorded)
    assert tries == 2
