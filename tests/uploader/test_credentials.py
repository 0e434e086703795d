"""The device secret: in a keyring that encrypts, or nowhere."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as ForgetfulKeyring

from uploader.credentials import ALLOWED, KeyringUnavailableError, Vault, chosen

ROOT = Path(__file__).parents[2]
PATIENT = timedelta(seconds=30)


class Plaintext(KeyringBackend):
    """As keyrings.alt has one; its priority is the highest on a machine without another."""

    priority = 9

    def get_password(self, service: str, username: str) -> str | None:
        del service, username
        return "in the clear"

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write it to a file that anyone may read."""


class Behaving(KeyringBackend):
    """A keyring that behaves as told."""

    priority = 5

    def __init__(self, behave: Callable[[], None]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's
        self.behave = behave
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        self.behave()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.behave()
        self.kept[service, username] = password


def vault(behave: Callable[[], None], limit: timedelta = PATIENT) -> Vault:
    backend = Behaving(behave)
    return Vault("Twinreel", find=lambda: backend, limit=limit)


def raising(error: Exception) -> Callable[[], None]:
    def behave() -> None:
        raise error

    return behave


def test_what_was_kept_is_read_again() -> None:
    ours = vault(lambda: None)
    assert ours.read("desk-1") is None
    ours.write("desk-1", "secret")
    assert ours.read("desk-1") == "secret"
    assert ours.read("desk-2") is None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (keyring.errors.KeyringLocked("no"), "keyring-locked"),
        (keyring.errors.NoKeyringError("no"), "no-keyring"),
        (keyring.errors.PasswordSetError("no"), "keyring-denied"),
        (OSError("no bus"), "keyring-denied"),
    ],
)
def test_a_keyring_that_refuses_is_a_code_and_no_crash(error: Exception, code: str) -> None:
    with pytest.raises(KeyringUnavailableError) as caught:
        vault(raising(error)).read("desk-1")
    assert caught.value.code == code


def test_a_keyring_that_hangs_is_left_after_its_limit_and_not_asked_again_meanwhile() -> None:
    answer = threading.Event()
    calls: list[int] = []

    def hang() -> None:
        calls.append(1)
        answer.wait(60)

    ours = vault(hang, timedelta(milliseconds=50))
    for _ in range(3):
        with pytest.raises(KeyringUnavailableError) as caught:
            ours.read("desk-1")
        assert caught.value.code == "keyring-silent"
    assert calls == [1]
    answer.set()
    assert ours._stuck is not None
    ours._stuck.join(60)
    assert ours.read("desk-1") is None


@pytest.mark.parametrize("kind", [Plaintext, ForgetfulKeyring, NoKeyring])
def test_a_keyring_that_does_not_encrypt_is_refused(kind: type[KeyringBackend]) -> None:
    with pytest.raises(KeyringUnavailableError) as caught:
        chosen([kind()])
    assert caught.value.code == "no-keyring"


def test_an_encrypting_keyring_is_chosen_whatever_the_others_priority() -> None:
    kind = type("Keyring", (Behaving,), {"__module__": "keyring.backends.SecretService"})
    ours = kind(lambda: None)
    plaintext: type[KeyringBackend] = Plaintext
    assert chosen([plaintext(), ours]) is ours


def test_on_windows_the_secret_does_not_roam() -> None:
    kind = type("WinVaultKeyring", (Behaving,), {"__module__": "keyring.backends.Windows"})
    assert vars(chosen([kind(lambda: None)]))["persist"] == "local machine"


def test_the_allowed_classes_exist_under_their_names() -> None:
    for name in ALLOWED:
        module, _, kind = name.rpartition(".")
        found = __import__(module, fromlist=[kind])
        assert issubclass(getattr(found, kind), KeyringBackend)


def test_a_keyring_that_forgets_is_no_keyring() -> None:
    forgetful = Vault("Twinreel", find=ForgetfulKeyring, limit=PATIENT)
    with pytest.raises(KeyringUnavailableError):
        forgetful.write("desk-1", "secret")


_SCRIPT = """
import sys
from uploader.credentials import KeyringUnavailableError, Vault
try:
    if sys.argv[1] == "write":
        Vault("Twinreel").write("desk-1", "the secret")
    print(Vault("Twinreel").read("desk-1"))
except KeyringUnavailableError as error:
    print(error.code)
"""


def _asked(what: str, environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", _SCRIPT, what],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout.strip()


def test_the_systems_keyring_keeps_the_secret_for_the_next_process(
    keyring_session: dict[str, str],
) -> None:
    assert _asked("write", keyring_session) == "the secret"
    assert _asked("read", keyring_session) == "the secret"
    files = [one for one in Path(keyring_session["HOME"]).rglob("*") if one.is_file()]
    assert files
    assert not any(b"the secret" in one.read_bytes() for one in files)


def test_the_environment_cannot_choose_another_keyring(keyring_session: dict[str, str]) -> None:
    chosen_by_environment = {
        **keyring_session,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    assert _asked("write", chosen_by_environment) == "the secret"


def test_a_session_without_a_bus_has_no_keyring(keyring_session: dict[str, str]) -> None:
    lonely = {
        **keyring_session,
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus",
    }
    assert _asked("read", lonely) == "no-keyring"


class Locking(Behaving):
    """A keyring that asks its user, who waves it away; whether it is locked cannot be seen."""

    asked = 0

    def __init__(self) -> None:
        super().__init__(self._ask)

    def _ask(self) -> None:
        self.asked += 1
        raise keyring.errors.KeyringLocked("waved away")


def test_a_user_who_waved_the_keyring_away_is_not_asked_again_at_once() -> None:
    backend = Locking()
    ours = Vault("Twinreel", find=lambda: backend, limit=PATIENT)
    for _ in range(5):
        with pytest.raises(KeyringUnavailableError) as caught:
            ours.read("desk-1")
        assert caught.value.code == "keyring-locked"
    assert backend.asked == 1


def test_each_secret_has_an_entry_of_its_own() -> None:
    device = "0b0e7a1e-6f3c-4a57-9d0f-6d0f3a1b2c3d"
    backend = Behaving(lambda: None)
    ours = Vault("Twinreel", find=lambda: backend, limit=PATIENT)
    names = [device, f"{device}.next", "proxy", "client-key"]
    for name in names:
        ours.write(name, f"secret of {name}")
    assert [ours.read(name) for name in names] == [f"secret of {name}" for name in names]
    services = [service for service, _ in backend.kept]
    assert services[0] == "Twinreel"  # where earlier versions kept it
    assert len(set(services)) == len(names)


def test_a_keyring_that_cannot_be_opened_at_all_is_none() -> None:
    with pytest.raises(KeyringUnavailableError) as caught:
        vault(raising(keyring.errors.InitError("no collection"))).read("desk-1")
    assert caught.value.code == "no-keyring"
