"""A recorder on a real display whose screen can be made to fail, and what it tells."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agent_client.capture.adapter import open_screen
from agent_client.capture.failure import CaptureFailedError
from agent_client.capture.recorder import CaptureThread
from agent_client.capture.screen import Layout, OpenScreen, Patch, Screen
from agent_client.capture.settings import Clocks, ScreenSettings
from agent_client.core.events import Event, ProblemChanged
from contract.manifest import Manifest, Trouble
from tests.agent_client.capture.staging import (
    BLUE,
    RED,
    Display,
    Frame,
    Recorded,
    capture_settings,
    closing,
)
from uploader.spool import Spool

COLOURS = (("red", RED), ("blue", BLUE))


@dataclass
class Faults:
    """What is wrong with every screen that is open now; `cure` makes all well."""

    black: bool = False
    deaf: bool = False  # nothing is told of change
    slow: float = 0.0  # seconds that a look takes longer
    broken: bool = False  # a look fails
    until_reopened: bool = False  # a screen that is opened later has none of this
    opened: int = 0

    def cure(self) -> None:
        self.black = self.deaf = self.broken = False
        self.slow = 0.0


class FaultyScreen:
    """A real screen, with what `Faults` adds."""

    def __init__(self, screen: Screen, faults: Faults) -> None:
        self._screen = screen
        self._faults = faults
        self._well = Faults()
        self._born_later = faults.until_reopened
        faults.opened += 1

    @property
    def _now(self) -> Faults:
        return self._well if self._born_later else self._faults

    def fileno(self) -> int | None:
        return None if self._now.deaf else self._screen.fileno()

    def due(self, now: float) -> float | None:
        due = self._screen.due(now)
        return None if self._now.deaf else due

    def layout(self) -> Layout:
        return self._screen.layout()

    def look(self, now: float, *, whole: bool) -> list[Patch]:
        if self._now.broken:
            raise CaptureFailedError("screen-unreadable", "by order of the test")
        time.sleep(self._now.slow)
        patches = self._screen.look(now, whole=whole)
        if self._now.deaf and not whole:
            return []
        if self._now.black:
            return [Patch(one.place, bytearray(len(one.pixels))) for one in patches]
        return patches

    def diagnostics(self) -> str:
        return f"faulty, {self._screen.diagnostics()}"

    def close(self) -> None:
        self._screen.close()


@dataclass
class Desk:
    """A recorder whose screen obeys `faults`, and what it told."""

    recorded: Recorded
    faults: Faults
    display: Display
    events: list[Event] = field(default_factory=list)

    def present(self, code: str) -> bool:
        """Whether the tray shows it, by what was posted."""
        told = [one for one in self.events if isinstance(one, ProblemChanged) and one.code == code]
        return bool(told) and told[-1].present

    def shows(self, recording_id: str, name: str, colour: tuple[int, int, int]) -> None:
        """What is shown now comes into the film."""
        self.display.fill(name)
        self.recorded.until_seen(recording_id, colour)

    def close(self, recording_id: str) -> Manifest:
        """End it; the tray shows none of its troubles any more."""
        self.recorded.order(closing(recording_id))
        manifest = self.recorded.manifest(recording_id)
        codes = {one.code for one in self.events if isinstance(one, ProblemChanged)}
        assert not [code for code in codes if self.present(code)]
        return manifest

    def frames(self, recording_id: str) -> list[Frame]:
        return [frame for frames in self.recorded.films(recording_id) for frame in frames]

    def until(self, holds: Callable[[], bool], what: str, seconds: float = 40) -> float:
        """Wait for it while the desktop changes all the time; how long that took."""
        began = time.monotonic()
        turn = 0
        while not holds():
            assert time.monotonic() - began < seconds, f"never: {what}"
            self.display.fill(COLOURS[turn % 2][0])
            turn += 1
            time.sleep(0.1)
        return time.monotonic() - began


@contextmanager
def desk_at(root: Path, display: Display, clocks: Clocks | None = None) -> Iterator[Desk]:
    """A recorder of the display, all well so far."""
    faults = Faults()

    def opened(wanted: ScreenSettings) -> Screen:
        return FaultyScreen(open_screen(wanted), faults)

    with _recorded(root, opened, clocks or Clocks()) as recorded:
        yield Desk(recorded, faults, display, recorded.events)


@contextmanager
def _recorded(root: Path, opened: OpenScreen, clocks: Clocks) -> Iterator[Recorded]:
    spool = Spool(root, ballast_bytes=0, reserve_bytes=0)
    events: list[Event] = []
    settings = capture_settings()
    thread = CaptureThread(spool, settings, events.append, clocks=clocks, open_screen=opened)
    thread.start()
    try:
        yield Recorded(spool, root, thread, events)
    finally:
        thread.stop()


def trouble_of(manifest: Manifest, code: str) -> Trouble:
    """The only one of this code."""
    (found,) = [one for one in manifest.troubles if one.code == code]
    assert found.offset + found.duration <= manifest.duration
    return found
