"""Linux' program files: what a library asks for, and one made smaller without a change in memory.

Both read the 64-bit little-endian form (System V ABI, "Object Files"), as a file's bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_MAGIC = b"\x7fELF\x02\x01"  # 64 bits, little-endian
_X86_64 = 62
_PAGE = 0x1000  # bytes; on x86-64 never more
_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_PROGRAM = struct.Struct("<IIQQQQQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_DYNAMIC = struct.Struct("<qQ")
_LOAD, _DYNAMIC_SEGMENT = 1, 2  # kinds of segments
_NOBITS = 8  # a section without bytes in the file
_SYMBOLS = 11  # the section of what is linked as the file is loaded
_VERSIONS = 0x6FFFFFFD  # the section of the versions that its functions have
_SYMBOL = struct.Struct("<IBBHQQ")
_FUNCTION, _CHOSEN_FUNCTION = 2, 10  # kinds of symbols; the second is chosen as it is loaded
_NEEDED, _STRINGS, _STRINGS_SIZE = 1, 5, 10  # tags in the dynamic table
_SEARCHED = frozenset({15, 29})  # where libraries are looked for: RPATH, RUNPATH


@dataclass(frozen=True, slots=True)
class _Segment:
    kind: int
    flags: int
    offset: int
    address: int
    physical: int
    size: int  # bytes in the file
    memory: int  # bytes in memory
    align: int


def is_elf(content: bytes) -> bool:
    """Whether this is such a file, to its header."""
    return content.startswith(_MAGIC) and len(content) >= _HEADER.size


def needed(content: bytes) -> tuple[str, ...]:
    """The names of the libraries that must be there for this file to be loaded; () if no ELF."""
    if not is_elf(content):
        return ()
    segments = _segments(content)
    table = next((one for one in segments if one.kind == _DYNAMIC_SEGMENT), None)
    if table is None:
        return ()
    entries = list(_entries(content, table))
    values = dict(entries)
    start = _in_file(segments, values[_STRINGS])
    strings = content[start : start + values[_STRINGS_SIZE]]
    return tuple(
        strings[value : strings.index(b"\0", value)].decode()
        for tag, value in entries
        if tag == _NEEDED
    )


def symbols(content: bytes) -> tuple[dict[str, bool], frozenset[str]]:
    """What a library offers, each with whether it is a function; and what it asks others for."""
    header = list(_HEADER.unpack_from(content))
    tables = [*_sections(content, header)]
    offered: dict[str, bool] = {}
    asked: set[str] = set()
    for table in tables:
        if table[1] != _SYMBOLS:
            continue
        strings = tables[table[6]]
        names = content[strings[4] : strings[4] + strings[5]]
        for name_at, kind, _, section, _, _ in _SYMBOL.iter_unpack(
            content[table[4] : table[4] + table[5]]
        ):
            name = names[name_at : names.index(b"\0", name_at)].decode()
            if name and section:
                offered[name] = kind & 0xF in {_FUNCTION, _CHOSEN_FUNCTION}
            elif name:
                asked.add(name)
    return offered, frozenset(asked)


def has_versions(content: bytes) -> bool:
    """Whether a library's functions have versions, which those who ask for them name as well."""
    header = list(_HEADER.unpack_from(content))
    return any(section[1] == _VERSIONS for section in _sections(content, header))


def searching_here(content: bytes) -> bytes:
    """The same library, that looks for others beside itself alone, in no folder of the builder."""
    segments = _segments(content) if is_elf(content) else []
    table = next((one for one in segments if one.kind == _DYNAMIC_SEGMENT), None)
    if table is None:
        return content
    entries = list(_entries(content, table))
    start = _in_file(segments, dict(entries)[_STRINGS])

    def path(value: int) -> str:
        return content[start + value : content.index(b"\0", start + value)].decode()

    kept = [
        (tag, value)
        for tag, value in entries
        if tag not in _SEARCHED or all(one.startswith("$ORIGIN") for one in path(value).split(":"))
    ]
    written = b"".join(_DYNAMIC.pack(*entry) for entry in kept)
    end = table.offset + len(entries) * _DYNAMIC.size
    return content[: table.offset] + written.ljust(end - table.offset, b"\0") + content[end:]


def compacted(content: bytes) -> bytes:
    """The same library without the zeros that stand between its parts; unchanged if it has none.

    Tools that change libraries leave up to 2 MB between the parts that are loaded, as the largest
    page would have it. On x86-64 a page is 4 KB: what is loaded, and where in memory, stays.
    """
    if not is_elf(content):
        return content
    header = list(_HEADER.unpack_from(content))
    segments = _segments(content)
    loaded = sorted((one for one in segments if one.kind == _LOAD), key=lambda one: one.offset)
    if header[2] != _X86_64 or not loaded or loaded[0].offset:
        return content
    packed, moved = bytearray(), {}
    for one in loaded:
        packed += bytes((one.address - len(packed)) % _PAGE)
        moved[one.offset] = len(packed)
        packed += content[one.offset : one.offset + one.size]

    def place(offset: int, size: int) -> int | None:
        for one in loaded:
            if one.offset <= offset and offset + size <= one.offset + one.size:
                return moved[one.offset] + offset - one.offset
        return None

    sections = []
    for kept in _sections(content, header):
        section = list(kept)
        name_kind, offset, size = section[1], section[4], section[5]
        if name_kind == _NOBITS:
            section[4] = min(offset, len(packed))
        elif (there := place(offset, size)) is not None:
            section[4] = there
        else:
            packed += bytes(-len(packed) % (section[8] or 1))
            section[4] = len(packed)
            packed += content[offset : offset + size]
        sections.append(_SECTION.pack(*section))
    table = place(header[5], len(segments) * _PROGRAM.size)
    if table is None:
        return content
    header[5] = table
    packed += bytes(-len(packed) % 8)
    header[6] = len(packed) if sections else 0
    packed += b"".join(sections)
    _HEADER.pack_into(packed, 0, *header)
    for number, one in enumerate(segments):
        at = place(one.offset, one.size) if one.size else 0
        if at is None:
            return content
        align = _PAGE if one.kind == _LOAD else one.align
        where = header[5] + number * _PROGRAM.size
        fields = (one.kind, one.flags, at, one.address, one.physical, one.size, one.memory, align)
        _PROGRAM.pack_into(packed, where, *fields)
    return bytes(packed) if len(packed) < len(content) else content


def _segments(content: bytes) -> list[_Segment]:
    header = _HEADER.unpack_from(content)
    return [
        _Segment(*_PROGRAM.unpack_from(content, header[5] + number * _PROGRAM.size))
        for number in range(header[10])
    ]


def _sections(content: bytes, header: list[int]) -> Iterator[tuple[int, ...]]:
    for number in range(header[12] if header[6] else 0):
        yield _SECTION.unpack_from(content, header[6] + number * _SECTION.size)


def _entries(content: bytes, table: _Segment) -> Iterator[tuple[int, int]]:
    for at in range(table.offset, table.offset + table.size, _DYNAMIC.size):
        tag, value = _DYNAMIC.unpack_from(content, at)
        if not tag:
            return
        yield tag, value


def _in_file(segments: list[_Segment], address: int) -> int:
    """Where in the file stands what is loaded at this address; ValueError if nothing is."""
    for one in segments:
        if one.kind == _LOAD and one.address <= address < one.address + one.size:
            return one.offset + address - one.address
    raise ValueError("the library's table names a place that it does not have")
