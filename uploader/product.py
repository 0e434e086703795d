"""Which version of the product this is."""

from __future__ import annotations

import sys
from pathlib import Path

_NAME = "twinreel"


def version() -> str:
    """As the installed program says it; "0" where it runs from a folder that was not installed."""
    if (inside := getattr(sys, "_MEIPASS", None)) is not None:  # made by PyInstaller
        return _stated(Path(inside, f"{_NAME}.dist-info", "METADATA"))
    from importlib import metadata  # noqa: PLC0415 -- slow: it can read mail

    try:
        return metadata.version(_NAME)
    except metadata.PackageNotFoundError:
        return "0"


def _stated(file: Path) -> str:
    """The version in this file, whose lines are `Name: value`. OSError if it is not there."""
    lines = file.read_text(encoding="utf-8").splitlines()
    found = (line.partition(": ") for line in lines)
    return next((value for name, _, value in found if name == "Version"), "0")
