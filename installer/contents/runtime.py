"""Which Python the programs run on, and which PyInstaller starts them."""

from __future__ import annotations

import platform
import re
import sysconfig
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from installer.contents.debian import build_id
from installer.contents.native import FROM_FILE, FROM_NAME

THIS_PYTHON = "the Python that made this list, which has the same build id"
THIS_PYINSTALLER = "the PyInstaller that is installed where this list was made"
_EXACT = re.compile(rb"\0(3\.\d+\.\d+(?:(?:a|b|rc)\d+)?\+?)\0")
_NAMED = re.compile(r"3\.?(\d+)")


def version_of(name: str, content: bytes) -> tuple[str, str]:
    """Of Python's library, and how that is known."""
    found = _EXACT.search(content)
    if found:
        return found[1].decode("ascii"), FROM_FILE
    own = Path(str(sysconfig.get_config_var("LIBDIR")), str(sysconfig.get_config_var("INSTSONAME")))
    if own.is_file() and build_id(own.read_bytes()) == build_id(content) != "":
        return platform.python_version(), THIS_PYTHON
    named = _NAMED.search(name)
    return (f"3.{named[1]}", FROM_NAME) if named else ("", "")


def bootloader_version() -> tuple[str, str]:
    """Of PyInstaller's part in the programs."""
    try:
        return version("pyinstaller"), THIS_PYINSTALLER
    except PackageNotFoundError:
        return "", ""
