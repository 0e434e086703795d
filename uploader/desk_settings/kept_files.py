"""Whether the files and folders that the configuration names can be used by this user."""

from __future__ import annotations

import os
import ssl
import sys
from pathlib import Path

from contract.desk_config import Mistake
from contract.desk_layers import Layer, Merged

_AUTHORITIES = "central.site_ca"
_FOR_LOCALHOST = ("workspace.https_certificate", "workspace.https_key")
_NO_PASSWORD = ""  # else OpenSSL would ask for one at the terminal
_OTHERS = ("network.client_certificate", "network.client_key", *_FOR_LOCALHOST)


def unusable(merged: Merged) -> tuple[Mistake, ...]:
    """What is wrong with them."""
    found = []
    for key in (_AUTHORITIES, *_OTHERS):
        path = merged.value(key)
        reason = _reason(path, authorities=key == _AUTHORITIES) if path else ""
        if reason:
            mistake = Mistake(key, f"{path} {reason}", "Name a PEM file that every user may read.")
            found.append(merged.origin(key).of(mistake))
    found += _pair(merged) if not {one.key for one in found} & {*_FOR_LOCALHOST} else []
    return tuple(found)


def unusable_folder(path: str) -> str:
    """Why this user cannot have his files there; "" if he can, as far as can be seen."""
    folder = Path(os.path.expanduser(path))
    if not folder.is_absolute():
        return f"{path} is no whole path"
    try:
        there = next(one for one in (folder, *folder.parents) if os.path.lexists(one))
        if sys.platform != "win32" and there == folder and folder.stat().st_uid != os.geteuid():
            return f"{path} belongs to another user"
    except OSError as error:
        return f"{path} cannot be used: {error.strerror}"
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return f"{path} cannot be used: nothing can be written at {there}"
    return ""


def _pair(merged: Merged) -> list[Mistake]:
    """Whether certificate and key for localhost belong together; the client needs both."""
    certificate, key = (merged.value(one) for one in _FOR_LOCALHOST)
    if not certificate or not key:
        return []
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key, password=_NO_PASSWORD)
    except OSError as error:  # ssl.SSLError is one
        reason = getattr(error, "reason", None) or error.strerror
        users = (one for one in _FOR_LOCALHOST if merged.origin(one).layer is Layer.USER)
        whose = next(users, _FOR_LOCALHOST[0])
        mistake = Mistake(
            whose,
            f"certificate and key cannot be used: {reason}",
            "Name a PEM certificate and the PEM key that belongs to it.",
        )
        return [merged.origin(whose).of(mistake)]
    return []


def _reason(path: str, *, authorities: bool) -> str:
    if os.path.exists(path) and not os.path.isfile(path):
        return "is no file"  # a pipe would be waited for
    try:
        text = Path(path).read_bytes()
        if authorities:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        return "is no file of certificates"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "" if b"-----BEGIN " in text else "is no PEM file"
