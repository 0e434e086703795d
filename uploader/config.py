"""Read the desk's configuration, and say where this user's state folder is."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from contract.desk_config import ConfigError, DeskConfig, Mistake
from uploader.desk_settings import Asking, read
from uploader.link import trust


@dataclass(frozen=True, slots=True)
class Settings:
    """What the uploader runs with."""

    desk: DeskConfig = field(repr=False)  # its token and client secret
    state: Path
    trust: ssl.SSLContext
    told: tuple[Mistake, ...] = ()  # of the configuration; no reason not to run
    of_user: tuple[Mistake, ...] = ()  # his own mistakes, which are passed over


def load(
    asked: str | None, environment: Mapping[str, str], *, for_machine: bool = False
) -> Settings:
    """What all layers say; `asked` is the file that --config names.

    `for_machine` reads nothing of a user's. ConfigError names every mistake, a missing file among
    them.
    """
    home = os.path.expanduser("~")
    reading = read(Asking(environment, home, asked, for_machine=for_machine))
    desk = reading.merged.settled()
    try:
        context = trust(desk.central.site_ca)
    except OSError as error:
        reason = f"{desk.central.site_ca} is no file of certificates: {type(error).__name__}"
        mistake = Mistake("central.site_ca", reason, "Name a PEM file that every user may read.")
        raise ConfigError((reading.merged.origin("central.site_ca").of(mistake),)) from error
    return Settings(desk, reading.state_dir, context, reading.merged.told, reading.merged.of_user)
