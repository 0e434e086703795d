"""The bill of materials: what a package puts where, for Apple's installer and its receipts.

The format is Apple's own and not published; this follows what bomutils found out about it. A store
of numbered blocks, and a few of them by name; `Paths` leads to a tree whose leaves pair what a file
is with where it is.
"""

from __future__ import annotations

import struct
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from installer.macos.entries import Entry

_HEADER_BYTES = 512
_LEAF = 256  # at most so many paths in one
_FILE, _FOLDER, _LINK = 1, 2, 3
_ANY_ARCHITECTURE = 3


def cksum(pieces: Iterable[bytes]) -> int:
    """The CRC of POSIX' `cksum`, which the format keeps for each file.

    It reads bits in the other order than zlib does, begins at zero, and takes the length at the
    end: so every byte is turned round, and the outcome too.
    """
    state, length = 0xFFFFFFFF, 0
    for piece in pieces:
        state = zlib.crc32(piece.translate(_TURNED), state)
        length += len(piece)
    while length:
        state = zlib.crc32(bytes((length & 0xFF,)).translate(_TURNED), state)
        length >>= 8
    return int(f"{state ^ 0xFFFFFFFF:032b}"[::-1], 2) ^ 0xFFFFFFFF


_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def bill(entries: list[Entry], when: int) -> bytes:
    """The whole file. `entries` are in order of path, folders first, and "." is among them."""
    store = _Store()
    paths = list(_in_breadth(entries))
    store.name("BomInfo", struct.pack(">3I4I", 1, len(paths) + 1, 1, 0, 0, 0, 0))
    store.name("Paths", _tree(store.add_all(_leaves(store, paths, when)), len(paths)))
    store.name("HLIndex", _tree(store.add(_paths([], leaf=True)), 0))
    inner = store.add(_tree(store.add(_paths([], leaf=True)), 0, block=128))
    store.name("VIndex", struct.pack(">3IB", 1, inner, 0, 0))
    store.name("Size64", _tree(store.add(_paths([], leaf=True)), 0))
    return store.to_bytes()


@dataclass(frozen=True, slots=True)
class _Placed:
    number: int  # from 1
    parent: int  # the folder's number; 0: the top's
    entry: Entry

    @property
    def name(self) -> str:
        return self.entry.path.rpartition("/")[2]


def _in_breadth(entries: list[Entry]) -> Iterator[_Placed]:
    """The top, then what is in it, then what is in that: parents have lower numbers."""
    inside: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.path != ".":
            inside[entry.path.rpartition("/")[0] or "."].append(entry)
    waiting = [(0, entry) for entry in entries if entry.path == "."]
    for number, (parent, entry) in enumerate(waiting, 1):  # it grows as it is read
        yield _Placed(number, parent, entry)
        waiting += [(number, child) for child in inside[entry.path]]


def _leaves(store: _Store, paths: list[_Placed], when: int) -> list[tuple[bytes, int]]:
    """Each leaf's content, without its neighbours, and the block that names its last path."""
    leaves = []
    for start in range(0, len(paths), _LEAF):
        pairs = []
        for one in paths[start : start + _LEAF]:
            what = store.add(_what(one.entry, when))
            info = store.add(struct.pack(">2I", one.number, what))
            where = store.add(struct.pack(">I", one.parent) + one.name.encode() + b"\0")
            pairs.append((info, where))
        leaves.append((_paths(pairs, leaf=True), pairs[-1][1]))
    return leaves


def _what(entry: Entry, when: int) -> bytes:
    kind = _FOLDER if entry.is_folder else _LINK if entry.is_link else _FILE
    target = entry.content + b"\0" if entry.is_link else b""
    checksum = 0 if entry.is_folder else cksum(entry.pieces())
    return (
        struct.pack(">BBHH", kind, 1, _ANY_ARCHITECTURE, entry.mode)
        + struct.pack(">4I", 0, entry.group, when, entry.size)
        + struct.pack(">B2I", 1, checksum, len(target))
        + target
    )


def _paths(pairs: list[tuple[int, int]], *, leaf: bool) -> bytes:
    """One node of the tree; whoever knows its neighbours sets them."""
    head = struct.pack(">2H2I", leaf, len(pairs), 0, 0)
    return head + b"".join(struct.pack(">2I", *pair) for pair in pairs)


def _tree(root: int, count: int, block: int = 4096) -> bytes:
    return struct.pack(">4s4IB", b"tree", 1, root, block, count, 0)


class _Store:
    """Numbered blocks, from 1, and names for some of them."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._names: list[tuple[str, int]] = []

    def add(self, content: bytes) -> int:
        """Its number."""
        self._blocks.append(content)
        return len(self._blocks)

    def name(self, name: str, content: bytes) -> None:
        """A block that is found by its name."""
        self._names.append((name, self.add(content)))

    def add_all(self, leaves: list[tuple[bytes, int]]) -> int:
        """The leaves, each with its neighbours, and a root above if there is more than one."""
        first = len(self._blocks) + 1
        last = first + len(leaves) - 1
        for number, (content, _) in enumerate(leaves, first):
            forward = number + 1 if number < last else 0
            backward = number - 1 if number > first else 0
            self.add(content[:4] + struct.pack(">2I", forward, backward) + content[12:])
        if len(leaves) == 1:
            return first
        pairs = [(first + place, end) for place, (_, end) in enumerate(leaves)]
        return self.add(_paths(pairs, leaf=False))

    def to_bytes(self) -> bytes:
        """Header, names, blocks, the table of blocks, and an empty list of free ones."""
        names = struct.pack(">I", len(self._names)) + b"".join(
            struct.pack(">IB", number, len(name)) + name.encode() for name, number in self._names
        )
        start = _HEADER_BYTES + len(names)
        table = [(0, 0)]
        for block in self._blocks:
            table.append((start, len(block)))
            start += len(block)
        index = struct.pack(">I", len(table)) + b"".join(struct.pack(">2I", *at) for at in table)
        index += struct.pack(">I4I", 0, 0, 0, 0, 0)
        header = struct.pack(
            *(">8s6I", b"BOMStore", 1, len(self._blocks), start, len(index)),
            *(_HEADER_BYTES, len(names)),
        )
        return header.ljust(_HEADER_BYTES, b"\0") + names + b"".join(self._blocks) + index
