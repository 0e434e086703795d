"""The archive that a flat package is: a table of contents in XML, and one heap of contents."""

from __future__ import annotations

import hashlib
import shutil
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element, SubElement, tostring

_HEADER = struct.Struct(">4sHHQQI")
_SHA1 = 1  # of the table alone, as Apple's tools write it; a signature covers it
_SHA1_BYTES = 20


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive; `name` may have folders in it."""

    name: str
    source: Path


def write(out: BinaryIO, members: Sequence[Member], when: int) -> None:
    """All of them, each changed at `when`, in seconds since 1970."""
    root = Element("xar")
    table = SubElement(root, "toc")
    checksum = SubElement(table, "checksum", style="sha1")
    SubElement(checksum, "offset").text = "0"
    SubElement(checksum, "size").text = str(_SHA1_BYTES)
    stamp = f"{datetime.fromtimestamp(when, UTC):%Y-%m-%dT%H:%M:%S}"
    SubElement(table, "creation-time").text = stamp
    folders: dict[str, Element] = {"": table}
    offset = _SHA1_BYTES
    numbers = count(1)  # Apple's reader takes nothing but numbers
    for member in members:
        parent, _, name = member.name.rpartition("/")
        if parent not in folders:
            folders[parent] = _named(table, next(numbers), parent, stamp)
            SubElement(folders[parent], "type").text = "directory"
            SubElement(folders[parent], "mode").text = "0755"
        entry = _named(folders[parent], next(numbers), name, stamp)
        SubElement(entry, "type").text = "file"
        SubElement(entry, "mode").text = "0644"
        size = member.source.stat().st_size
        digest = _sha1(member.source)
        data = SubElement(entry, "data")
        SubElement(data, "length").text = str(size)
        SubElement(data, "offset").text = str(offset)
        SubElement(data, "size").text = str(size)
        SubElement(data, "encoding", style="application/octet-stream")
        SubElement(data, "archived-checksum", style="sha1").text = digest
        SubElement(data, "extracted-checksum", style="sha1").text = digest
        offset += size
    plain = tostring(root, encoding="UTF-8", xml_declaration=True)
    packed = zlib.compress(plain, 9)
    out.write(_HEADER.pack(b"xar!", _HEADER.size, 1, len(packed), len(plain), _SHA1))
    out.write(packed)
    out.write(hashlib.sha1(packed, usedforsecurity=False).digest())
    for member in members:
        with member.source.open("rb") as file:
            shutil.copyfileobj(file, out, 1 << 20)


def _named(parent: Element, number: int, name: str, stamp: str) -> Element:
    entry = SubElement(parent, "file", id=str(number))
    for tag, text in (
        *(("name", name), ("uid", "0"), ("gid", "0")),
        *(("user", "root"), ("group", "wheel"), ("mtime", f"{stamp}Z")),
    ):
        SubElement(entry, tag).text = text
    return entry


def _sha1(path: Path) -> str:
    with path.open("rb") as file:
        summed = hashlib.file_digest(file, lambda: hashlib.sha1(usedforsecurity=False))
    return summed.hexdigest()
