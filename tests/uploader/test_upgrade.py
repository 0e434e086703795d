"""The uploader as a program, while an administrator replaces its files."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.make_way import MakeWay
from tests.uploader.desk_program import Desk, beforehand
from tests.uploader.false_central import FalseCentral
from tests.uploader.test_app import Client

if sys.platform == "win32":
    pytest.skip("users have no numbers there", allow_module_level=True)

pytestmark = pytest.mark.e2e

_HURRY = """
from datetime import timedelta
import uploader.app.making_way, uploader.make_way, uploader.make_way.posix
uploader.app.making_way._CLIENT_COMES = timedelta()
uploader.make_way.PLACE = {place!r}
uploader.make_way.posix.ADMINISTRATOR = {user}
"""


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "make-way.json"


@pytest.fixture
def desk(tmp_path: Path, marker: Path, keyring_session: dict[str, str]) -> Iterator[Desk]:
    hurry = _HURRY.format(place=str(marker), user=os.getuid())
    environment = beforehand(tmp_path, hurry, keyring_session)
    with _central() as central:
        yield Desk(tmp_path, central.url, central.token, environment)
        marker.unlink(missing_ok=True)  # nobody waits for it any longer


@contextmanager
def _central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    with central.serving():
        yield central


def lay(marker: Path) -> None:
    marker.write_bytes(MakeWay(datetime.now(UTC) + timedelta(hours=1), now=False).to_json())


def take_away(marker: Path) -> None:
    marker.unlink()


async def test_for_a_client_that_was_lost_it_leaves_a_waiter(
    desk: Desk, marker: Path, tmp_path: Path
) -> None:
    back = tmp_path / "back"
    with desk.running() as uploader:
        client = Client(desk, ("/bin/sh", "-c", f"echo > {back}"))
        await client.until(lambda: client.connected)
        lay(marker)
        client.task.cancel()
        await client.until(lambda: uploader.poll() is not None)
        assert uploader.returncode == 0
        assert not back.exists()
        take_away(marker)
        await client.until(back.exists)


async def test_for_a_client_that_comes_back_by_itself_it_leaves_none(
    desk: Desk, marker: Path
) -> None:
    with desk.running() as uploader:
        client = Client(desk, ("/bin/sh", "-c", "exit"))
        await client.until(lambda: client.connected)
        lay(marker)
        await client.desk.goodbye(returns=True)
        await client.until(lambda: uploader.poll() is not None)
        assert uploader.returncode == 0
    assert "making way" in desk.log()
    assert "waits to start" not in desk.log()
