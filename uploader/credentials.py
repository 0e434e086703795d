"""The device secret, in the system's keyring and nowhere else.

Only the four backends that encrypt are taken, by the name of their class: a plaintext backend that
happens to be installed is passed over, and so is what PYTHON_KEYRING_BACKEND names. Without a
keyring recording goes on and uploads wait. A keyring may ask its user for a password and so never
return: each call runs in a thread with a limit. Nobody likes to be asked again what he has just
waved away: a locked one is looked at as often as one likes, and asked now and then.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import re
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Protocol, TypeVar

import keyring.backend
import keyring.errors
from keyring.backend import KeyringBackend

logger = logging.getLogger(__name__)

ALLOWED = (
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
)
LIMIT = timedelta(seconds=10)
_ASKED_AGAIN = timedelta(hours=1)  # a locked keyring that can be seen to be locked
_TRIED_AGAIN = timedelta(minutes=15)  # one that cannot: to try is to ask
_DEVICE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class KeyringUnavailableError(Exception):
    """The secret cannot be had now; `code` is in docs/it/uploader.md."""

    def __init__(self, code: str, reason: str) -> None:
        """`reason` holds no secret."""
        super().__init__(reason)
        self.code = code


def found_keyring() -> KeyringBackend:
    """The best allowed backend on this machine; KeyringUnavailableError if there is none."""
    keyring.backend.get_all_keyring()  # loads the backends; what it finds it never finds anew
    kinds = KeyringBackend.get_viable_backends()
    return chosen(kind() for kind in kinds if _name(kind) in ALLOWED)


def chosen(backends: Iterable[KeyringBackend]) -> KeyringBackend:
    """The best allowed backend of these; KeyringUnavailableError if none is allowed."""
    allowed = [backend for backend in backends if _name(type(backend)) in ALLOWED]
    if not allowed:
        raise KeyringUnavailableError("no-keyring", "this session has no keyring that encrypts")
    best = max(allowed, key=lambda backend: float(backend.priority))
    if _name(type(best)) == ALLOWED[0]:
        best = best.with_properties(persist="local machine")  # else the secret roams
    return best


_Result = TypeVar("_Result")


class Secrets(Protocol):
    """Where secrets are kept, by name. Each may raise KeyringUnavailableError."""

    def read(self, name: str) -> str | None:
        """The secret of this name; None if there is none."""

    def write(self, name: str, secret: str) -> None:
        """Keep it, and read it back."""

    def remove(self, name: str) -> None:
        """Forget it; one that is not there is fine."""


CLIENT_KEY, PROXY = "client-key", "proxy"  # names of the passwords that IT gives


class Vault:
    """The desk's entry in the keyring. May be called from any thread, by one at a time."""

    def __init__(
        self,
        service: str,
        *,
        find: Callable[[], KeyringBackend] = found_keyring,
        limit: timedelta = LIMIT,
    ) -> None:
        """`service` names the entry, e.g. for one central; `find` gives the keyring."""
        self._service = service
        self._find = find
        self._limit = limit
        self._stuck: threading.Thread | None = None
        self._not_asked_before = timedelta(0)  # monotonic

    def read(self, name: str) -> str | None:
        """The secret of this name; None if the keyring has none. KeyringUnavailableError."""
        return self._within_limit(lambda: self._backend().get_password(self._entry(name), name))

    def write(self, name: str, secret: str) -> None:
        """Keep it, and read it back. KeyringUnavailableError if that cannot be done."""

        def keep() -> None:
            backend = self._backend()
            backend.set_password(self._entry(name), name, secret)
            if backend.get_password(self._entry(name), name) != secret:
                raise KeyringUnavailableError("keyring-denied", "the keyring does not keep things")

        self._within_limit(keep)

    def remove(self, name: str) -> None:
        """Forget it; one that is not there is fine. KeyringUnavailableError."""

        def forget() -> None:
            with contextlib.suppress(keyring.errors.PasswordDeleteError):
                self._backend().delete_password(self._entry(name), name)

        self._within_limit(forget)

    def _entry(self, name: str) -> str:
        """One for each secret: in the Windows vault a second one under a name moves the first."""
        return self._service if _DEVICE.fullmatch(name) else f"{self._service} {name}"

    def _backend(self) -> KeyringBackend:
        """The keyring; KeyringUnavailableError while it is locked and was asked not long ago."""
        backend = self._find()
        locked = seen_locked(backend)
        if locked is False:
            return backend
        if _monotonic() < self._not_asked_before:
            raise KeyringUnavailableError("keyring-locked", "the keyring is locked")
        if locked:
            self._not_asked_before = _monotonic() + _ASKED_AGAIN
        return backend

    def _within_limit(self, act: Callable[[], _Result]) -> _Result:
        if self._stuck is not None and self._stuck.is_alive():
            raise KeyringUnavailableError("keyring-silent", "the keyring has not answered yet")
        answer: queue.SimpleQueue[tuple[_Result] | KeyringUnavailableError] = queue.SimpleQueue()

        def work() -> None:
            try:
                answer.put((act(),))
            except KeyringUnavailableError as error:
                answer.put(error)
            except keyring.errors.KeyringLocked as error:
                soonest = _monotonic() + _TRIED_AGAIN
                self._not_asked_before = max(self._not_asked_before, soonest)
                answer.put(_unavailable(error))
            except Exception as error:  # noqa: BLE001  # backends raise what their libraries raise
                answer.put(_unavailable(error))

        thread = threading.Thread(target=work, name="keyring", daemon=True)
        thread.start()
        try:
            result = answer.get(timeout=self._limit.total_seconds())
        except queue.Empty:
            self._stuck = thread
            raise KeyringUnavailableError(
                "keyring-silent", "the keyring does not answer; perhaps it asks for its password"
            ) from None
        if isinstance(result, KeyringUnavailableError):
            raise result
        return result[0]


def seen_locked(backend: KeyringBackend) -> bool | None:
    """Whether it is locked, without asking its user for anything; None if that cannot be seen."""
    if _name(type(backend)) != ALLOWED[2]:
        return None
    import secretstorage  # noqa: PLC0415  # on Linux alone

    with contextlib.closing(secretstorage.dbus_init()) as connection:
        try:
            return secretstorage.Collection(connection).is_locked()
        except secretstorage.ItemNotFoundException:
            return None  # there is no default collection yet: it is made when it is needed


def _monotonic() -> timedelta:
    return timedelta(seconds=time.monotonic())


def _name(kind: type[KeyringBackend]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _unavailable(error: Exception) -> KeyringUnavailableError:
    if isinstance(error, keyring.errors.KeyringLocked):
        code, reason = "keyring-locked", "the keyring is locked"
    elif isinstance(error, (keyring.errors.NoKeyringError, keyring.errors.InitError)):
        code, reason = "no-keyring", "this session has no keyring"
    else:
        code, reason = "keyring-denied", f"the keyring refuses: {type(error).__name__}"
    unavailable = KeyringUnavailableError(code, reason)
    unavailable.__cause__ = error
    return unavailable
