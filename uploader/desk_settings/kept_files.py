"""Whether the files that the configuration names can be used by this user."""

from __future__ import annotations

import ssl
from pathlib import Path

from contract.desk_config import Mistake
from contract.desk_layers import Merged

_AUTHORITIES = "central.site_ca"
_OTHERS = (
    "network.client_certificate",
    "network.client_key",
    "workspace.https_certificate",
    "workspace.https_key",
)


def unusable(merged: Merged) -> tuple[Mistake, ...]:
    """What is wrong with them."""
    found = []
    for key in (_AUTHORITIES, *_OTHERS):
        path = merged.value(key)
        reason = _reason(path, authorities=key == _AUTHORITIES) if path else ""
        if reason:
            mistake = Mistake(key, f"{path} {reason}", "Name a PEM file that every user may read.")
            found.append(merged.origin(key).of(mistake))
    return tuple(found)


def _reason(path: str, *, authorities: bool) -> str:
    try:
        text = Path(path).read_bytes()
        if authorities:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        return "is no file of certificates"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "" if b"-----BEGIN " in text else "is no PEM file"
