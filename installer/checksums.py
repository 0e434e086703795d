"""`python -m installer checksums`: SHA256SUMS of what lies in dist/, and whether it still holds.

The file is as `sha256sum --check SHA256SUMS` reads it. Folders are left out: the programs' folder
is in the packages, the templates are in their archive. It is signed where a command for that is
named (`installer/signing.py`); then the signature lies beside it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path

from installer.signing import BESIDE, SigningFailed, sign, signatures

NAME = "SHA256SUMS"
_DIST = Path(__file__).resolve().parent.parent / "dist"


def digest(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def listed(folder: Path) -> tuple[Path, ...]:
    """The files of which sums are kept, by name."""
    left_out = {NAME, *(NAME + ending for ending in BESIDE)}
    return tuple(
        sorted(path for path in folder.iterdir() if path.is_file() and path.name not in left_out)
    )


def write(folder: Path) -> Path:
    """Write the sums of what is in the folder, in place of former ones."""
    lines = [f"{digest(path)}  {path.name}\n" for path in listed(folder)]
    sums = folder / NAME
    sums.write_text("".join(lines), encoding="utf-8", newline="\n")
    return sums


def wrong(folder: Path) -> list[str]:
    """What does not agree with the sums, one line for each file; empty: all does."""
    sums = folder / NAME
    if not sums.is_file():
        return [f"{NAME} is missing"]
    named: dict[str, str] = {}
    for line in sums.read_text("utf-8").splitlines():
        summed, _, name = line.partition("  ")
        named[name] = summed
    there = {path.name: path for path in listed(folder)}
    missing = [f"{name}: missing" for name in named if name not in there]
    more = [f"{name}: not in {NAME}" for name in there if name not in named]
    other = [
        f"{name}: changed"
        for name, path in there.items()
        if name in named and digest(path) != named[name]
    ]
    return missing + more + other


def main(arguments: Sequence[str]) -> int:
    """0: written, or all agrees; 1: there is nothing, it does not agree, or signing failed."""
    parser = argparse.ArgumentParser(prog="python -m installer checksums", description=__doc__)
    parser.add_argument("--out", type=Path, default=_DIST, metavar="FOLDER", help="default: dist/")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    asked = parser.parse_args(arguments)
    if not asked.out.is_dir() or not listed(asked.out):
        print(f"there is nothing in {asked.out}", file=sys.stderr)
        return 1
    if asked.check:
        findings = wrong(asked.out)
        print("\n".join(findings) or f"all files are as {NAME} says")
        return 1 if findings else 0
    sums = write(asked.out)
    for path in listed(asked.out):
        print(f"  {path.stat().st_size / 1e6:8.2f} MB  {path.name}")
    try:
        signed = sign(sums, "checksums")
    except SigningFailed as error:
        print(error, file=sys.stderr)
        return 1
    names = ", ".join(path.name for path in signatures(sums)) or "in itself"
    print(
        f"{NAME}: {len(listed(asked.out))} files, "
        + (f"signed: {names}" if signed else "not signed")
    )
    return 0
