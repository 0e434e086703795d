"""Where the certificate for localhost lies: to read it from there takes nothing that makes one."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

PEM = "localhost.pem"  # certificate, authority and key: what the client reads

_FOLDER = "tls"


def machine_folder(
    platform: str = sys.platform, environment: Mapping[str, str] | None = None
) -> Path:
    """Where the certificate lies that all users of this computer share."""
    variables = os.environ if environment is None else environment
    if platform == "win32":
        return Path(variables.get("PROGRAMDATA", "C:\\ProgramData"), "Twinreel", _FOLDER)
    if platform == "darwin":
        return Path("/Library/Application Support/Twinreel", _FOLDER)
    return Path("/var/lib/twinreel", _FOLDER)


def user_folder(state_dir: Path) -> Path:
    """Where a user's own certificate lies; it goes before the computer's."""
    return state_dir / _FOLDER
