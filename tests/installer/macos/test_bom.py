"""The bill of materials, read back as Apple's `lsbom` would."""

import shutil
import stat
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from installer.macos.bom import bill, cksum
from installer.macos.entries import Entry, by_path, file, folder

_WHEN = 1_763_856_000


@dataclass
class _Bill:
    """A reader of its own: blocks by number, names, and the tree of paths."""

    raw: bytes

    def block(self, number: int) -> bytes:
        index = struct.unpack_from(">I", self.raw, 16)[0]
        address, length = struct.unpack_from(">2I", self.raw, index + 4 + 8 * number)
        return self.raw[address : address + length]

    def named(self, name: str) -> bytes:
        at = struct.unpack_from(">I", self.raw, 24)[0]
        (count,) = struct.unpack_from(">I", self.raw, at)
        at += 4
        for _ in range(count):
            number, length = struct.unpack_from(">IB", self.raw, at)
            if self.raw[at + 5 : at + 5 + length] == name.encode():
                return self.block(number)
            at += 5 + length
        raise KeyError(name)

    def leaves(self) -> list[tuple[int, list[tuple[int, int]]]]:
        """Each leaf's number and pairs, by following the leaves from the first one."""
        magic, version, root, _, _, _ = struct.unpack(">4s4IB", self.named("Paths"))
        assert (magic, version) == (b"tree", 1)
        is_leaf, count, forward, _ = struct.unpack_from(">2H2I", self.block(root))
        number = root if is_leaf else struct.unpack_from(">I", self.block(root), 12)[0]
        found, before = [], 0
        while number:
            content = self.block(number)
            is_leaf, count, forward, backward = struct.unpack_from(">2H2I", content)
            assert (is_leaf, backward) == (1, before)
            pairs = [struct.unpack_from(">2I", content, 12 + 8 * place) for place in range(count)]
            found.append((number, pairs))
            before, number = number, forward
        return found

    def listed(self) -> dict[str, tuple[int, ...]]:
        """Path -> kind, mode, group, time, size, checksum."""
        names: dict[int, str] = {}
        found: dict[str, tuple[int, ...]] = {}
        for _, pairs in self.leaves():
            for info, where in pairs:
                number, what = struct.unpack(">2I", self.block(info))
                (parent,) = struct.unpack_from(">I", self.block(where))
                name = self.block(where)[4:-1].decode()
                path = f"{names[parent]}/{name}" if parent else name
                names[number] = path
                kind, _, _, mode = struct.unpack_from(">BBHH", self.block(what))
                _, group, when, size = struct.unpack_from(">4I", self.block(what), 6)
                _, checksum, link = struct.unpack_from(">B2I", self.block(what), 22)
                target = self.block(what)[31:]
                assert link == len(target)
                found[path] = (kind, mode, group, when, size, checksum)
        return found


def _entries(files: int) -> list[Entry]:
    return by_path(
        [
            folder("."),
            folder("Applications", group=80, mode=0o775),
            folder("Applications/A.app"),
            Entry("Applications/A.app/Current", stat.S_IFLNK | 0o755, content=b"A"),
            *(file(f"Applications/A.app/{n:04}", b"x" * n) for n in range(files)),
        ]
    )


@pytest.mark.parametrize("files", [1, 300, 1200])
def test_every_path_is_found_with_what_it_is(files: int) -> None:
    entries = _entries(files)
    listed = _Bill(bill(entries, _WHEN)).listed()
    assert len(listed) == len(entries)
    assert listed["."][:3] == (2, 0o40755, 0)
    assert listed["./Applications"] == (2, 0o40775, 80, _WHEN, 0, 0)
    assert listed["./Applications/A.app/Current"][:2] == (3, 0o120755)
    last = files - 1
    assert listed[f"./Applications/A.app/{last:04}"][:5] == (1, 0o100644, 0, _WHEN, last)


def test_the_root_names_each_leaf_and_its_last_path() -> None:
    made = _Bill(bill(_entries(1200), _WHEN))
    root = struct.unpack(">4s4IB", made.named("Paths"))[2]
    _, count, _, _ = struct.unpack_from(">2H2I", made.block(root))
    pairs = [struct.unpack_from(">2I", made.block(root), 12 + 8 * n) for n in range(count)]
    assert pairs == [(number, inner[-1][1]) for number, inner in made.leaves()]
    assert all(len(inner) <= 256 for _, inner in made.leaves())


def test_the_count_and_the_other_names_are_there() -> None:
    made = _Bill(bill(_entries(1), _WHEN))
    assert struct.unpack_from(">3I", made.named("BomInfo")) == (1, 6, 1)
    for name in ("HLIndex", "VIndex", "Size64"):
        assert made.named(name)


def test_the_system_knows_it_for_one(tmp_path: Path) -> None:
    path = tmp_path / "Bom"
    path.write_bytes(bill(_entries(3), _WHEN))
    said = subprocess.run(["file", "-b", path], capture_output=True, text=True, check=True)
    assert "bill of materials" in said.stdout.lower()


@pytest.mark.parametrize("content", [b"", b"a", b"twinreel\n", bytes(range(256)) * 300])
def test_checksums_are_those_of_posix(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_bytes(content)
    program = shutil.which("cksum")
    assert program
    said = subprocess.run([program, path], capture_output=True, text=True, check=True).stdout
    pieces = [content[at : at + 1000] for at in range(0, len(content), 1000)]
    assert cksum(pieces) == int(said.split()[0])


def test_a_file_without_its_folder_is_refused() -> None:
    with pytest.raises(ValueError, match="its folder is missing"):
        by_path([folder("."), file("Library/x", b"")])
