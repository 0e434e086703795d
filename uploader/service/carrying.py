"""What one process of the service does: keep the service's own desk, or carry one user's spool."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import msgspec

from contract.canonical import unb64
from contract.desk_config import CLOCK, IDENTITY, POLICY, SPOOL, Clock, Identity
from contract.policy import PolicyError, accept
from contract.signing import key_id
from uploader.app import Uploader
from uploader.app.handover import is_wanted
from uploader.app.standing import Standing
from uploader.config import Settings
from uploader.credentials import CLIENT_KEY, PROXY, KeyringUnavailableError, Secrets
from uploader.machine_secrets import MachineSecrets
from uploader.route import RulesBrokenError, ask
from uploader.spool import AlreadyRunningError, Spool, durable

logger = logging.getLogger(__name__)

_SECRETS = "secrets"
_WAYS = "ways.json"  # what the proxy file said last, if there is one
Ways = Mapping[str, tuple[str, ...]]  # by central's addresses


def own_state(settings: Settings, environment: Mapping[str, str]) -> Path:
    """The service's own state folder."""
    if settings.desk.service.state_dir is not None:
        return Path(settings.desk.service.state_dir)
    if sys.platform == "win32":
        return Path(environment.get("PROGRAMDATA", "C:\\ProgramData"), "Twinreel", "service")
    if sys.platform == "darwin":
        return Path("/Library/Application Support/Twinreel/service")
    return Path("/var/lib/twinreel-service")


def own_secrets(state: Path) -> MachineSecrets:
    """The service's secrets; `state` is its own folder."""
    return MachineSecrets(state / _SECRETS)


class Carried:
    """Secrets read before a process became a user's; nothing can be kept."""

    def __init__(self, kept: Mapping[str, str | None]) -> None:
        """`kept` by name."""
        self._kept = dict(kept)

    def __repr__(self) -> str:
        """No secret."""
        return "Carried()"

    def read(self, name: str) -> str | None:
        """The secret of this name; None if there is none."""
        return self._kept.get(name)

    def write(self, name: str, secret: str) -> None:
        """Refused: KeyringUnavailableError."""
        del name, secret
        raise KeyringUnavailableError("keyring-denied", "this process keeps no secrets")

    def remove(self, name: str) -> None:
        """Refused: KeyringUnavailableError."""
        self.write(name, "")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a carrying process knows of the service's own desk."""

    standing: Standing
    secrets: Secrets = field(repr=False)
    ways: Ways | None = None

    def ask_rules(self, at: str, urls: Sequence[str], site_ca: str | None) -> Ways:
        """What the service itself was told last; RulesBrokenError.

        Who carries is a user by then: a process that it started would be the user's, and could be
        made to name a proxy of his, which would be told the machine's password.
        """
        del at, site_ca
        if self.ways is None or not set(urls) <= self.ways.keys():
            raise RulesBrokenError("the service has no rules for proxies yet")
        return self.ways


def tend(settings: Settings, state: Path, secrets: Secrets | None = None) -> bool:
    """Enrol if need be, fetch the policy, measure the clock, renew the secret; whether all is well.

    Writes to the service's own state folder alone.
    """
    vault = secrets or own_secrets(state)

    def ask_rules(at: str, urls: Sequence[str], site_ca: str | None) -> Ways:
        said = ask(at, urls, site_ca)
        if said != _ways(state):
            durable.write_whole(state / _WAYS, msgspec.json.encode(said))
        return said

    own = replace(settings, state=state)
    return Uploader(own, vault, by="service", ask_rules=ask_rules).once()


def desk_of(state: Path) -> Desk | None:
    """The service's desk as `tend` left it; None until there is one that may send."""
    vault = own_secrets(state)
    try:
        identity = msgspec.json.decode((state / IDENTITY).read_bytes(), type=Identity)
        secret = vault.read(identity.device_id)
        root = unb64(identity.root_key)
        policy = accept((state / POLICY).read_bytes(), {key_id(root): root}, None)
        carried = Carried({name: vault.read(name) for name in (CLIENT_KEY, PROXY)})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, msgspec.MsgspecError, PolicyError, KeyringUnavailableError):
        logger.exception("the service's own desk cannot be read")
        return None
    if secret is None:
        return None
    offset = timedelta(0)
    with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
        clock = msgspec.json.decode((state / CLOCK).read_bytes(), type=Clock)
        offset = timedelta(microseconds=clock.offset_us)
    standing = Standing(
        identity=identity, secret=secret, policy=policy, offset=offset, connected=True
    )
    return Desk(standing, carried, _ways(state))


def _ways(state: Path) -> Ways | None:
    with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return msgspec.json.decode((state / _WAYS).read_bytes(), type=dict[str, tuple[str, ...]])
    return None


def carry(
    settings: Settings, desk: Desk, state: Path, stopping: Callable[[], bool] = lambda: False
) -> None:
    """Send what waits in this user's spool; to be called as that user.

    Does nothing while the user's own uploader has the spool or asks for it.
    """
    folder = state / SPOOL
    if not os.path.isdir(folder) or is_wanted(state) or not Spool(folder).waiting():
        return
    try:
        own = replace(settings, state=state)
        uploader = Uploader(own, desk.secrets, by="service", ask_rules=desk.ask_rules)
    except AlreadyRunningError:
        return
    uploader.carry(desk.standing, lambda: stopping() or is_wanted(state))
