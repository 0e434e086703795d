"""On real libraries: this Python's own, and one that is given gaps as other tools leave them."""

import ctypes
import importlib.util
import struct
import subprocess
import sys
from importlib.machinery import ExtensionFileLoader
from pathlib import Path

import pytest

from installer.elf import compacted, is_elf, needed, searching_here
from installer.linux.stand_in import library

_GAP = 0x200000  # bytes, as for the largest page

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the libraries of other systems have other forms"
)


def _module(name: str) -> Path:
    """One of Python's own that is a file on every system that builds it."""
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin)


def _with_gaps(content: bytes) -> bytes:
    """The same library, its parts as far apart as if a page were 2 MB; without its sections."""
    header = list(struct.unpack_from("<16sHHIQQQIHHHHHH", content))
    segments = [
        list(struct.unpack_from("<IIQQQQQQ", content, header[5] + number * 56))
        for number in range(header[10])
    ]
    loaded = sorted((one for one in segments if one[0] == 1), key=lambda one: one[2])
    grown, moved = bytearray(), {}
    for one in loaded:
        if grown:
            grown += bytes(_GAP - len(grown) % _GAP + one[3] % 0x1000)
        moved[one[2]] = len(grown)
        grown += content[one[2] : one[2] + one[5]]
    for number, one in enumerate(segments):
        for part in loaded:
            if part[2] <= one[2] and one[2] + one[5] <= part[2] + part[5]:
                one = [*one[:2], moved[part[2]] + one[2] - part[2], *one[3:]]  # noqa: PLW2901
                break
        struct.pack_into("<IIQQQQQQ", grown, header[5] + number * 56, *one)
    header[6] = header[12] = header[13] = 0
    struct.pack_into("<16sHHIQQQIHHHHHH", grown, 0, *header)
    return bytes(grown)


def test_a_library_says_what_it_asks_for() -> None:
    names = needed(_module("_ctypes").read_bytes())
    assert any(name.startswith("libffi") for name in names)
    assert any(name.startswith("libc.") for name in names)


def test_what_is_no_library_asks_for_nothing() -> None:
    assert needed(b"\x89PNG") == ()
    assert not is_elf(b"")


def test_gaps_are_closed_and_the_library_still_works(tmp_path: Path) -> None:
    content = _with_gaps(_module("_bz2").read_bytes())
    small = compacted(content)
    assert len(content) > 2 * _GAP
    assert len(small) < _GAP
    assert needed(small) == needed(content)
    file = tmp_path / "small.so"
    file.write_bytes(small)
    loader = ExtensionFileLoader("_bz2", str(file))
    spec = importlib.util.spec_from_loader("_bz2", loader, origin=str(file))
    assert spec is not None
    again = importlib.util.module_from_spec(spec)
    loader.exec_module(again)
    packer = again.BZ2Compressor()
    packed = packer.compress(b"the same library") + packer.flush()
    assert again.BZ2Decompressor().decompress(packed) == b"the same library"


def test_a_library_without_gaps_stays_as_it_is() -> None:
    content = _module("_ctypes").read_bytes()
    once = compacted(content)
    assert compacted(once) == once
    assert len(content) - len(once) < 0x2000


def _searching(path: bytes) -> bytes:
    """A small library that looks for others in this folder."""
    plain = library(path.decode(), [], 62)
    table, size = len(plain) - 7 * 16, 8 * 16
    grown = bytearray(plain[:-16])
    name = struct.unpack_from("<QQ", grown, table)[1]
    grown += struct.pack("<QQQQ", 29, name, 0, 0)
    for number in (1, 2):
        struct.pack_into("<QQ", grown, 64 + number * 56 + 32, size, size)
    return bytes(grown)


def _runpath(file: Path) -> bool:
    told = subprocess.run(["readelf", "-d", file], capture_output=True, text=True, check=True)
    return "RUNPATH" in told.stdout


def test_no_library_looks_for_others_in_a_folder_of_the_builders(tmp_path: Path) -> None:
    file = tmp_path / "small.so"
    file.write_bytes(_searching(b"/builder/lib:$ORIGIN"))
    assert _runpath(file)
    file.write_bytes(searching_here(file.read_bytes()))
    assert not _runpath(file)
    ctypes.CDLL(str(file))


def test_a_library_that_looks_beside_itself_stays_as_it_is() -> None:
    content = _searching(b"$ORIGIN/../lib")
    assert searching_here(content) == content


def test_what_is_not_understood_stays_as_it_is() -> None:
    assert compacted(b"\x7fELF\x01" + bytes(64)) == b"\x7fELF\x01" + bytes(64)
