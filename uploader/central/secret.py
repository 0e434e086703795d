"""A new secret for this desk: its hash goes to central, the secret itself nowhere."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus

import msgspec

from contract.protocol import SECRET, NewSecret
from uploader.link import Link, RefusedError

_NOT_LET_IN = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,  # a central of before, which has taken no new secret
        HTTPStatus.METHOD_NOT_ALLOWED,
    }
)


def is_let_in(link: Link, device_id: str, secret: str) -> bool:
    """Whether central knows this secret. If it was offered, it alone counts from now on.

    CentralError if there is no answer to that.
    """
    try:
        _offer(link, device_id, secret, secret)
    except RefusedError as error:
        if error.status not in _NOT_LET_IN:
            raise
        return False
    return True


def offer(link: Link, device_id: str, old: str, new: str) -> None:
    """Have the new one let in beside the old one, which signs this request. CentralError."""
    _offer(link, device_id, old, new)


def _offer(link: Link, device_id: str, signed_by: str, secret: str) -> None:
    told = NewSecret(sha256=sha256(secret.encode()).hexdigest())
    link.ask(
        "POST",
        SECRET,
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {device_id}.{signed_by}",
        },
        body=msgspec.json.encode(told),
    )
