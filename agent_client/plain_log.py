"""Log lines without anything personal: what may stand is named, all the rest is left out.

A word stands if it is a word of our own programs' texts, a number if it is short, an id as a hash
that is the same throughout one file and means nothing outside it. Of a traceback the places and
kinds of errors stand, not what they say. Lines of other libraries keep time, level and name.
"""

from __future__ import annotations

import errno
import os
import pkgutil
import re
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from importlib import import_module
from types import CodeType

_OURS = ("agent_client", "uploader", "contract")
_LEFT_OUT = "…"
_HASH_BYTES = 4

_LINE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[,.]\d+Z?) (?P<level>[A-Z]+) "
    r"(?P<thread>\S.*? )?(?P<name>[\w.]+): (?P<said>.*)"
)
_PLACE = re.compile(r'\s*File "(?P<file>[^"]*)", line (?P<line>\d+), in (?P<where>[\w<>]+)')
_KIND = re.compile(r"(?P<kind>[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning))\b")
_LONG_NUMBER = re.compile(r"\+?\d(?:[\s()./-]{0,2}\d){6,}")  # of a telephone, a card, an account
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
_ID = re.compile(r"\b(?=[0-9A-Fa-f-]*\d)[0-9A-Fa-f]{4}[0-9A-Fa-f-]{8,}\b")
_PIECE = re.compile(r"[^\W\d_]+(?:[\w'-]*\w)?|\d+(?:\.\d+)?|\w+|\s+|[^\w\s]")
_SHORT_NUMBER = 4  # digits
_LETTERS = str.maketrans("0123456789", "ghijklmnop")  # a hash is not to look like a number
_STANDING = re.compile(r"(#[a-p]{8})")
_MARKS = set(" ,.;:()/%+-=<>'#→")


def plain(lines: Iterable[str], salt: bytes) -> Iterator[str]:
    """Each line as it may be given away. `salt` makes the hashes of ids, and is thrown away."""
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None:
            yield from _of_traceback(line)
            continue
        said = found["said"] if found["name"].partition(".")[0] in _OURS else _LEFT_OUT
        name = ".".join(_word(part) for part in found["name"].split("."))
        yield f"{found['time']} {found['level']} {name}: {spoken(said, salt)}"


def spoken(text: str, salt: bytes) -> str:
    """The words of one message that may stand."""

    def hashed(found: re.Match[str]) -> str:
        digest = blake2b(found[0].lower().encode(), key=salt, digest_size=_HASH_BYTES)
        return f" #{digest.hexdigest().translate(_LETTERS)} "

    with_ids = _ID.sub(hashed, text)
    for pattern in (_LONG_NUMBER, _ADDRESS):
        with_ids = pattern.sub(_LEFT_OUT, with_ids)
    pieces = [
        piece if _STANDING.fullmatch(piece) else "".join(map(_piece, _PIECE.findall(piece)))
        for piece in _STANDING.split(with_ids)
    ]
    return re.sub(rf"{_LEFT_OUT}(?:\W*{_LEFT_OUT})+", _LEFT_OUT, " ".join("".join(pieces).split()))


def _of_traceback(line: str) -> Iterator[str]:
    place = _PLACE.match(line)
    if place is not None:
        file = re.split(r"[\\/]", place["file"])
        own = [index for index, part in enumerate(file) if part in _OURS]
        where = "/".join(file[own[-1] :]) if own else file[-1]
        yield f"  in {where}, line {place['line']}"
        return
    kind = _KIND.match(line)
    if kind is not None:
        yield f"  {kind['kind']}"


def _piece(piece: str) -> str:
    if piece in _MARKS or piece.isspace():
        return piece
    if piece.replace(".", "", 1).isdecimal():
        whole = piece.partition(".")[0]
        return piece if len(whole) <= _SHORT_NUMBER else _LEFT_OUT
    return _word(piece)


def _word(word: str) -> str:
    known = vocabulary()
    if word in known or all(part in known for part in re.split(r"[-_']", word)):
        return word
    return _LEFT_OUT


@cache
def vocabulary() -> frozenset[str]:
    """Every word of our programs' texts and names of their modules, and of the system's errors."""
    words: set[str] = set()
    for package in _OURS:
        module = import_module(package)
        words |= {package}
        for found in pkgutil.walk_packages(module.__path__, f"{package}."):
            words |= set(found.name.split("."))
            code = _code(found)
            for text in _texts(code) if code is not None else ():
                words |= set(re.findall(r"[^\W_]+(?:['_][^\W_]+)*", text))
    for number in errno.errorcode:
        words |= set(re.findall(r"\w+", os.strerror(number)))
    return frozenset(words)


def _code(found: pkgutil.ModuleInfo) -> CodeType | None:
    """The module's code, which is there in a bundle as well, without running it."""
    specification = found.module_finder.find_spec(found.name, None)
    loader = specification.loader if specification is not None else None
    get_code = getattr(loader, "get_code", None)
    return None if get_code is None else get_code(found.name)


def _texts(code: CodeType) -> Iterator[str]:
    """Texts of one line in this code: a docstring of several lines is for readers of the code."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _texts(constant)
        elif isinstance(constant, str) and "\n" not in constant:
            yield constant
        elif isinstance(constant, tuple):
            yield from (one for one in constant if isinstance(one, str) and "\n" not in one)
