"""`python -m installer deb`: the package for Debian and Ubuntu, of the programs' folder."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from installer import signing
from installer.bundle import DIST, ROOT, NotMadeError, made
from installer.linux.deb import staging
from installer.linux.deb.control import Identity
from installer.linux.deb.needs import UnknownLibraryError
from installer.recipe import version

_CANNOT_HERE = 3
_FAILED = 1
_TOOLS = {"dpkg-deb": "dpkg", "objdump": "binutils"}
_UNSIGNED = "Twinreel <twinreel@localhost.localdomain>"


def main(arguments: Sequence[str]) -> int:
    """Make it; 3 if this machine has not what is needed."""
    asked = _asked(arguments)
    missing = sorted({of for tool, of in _TOOLS.items() if shutil.which(tool) is None})
    if missing or sys.platform != "linux":
        print(
            f"the deb is not made here: it needs Linux and {', '.join(missing) or 'nothing else'}"
        )
        return _CANNOT_HERE
    asked.out.mkdir(parents=True, exist_ok=True)
    try:
        identity = _identity(asked.version)
        if not asked.quick:
            print("packing it tightly takes some minutes", flush=True)
        deb = staging.make(ROOT, made(asked.bundle), asked.out, identity, quick=asked.quick)
        signed = signing.sign(deb, "linux")
    except subprocess.CalledProcessError as error:
        print(f"{error.cmd[0]}: {error.stderr}", file=sys.stderr)
        return _FAILED
    except (OSError, NotMadeError, signing.SigningFailed, UnknownLibraryError, ValueError) as error:
        print(error, file=sys.stderr)
        return _FAILED
    size = f"{deb.stat().st_size / 1e6:.1f} MB"
    print(f"{deb.name}: {size}{', signed' if signed else ''}")
    return 0


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m installer deb",
        description="Makes the package for Debian and Ubuntu.",
        epilog="The maintainer is DEBFULLNAME and DEBEMAIL of the environment, the date "
        "SOURCE_DATE_EPOCH, or that of the last commit.",
    )
    parser.add_argument("--bundle", type=Path, help="the programs' folder; else dist/twinreel")
    parser.add_argument("--out", type=Path, default=DIST, help="where the package goes")
    parser.add_argument("--version", default=version(ROOT), help="in place of the project's")
    parser.add_argument("--quick", action="store_true", help="large and soon made, for tests")
    return parser.parse_args(arguments)


def _identity(version: str) -> Identity:
    told = os.environ
    maintainer = (
        f"{told['DEBFULLNAME']} <{told['DEBEMAIL']}>"
        if "DEBFULLNAME" in told and "DEBEMAIL" in told
        else _UNSIGNED
    )
    return Identity(
        version=version,
        architecture=_said("dpkg", "--print-architecture"),
        maintainer=maintainer,
        made_at=datetime.fromtimestamp(_moment(), UTC),
    )


def _moment() -> int:
    """Seconds since 1970, of what is packed; the same input gives the same package."""
    if told := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(told)
    return int(_said("git", "-C", str(ROOT), "log", "-1", "--format=%ct"))


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
