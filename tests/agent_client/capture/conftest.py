"""A real X display and a recorder at work on it; an X11 screen alone; a recorder's turns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from agent_client.capture.recorder import CaptureThread
from agent_client.capture.settings import ScreenSettings
from agent_client.core.events import Event
from tests.agent_client.capture.desktops import Painter, painter, x_server
from tests.agent_client.capture.health_staging import Turns
from tests.agent_client.capture.made_up import MadeUpScreen
from tests.agent_client.capture.secretive import Program
from tests.agent_client.capture.staging import SIZE, Display, Recorded, capture_settings
from tests.agent_client.capture.watching import Watch, watching
from tests.agent_client.capture.x11_staging import Film, clear, film
from uploader.spool import Spool


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[Display]:
    """One of its own for each test, in 0.1 s: pointer, windows and cursor of none are left."""
    with x_server(SIZE) as name:
        monkeypatch.setenv("DISPLAY", name)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        shown = Display(name)
        shown.fill("black")
        yield shown


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


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with x_server(SIZE) as name:
        yield name


@pytest.fixture
def hand(server: str) -> Iterator[Painter]:
    with painter(server) as one:
        clear(one)
        yield one


@pytest.fixture
def seen(server: str, hand: Painter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Film]:
    assert hand.root
    with film(server, monkeypatch, ScreenSettings(click_marker=True)) as one:
        one.settle()
        yield one


@pytest.fixture
def screen() -> Iterator[MadeUpScreen]:
    one = MadeUpScreen()
    yield one
    one.end()


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def program(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """One whose windows policy may name; what is shown unasked is secret."""
    monkeypatch.setenv("DISPLAY", server)
    one = Program(server, Random(0))  # noqa: S311 chance, not a secret
    yield one
    one.display.close()


@pytest.fixture
def other(server: str) -> Iterator[Program]:
    """Another one: what it shows is no secret."""
    one = Program(server, Random(0))  # noqa: S311 as above
    yield one
    one.display.close()


@pytest.fixture
def watch(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Before there are any windows."""
    monkeypatch.setenv("DISPLAY", server)
    with watching() as one:
        yield one
