"""Which Debian package a library of the builder's system came from, and whether it still is that.

A stripped copy has another hash than the system's file; but both carry the build id that the linker
gave it, so that is compared.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from installer.contents.licences import in_spdx

_FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu")
_NOTE = re.compile(rb"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0(.{20})", re.DOTALL)
_LICENCE = re.compile(r"^License: *(\S[^\n]*)$", re.MULTILINE)
_ALL_FILES = re.compile(r"^Files: \*\n(?:.+\n)*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Package:
    """One binary package, as dpkg knows it."""

    name: str
    version: str
    source: str
    architecture: str
    licence: str  # as its copyright file calls it; "" if that cannot be told

    def purl(self, distribution: str) -> str:
        """As package URLs name it; `distribution` is "debian-12"."""
        maker = distribution.partition("-")[0]
        version = self.version.replace("+", "%2B").replace(":", "%3A")
        upstream = f"&upstream={self.source}" if self.source != self.name else ""
        return (
            f"pkg:deb/{maker}/{self.name}@{version}?arch={self.architecture}"
            f"&distro={distribution}{upstream}"
        )


def build_id(content: bytes) -> str:
    """Of an ELF file; "" if it has none."""
    found = _NOTE.search(content)
    return found[1].hex() if found else ""


def package_of(name: str, content: bytes) -> Package | None:
    """The package that brings this very library; None: no dpkg, no such file, or another build."""
    identity = build_id(content)
    if not identity or shutil.which("dpkg-query") is None:
        return None
    for folder in _FOLDERS:
        file = Path(folder, name)
        if file.is_file() and build_id(file.read_bytes()) == identity:
            found = _owner(file)
            if found:
                return found
    return None


def distribution() -> str:
    """What /etc/os-release says it is: debian-12."""
    try:
        lines = Path("/etc/os-release").read_text("utf-8").splitlines()
    except OSError:
        return "debian"
    said = dict(line.partition("=")[::2] for line in lines if "=" in line)
    parts = (said.get("ID", "debian").strip('"'), said.get("VERSION_ID", "").strip('"'))
    return "-".join(part for part in parts if part)


def _owner(file: Path) -> Package | None:
    """Who brings a file; /lib may be a link to /usr/lib, and dpkg knows it by either name."""
    places = {str(file), f"/usr{file}", str(file.resolve()), str(file.resolve())[len("/usr") :]}
    name = next((_owners()[place] for place in sorted(places) if place in _owners()), "")
    said = _versions().get(name)
    if said is None:
        return None
    package, version, source, architecture = said
    return Package(package, version, source, architecture, _licence(package))


@cache
def _owners() -> Mapping[str, str]:
    """The package of each library, asked once for all: dpkg reads its whole database each time."""
    patterns = [f"{folder}/*.so*" for folder in _FOLDERS]
    lines = (line.rpartition(": ") for line in _said("--search", *patterns).splitlines())
    return {place: names.partition(",")[0] for names, _, place in lines}


@cache
def _versions() -> Mapping[str, tuple[str, str, str, str]]:
    """Name, version, source and architecture of each package, by its name as --search has it."""
    form = "${binary:Package}\t${Package}\t${Version}\t${source:Package}\t${Architecture}\n"
    rows = (line.split("\t") for line in _said("--show", f"--showformat={form}").splitlines())
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def _licence(package: str) -> str:
    """What the copyright file says of all files, where it is one that a machine can read."""
    try:
        text = Path("/usr/share/doc", package, "copyright").read_text("utf-8", errors="replace")
    except OSError:
        return ""
    if not text.startswith("Format:"):
        return ""
    whole = _ALL_FILES.search(text)
    named = _LICENCE.search(whole[0] if whole else text)
    return in_spdx(named[1].strip()) if named else ""


def _said(*words: str) -> str:
    """What dpkg-query prints; it ends with 1 if one of several patterns matches nothing."""
    return subprocess.run(
        ["dpkg-query", *words], capture_output=True, text=True, check=False
    ).stdout
