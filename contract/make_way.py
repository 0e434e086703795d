"""The marker that has every client and uploader of a computer end: files are to be replaced.

`twinreel-agent make-way` writes it for a package's scripts; those take it away when they are done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contract.canonical import canonical, utc, utc_text

FILE = "make-way.json"


class Purpose(StrEnum):
    """What the programs make way for."""

    UPGRADE = "upgrade"
    REMOVAL = "removal"


class MarkerRefusedError(ValueError):
    """The text is no marker."""


@dataclass(frozen=True, slots=True)
class MakeWay:
    """What the marker says."""

    until: datetime  # aware UTC: it counts no longer than that, should nobody take it away
    now: bool  # a call that is recorded is not waited for
    purpose: Purpose = Purpose.UPGRADE

    def stands(self, at: datetime) -> bool:
        """Whether it counts at this time, aware UTC."""
        return at < self.until

    def to_json(self) -> bytes:
        """The marker's text."""
        return canonical(
            {"until": utc_text(self.until), "now": self.now, "for": self.purpose.value}
        )


def marker_of(text: bytes) -> MakeWay:
    """Undo `MakeWay.to_json`; MarkerRefusedError on anything else."""
    try:
        fields = json.loads(text)
        if not isinstance(fields["now"], bool):
            raise MarkerRefusedError("now is neither true nor false")
        return MakeWay(utc(fields["until"]), fields["now"], Purpose(fields["for"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MarkerRefusedError(f"no marker: {error!r}") from error


def marker_path(platform: str, environment: Mapping[str, str]) -> str:
    """Where it lies: one for the computer, in a folder where only administrators may write."""
    if platform == "win32":
        return environment.get("PROGRAMDATA", "C:\\ProgramData") + "\\Twinreel\\" + FILE
    return ("/var" if platform == "darwin" else "") + "/run/twinreel/" + FILE
