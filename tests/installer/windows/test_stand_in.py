"""Small libraries in the place of encoders that are never called."""

from __future__ import annotations

import struct
from pathlib import Path

from installer.windows.stand_in import Imports, library, stood_in

_BASE, _FILE = 0x2000, 0x600  # of the table of exports: in memory, in the file


def offered(content: bytes) -> tuple[str, list[str], set[int]]:
    """The name, the functions, and where they lead, as a loader reads them."""
    assert content[:2] == b"MZ"
    assert content[64:70] == b"PE\0\0\x64\x86"  # for x64
    table, _size = struct.unpack_from("<II", content, 64 + 24 + 112)
    assert table == _BASE

    def text(at: int) -> str:
        start = at - _BASE + _FILE
        return content[start : content.index(b"\0", start)].decode()

    fields = struct.unpack_from("<IIHHIIIIIII", content, _FILE)
    name, first, count, named, addresses, names = fields[4:10]
    assert (first, count) == (1, named)
    where = struct.unpack_from(f"<{count}I", content, addresses - _BASE + _FILE)
    called = struct.unpack_from(f"<{count}I", content, names - _BASE + _FILE)
    return text(name), [text(at) for at in called], set(where)


def test_a_stand_in_has_the_name_and_the_functions_that_are_asked_for() -> None:
    name, functions, where = offered(library("libx265-1.dll", ["x265_b", "x265_a"]))
    assert name == "libx265-1.dll"
    assert functions == ["x265_a", "x265_b"]  # in order, since the loader halves the list
    assert where == {0x1000}


def test_each_of_its_functions_answers_0() -> None:
    content = library("libx265-1.dll", ["x265_a"])
    assert content[0x400:0x403] == b"\x31\xc0\xc3"  # xor eax, eax; ret


def test_it_is_as_small_as_it_can_be_and_always_the_same() -> None:
    content = library("libx265-1.dll", ["x265_a"])
    assert len(content) == 0xA00
    assert content == library("libx265-1.dll", ["x265_a"])


def test_what_is_never_called_is_replaced_and_its_support_left_out(tmp_path: Path) -> None:
    asked: dict[str, Imports] = {
        "avcodec-63-a.dll": {"libx265-ee.dll": {"x265_api_get"}, "libx264-0f.dll": {"x264_open"}},
        "libx265-ee9d492f3fb55d0a.dll": {"libstdc++-6-7a.dll": {"new"}},
        "libx264-165-0f.dll": {},
        "libstdc++-6-7a.dll": {},
    }
    entries = [(f"av.libs\\{name}", name, "BINARY") for name in asked]
    found = {
        place: file for place, file, _ in stood_in(entries, tmp_path, lambda file: asked[file.name])
    }
    assert found == {
        "av.libs\\avcodec-63-a.dll": "avcodec-63-a.dll",
        "av.libs\\libx264-165-0f.dll": "libx264-165-0f.dll",
        "av.libs\\libx265-ee9d492f3fb55d0a.dll": str(tmp_path / "libx265-ee9d492f3fb55d0a.dll"),
    }


def test_the_c_library_stays_where_another_needs_it(tmp_path: Path) -> None:
    asked: dict[str, Imports] = {
        "other.dll": {"libstdc++-6-7A.dll": {"new"}},
        "libstdc++-6-7a.dll": {},
    }
    entries = [(f"av.libs/{name}", name, "BINARY") for name in asked]
    assert stood_in(entries, tmp_path, lambda file: asked[file.name]) == entries
