"""The whole uploader on a network that costs by the byte."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.uploader.desk_program import Desk, beforehand, until
from tests.uploader.false_central import FalseCentral
from tests.uploader.host.network_manager import NetworkManager
from tests.uploader.recordings import spooled

pytestmark = pytest.mark.e2e

# The network's manager is this very test, which may be busy.
_PATIENCE = """
from uploader.host import linux, surroundings
linux._TIMEOUT = 60.0
surroundings.Surroundings.__init__.__kwdefaults__["first_seconds"] = 60.0
"""


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    with central.serving():
        yield central


@pytest.fixture
def desk(
    tmp_path: Path,
    central: FalseCentral,
    keyring_session: dict[str, str],
    bus_address: str,
) -> Desk:
    environment = beforehand(
        tmp_path, _PATIENCE, {**keyring_session, "DBUS_SYSTEM_BUS_ADDRESS": bus_address}
    )
    return Desk(tmp_path, central.url, central.token, environment)


async def test_what_may_not_leave_there_waits_until_somebody_asks(
    manager: NetworkManager, desk: Desk, central: FalseCentral
) -> None:
    manager.says = 1
    recording_id = spooled(desk.spool, 1000)

    def waits_then_goes() -> None:
        with desk.running():
            until(lambda: '"held":"metered"' in _told(desk))
            assert recording_id not in central.taken
            assert desk.run("now").returncode == 0
        assert recording_id in central.taken

    await asyncio.to_thread(waits_then_goes)


def _told(desk: Desk) -> str:
    try:
        return (desk.state / "status.json").read_text()
    except FileNotFoundError:
        return ""
