import pytest

from agent_client.host import this_host
from agent_client.host.linux import LinuxHost


def test_this_is_linux() -> None:
    assert isinstance(this_host(), LinuxHost)


@pytest.mark.parametrize(
    "environment",
    [
        {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"},
        {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"},
    ],
)
def test_a_wayland_session_cannot_be_captured(environment: dict[str, str]) -> None:
    assert LinuxHost(environment).cannot_capture() == "wayland"


def test_an_x11_session_can_be_captured() -> None:
    assert LinuxHost({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}).cannot_capture() == ""


def test_without_a_display_there_is_no_desktop() -> None:
    assert "DISPLAY" in LinuxHost({}).no_desktop()
    assert LinuxHost({"DISPLAY": ":0"}).no_desktop() == ""


def test_without_a_display_or_bus_there_is_no_tray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    assert LinuxHost({}).tray_is_there() is False
