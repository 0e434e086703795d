"""Our own windows are in no film on X11, and all others are."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from agent_client.capture.adapter import open_screen
from agent_client.capture.own_windows import Shown
from agent_client.capture.recorder import CaptureThread
from agent_client.capture.screen_x11 import open_x11
from agent_client.capture.settings import ScreenSettings
from agent_client.core.events import Event
from tests.agent_client.capture.desktops import x_server
from tests.agent_client.capture.staging import (
    HEIGHT,
    WIDTH,
    Frame,
    Recorded,
    capture_settings,
    closing,
    until,
)
from tests.agent_client.tray.pill_staging import managed_display, pill
from uploader.spool import Spool

GROUND = (0, 96, 128)
GROUND_TEXT = "#006080"
COVER = (0x60, 0x60, 0x60)
_TOP = 40  # rows: the words of a slate stand further below


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    with managed_display(tmp_path, WIDTH, HEIGHT) as environment:
        monkeypatch.setenv("DISPLAY", environment["DISPLAY"])
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        subprocess.run(["xsetroot", "-solid", GROUND_TEXT], env=environment, check=True)
        yield environment


@contextmanager
def recorder(folder: Path, own: Callable[[], Collection[int]]) -> Iterator[Recorded]:
    events: list[Event] = []
    spool = Spool(folder, ballast_bytes=0, reserve_bytes=0)
    thread = CaptureThread(
        spool,
        capture_settings(screen=ScreenSettings(frames_per_second=15.0, mask_own=True)),
        events.append,
        open_screen=partial(open_screen, own=own),
    )
    thread.start()
    try:
        yield Recorded(spool, folder, thread, events)
    finally:
        thread.stop()


def pill_is_seen(frame: Frame) -> bool:
    """The red of its disc, or its near white ground, at the top: nothing else has either there."""
    top = frame.rgb[: 3 * WIDTH * _TOP]
    colours = zip(top[::3], top[1::3], top[2::3], strict=True)
    return any(
        (red > 150 and green < 120) or min(red, green, blue) > 180 for red, green, blue in colours
    )


def is_covered(frame: Frame) -> bool:
    """At the top, in the middle, where the pill comes."""
    return frame.is_about(COVER, (WIDTH // 2, 14))


@pytest.mark.parametrize("masked", [True, False])
def test_nothing_of_the_pill_is_in_the_film(
    server: dict[str, str], tmp_path: Path, *, masked: bool
) -> None:
    """Not when it comes, says something else, and goes; without the masks it would be seen."""
    shown = Shown()
    own: Callable[[], Collection[int]] = shown if masked else tuple
    spool = tmp_path / "spool"
    with recorder(spool, own) as recorded, pill(server, tmp_path, shown=shown.add) as running:
        recording_id = recorded.open()
        recorded.until_seen(recording_id, GROUND)
        running.show("recording")
        seen = is_covered if masked else pill_is_seen
        until(lambda: recorded.is_filmed(recording_id, seen), "where the pill is")
        for mood in ("wrap-up", "recording", "paused"):
            running.show(mood)
        running.show("ready")  # it goes
        until(
            lambda: recorded.is_filmed(
                recording_id, lambda frame: frame.is_about(GROUND, (WIDTH // 2, 14))
            ),
            "the ground again",
        )
        recorded.order(closing(recording_id))
        recorded.manifest(recording_id)
    frames = [frame for film in recorded.films(recording_id) for frame in film]
    assert any(pill_is_seen(frame) for frame in frames) is not masked


def test_without_damage_events_the_pill_is_no_reason_not_to_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with x_server("320x200", options=("-extension", "DAMAGE")) as name:
        monkeypatch.setenv("DISPLAY", name)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        screen = open_x11(ScreenSettings(mask_own=True), tuple)
        try:
            assert screen.layout().width == 320
        finally:
            screen.close()
