"""A folder of programs that look like ours from without, and a package of it."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from installer.windows.msi import build
from installer.windows.tables import Tables, read

VERSION = "1.2.3"


def program(*numbers: int) -> bytes:
    """What begins like a program, with a version if one is given."""
    if not numbers:
        return b"MZ" + b"\0" * 100
    one, two, three, four = numbers
    fixed = struct.pack("<4I", 0xFEEF04BD, 0x10000, one << 16 | two, three << 16 | four)
    return b"MZ" + b"\0" * 100 + "VS_VERSION_INFO".encode("utf-16-le") + b"\0\0\0\0" + fixed


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("windows") / "twinreel"
    libraries = folder / "_internal" / "PyQt6"
    libraries.mkdir(parents=True)
    (folder / "twinreel-agent.exe").write_bytes(program(1, 2, 3, 0))
    (folder / "twinreel-uploader.exe").write_bytes(program(1, 2, 3, 0))
    (folder / "_internal" / "python312.dll").write_bytes(program(3, 12, 10, 150))
    (folder / "_internal" / "base_library.zip").write_bytes(b"PK")
    (libraries / "a library of many words.pyd").write_bytes(program())
    (libraries / "a library of more words.pyd").write_bytes(program())
    return folder


def needs_tools() -> None:
    missing = [tool for tool in ("wixl", "msibuild", "msiinfo") if not shutil.which(tool)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (Debian: wixl, msitools)")


@pytest.fixture(scope="session")
def package(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs_tools()
    return build(bundle, tmp_path_factory.mktemp("msi"), VERSION)


@pytest.fixture(scope="session")
def tables(package: Path) -> Tables:
    return read(package)


@pytest.fixture
def changed(tables: Tables) -> Callable[..., dict[str, list[dict[str, str]]]]:
    """The tables with one value changed: changed("File", "Version", "1.0", File="...")."""

    def change(
        table: str, column: str, value: str, **where: str
    ) -> dict[str, list[dict[str, str]]]:
        copy = {name: [dict(row) for row in rows] for name, rows in tables.items()}
        (row,) = (
            row for row in copy[table] if all(row[name] == held for name, held in where.items())
        )
        row[column] = value
        return copy

    return change
