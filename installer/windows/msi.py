"""`python -m installer msi`: the package for Windows, of a folder of programs that was made there.

The source is twinreel.wxs and what `payload` and `settings` add to it. WiX 5 builds it on Windows;
elsewhere wixl does, with msibuild (`wixl.py`). Both come to the same tables, which
`python -m installer.windows.tables ONE.msi OTHER.msi` compares. Before it counts as made, the
package goes through the checks in `checks`, and is signed if the environment says by what.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from installer.recipe import version as our_version
from installer.signing import SigningFailed, sign, sign_folder
from installer.windows import payload, settings, wixl
from installer.windows.checks import wrong
from installer.windows.rows import UnknownWordError
from installer.windows.tables import read
from uploader.spool.service_account import service_sid

CANNOT_HERE = 3
_ROOT = Path(__file__).resolve().parents[2]
_DIST = _ROOT / "dist"
_SOURCE = Path(__file__).with_name("twinreel.wxs")
_TASK = Path(__file__).with_name("certificate-task.xml")
_TOOLS = ("wixl", "msibuild", "msiinfo")
_NUMBERS = re.compile(r"\d+\.\d+\.\d+")
_MOST = (255, 255, 65_535)


class BuildError(RuntimeError):
    """The package was not made; the message says why."""


def main(arguments: Sequence[str]) -> int:
    """Make Twinreel-<version>-x64.msi."""
    asked = _asked(arguments)
    missing = _missing(asked.bundle)
    if missing:
        print(f"the MSI is not made here: {missing}")
        return CANNOT_HERE
    try:
        made = build(asked.bundle, asked.out, asked.version)
    except (BuildError, payload.NoPayloadError, UnknownWordError, SigningFailed) as error:
        print(f"the MSI was not made: {error}", file=sys.stderr)
        return 1
    print(f"{made} ({made.stat().st_size / 1e6:.1f} MB)")
    return 0


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m installer msi", description="Makes the package for Windows."
    )
    parser.add_argument(
        "--bundle",
        type=Path,
        default=_DIST / "twinreel",
        help="the folder with twinreel-agent.exe, made on Windows; else dist/twinreel",
    )
    parser.add_argument("--out", type=Path, default=_DIST, help="where it goes; else dist")
    parser.add_argument(
        "--version", default=our_version(_ROOT), help="three numbers; else the project's"
    )
    return parser.parse_args(arguments)


def _missing(bundle: Path) -> str:
    """What is not there; "": nothing."""
    if not (bundle / payload.AGENT).is_file():
        return (
            f"{bundle} holds no {payload.AGENT}; a Windows runner makes the bundle "
            "(python -m installer bundle), name it by --bundle"
        )
    if shutil.which("wix") or all(shutil.which(tool) for tool in _TOOLS):
        return ""
    tools = ", ".join(tool for tool in _TOOLS if not shutil.which(tool))
    return f"neither wix (WiX 5) nor {tools} (Debian: wixl, msitools)"


def build(bundle: Path, out: Path, version: str) -> Path:
    """Make the package, check and sign it; BuildError says what was wrong."""
    if not _NUMBERS.fullmatch(version) or any(
        int(number) > most for number, most in zip(version.split("."), _MOST, strict=True)
    ):
        raise BuildError(f"Windows Installer takes versions of three numbers, not {version}")
    out.mkdir(parents=True, exist_ok=True)
    made = out / f"Twinreel-{version}-x64.msi"
    with tempfile.TemporaryDirectory(prefix="msi-", dir=out) as folder:
        work = Path(folder)
        sign_folder(bundle)
        packed = payload.pieces(bundle, [_task(work)])
        variables = {
            "Version": version,
            "ProductCode": payload.product_code(version, packed),
            "ServiceSid": service_sid(),
            "Assets": str(_ROOT / "assets"),
        }
        draft = work / made.name
        if shutil.which("wix"):
            _by_wix(work, packed, variables, draft)
        else:
            _by_wixl(work, packed, variables, draft)
            complaints = wrong(read(draft))
            if complaints:
                raise BuildError("\n  ".join(("its tables are wrong:", *complaints)))
        sign(draft, "windows")
        draft.replace(made)
    return made


def _task(work: Path) -> payload.Piece:
    """The weekly task, as schtasks itself writes such files: in UTF-16."""
    path = work / _TASK.name
    text = _TASK.read_text("utf-8").replace('encoding="UTF-8"', 'encoding="UTF-16"')
    path.write_text(text, encoding="utf-16", newline="\r\n")
    return payload.Piece(PurePosixPath(_TASK.name), path)


def source(variables: Mapping[str, str]) -> Element:
    """twinreel.wxs with its variables filled in."""
    text = _SOURCE.read_text("utf-8")
    for name, value in variables.items():
        text = text.replace(f"$(var.{name})", value)
    return ET.fromstring(text)  # noqa: S314 -- our own file


def _by_wix(
    work: Path, packed: Sequence[payload.Piece], variables: Mapping[str, str], draft: Path
) -> None:
    sources = [_SOURCE]
    for name, fragment in (
        ("payload.wxs", payload.fragment(packed)),
        ("settings.wxs", settings.fragment(settings.settings())),
    ):
        ET.ElementTree(fragment).write(work / name, encoding="utf-8", xml_declaration=True)
        sources.append(work / name)
    defined = [word for name, value in variables.items() for word in ("-d", f"{name}={value}")]
    _run(["wix", "build", "-arch", "x64", *defined, "-o", draft, *sources], work)


def _by_wixl(
    work: Path, packed: Sequence[payload.Piece], variables: Mapping[str, str], draft: Path
) -> None:
    parts = wixl.apart(
        [
            source(variables),
            payload.fragment(packed),
            settings.fragment(settings.settings()),
        ],
        payload.versions(packed),
    )
    for element in parts.frame.iter():  # wixl knows no absolute paths
        for word in ("Source", "SourceFile"):
            if element.get(word):
                element.set(word, os.path.relpath(element.get(word, ""), work))
    frame = work / "twinreel.wxs"
    ET.ElementTree(parts.frame).write(frame, encoding="utf-8", xml_declaration=True)
    _run(["wixl", "-a", "x64", "-o", draft, frame.name], work)
    _run(["msibuild", draft, *(word for query in parts.queries for word in ("-q", query))], work)


def _run(command: Sequence[str | Path], work: Path) -> None:
    done = subprocess.run(
        command, cwd=work, check=False, capture_output=True, text=True, errors="replace"
    )
    said = (done.stdout + done.stderr).strip()
    if done.returncode or "WARNING" in said or "CRITICAL" in said:
        raise BuildError(f"{command[0]} ended with {done.returncode}: {said[-2000:]}")
