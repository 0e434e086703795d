"""multipart/form-data (RFC 7578) as it comes: bytes in, parts and their pieces out. No I/O here.

Nothing is held but what may still be a boundary, so a part may be of any length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

_HEADERS_AT_MOST = 16 * 1024  # bytes


class MultipartError(ValueError):
    """The body is not what its Content-Type says."""


@dataclass(frozen=True, slots=True)
class PartBegins:
    """A part; `Piece`s follow, until the next part or the end."""

    name: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the bytes of the part that began last."""

    data: bytes


def boundary(content_type: str) -> bytes:
    """The boundary in a Content-Type; MultipartError if it is none of a form."""
    message = Message()
    message["Content-Type"] = content_type
    found = message.get_boundary()
    if message.get_content_type() != "multipart/form-data" or not found:
        raise MultipartError("send multipart/form-data with a boundary")
    return found.encode("latin-1", "replace")


class Reader:
    """Feed it the body, in pieces of any size; each call yields what they add."""

    def __init__(self, boundary: bytes) -> None:
        self._mark = b"\r\n--" + boundary
        self._held = bytearray(b"\r\n")  # so that the first boundary looks like all others
        self._in_headers = False
        self._begun = False
        self.ended = False

    def feed(self, data: bytes) -> Iterator[PartBegins | Piece]:
        """What the next bytes of the body say."""
        self._held += data
        while not self.ended:
            if self._in_headers:
                if (begins := self._headers()) is None:
                    return
                yield begins
                continue
            place = self._held.find(self._mark)
            if place < 0:
                sure = len(self._held) - len(self._mark) + 1
                if sure > 0:
                    yield from self._piece(sure)
                return
            after = place + len(self._mark) + 2
            if len(self._held) < after:
                return
            yield from self._piece(place)
            del self._held[: len(self._mark)]
            self._passed(bytes(self._held[:2]))

    def _piece(self, length: int) -> Iterator[Piece]:
        data = bytes(self._held[:length])
        del self._held[:length]
        if self._begun and data:
            yield Piece(data)

    def _passed(self, tail: bytes) -> None:
        if tail == b"--":
            self.ended = True
        elif tail == b"\r\n":
            self._in_headers = True  # the line's end stays: a blank line may follow at once
        else:
            raise MultipartError("a boundary does not end its line")

    def _headers(self) -> PartBegins | None:
        end = self._held.find(b"\r\n\r\n")
        if end < 0:
            if len(self._held) > _HEADERS_AT_MOST:
                raise MultipartError("the headers of a part are too long")
            return None
        text = bytes(self._held[2:end]).decode("utf-8", "replace")
        del self._held[: end + 4]
        name = HeaderParser().parsestr(text).get_param("name", header="content-disposition")
        if not isinstance(name, str):
            raise MultipartError("a part without a name")
        self._in_headers, self._begun = False, True
        return PartBegins(name)
