"""Doors of the loopback endpoint: each is one set of paths, with its own rule of who may enter.

What holds for all of them stands in the endpoint itself, before any door is asked: the request
must name this computer as its Host, must come from the same user and session, and must keep to the
limits of size and time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from aiohttp import web


class RefusedError(Exception):
    """A request that is not served: an HTTP status, a code for IT, and a sentence."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text


class Door(Protocol):
    """One set of paths. All methods are called in the event loop and must not wait."""

    @property
    def prefix(self) -> str:
        """What its paths begin with, `/bridge/`; `/` for all paths that no other door has."""

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Its paths, written whole. Handlers may raise RefusedError."""

    def admit(self, request: web.Request) -> None:
        """Raise RefusedError for who may not enter. Asked before every handler, of OPTIONS too."""

    def cors(self, request: web.Request, *, preflight: bool) -> Mapping[str, str]:
        """Headers that let an allowed page read the answer, also when it is a refusal."""


@runtime_checkable
class OwnWords(Protocol):
    """A door that tells of refusals in a form of its own."""

    def refusal(self, status: int, code: str, text: str) -> web.Response:
        """The answer to a request that is not served."""


def door_of(path: str, doors: Sequence[Door]) -> Door:
    """The door with the longest prefix that fits; one with the prefix `/` must be there."""
    fitting = [door for door in doors if path.startswith(door.prefix)]
    return max(fitting, key=lambda door: len(door.prefix))


def refused(door: Door, status: int, code: str, text: str) -> web.Response:
    """An answer that tells of a problem, in this door's form."""
    if isinstance(door, OwnWords):
        return door.refusal(status, code, text)
    return said(status, code, text)


def said(status: int, code: str, text: str) -> web.Response:
    """An answer that tells of a problem, in the form of doors that have none of their own."""
    return web.json_response(
        {"statusCode": status, "error": code, "statusMessage": text}, status=status
    )
