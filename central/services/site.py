"""The site: central's settings, its data folder, its keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from central.config import Config
from central.media.keys import Keys, Ring

SEALED = "sealed"  # what desks sent: sealed/<first 2 of recording id>/<recording id>/<upload id>
VOICE = "voice"
FILMS = "films"
INCOMING = "incoming"  # drafts; empty at start


@dataclass(frozen=True, slots=True)
class Site:
    """What the use cases work on."""

    config: Config
    folder: Path
    ring: Ring

    @property
    def keys(self) -> Keys:
        """The keys as they are now: another process may have made one."""
        return self.ring.keys

    def path(self, relative: str) -> Path:
        """Where a row's file is."""
        return self.folder / relative


@lru_cache(maxsize=1)
def site() -> Site:
    """The site as it is set up; KeysError before the first run."""
    config: Config = settings.TWINREEL
    return Site(config, config.folder, Ring(config.folder / "keys"))


def now() -> datetime:
    """Central's clock."""
    return datetime.now(UTC)
