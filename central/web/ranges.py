"""Which bytes a player asks for: RFC 9110, section 14, one range at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
_DIGITS_AT_MOST = 18


class Unsatisfiable(ValueError):
    """No byte of the file is in the range: 416."""


@dataclass(frozen=True, slots=True)
class Part:
    """From `start` up to, not including, `end`; `whole` if no range was asked for."""

    start: int
    end: int
    whole: bool

    @property
    def length(self) -> int:
        return self.end - self.start


def wanted(header: str, if_range: str, etag: str, size: int) -> Part:
    """The part to send; the whole for several ranges, other units and nonsense.

    A range is only for a file that is still the one that the player knows (`If-Range`).
    """
    whole = Part(0, size, whole=True)
    if not header or (if_range and if_range != etag):
        return whole
    found = _ONE.fullmatch(header.strip())
    if found is None or max(len(found[1]), len(found[2])) > _DIGITS_AT_MOST:
        return whole
    first, last = found[1], found[2]
    if not first and not last:
        return whole
    if not first:
        start, end = max(0, size - int(last)), size
        if not int(last):
            raise Unsatisfiable(header)
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return whole
    if start >= size:
        raise Unsatisfiable(header)
    return Part(start, end, whole=False)
