"""Films to players: any range of a sealed file, opened frame by frame. Plain ASGI beside Django.

Before the first byte of a viewing goes out, the audit has its entry; if that fails, nothing goes
out. HEAD shows no content and so leaves no entry.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qs, quote

from central.core.access import Action
from central.core.audit import AuditTag
from central.media.vault import Vault
from central.services import audit
from central.services.errors import NotAllowed, NotFound, Refusal
from central.services.site import site
from central.store.models import FilmFile
from central.web.openings import Key, Openings
from central.web.ranges import Part, Unsatisfiable, wanted
from central.web.viewing import Viewer, call_for, film_of, viewer_of_cookie
from central.wire import Receive, Scope, Send, in_thread
from contract.envelope import EnvelopeError

logger = logging.getLogger(__name__)

_PATH = re.compile(r"/calls/([^/]+)/(film\.mp4|download|contact\.png|peaks\.json|timeline\.json)")
_PIECES = 8  # frames of the vault that are handed on at once: 512 KiB
_SWEEP = 30.0  # seconds
_DIGITS = 10  # of a version


@dataclass(frozen=True, slots=True)
class _Kind:
    file: str  # FilmFile.kind
    action: Action
    tag: AuditTag


_KINDS = {
    "film.mp4": _Kind("film", Action.PLAY, AuditTag.FILM_PLAYED),
    "download": _Kind("film", Action.EXPORT, AuditTag.FILM_EXPORTED),
    "contact.png": _Kind("contact-sheet", Action.PLAY, AuditTag.FILM_OPENED),
    "peaks.json": _Kind("peaks", Action.PLAY, AuditTag.FILM_OPENED),
    "timeline.json": _Kind("timeline", Action.PLAY, AuditTag.FILM_OPENED),
}

openings = Openings()
_sweeping: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True)
class _Source:
    """What is to be sent."""

    viewer: Viewer
    key: Key
    file: FilmFile
    kind: _Kind

    @property
    def etag(self) -> str:
        return f'"{self.file.content_sha256}"'


class _Answered(Exception):
    """An answer in words, raised from the depth."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status, self.text, self.headers = status, text, headers or {}


def handles(path: str) -> bool:
    """Whether this path is for `playback` and not for Django."""
    return _PATH.fullmatch(path) is not None


