"""The package's words: what dpkg reads of it, and its changelog. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

NAME = "twinreel"
_RECOMMENDS = (
    "ca-certificates",
    "default-dbus-session-bus | dbus-session-bus",
    "gnome-keyring | kwalletmanager | keepassxc",
)
_SUGGESTS = ("libnss3-tools",)
_DESCRIPTION = """\
voice and screen recorder for contact centers on Genesys
 Records the screen of selected calls at an agent's desk, from the answer to the
 end of after-call work, seals each recording to the company's central as it is
 made, and sends it there. An icon in the tray always says what is recorded.
 .
 This package has both programs of the desk: the client (twinreel-agent), which
 starts with every desktop session, and the uploader, which the client starts.
 An uploader of the whole machine, for terminal servers, is a system service
 that is off unless somebody enables it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which package this is."""

    version: str  # as the project writes it
    architecture: str  # as dpkg writes it: "amd64"
    maintainer: str  # "Name <address>"
    made_at: datetime  # aware; the same input gives the same package

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return f"{NAME}_{debian_version(self.version)}_{self.architecture}.deb"


def debian_version(version: str) -> str:
    """Python's order in Debian's writing: 1.2rc1 comes before 1.2, and 1.2.post1 after."""
    found = re.fullmatch(r"(\d+(?:\.\d+)*)((?:a|b|rc|\.dev)\d+)?((?:\.post|\+).+)?", version)
    if found is None:
        raise ValueError(f"{version!r} is no version that a package can have")
    number, before, after = found.groups()
    early = f"~{before.removeprefix('.')}" if before else ""
    late = f"+{after.lstrip('.+')}" if after else ""
    return f"{number}{early}{late}"


def control(identity: Identity, depends: Sequence[str], installed_kib: int) -> str:
    """DEBIAN/control.

    Pre-Depends: so `dpkg -i` refuses before it unpacks anything if a library is missing, instead of
    leaving a package behind that is unpacked and not configured.
    """
    fields = {
        "Package": NAME,
        "Version": debian_version(identity.version),
        "Architecture": identity.architecture,
        "Maintainer": identity.maintainer,
        "Installed-Size": str(installed_kib),
        "Pre-Depends": ", ".join(depends),
        "Recommends": ", ".join(_RECOMMENDS),
        "Suggests": ", ".join(_SUGGESTS),
        "Section": "net",
        "Priority": "optional",
        "Description": _DESCRIPTION,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def changelog(identity: Identity) -> str:
    """Debian's changelog: one entry, which points to ours."""
    day = identity.made_at.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    return (
        f"{NAME} ({debian_version(identity.version)}) stable; urgency=medium\n\n"
        f"  * Twinreel {identity.version}: see CHANGELOG.md beside this file.\n\n"
        f" -- {identity.maintainer}  {day}\n"
    )


def md5sums(digests: Sequence[tuple[str, str]]) -> str:
    """DEBIAN/md5sums, with which dpkg --verify finds changed files: (path, digest)."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests))
