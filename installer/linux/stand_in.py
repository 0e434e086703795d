"""Small libraries in the place of encoders that are never called, in the bundle for Linux.

As `installer/windows/stand_in.py`, which says why and names them: what stands in has the library's
name, and the functions of it that others ask for; each answers 0. Written here byte by byte, so
that the same input gives the same file. The form: System V ABI, "Object Files", "Dynamic Linking".
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from pathlib import Path

from installer.elf import has_versions, is_elf, needed, symbols
from installer.windows.stand_in import NEVER_CALLED

_ANSWER_0 = {  # by the number of the machine
    62: b"\x31\xc0\xc3",  # x86-64: xor eax, eax; ret
    183: b"\x00\x00\x80\x52\xc0\x03\x5f\xd6",  # 64-bit ARM: mov w0, #0; ret
}
_NOWHERE = b"/dev/null/"  # no folder, so nothing is in it
_BELOW_TMP = re.compile(rb"/tmp/[A-Za-z0-9_-]{5,}(?=/)")
_PAGE = 0x10000  # bytes: the largest on either
_HEADER, _PROGRAM, _SYMBOL = 64, 56, 24  # bytes of each
_GLOBAL_FUNCTION = 0x12
_HASH, _STRINGS, _SYMBOLS, _STRINGS_SIZE, _SYMBOL_SIZE, _NAME = 4, 5, 6, 10, 11, 14


def library(name: str, functions: Sequence[str], machine: int) -> bytes:
    """A library of this name, whose functions all answer 0. KeyError for a machine not known."""
    answer = _ANSWER_0[machine]
    strings, where = b"\0", []
    for text in (*sorted(functions), name):
        where.append(len(strings))
        strings += text.encode() + b"\0"
    count = len(functions) + 1  # the first symbol is none
    code = _HEADER + 4 * _PROGRAM
    hashed = code + 16
    table = hashed + -(-4 * (3 + count) // 8) * 8
    texts = table + _SYMBOL * count
    dynamic = texts + -(-len(strings) // 16) * 16
    # One bucket: all symbols are one chain.
    chain = [*range(2, count), 0] if count > 1 else []
    buckets = struct.pack(f"<{3 + count}I", 1, count, min(1, count - 1), 0, *chain)
    offered = bytes(_SYMBOL) + b"".join(
        struct.pack("<IBBHQQ", at, _GLOBAL_FUNCTION, 0, 1, code, len(answer)) for at in where[:-1]
    )
    entries = (
        *((_NAME, where[-1]), (_HASH, hashed), (_STRINGS, texts), (_SYMBOLS, table)),
        *((_STRINGS_SIZE, len(strings)), (_SYMBOL_SIZE, _SYMBOL), (0, 0)),
    )
    linking = b"".join(struct.pack("<QQ", tag, value) for tag, value in entries)
    programs = (  # kind, rights, where in the file, where in memory, size, to be a multiple of
        (1, 5, 0, 0, dynamic, _PAGE),
        (1, 6, dynamic, dynamic + _PAGE, len(linking), _PAGE),
        (2, 6, dynamic, dynamic + _PAGE, len(linking), 8),
        (0x6474E551, 6, 0, 0, 0, 16),  # no program on the stack
    )
    header = struct.pack(
        "<16sHHIQQQIHHHHHH",
        *(b"\x7fELF\x02\x01\x01", 3, machine, 1, 0, _HEADER, 0, 0),
        *(_HEADER, _PROGRAM, len(programs), 64, 0, 0),
    )
    for kind, rights, at, memory, size, unit in programs:
        header += struct.pack("<IIQQQQQQ", kind, rights, at, memory, memory, size, size, unit)
    body = header + answer.ljust(16, b"\0") + buckets
    body = body.ljust(table, b"\0") + offered + strings
    return body.ljust(dynamic, b"\0") + linking


def stand_in(folder: Path) -> list[Path]:
    """Replace those of this folder's libraries that are never called; which were replaced.

    One that offers anything else than functions, or versions of them, stays; so do all on a machine
    that is not known. What stays is kept from looking for others where anybody may put them.
    """
    libraries = {
        file.name: file.read_bytes()
        for file in sorted(folder.rglob("*.so*"))
        if file.is_file() and not file.is_symlink()
    }
    others = [
        content
        for name, content in libraries.items()
        if is_elf(content) and not _never_called(name)
    ]
    asking = [({*needed(content)}, symbols(content)[1]) for content in others]
    replaced = []
    for file in sorted(folder.rglob("*.so*")):
        if file.is_symlink() or not _never_called(file.name) or not is_elf(libraries[file.name]):
            continue
        content = libraries[file.name]
        offered, _ = symbols(content)
        wanted = {name for names, asked in asking if file.name in names for name in asked}
        functions = sorted(wanted & {*offered})
        machine = int.from_bytes(content[18:20], "little")
        known = machine in _ANSWER_0 and not has_versions(content)
        if known and all(offered[name] for name in functions):
            file.write_bytes(library(file.name, functions, machine))
            replaced.append(file)
        else:
            file.write_bytes(without_temporary_folders(content))
    return replaced


def without_temporary_folders(content: bytes) -> bytes:
    """A library that looks for others below /tmp, where it was built, looks where nothing can be.

    Intel's does, once it is called: and in /tmp everybody may make a folder, and a library in it.
    """
    return _BELOW_TMP.sub(lambda found: _NOWHERE.ljust(len(found[0]), b"-"), content)


def _never_called(name: str) -> bool:
    return name.partition("-")[0].partition(".")[0] in NEVER_CALLED
