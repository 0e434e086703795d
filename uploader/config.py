"""Find and read the desk's config.toml, and say where this user's state folder is."""

from __future__ import annotations

import getpass
import os
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

from contract.desk_checks import parse
from contract.desk_config import (
    EACH_USER,
    ConfigError,
    DeskConfig,
    Mistake,
    config_candidates,
    state_folder,
)
from uploader.link import trust


@dataclass(frozen=True, slots=True)
class Settings:
    """What the uploader runs with."""

    desk: DeskConfig = field(repr=False)  # its token and client secret
    state: Path
    trust: ssl.SSLContext


def version() -> str:
    """The product's version; 0 where it runs from a folder that was not installed."""
    try:
        return installed("twinreel")
    except PackageNotFoundError:
        return "0"


def load(asked: str | None, environment: Mapping[str, str]) -> Settings:
    """Read the file that --config (`asked`), the environment or custom names.

    ConfigError names every mistake, a missing file among them.
    """
    home = os.path.expanduser("~")
    candidates = config_candidates(asked, environment, sys.platform, home)
    found = next((path for path in candidates if os.path.exists(path)), None)
    if found is None:
        raise _mistaken(
            "the file", f"there is no {' or '.join(candidates)}", "Write it, or name it: --config."
        )
    try:
        text = Path(found).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _mistaken(
            "the file", f"{found} cannot be read: {type(error).__name__}", "Mend its rights."
        ) from error
    desk = parse(text)
    try:
        context = trust(desk.central.site_ca)
    except OSError as error:
        raise _mistaken(
            "central.site_ca",
            f"{desk.central.site_ca} is no file of certificates: {type(error).__name__}",
            "Name a PEM file that every user may read.",
        ) from error
    user = getpass.getuser() if EACH_USER in (desk.state_dir or "") else ""
    state = state_folder(desk.state_dir, environment, sys.platform, home, user)
    return Settings(desk, Path(state), context)


def _mistaken(key: str, reason: str, remedy: str) -> ConfigError:
    return ConfigError((Mistake(key, reason, remedy),))
