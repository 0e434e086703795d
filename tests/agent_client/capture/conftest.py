"""A real X display, and a recorder at work on it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_client.capture.recorder import CaptureThread
from agent_client.core.events import Event
from tests.agent_client.capture.staging import (
    HEIGHT,
    WIDTH,
    Display,
    Recorded,
    capture_settings,
)
from uploader.spool import Spool


@pytest.fixture(scope="session")
def x_server() -> Iterator[str]:
    readable, writable = os.pipe()
    size = f"{WIDTH}x{HEIGHT}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writable), "-screen", "0", size, "-nolisten", "tcp", "-noreset"],
        pass_fds=[writable],
        stderr=subprocess.DEVNULL,
    )
    os.close(writable)
    with os.fdopen(readable) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.fixture
def display(x_server: str, monkeypatch: pytest.MonkeyPatch) -> Display:
    monkeypatch.setenv("DISPLAY", x_server)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    shown = Display(x_server)
    shown.fill("black")
    return shown


@pytest.fixture
def recorded(display: Display, tmp_path: Path) -> Iterator[Recorded]:
    assert display.name
    root = tmp_path / "spool"
    spool = Spool(root, ballast_bytes=0, reserve_bytes=0)
    events: list[Event] = []
    thread = CaptureThread(spool, capture_settings(), events.append)
    thread.start()
    yield Recorded(spool, root, thread, events)
    thread.stop()
