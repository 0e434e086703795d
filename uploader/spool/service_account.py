"""The account of the machine's uploader on Windows: pure, for whoever writes access lists."""

from __future__ import annotations

import struct
from hashlib import sha1

SERVICE_NAME = "TwinreelUploader"


def service_sid(name: str = SERVICE_NAME) -> str:
    """The identifier of this service's virtual account.

    Windows makes it from the name alone, so that it can be named before the service is there; only
    an administrator can install a service of that name.
    """
    found = sha1(name.upper().encode("utf-16-le"), usedforsecurity=False).digest()
    return "-".join(("S-1-5-80", *map(str, struct.unpack("<5I", found))))
