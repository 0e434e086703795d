"""The policy on this desk: fetched by the uploader, verified here before it is followed."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from contract.canonical import unb64
from contract.desk_config import IDENTITY, POLICY, Identity
from contract.policy import Policy, PolicyError, accept
from contract.signing import key_id

logger = logging.getLogger(__name__)

NO_POLICY = "no-policy"
POLICY_EXPIRED = "policy-expired"
POLICY_REFUSED = "policy-unusable"


@dataclass(frozen=True, slots=True)
class Reading:
    """What to follow, and what is wrong with it (a code, or "")."""

    policy: Policy | None
    device_id: str
    problem: str


class PolicyFile:
    """policy.json and identity.json in the state folder. The last good policy is kept."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._files = (folder / IDENTITY, folder / POLICY)
        self._now = now  # aware UTC
        self._seen: tuple[object, ...] | None = None
        self._reading = Reading(None, "", NO_POLICY)

    def read(self) -> Reading:
        """Read again what changed, and look whether the policy is still in force."""
        prints = tuple(_print(path) for path in self._files)
        if prints != self._seen:
            self._seen = prints
            self._reading = self._read()
        return self._aged()

    def _read(self) -> Reading:
        last = self._reading
        try:
            identity_text, document = (path.read_bytes() for path in self._files)
        except FileNotFoundError:
            return Reading(last.policy, last.device_id, "" if last.policy else NO_POLICY)
        except OSError as error:
            logger.error("the policy cannot be read: %s", error.strerror)  # noqa: TRY400 no traceback: ids only
            return Reading(last.policy, last.device_id, POLICY_REFUSED)
        try:
            identity = msgspec.json.decode(identity_text, type=Identity)
            root = unb64(identity.root_key)
            # At the start an expired one is followed, and said to be expired: it was good once.
            since = None if last.policy is None else self._now()
            policy = accept(document, {key_id(root): root}, since)
        except (msgspec.MsgspecError, PolicyError, ValueError) as error:
            logger.error("the policy was refused: %s", error)  # noqa: TRY400 as above
            return Reading(last.policy, last.device_id, POLICY_REFUSED)
        logger.info("following policy version %s", policy.version)
        return Reading(policy, identity.device_id, "")

    def _aged(self) -> Reading:
        reading = self._reading
        if reading.policy is None or reading.problem or self._now() < reading.policy.expires_at:
            return reading
        return Reading(reading.policy, reading.device_id, POLICY_EXPIRED)


def _print(path: Path) -> tuple[int, int, int] | None:
    """What differs when a file was replaced."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
