"""Who this desk is, and the secret that proves it: enrolled, kept, replaced in time.

A new secret takes the place of the old one in steps, one each time that `renew` is called, and
what the keyring holds says which step is next: nothing else is remembered.

| step | the keyring holds | central lets in |
|---|---|---|
| - | old | old |
| keep the new one under its second name | old, new | old |
| offer its hash, signed in with the old | old, new | old, new |
| sign in with the new | old, new | new |
| keep it under the main name | new, new | new |
| remove the second | new | new |

Whatever is lost after whichever step, one of the two is let in, and it is found by asking. A minute
lies between the steps of the keyring and those of central, so that a keyring which writes to disk
in its own time has done so.
"""

from __future__ import annotations

import logging
import secrets
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from contract.canonical import b64, utc_text
from contract.desk_config import IDENTITY, Identity
from contract.protocol import EnrolmentToken
from uploader.app.standing import Board
from uploader.central.enrolment import enrol
from uploader.central.secret import is_let_in, offer
from uploader.core import Verdict
from uploader.core.renewal import secret_is_due
from uploader.credentials import KeyringUnavailableError, Secrets
from uploader.link import CentralError, Link, UnreachableError
from uploader.spool import durable

logger = logging.getLogger(__name__)

SINCE = "secret.json"
_BYTES = 32
_RESTS = timedelta(minutes=10)  # after a step that failed; a keyring may have asked its user


class _Since(msgspec.Struct, frozen=True, kw_only=True):
    """When this desk's secret was made, by central's clock; the secret is not here."""

    device_id: str
    since: datetime


def second_name(device_id: str) -> str:
    """Under which the keyring holds a secret that is to come."""
    return f"{device_id}.next"


class SigningIn:
    """The desk's credential. For one thread."""

    def __init__(  # noqa: PLR0913  # each is a part that app puts together
        self,
        state: Path,
        central_url: str,
        token: EnrolmentToken | None,
        version: str,
        *,
        link: Link,
        vault: Secrets,
        board: Board,
        monotonic: Callable[[], timedelta],
    ) -> None:
        """`token` is spent when there is no identity yet, or its secret is lost."""
        self._state = state
        self._central_url = central_url
        self._token = token
        self._version = version
        self._link = link
        self._vault = vault
        self._board = board
        self._monotonic = monotonic
        self._unsaved: tuple[Identity, str] | None = None
        self._coming: str | None = None  # the second secret, as the keyring was seen to hold it
        self._not_before = timedelta(0)

    def have(self) -> bool:
        """Have an identity and its secret; whether this desk is another one than before.

        KeyringUnavailableError, CentralError.
        """
        standing = self._board.now
        if standing.credential is not None:
            return False
        if self._unsaved is None and standing.identity is not None:
            secret = self._found(standing.identity.device_id)
            if secret is not None:
                self._board.note(lambda now: replace(now, secret=secret))
                return False
            logger.warning("the keyring has lost the secret of this desk")
        if self._unsaved is None:
            if self._token is None:
                raise CentralError(
                    "there is no enrolment token", verdict=Verdict.SIGN_IN, code="not-enrolled"
                )
            self._vault.read("probe")  # before the token is used up: would the keyring take it?
            self._unsaved = enrol(
                self._link, self._central_url, self._token, socket.gethostname(), self._version
            )
        identity, secret = self._unsaved
        self._vault.write(identity.device_id, secret)
        durable.write_whole(self._state / IDENTITY, msgspec.json.encode(identity))
        self._unsaved, self._coming = None, None
        self._board.note(lambda now: replace(now, identity=identity, secret=secret))
        return True

    def renew(self, now: datetime) -> None:
        """Take the next step to a new secret, if one is due; `now` by central's clock.

        What goes wrong is logged and tried again: the desk has a secret that is let in.
        """
        standing = self._board.now
        if standing.identity is None or standing.secret is None or standing.policy is None:
            return
        if self._monotonic() < self._not_before:
            return
        device, days = standing.identity.device_id, standing.policy.uploading.secret_days
        try:
            if self._coming is not None:
                self._go_on(device, standing.secret, self._coming, now)
            elif secret_is_due(self._since(device, now), days, now):
                self._begin(device)
        except (KeyringUnavailableError, CentralError, OSError) as error:
            self._not_before = self._monotonic() + _RESTS
            logger.warning("a new secret has to wait: %s", error)

    def _found(self, device: str) -> str | None:
        """The secret in the keyring that central lets in; the main one, if there is no other."""
        main, second = self._vault.read(device), self._vault.read(second_name(device))
        self._coming = second
        if main is None or second is None or main == second:
            return main or second
        return second if is_let_in(self._link, device, second) else main

    def _begin(self, device: str) -> None:
        second = b64(secrets.token_bytes(_BYTES))
        self._vault.write(second_name(device), second)
        self._coming = second
        logger.info("a new secret is in the keyring, beside the present one")

    def _go_on(self, device: str, present: str, coming: str, now: datetime) -> None:
        if self._vault.read(second_name(device)) != coming:
            self._coming = None  # the keyring did not keep it: begin again
            return
        if present != coming:
            if not is_let_in(self._link, device, coming):
                offer(self._link, device, present, coming)
            # From here on all threads sign in with it: the first of them ends the old one.
            self._board.note(lambda standing: replace(standing, secret=coming))
            if not is_let_in(self._link, device, coming):
                self._board.note(lambda standing: replace(standing, secret=present))
                raise UnreachableError(
                    "central does not let in what it was offered", code="central-confused"
                )
            logger.info("central lets this desk in with its new secret alone")
        if self._vault.read(device) != coming:
            self._vault.write(device, coming)
            return
        self._note_since(device, now)
        self._vault.remove(second_name(device))
        self._coming = None
        logger.info("the old secret is gone")

    def _since(self, device: str, now: datetime) -> datetime:
        """When the present secret was made; not known: from now on it is counted."""
        try:
            noted = msgspec.json.decode((self._state / SINCE).read_bytes(), type=_Since)
        except (OSError, msgspec.MsgspecError):
            noted = None
        if noted is None or noted.device_id != device or noted.since.tzinfo is None:
            self._note_since(device, now)
            return now
        return noted.since

    def _note_since(self, device: str, now: datetime) -> None:
        noted = {"device_id": device, "since": utc_text(now)}
        durable.write_whole(self._state / SINCE, msgspec.json.encode(noted))
