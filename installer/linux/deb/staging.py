"""Puts the package's tree into a folder, and has dpkg-deb make the package of it."""

from __future__ import annotations

import hashlib
import math
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from installer.bundle import restamp, stamped
from installer.linux.deb import needs
from installer.linux.deb.control import Identity, control, md5sums
from installer.linux.deb.layout import (
    HOME,
    PROGRAMS,
    SCRIPTS,
    Entry,
    File,
    Folder,
    Link,
    conffiles,
    entries,
    script,
)
from installer.linux.deb.packing import pack

_EXECUTABLE, _PLAIN, _FOLDER = 0o755, 0o644, 0o755


def make(root: Path, bundle: Path, out: Path, identity: Identity, *, quick: bool = False) -> Path:
    """The package of a bundle, in the folder `out`; `quick`: with nothing packed in it.

    OSError, CalledProcessError or UnknownLibraryError if it cannot be made; then nothing is left.
    """
    tree = out / f".{identity.file_name}.tree"
    plain = out / f".{identity.file_name}.plain"
    packed = out / f".{identity.file_name}.packed"
    shutil.rmtree(tree, ignore_errors=True)
    try:
        place_bundle(bundle, tree / HOME)
        if stamped(bundle) != identity.version:
            restamp(tree / HOME, identity.version)
        every = tuple(entries(root, identity))
        place(every, tree)
        _describe(tree, every, identity, needs.of_bundle(bundle))
        _date(tree, identity.made_at.timestamp())
        environment = {**os.environ, "SOURCE_DATE_EPOCH": f"{identity.made_at.timestamp():.0f}"}
        command = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(plain)]
        subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        if quick:
            return plain.replace(out / identity.file_name)
        pack(plain, packed, identity.architecture)
        return packed.replace(out / identity.file_name)
    finally:
        plain.unlink(missing_ok=True)
        packed.unlink(missing_ok=True)
        shutil.rmtree(tree, ignore_errors=True)


def place_bundle(bundle: Path, home: Path) -> None:
    """The programs' folder: the two programs can be started, libraries are only read."""
    for source in sorted(bundle.rglob("*")):
        if "__pycache__" in source.parts:
            continue
        target = home / source.relative_to(bundle)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():
            target.symlink_to(source.readlink())
        elif source.is_file():
            shutil.copyfile(source, target)
            started = source.parent == bundle and source.name in PROGRAMS
            target.chmod(_EXECUTABLE if started else _PLAIN)


def place(every: Iterable[Entry], tree: Path) -> None:
    """All that is not of the bundle."""
    for one in every:
        path = tree / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        match one:
            case File():
                path.write_bytes(one.content)
                path.chmod(one.mode)
            case Link():
                path.symlink_to(one.target)
            case Folder():
                path.mkdir(exist_ok=True)
                path.chmod(one.mode)


def installed_kib(tree: Path) -> int:
    """As Debian counts: each file in whole KiB, one for everything else."""
    return sum(
        math.ceil(path.stat().st_size / 1024) if path.is_file() and not path.is_symlink() else 1
        for path in tree.rglob("*")
    )


def _describe(
    tree: Path, every: Sequence[Entry], identity: Identity, depends: Sequence[str]
) -> None:
    size = installed_kib(tree)
    sums = md5sums([(path.relative_to(tree).as_posix(), _md5(path)) for path in _files(tree)])
    words = {
        "control": control(identity, depends, size),
        "conffiles": conffiles(every),
        "md5sums": sums,
        **{name: script(name, size) for name in SCRIPTS},
    }
    folder = tree / "DEBIAN"
    folder.mkdir()
    for name, text in words.items():
        (folder / name).write_text(text, "utf-8")
        (folder / name).chmod(_EXECUTABLE if name in SCRIPTS else _PLAIN)


def _files(tree: Path) -> list[Path]:
    return [path for path in tree.rglob("*") if path.is_file() and not path.is_symlink()]


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _date(tree: Path, moment: float) -> None:
    """One time for everything, and folders that all may enter."""
    for path in (tree, *tree.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(_FOLDER)
        os.utime(path, (moment, moment), follow_symlinks=False)
