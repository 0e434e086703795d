"""HTTP Basic credentials, RFC 7617, to and from the Authorization header."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and a password, which no repr shows."""

    username: str
    password: str = field(repr=False)

    def header(self) -> str:
        """The value of the Authorization header."""
        pair = f"{self.username}:{self.password}".encode()
        return f"Basic {base64.b64encode(pair).decode('ascii')}"


def credentials(header: str) -> Credentials | None:
    """What an Authorization header carries; None if it is none of Basic. UTF-8, else Latin-1."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        pair = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        text = pair.decode("utf-8")
    except UnicodeDecodeError:
        text = pair.decode("latin-1")
    username, colon, password = text.partition(":")
    if not colon or not username or not text.isprintable():
        return None
    return Credentials(username, password)
