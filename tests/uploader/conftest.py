"""What the uploader's tests share: a session with a real keyring."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def keyring_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a session with an unlocked gnome-keyring and nothing of this machine's."""
    if sys.platform == "win32":
        pytest.skip("its keyring is Linux'")
    home: Path = tmp_path_factory.mktemp("home")
    runtime = tmp_path_factory.mktemp("run")
    runtime.chmod(0o700)
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "XDG_RUNTIME_DIR": str(runtime),
        "LC_ALL": "C.UTF-8",
    }
    with subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as bus:
        assert bus.stdout is not None
        environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        with subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as keyring:
            assert keyring.stdin is not None
            keyring.stdin.write(b"password\n")
            keyring.stdin.close()
            _until_it_is_on_the_bus(environment)
            yield environment
            keyring.terminate()
        bus.terminate()


def _until_it_is_on_the_bus(environment: dict[str, str]) -> None:
    """Unlocked by then; whoever asked before would find none, or have the bus begin another."""
    deadline = time.monotonic() + 60
    ask = (
        *("dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus"),
        *("/", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"),
    )
    while (
        "true"
        not in subprocess.run(
            ask, env=environment, capture_output=True, text=True, check=True, timeout=60
        ).stdout
    ):
        assert time.monotonic() < deadline, "the keyring does not come"
        time.sleep(0.02)
