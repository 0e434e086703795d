"""The displays of a Mac, in pixels."""

from __future__ import annotations

from agent_client.capture.darwin_desktop import Displays, pixels_of
from agent_client.capture.monitors import Monitor
from agent_client.capture.screen import Rectangle

LEFT = Monitor("2", Rectangle(-4, 1, 4, 2), primary=False)
MAIN = Monitor("1", Rectangle(0, 0, 3, 4), primary=True)


def test_points_become_the_pixels_they_touch() -> None:
    assert pixels_of(-10.0, 5.0, 100.0, 50.0, 2.0) == Rectangle(-20, 10, 200, 100)
    assert pixels_of(0.5, 0.5, 1.0, 1.0, 1.0) == Rectangle(0, 0, 2, 2)
    assert pixels_of(-0.5, -0.5, 1.0, 1.0, 1.0) == Rectangle(-1, -1, 2, 2)


def test_the_desktop_lies_around_all_displays() -> None:
    displays = Displays((LEFT, MAIN), 1.0)
    assert displays.desktop() == Rectangle(-4, 0, 7, 4)
    assert displays.in_pixels(1, 2, 3, 4) == Rectangle(1, 2, 3, 4)
