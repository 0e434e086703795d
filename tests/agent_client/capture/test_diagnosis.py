"""What IT is told about the screen of a desk."""

from __future__ import annotations

import pytest

from agent_client.capture.diagnosis import diagnosed
from agent_client.capture.settings import ScreenSettings, WindowPattern
from tests.agent_client.capture.staging import HEIGHT, WIDTH, Display


@pytest.mark.parametrize(("method", "adapter"), [("auto", "damage events"), ("polling", "polling")])
def test_it_is_told_how_the_screen_is_read(display: Display, method: str, adapter: str) -> None:
    assert display.name
    settings = ScreenSettings(method=method, exclude=(WindowPattern(title="*salary*"),))
    well, said = diagnosed(settings)
    assert well
    policy, screen, size, time = said.splitlines()
    assert "at most 5 pictures a second, 1 patterns of windows to paint over" in policy
    assert adapter in screen
    assert "MIT-SHM is working" in screen
    assert size == f"Size: {WIDTH}x{HEIGHT} pixels; monitors: {WIDTH}x{HEIGHT} at 0,0"
    assert time.endswith(" ms")


def test_the_names_of_windows_are_not_told(display: Display) -> None:
    assert display.name
    settings = ScreenSettings(exclude=(WindowPattern(title="*salary*"),))
    assert "salary" not in diagnosed(settings)[1]


def test_it_is_told_why_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    well, said = diagnosed(ScreenSettings())
    assert not well
    assert "cannot be recorded: wayland" in said