async def playback(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request for a film or what belongs to it."""
    try:
        if scope["method"] not in {"GET", "HEAD"}:
            raise _Answered(405, "Only GET and HEAD.", {"Allow": "GET, HEAD"})  # noqa: TRY301
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        source = await in_thread(_source, scope, headers)
        try:
            part = wanted(
                headers.get("range", ""),
                headers.get("if-range", ""),
                source.etag,
                source.file.content_bytes,
            )
        except Unsatisfiable:
            size = {"Content-Range": f"bytes */{source.file.content_bytes}"}
            raise _Answered(416, "There is no such range.", size) from None
        if scope["method"] == "GET":
            vault = await in_thread(_opened, source, part)
            _sweep_now_and_then()
            with vault:
                await _send(send, receive, source, part, vault)
        else:
            await _head(send, source, part)
            await send({"type": "http.response.body", "body": b""})
    except _Answered as answer:
        body = answer.text.encode()
        said = {"Content-Type": "text/plain; charset=utf-8", **answer.headers}
        await _start(send, answer.status, {**said, "Content-Length": str(len(body))})
        await send({"type": "http.response.body", "body": body})


async def finish() -> None:
    """Write down what goes on; for when central stops."""
    await in_thread(_write_over, float("inf"))


def _source(scope: Scope, headers: dict[str, str]) -> _Source:
    found = _PATH.fullmatch(scope["path"])
    if found is None:
        raise _Answered(404, "There is nothing here.")
    address = scope["client"][0] if scope.get("client") else ""
    viewer = viewer_of_cookie(headers.get("cookie", ""), address)
    if viewer is None:
        raise _Answered(401, "Please sign in first.")
    call_id, what = found[1], found[2]
    kind = _KINDS[what]
    try:
        call = call_for(viewer, kind.action, call_id, kind.tag, what)
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("v", [""])[0]
        film = film_of(call, int(asked) if asked.isdecimal() and len(asked) < _DIGITS else None)
        file = film.files.filter(kind=kind.file).first() if film else None
        if film is None or file is None:
            raise NotFound("there is no such film yet")
    except NotAllowed as refusal:
        raise _Answered(403, f"Not allowed: {refusal}.") from refusal
    except Refusal as refusal:
        raise _Answered(404, f"Not found: {refusal}.") from refusal
    what = what if kind.tag is not AuditTag.FILM_OPENED else "page"
    return _Source(viewer, Key(viewer.session, call_id, film.version, what), file, kind)


def _opened(source: _Source, part: Part) -> Vault:
    """The file, and the audit's entry if this is the first that is seen of it."""
    try:
        vault = Vault(site().path(source.file.path), site().keys.opening)
    except (OSError, EnvelopeError) as error:
        logger.error("file %s cannot be opened: %s", source.file.path, error)  # noqa: TRY400
        raise _Answered(500, "This file cannot be opened. Someone must look at it.") from error
    try:
        if openings.is_new(source.key) or source.kind.action is Action.EXPORT:
            audit.act(
                source.kind.tag,
                source.viewer.actor,
                source.key.call_id,
                {
                    "version": source.key.version,
                    "what": source.file.kind,
                    "sha256": source.file.content_sha256,
                    "from_byte": part.start,
                },
            )
            openings.begin(source.key, source.viewer.actor, time.monotonic())
    except BaseException:
        vault.close()
        raise
    return vault


async def _send(send: Send, receive: Receive, source: _Source, part: Part, vault: Vault) -> None:
    await _head(send, source, part)
    gone = asyncio.ensure_future(_gone(receive))
    pieces = vault.read_range(part.start, part.end)
    sent = part.start
    try:
        while sent < part.end and not gone.done():
            piece = await in_thread(_next, pieces)
            sent += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": sent < part.end})
        if part.length == 0:
            await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        actor = source.viewer.actor
        openings.streamed(source.key, actor, part.start, sent, time.monotonic())


def _next(pieces: Iterator[bytes]) -> bytes:
    return b"".join(islice(pieces, _PIECES))


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _head(send: Send, source: _Source, part: Part) -> None:
    size = source.file.content_bytes
    headers = {
        "Content-Type": source.file.media_type,
        "Content-Length": str(part.length),
        "Accept-Ranges": "bytes",
        "ETag": source.etag,
    }
    if not part.whole:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size}"
    if source.kind.action is Action.EXPORT:
        name = quote(source.key.call_id, safe="")
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}.mp4"
        headers["Repr-Digest"] = f"sha-256=:{_b64(source.file.content_sha256)}:"
    await _start(send, 200 if part.whole else 206, headers)


async def _start(send: Send, status: int, headers: dict[str, str]) -> None:
    common = {
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; media-src 'self'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (name.lower().encode("latin-1"), value.encode("latin-1"))
                for name, value in {**common, **headers}.items()
            ],
        }
    )


def _b64(digest: str) -> str:
    return base64.b64encode(bytes.fromhex(digest)).decode()


def _sweep_now_and_then() -> None:
    """While anyone watches, look for viewings that are over."""
    if not _sweeping:
        task = asyncio.get_running_loop().create_task(_sweep())
        _sweeping.add(task)
        task.add_done_callback(_sweeping.discard)


async def _sweep() -> None:
    while not openings.empty:
        await asyncio.sleep(_SWEEP)
        try:
            await in_thread(_write_over, time.monotonic())
        except Exception:
            logger.exception("what was streamed could not be written down")


def _write_over(now: float) -> None:
    for key, actor, parts in openings.over(now):
        if parts and key.what != "page":
            audit.act(
                AuditTag.FILM_STREAMED,
                actor,
                key.call_id,
                {"version": key.version, "what": key.what, "bytes": [list(one) for one in parts]},
            )
