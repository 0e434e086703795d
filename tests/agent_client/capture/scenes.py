"""Recorded desktops of four colours: what is in the wrong place, or of another time, is seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent_client.capture.recorder import CaptureThread
from agent_client.capture.screen import Rectangle
from agent_client.capture.settings import ScreenSettings
from agent_client.core.events import Event, ProblemChanged
from contract.manifest import Manifest
from tests.agent_client.capture.desktops import Desktop, Painter, painter
from tests.agent_client.capture.staging import (
    Frame,
    Recorded,
    capture_settings,
    closing,
    faults,
    until,
)
from uploader.spool import Spool

BLACK = (0, 0, 0)
Colour = tuple[int, int, int]
Colours = tuple[Colour, Colour, Colour, Colour]
RED, LIME, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
CYAN, MAGENTA, YELLOW, GREY = (0, 255, 255), (255, 0, 255), (255, 255, 0), (128, 128, 128)
# Upper left, upper right, lower left, lower right; no quarter has the same colour in two of them.
FIRST: Colours = (RED, LIME, BLUE, WHITE)
SECOND: Colours = (CYAN, MAGENTA, YELLOW, GREY)
THIRD: Colours = (LIME, BLUE, WHITE, RED)
FOURTH: Colours = (MAGENTA, YELLOW, GREY, CYAN)


@dataclass
class Scene:
    """A desktop that is recorded."""

    desktop: Desktop
    painter: Painter
    recorded: Recorded
    recording_id: str

    def show(self, colours: Colours, area: Rectangle) -> None:
        """Four quarters in that part of the root window."""
        for (left, top), colour in zip(_quarters(area), colours, strict=True):
            wide, high = (area.width + 1) // 2, (area.height + 1) // 2
            self.painter.fill(colour, (left, top, wide, high))
        # The pointer is drawn as well: on the seam it hides nothing that is looked at.
        self.painter.point(area.left + area.width // 2, area.top + area.height // 4)

    def until_filmed(self, colours: Colours, place: Rectangle) -> None:
        """Wait until the newest segment's last picture shows them there on the canvas."""
        until(
            lambda: self.recorded.is_filmed(
                self.recording_id, lambda frame: shows(frame, colours, place)
            ),
            f"{colours} at {place} in the film",
        )

    def close(self) -> tuple[Manifest, list[list[Frame]]]:
        """The manifest, and all pictures of each segment, every one decoded by itself."""
        self.recorded.order(closing(self.recording_id))
        manifest = self.recorded.manifest(self.recording_id)
        troubles = [one for one in faults(self.recorded.events) if not _is_scaling(one)]
        assert troubles == []
        return manifest, self.recorded.films(self.recording_id)


def _is_scaling(event: Event) -> bool:
    return isinstance(event, ProblemChanged) and event.code == "picture-scaled"


def _quarters(area: Rectangle) -> list[tuple[int, int]]:
    middle, centre = area.left + area.width // 2, area.top + area.height // 2
    return [(left, top) for top in (area.top, centre) for left in (area.left, middle)]


def shows(frame: Frame, colours: Colours, place: Rectangle) -> bool:
    """The colours in the middle of each quarter and near the outer corners, and black around."""
    wide, high = place.width // 4, place.height // 4
    for (left, top), colour in zip(_quarters(place), colours, strict=True):
        if not frame.is_about(colour, (left + wide, top + high)):
            return False
    east, south = place.left + place.width, place.top + place.height
    corners = [
        (left, top) for top in (place.top + 4, south - 5) for left in (place.left + 4, east - 5)
    ]
    inner = all(frame.is_about(one, at) for one, at in zip(colours, corners, strict=True))
    return inner and dark_around(frame, place)


def dark_around(frame: Frame, place: Rectangle) -> bool:
    """Nothing but black beside the place; next to it players let colours run into each other."""
    middle, centre = place.left + place.width // 2, place.top + place.height // 2
    beside = [
        (place.left - 4, centre),
        (place.left + place.width + 4, centre),
        (middle, place.top - 4),
        (middle, place.top + place.height + 4),
    ]
    return all(
        frame.is_about(BLACK, (x, y))
        for x, y in beside
        if 0 <= x < frame.width and 0 <= y < frame.height
    )


@contextmanager
def recording(
    server: str,
    spool_root: Path,
    *,
    method: str = "auto",
    monitor: str = "all",
    shown: tuple[Colours, Rectangle] | None = None,
) -> Iterator[Scene]:
    """Record the display that the environment names."""
    events: list[Event] = []
    spool = Spool(spool_root, ballast_bytes=0, reserve_bytes=0)
    screen = ScreenSettings(frames_per_second=15.0, method=method, monitor=monitor)
    thread = CaptureThread(spool, capture_settings(screen=screen), events.append)
    thread.start()
    try:
        with painter(server) as one:
            recorded = Recorded(spool, spool_root, thread, events)
            scene = Scene(Desktop(server), one, recorded, "")
            if shown is not None:
                scene.show(*shown)
            scene.recording_id = recorded.open()
            yield scene
    finally:
        thread.stop()
