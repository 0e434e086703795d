"""`python -m installer pkg`: the package for macOS, of an app made there, and its profile.

On a Mac by Apple's own pkgbuild and productbuild. Elsewhere the archive is written here, part by
part: it holds the same files, scripts and texts, and is for checks; nobody has shown it to Apple's
installer. The app itself can be made on a Mac alone.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from installer import signing
from installer.bundle import DIST, ROOT
from installer.macos import bom, cpio, xar
from installer.macos.app import IDENTIFIER, NAME
from installer.macos.entries import Entry
from installer.macos.layout import (
    COMPONENT,
    FILES,
    PACKAGE_ID,
    NoAppError,
    Payload,
    check_app,
    distribution,
    package_info,
    payload,
    scripts,
)
from installer.macos.permissions import SAMPLE_TEAM, NoTeamError, permissions
from installer.policy.samples import configuration_file
from installer.recipe import version

_CANNOT_HERE = 3
_FAILED = 1
_EPOCH = "1763856000"  # where SOURCE_DATE_EPOCH names no time


def main(arguments: Sequence[str]) -> int:
    """Make the profile, and the package if there is an app."""
    asked = _asked(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    try:
        profile = asked.out / f"{IDENTIFIER}.permissions.mobileconfig"
        profile.write_bytes(
            permissions(asked.team_id, keys=asked.keys, supervised=asked.supervised)
        )
        print(f"{profile.name}: for Team ID {asked.team_id}{_placeholder(asked.team_id)}")
        app = asked.app or asked.bundle.with_name(NAME)
        if not app.is_dir():
            print(
                f"the pkg is not made here: there is no {app}, and only "
                "`python -m installer bundle` on a Mac makes it"
            )
            return _CANNOT_HERE
        check_app(app)
        signing.sign(app, "macos")
        package = make(app, asked.out, asked.version, asked.architecture)
        signed = signing.sign(package, "macos")
    except subprocess.CalledProcessError as error:
        print(f"{error.cmd[0]}: {error.stderr}", file=sys.stderr)
        return _FAILED
    except (OSError, NoAppError, NoTeamError, signing.SigningFailed) as error:
        print(error, file=sys.stderr)
        return _FAILED
    size = f"{package.stat().st_size / 1e6:.1f} MB"
    print(f"{package.name}: {size}{', signed' if signed else ''}")
    return 0


def _placeholder(team_id: str) -> str:
    """What makes a profile for nobody's Team ID known as one."""
    return ", which is nobody's: name yours by --team-id" if team_id == SAMPLE_TEAM else ""


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m installer pkg", description=__doc__.partition("\n\n")[2]
    )
    parser.add_argument(
        "--bundle", type=Path, default=DIST / "twinreel", help="the app lies beside it"
    )
    parser.add_argument("--app", type=Path, help=f"{NAME}; else the one beside the bundle")
    parser.add_argument("--out", type=Path, default=DIST)
    parser.add_argument("--version", default=version(ROOT))
    parser.add_argument(
        "--architecture",
        choices=("arm64", "x86_64"),
        default="x86_64" if platform.machine() == "x86_64" else "arm64",
        help="the app's; this machine's, if nothing is said",
    )
    parser.add_argument("--team-id", default=SAMPLE_TEAM, help="of who signs, for the profile")
    parser.add_argument(
        "--keys", action="store_true", help="the profile allows the listener to keys"
    )
    parser.add_argument(
        "--supervised", action="store_true", help="the profile also stops macOS' monthly question"
    )
    return parser.parse_args(arguments)


def make(app: Path, out: Path, version: str, architecture: str) -> Path:
    """The package's file. CalledProcessError if Apple's tools fail."""
    package = out / f"Twinreel-{version}-{architecture}.pkg"
    content = payload(app, configuration_file().encode(), version)
    with tempfile.TemporaryDirectory(prefix="twinreel-pkg-") as work:
        if sys.platform == "darwin":
            _by_apple(content, architecture, Path(work), package)
        else:
            _by_hand(content, architecture, Path(work), package)
    return package


def _by_hand(content: Payload, architecture: str, work: Path, package: Path) -> None:
    when = int(os.environ.get("SOURCE_DATE_EPOCH", _EPOCH))
    parts = {
        "Distribution": distribution(content, architecture),
        f"{COMPONENT}/Bom": bom.bill(content.entries, when),
        f"{COMPONENT}/PackageInfo": package_info(content),
    }
    (work / COMPONENT).mkdir()
    for name, text in parts.items():
        (work / name).write_bytes(text)
    archives = {f"{COMPONENT}/Payload": content.entries, f"{COMPONENT}/Scripts": scripts()}
    for name, entries in archives.items():
        with (work / name).open("wb") as file:
            cpio.write(file, entries, when)
    draft = work / "package"
    with draft.open("wb") as file:
        xar.write(file, [xar.Member(name, work / name) for name in (*parts, *archives)], when)
    shutil.move(draft, package)


def _by_apple(content: Payload, architecture: str, work: Path, package: Path) -> None:
    """Never run: checked by types and review."""
    stage, called, component = work / "stage", work / "scripts", work / COMPONENT
    _lay_out(content.entries, stage)
    _lay_out(scripts(), called)
    (work / "Distribution").write_bytes(distribution(content, architecture))
    identity = ["--identifier", PACKAGE_ID, "--version", content.version]
    places = ["--root", str(stage), "--install-location", "/", "--scripts", str(called)]
    plist = ["--component-plist", str(FILES / "component.plist"), "--ownership", "recommended"]
    _run(["pkgbuild", *identity, *places, *plist, str(component)])
    what = ["--distribution", str(work / "Distribution"), "--package-path", str(work)]
    _run(["productbuild", *what, str(package)])


def _lay_out(entries: list[Entry], place: Path) -> None:
    for entry in entries:
        path = place / entry.path
        if entry.is_folder:
            path.mkdir(parents=True, exist_ok=True)
        elif entry.is_link:
            path.symlink_to(entry.content.decode())
            continue
        else:
            with path.open("wb") as file:
                file.writelines(entry.pieces())
        path.chmod(entry.mode & 0o777)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
