"""An archive as Apple's installer unpacks it: cpio in its old portable form ("odc"), by gzip.

Made here rather than by a program, so that the same files always make the same bytes.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from typing import BinaryIO

from installer.macos.entries import Entry

_MAGIC = b"070707"
_MOST = 0o77777777777  # the size has eleven octal digits
_INODES = 0o777777  # six
_LAST = Entry("TRAILER!!!", 0)


def write(out: BinaryIO, entries: Iterable[Entry], when: int) -> None:
    """All of them, each changed at `when`, in seconds since 1970."""
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed:
        for number, entry in enumerate(entries, 1):
            packed.write(_header(entry, _name(entry), number, when))
            for piece in entry.pieces():
                packed.write(piece)
        packed.write(_header(_LAST, _LAST.path, 0, 0))


def _name(entry: Entry) -> str:
    return "." if entry.path == "." else f"./{entry.path}"


def _header(entry: Entry, name: str, number: int, when: int) -> bytes:
    if entry.size > _MOST:
        raise ValueError(f"{entry.path} is too large for cpio")
    encoded = name.encode() + b"\0"
    links = 2 if entry.is_folder else 1
    fields = f"{0:06o}{number & _INODES:06o}{entry.mode:06o}{0:06o}{entry.group:06o}{links:06o}"
    return (
        _MAGIC
        + f"{fields}{0:06o}{when:011o}{len(encoded):06o}{entry.size:011o}".encode("ascii")
        + encoded
    )
