"""Files that survive a power cut: file first, then its folder, and only then a row that names it.

On Windows a folder cannot be synced; NTFS journals names itself.
"""

from __future__ import annotations

import contextlib
import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

BLOCK = 1024 * 1024  # bytes read at once


def make_folder(path: Path) -> None:
    """Make a folder and those above it, each durable, open to us alone."""
    if path.is_dir():
        return
    make_folder(path.parent)
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync(file: BinaryIO) -> None:
    """Make a file's content durable."""
    file.flush()
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 - no such module on Windows

        fcntl.fcntl(file.fileno(), fcntl.F_FULLFSYNC)
    else:
        os.fsync(file.fileno())


def create(path: Path) -> None:
    """An empty file that was not there before, durable; FileExistsError otherwise."""
    make_folder(path.parent)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        sync(file)
    sync_folder(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """All of it or nothing: a draft is written and takes the name when it is durable."""
    make_folder(path.parent)
    draft = path.with_name(path.name + ".draft")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        sync(file)
    draft.replace(path)
    sync_folder(path.parent)


def move(source: Path, target: Path) -> None:
    """Give a file another name; done again, it changes nothing."""
    make_folder(target.parent)
    if not source.exists() and target.exists():
        return
    source.replace(target)
    sync_folder(target.parent)
    sync_folder(source.parent)


def remove(path: Path) -> None:
    """Unlink durably; a file that is not there is gone already."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        sync_folder(path.parent)


def digest(path: Path) -> tuple[int, str]:
    """A file's size in bytes and its SHA-256, hex."""
    size, summed = 0, sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            size += len(block)
            summed.update(block)
    return size, summed.hexdigest()
