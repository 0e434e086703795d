"""Small libraries in the place of encoders that are never called, in the bundle for Windows.

FFmpeg, as PyAV brings it, is linked with encoders and decoders for formats that no desk makes:
without them it does not load. What stands in for one has its name, and the functions of it that
others ask for; each of them answers 0, which FFmpeg takes as "not to be had". That is 31 MB less
on each desk. H.264 by x264, and all that Windows itself brings, stays as it is.

The files are written here byte by byte, so that the same input gives the same file and no compiler
is needed. The format: "PE Format", Microsoft.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

Entry = tuple[str, str, str]  # place in the bundle, file, kind
Imports = Mapping[str, Collection[str]]  # functions by library

# What is left out, by the beginning of its file's name, and what it is for.
NEVER_CALLED: Mapping[str, str] = {
    "libx265": "encodes HEVC",
    "libSvtAv1Enc": "encodes AV1",
    "libdav1d": "decodes AV1",
    "libvpx": "encodes and decodes VP8 and VP9",
    "libvmaf": "measures how well something was encoded",
    "libvpl": "Intel's encoders",
}
_SUPPORT = "libstdc++"  # the C++ library, which only these need

_PAGE = 0x1000
_BLOCK = 0x200
_BASE = 0x180000000
_LOADED = b"\xb8\x01\0\0\0\xc3"  # mov eax, 1; ret: it is loaded well
_ANSWER_0 = b"\x31\xc0\xc3"  # xor eax, eax; ret
_NO_FIXUPS = struct.pack("<IIHH", _PAGE, 12, 0, 0)  # nothing to mend wherever it is loaded
_CODE, _READ = 0x60000020, 0x40000040
_DISCARDED = 0x42000040


def library(name: str, functions: Sequence[str]) -> bytes:
    """A library for x64 of this file name, whose functions all answer 0."""
    exports = _exports(name, sorted(set(functions)), 2 * _PAGE)
    relocations_at = 2 * _PAGE + _up(len(exports), _PAGE)
    parts = (
        (b".text", _PAGE, _ANSWER_0.ljust(16) + _LOADED, _CODE),
        (b".rdata", 2 * _PAGE, exports, _READ),
        (b".reloc", relocations_at, _NO_FIXUPS, _DISCARDED),
    )
    directories = bytearray(16 * 8)
    struct.pack_into("<II", directories, 0, 2 * _PAGE, len(exports))
    struct.pack_into("<II", directories, 5 * 8, relocations_at, len(_NO_FIXUPS))
    optional = struct.pack(
        "<HBBIIIIIQIIHHHHHHIIIIHHQQQQII",
        *(0x20B, 14, 0, _BLOCK, _up(len(exports), _BLOCK) + _BLOCK, 0, _PAGE + 16, _PAGE),
        *(_BASE, _PAGE, _BLOCK, 6, 0, 0, 0, 6, 0, 0),
        *(relocations_at + _PAGE, 2 * _BLOCK, 0),  # size in memory, of the headers, no checksum
        *(2, 0x160),  # no console; to be loaded anywhere, nothing in it is code but code
        *(0x100000, 0x1000, 0x100000, 0x1000, 0, 16),
    )
    size = len(optional) + len(directories)
    header = struct.pack("<2s58xI", b"MZ", 64) + struct.pack(
        "<4sHHIIIHH", b"PE\0\0", 0x8664, len(parts), 0, 0, 0, size, 0x2022
    )
    tables, contents, at = b"", b"", 2 * _BLOCK
    for called, place, content, rights in parts:
        held = content.ljust(_up(len(content), _BLOCK), b"\0")
        tables += struct.pack(
            "<8sIIIIIIHHI", called, len(content), place, len(held), at, 0, 0, 0, 0, rights
        )
        contents += held
        at += len(held)
    return (header + optional + directories + tables).ljust(2 * _BLOCK, b"\0") + contents


def _exports(name: str, functions: Sequence[str], at: int) -> bytes:
    """The table of what it offers, loaded at this address; names in order, as it must be."""
    count = len(functions)
    addresses = at + 40
    names = addresses + 4 * count
    ordinals = names + 4 * count
    texts = ordinals + 2 * count
    where, strings = [], name.encode() + b"\0"
    for function in functions:
        where.append(texts + len(strings))
        strings += function.encode() + b"\0"
    return (
        struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, texts, 1, count, count, addresses, names, ordinals)
        + struct.pack(f"<{count}I", *[_PAGE] * count)
        + struct.pack(f"<{count}I", *where)
        + struct.pack(f"<{count}H", *range(count))
        + strings
    )


def stood_in(
    entries: Iterable[Entry], made: Path, imports: Callable[[Path], Imports] | None = None
) -> list[Entry]:
    """The bundle's libraries, with those that are never called replaced; written below `made`.

    `imports` reads from a file what it asks of other libraries.
    """
    found = list(entries)
    read = imports or _imports
    asked: dict[str, set[str]] = {}
    kept = [entry for entry in found if _family(entry[0]) not in {*NEVER_CALLED, _SUPPORT}]
    for _, file, kind in kept:
        if kind in {"BINARY", "EXTENSION"}:
            for name, functions in read(Path(file)).items():
                asked.setdefault(name.lower(), set()).update(functions)
    made.mkdir(parents=True, exist_ok=True)
    result: list[Entry] = []
    for place, file, kind in found:
        name = re.split(r"[\\/]", place)[-1]
        family = _family(place)
        if family == _SUPPORT and name.lower() not in asked:
            continue
        if family in NEVER_CALLED:
            written = made / name
            written.write_bytes(library(name, sorted(asked.get(name.lower(), ()))))
            result.append((place, str(written), kind))
        else:
            result.append((place, file, kind))
    return result


def _family(place: str) -> str:
    """The beginning of a file's name, before version and hash."""
    return re.split(r"-\d|-[0-9a-f]{16,}|\.", re.split(r"[\\/]", place)[-1])[0]


def _imports(file: Path) -> Imports:
    """What a library asks of others, by their names; of whatever is no library, nothing."""
    import pefile  # noqa: PLC0415 -- PyInstaller brings it, on Windows only

    try:
        parsed = pefile.PE(str(file), fast_load=True)
        parsed.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"]])
    except pefile.PEFormatError:
        return {}
    with parsed:
        return {
            entry.dll.decode(): {one.name.decode() for one in entry.imports if one.name}
            for entry in getattr(parsed, "DIRECTORY_ENTRY_IMPORT", ())
        }


def _up(size: int, unit: int) -> int:
    return -(-size // unit) * unit
