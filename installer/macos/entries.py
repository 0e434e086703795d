"""What a package holds: each file, folder and link with its place, mode and owner."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WHEEL = 0
ADMIN = 80  # macOS' group of administrators


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing at one place. `path` is relative, without "./"; "." is the top."""

    path: str
    mode: int  # with the kind, as `stat` has it
    source: Path | None = None  # a file's content; None: it is in `content`
    content: bytes = b""  # or a link's target
    group: int = WHEEL  # the owner is always root

    @property
    def is_folder(self) -> bool:
        """Whether others may lie in it."""
        return stat.S_ISDIR(self.mode)

    @property
    def is_link(self) -> bool:
        """Whether it only says where to look."""
        return stat.S_ISLNK(self.mode)

    @property
    def size(self) -> int:
        """In bytes; a folder's is 0."""
        return self.source.stat().st_size if self.source else len(self.content)

    def pieces(self, length: int = 1 << 20) -> Iterator[bytes]:
        """Its content, piece by piece."""
        if self.source is None:
            yield self.content
            return
        with self.source.open("rb") as file:
            while piece := file.read(length):
                yield piece


def folder(path: str, *, group: int = WHEEL, mode: int = 0o755) -> Entry:
    """A folder."""
    return Entry(path, stat.S_IFDIR | mode, group=group)


def file(path: str, content: bytes, *, mode: int = 0o644) -> Entry:
    """A file whose content is known."""
    return Entry(path, stat.S_IFREG | mode, content=content)


def tree(top: Path, path: str) -> Iterator[Entry]:
    """All of a folder, itself first: every mode 755 or 644, links as they are."""
    yield folder(path)
    for one in sorted(top.iterdir()):
        place = f"{path}/{one.name}"
        if one.is_symlink():
            target = str(one.readlink()).encode()
            yield Entry(place, stat.S_IFLNK | 0o755, content=target)
        elif one.is_dir():
            yield from tree(one, place)
        else:
            runs = one.stat().st_mode & stat.S_IXUSR
            yield Entry(place, stat.S_IFREG | (0o755 if runs else 0o644), source=one)


def by_path(entries: list[Entry]) -> list[Entry]:
    """Folders before what is in them, always in the same order. ValueError if one is missing."""
    ordered = sorted(entries, key=lambda entry: [] if entry.path == "." else entry.path.split("/"))
    seen = {"."}
    for entry in ordered:
        parent = entry.path.rpartition("/")[0] or "."
        if parent not in seen:
            raise ValueError(f"{entry.path}: its folder is missing")
        if entry.is_folder:
            seen.add(entry.path)
    return ordered
