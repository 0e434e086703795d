"""A keyring that is locked and unlocked again, for real, under a running uploader."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.uploader.desk_program import Desk, until
from tests.uploader.false_central import FalseCentral
from tests.uploader.recordings import spooled

pytestmark = pytest.mark.e2e

_LOCK = """
import secretstorage
connection = secretstorage.dbus_init()
for one in secretstorage.get_all_collections(connection):
    one.lock()
assert secretstorage.Collection(connection).is_locked()
"""

# What the sign-in to a session calls; the password as the session's keyring was begun with.
_UNLOCK = """
import secretstorage
from jeepney import DBusAddress, new_method_call

PATH = "/org/freedesktop/secrets"
connection = secretstorage.dbus_init()

def call(interface, method, signature, *body):
    address = DBusAddress(PATH, "org.freedesktop.secrets", interface)
    return connection.send_and_get_reply(new_method_call(address, method, signature, body)).body

_, session = call("org.freedesktop.Secret.Service", "OpenSession", "sv", "plain", ("s", ""))
call(
    "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
    "UnlockWithMasterPassword",
    "o(oayays)",
    PATH + "/collection/login",
    (session, b"", b"password\\n", "text/plain"),
)
assert not secretstorage.Collection(connection).is_locked()
"""


def _done(what: str, environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-c", what], env=environment, check=True, timeout=60)


@pytest.fixture
def central() -> Iterator[FalseCentral]:
    central = FalseCentral()
    with central.serving():
        yield central


def test_uploads_wait_for_a_locked_keyring_and_go_on_by_themselves(
    tmp_path: Path, central: FalseCentral, keyring_session: dict[str, str]
) -> None:
    desk = Desk(tmp_path, central.url, central.token, keyring_session)
    assert desk.run("--once").returncode == 0
    recording_id = spooled(desk.spool, 1000)
    _done(_LOCK, keyring_session)
    try:
        with desk.running() as process:
            until(lambda: "keyring-locked" in desk.log())
            assert desk.spool.waiting() == [recording_id]
            _done(_UNLOCK, keyring_session)
            until(lambda: recording_id in central.taken)
            assert process.poll() is None
    finally:
        _done(_UNLOCK, keyring_session)
    told = [line for line in desk.log().splitlines() if "keyring-locked" in line]
    # A log that says it every few seconds is full.
    assert sum(" DEBUG " not in line for line in told) < 3
