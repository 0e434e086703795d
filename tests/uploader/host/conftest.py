"""A bus of its own for each test, with or without a NetworkManager on it."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from dbus_fast.aio import MessageBus

from tests.uploader.host.network_manager import NetworkManager


@pytest.fixture
def bus_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with subprocess.Popen(
        (
            "dbus-daemon",
            "--session",
            "--nofork",
            "--print-address",
            f"--address=unix:dir={tmp_path}",
        ),
        stdout=subprocess.PIPE,
        text=True,
    ) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield address
        daemon.terminate()


@pytest.fixture
async def manager(
    bus_address: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[NetworkManager]:
    """One that is heard however busy the test is."""
    monkeypatch.setattr("uploader.host.linux._TIMEOUT", 60.0)
    bus = await MessageBus(bus_address=bus_address).connect()
    manager = NetworkManager()
    bus.export("/org/freedesktop/NetworkManager", manager)
    await bus.request_name("org.freedesktop.NetworkManager")
    yield manager
    bus.disconnect()
    await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast leaves it open
