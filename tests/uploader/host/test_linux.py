"""Whether the network is metered, asked over a real bus of a NetworkManager of our own on it."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path

import pytest

from tests.uploader.host.network_manager import NetworkManager
from uploader.host import this_host
from uploader.host.linux import LinuxHost

if sys.platform == "win32":
    pytest.skip("a bus is a Unix socket", allow_module_level=True)


async def metered() -> bool:
    return (await asyncio.to_thread(LinuxHost().surrounding)).metered


async def test_a_network_is_metered_when_networkmanager_says_or_guesses_so(
    manager: NetworkManager,
) -> None:
    said = {}
    for manager.says in range(5):  # unknown, yes, no, guessed yes, guessed no
        said[manager.says] = await metered()
    assert said == {0: False, 1: True, 2: False, 3: True, 4: False}


@pytest.mark.usefixtures("bus_address")
async def test_without_networkmanager_no_network_is_metered() -> None:
    assert await metered() is False


@pytest.mark.parametrize("address", ["unix:path=/nonexistent", "tcp:host=127.0.0.1", "nonsense"])
async def test_without_a_bus_no_network_is_metered(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    assert await metered() is False


async def test_a_bus_that_says_nothing_is_waited_for_a_moment_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "bus"))
        silent.listen()
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
        assert await metered() is False


def test_this_is_linux() -> None:
    assert isinstance(this_host(), LinuxHost)
