"""HTTP in small, for what Django is not made for: bytes that come, and requests that wait.

A handler takes a `Request` and returns an `Answer`; a `Refusal` becomes an answer here, in one
place. What touches rows or files runs in threads.
"""

from __future__ import annotations

import asyncio
import errno
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar

import msgspec
from django.db import OperationalError, close_old_connections, connection

from central.services.errors import (
    Conflict,
    Damaged,
    Missing,
    NoRoom,
    NotAllowed,
    NotFound,
    Refusal,
    Unusable,
)

logger = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
_P = ParamSpec("_P")
_T = TypeVar("_T")

CHECKSUM_MISMATCH = 460  # tus
IDLE_SECONDS = 60.0  # without a byte, a request is given up
_DRAINED = 16 * 1024 * 1024  # bytes of a refused body that are read, so that the answer arrives
_STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Missing, HTTPStatus.CONFLICT),
    (Conflict, HTTPStatus.CONFLICT),
    (NoRoom, HTTPStatus.INSUFFICIENT_STORAGE),
    (Damaged, CHECKSUM_MISMATCH),
    (Unusable, HTTPStatus.UNPROCESSABLE_ENTITY),
)

_FULL = {errno.ENOSPC, errno.EDQUOT}
_quick = ThreadPoolExecutor(8, thread_name_prefix="wire")
_long = ThreadPoolExecutor(3, thread_name_prefix="proving")


class Cut(Exception):
    """The other side went away, or fell silent, in the middle of its request."""


class Refused(Exception):
    """An answer, raised from the depth of a handler."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def said(status: int, document: object, headers: Mapping[str, str] | None = None) -> Answer:
    """JSON."""
    body = json.dumps(document).encode()
    return Answer(status, body, {"Content-Type": "application/json", **(headers or {})})


def wrong(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An error, as `contract.protocol` shapes it."""
    return said(status, {"error": code, "detail": detail}, headers)


class Request:
    """One request: its head now, its body as it comes."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope.get("query_string", b"")
        self.headers: dict[str, str] = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        client = scope.get("client")
        self.address: str = client[0] if client else ""
        self.over = False  # nothing of the body is left
        self._receive = receive

    async def piece(self) -> bytes:
        """The next bytes of the body; b"" may come before its end (`over`). Cut if it is cut."""
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                message = await self._receive()
        except TimeoutError as error:
            raise Cut from error
        if message["type"] == "http.disconnect":
            raise Cut
        self.over = not message.get("more_body", False)
        body: bytes = message.get("body", b"")
        return body

    async def body(self, limit: int) -> bytes:
        """All of it; 413 above `limit` bytes."""
        held = bytearray()
        while not self.over:
            held += await self.piece()
            if len(held) > limit:
                raise Refused(wrong(413, "too-long", f"more than {limit} bytes"))
        return bytes(held)

    async def document(self, kind: type[_T], limit: int = 256 * 1024) -> _T:
        """The body as a declared type; 400 says what is wrong with it."""
        try:
            return msgspec.json.decode(await self.body(limit), type=kind)
        except msgspec.DecodeError as error:
            raise Refused(wrong(400, "malformed", str(error))) from error

    async def gone(self) -> None:
        """Return when the other side has gone; for requests that are held open."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def drained(self) -> None:
        """Read what is left of a body that nobody wants, so that the answer is not lost."""
        read = 0
        while not self.over and read < _DRAINED:
            read += len(await self.piece())

    def bearer(self) -> str:
        """What stands after `Authorization: Bearer`; "" if nothing does."""
        scheme, _, credential = self.headers.get("authorization", "").partition(" ")
        return credential.strip() if scheme.lower() == "bearer" else ""


Handler = Callable[[Request], Awaitable[Answer]]


async def in_thread(work: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Do what touches rows or files, for a moment."""
    return await _run(_quick, lambda: work(*args, **kwargs))


async def in_long_thread(work: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """As `in_thread`, for what may take seconds: it must not keep the quick ones waiting."""
    return await _run(_long, lambda: work(*args, **kwargs))


async def _run(pool: ThreadPoolExecutor, work: Callable[[], _T]) -> _T:
    def fresh() -> _T:
        close_old_connections()
        try:
            return work()
        except OperationalError:
            connection.close()  # SQLite that was opened on a read-only disk would stay read-only
            raise

    return await asyncio.get_running_loop().run_in_executor(pool, fresh)


async def serve(handler: Handler, scope: Scope, receive: Receive, send: Send) -> None:
    """One request: handler, refusals, answer."""
    request = Request(scope, receive)
    try:
        answer = await _answered(handler, request)
        await request.drained()
    except Cut:
        logger.info("%s %s was cut", request.method, request.path)
        return
    headers = {"Content-Length": str(len(answer.body)), "Cache-Control": "no-store"}
    if answer.status == HTTPStatus.NO_CONTENT:
        del headers["Content-Length"]
    headers.update(answer.headers)
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [
                (name.lower().encode("latin-1"), value.encode("latin-1"))
                for name, value in headers.items()
            ],
        }
    )
    body = b"" if request.method == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})


async def _answered(handler: Handler, request: Request) -> Answer:
    try:
        return await handler(request)
    except Refused as refused:
        return refused.answer
    except Refusal as refusal:
        if isinstance(refusal, Missing):
            document = {"error": refusal.code, "detail": str(refusal), "missing": refusal.names}
            return said(HTTPStatus.CONFLICT, document)
        for kind, status in _STATUS:
            if isinstance(refusal, kind):
                return wrong(status, refusal.code, str(refusal))
        raise
    except Cut:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            return wrong(HTTPStatus.INSUFFICIENT_STORAGE, NoRoom.code, "central's disk is full")
        logger.exception("%s %s failed", request.method, request.path)
        return wrong(500, "failed", "central could not do this; ask again later")
