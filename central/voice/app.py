"""`POST /voice`: a recording that another recorder kept, as a form with `metadata` and `audio`."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus

import msgspec
from multipart import (
    MultipartError,
    MultipartSegment,
    ParserError,
    PushMultipartParser,
    parse_options_header,
)

from central.services import voice
from central.services.errors import NotAllowed, Refusal
from central.services.site import Site
from central.services.voice import Staged
from central.wire import (
    Answer,
    Cut,
    Receive,
    Refused,
    Request,
    Scope,
    Send,
    in_long_thread,
    in_thread,
    said,
    serve,
    wrong,
)
from contract.voice import VoiceMetadata

PATH = "/voice"
_METADATA_BYTES = 256 * 1024
_PARTS = 2
_AT_ONCE = 4  # imports; the others wait
_AHEAD = 16  # pieces that may wait to be sealed


class _Sink:
    """Seals audio in a thread while it comes in."""

    def __init__(self, site: Site, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._loop = asyncio.get_running_loop()
        self._pieces: queue.Queue[bytes | None] = queue.Queue(_AHEAD)
        self._cut = False
        self._staged = self._loop.run_in_executor(pool, self._seal, site)

    def _seal(self, site: Site) -> Staged:
        try:
            return voice.stage(site, self._taken())
        finally:
            with suppress(queue.Empty):  # after an error nobody may wait for room
                while True:
                    self._pieces.get_nowait()

    async def put(self, data: bytes) -> None:
        """More audio."""
        await self._put(data)

    async def closed(self) -> Staged:
        """That was all of it."""
        await self._put(None)
        return await self._staged

    async def dropped(self) -> None:
        """It will not be finished."""
        self._cut = True
        await self._put(None)
        with suppress(Cut, Refusal):
            await in_thread(voice.discard, await self._staged)

    async def _put(self, piece: bytes | None) -> None:
        if self._staged.done():  # the disk is full: nobody takes pieces any more
            return
        await self._loop.run_in_executor(self._pool, self._pieces.put, piece)

    def _taken(self) -> Iterator[bytes]:
        while (piece := self._pieces.get()) is not None:
            yield piece
        if self._cut:
            raise Cut


class VoiceImport:
    """An ASGI application."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._pool = ThreadPoolExecutor(2 * _AT_ONCE, thread_name_prefix="voice")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        await serve(self._post, scope, receive, send)

    async def _post(self, request: Request) -> Answer:
        if request.method != "POST":
            return wrong(405, "method", "POST a form here")
        try:
            importer = await in_thread(voice.authenticated, request.bearer(), request.address)
        except NotAllowed as error:
            headers = {"WWW-Authenticate": "Bearer"}
            return wrong(HTTPStatus.UNAUTHORIZED, "unauthorised", str(error), headers)
        async with self._free:
            metadata, staged = await self._form(request)
            new = await in_long_thread(voice.keep, self._site, importer, metadata, staged)
        status = HTTPStatus.CREATED if new else HTTPStatus.OK
        return said(status, {"voice_id": metadata.voice_id, "call_id": metadata.call_id})

    async def _form(self, request: Request) -> tuple[VoiceMetadata, Staged]:
        """Both parts, in either order; the audio is staged."""
        text = bytearray()
        sink: _Sink | None = None
        part, length = "", 0
        try:
            parser = _parser(request)
            while not request.over:
                piece = await request.piece()
                for event in parser.parse(piece) if piece else ():  # to it, b"" is the end
                    if isinstance(event, MultipartSegment):
                        part, sink = event.name, self._begun(event.name, sink)
                    elif event and part == "audio" and sink is not None:
                        length += len(event)
                        self._check_length(length)
                        await sink.put(event)
                    elif event:
                        _collect(text, event)
            parser.close()  # MultipartError if the form is cut
            metadata = _metadata(bytes(text))
            staged = await _opened(sink).closed()
        except MultipartError as error:
            await _drop(sink)
            raise Refused(wrong(400, "malformed", str(error))) from error
        except (Cut, Refused):
            await _drop(sink)
            raise
        return metadata, staged

    def _begun(self, part: str, sink: _Sink | None) -> _Sink | None:
        if part not in {"metadata", "audio"}:
            raise ParserError(f"no part {part[:40]!r} is known")
        if part == "metadata":
            return sink
        if sink is not None:
            raise ParserError("two parts of audio")
        return _Sink(self._site, self._pool)

    def _check_length(self, length: int) -> None:
        limit = self._site.config.voice_limit_bytes
        if length > limit:
            raise Refused(wrong(413, "too-long", f"more than {limit} bytes of audio"))


async def _drop(sink: _Sink | None) -> None:
    if sink is not None:
        await sink.dropped()


def _parser(request: Request) -> PushMultipartParser:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise ParserError("send multipart/form-data with a boundary")
    return PushMultipartParser(options["boundary"], max_segment_count=_PARTS)


def _collect(text: bytearray, piece: bytes) -> None:
    text += piece
    if len(text) > _METADATA_BYTES:
        raise ParserError("the metadata are too long")


def _opened(sink: _Sink | None) -> _Sink:
    if sink is None:
        raise ParserError("the form has no audio")
    return sink


def _metadata(text: bytes) -> VoiceMetadata:
    try:
        return msgspec.json.decode(text, type=VoiceMetadata)
    except msgspec.DecodeError as error:
        raise ParserError(f"metadata: {error}") from error
