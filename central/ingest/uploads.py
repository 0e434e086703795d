"""tus 1.0.0 for desks: OPTIONS, POST, HEAD, PATCH, DELETE.

What is acknowledged is durable: the file is synced before an answer names an offset, and an
upload's row and folder before an answer names its Location.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from email.utils import format_datetime
from http import HTTPStatus
from io import FileIO
from typing import Protocol

from central.core.recording import UploadState
from central.ingest import asked
from central.ingest.signing import signed_in
from central.ingest.turns import Turns
from central.media import disk
from central.services import uploads
from central.services.errors import Damaged, NoRoom
from central.services.site import Site
from central.store.models import Device, Upload
from central.wire import (
    CHECKSUM_MISMATCH,
    Answer,
    Refused,
    Request,
    in_long_thread,
    in_thread,
    wrong,
)
from contract import protocol

logger = logging.getLogger(__name__)

_BYTES = "application/offset+octet-stream"
_WRITTEN_AT_ONCE = 512 * 1024  # bytes


class _Sum(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class Uploads:
    """The verbs."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._turns = Turns()

    async def __call__(self, request: Request) -> Answer:
        """One request; every answer says which tus is spoken."""
        try:
            answer = await self._answer(request)
        except Refused as refused:
            answer = refused.answer
        return Answer(
            answer.status,
            answer.body,
            {"Tus-Resumable": protocol.TUS_VERSION, **answer.headers},
        )

    async def _answer(self, request: Request) -> Answer:
        if request.method == "OPTIONS":
            return _options()
        if request.headers.get("tus-resumable") != protocol.TUS_VERSION:
            headers = {"Tus-Version": protocol.TUS_VERSION}
            return wrong(412, "tus-version", f"speak tus {protocol.TUS_VERSION}", headers)
        upload_id = request.path.removeprefix(protocol.UPLOADS).strip("/")
        match request.method, bool(upload_id):
            case "POST", False:
                return await self.post(request)
            case "HEAD", True:
                return await self.head(request, upload_id)
            case "PATCH", True:
                return await self.patch(request, upload_id)
            case "DELETE", True:
                return await self.delete(request, upload_id)
            case _:
                return wrong(405, "method", f"no {request.method} here")

    async def post(self, request: Request) -> Answer:
        """Create, or find what the same key created; it may bring the first bytes."""
        device = await signed_in(request)
        length = asked.number(request, "upload-length")
        promised = asked.promised_file(request)
        made, new = await in_thread(
            uploads.create, self._site, device, asked.key(request), length, promised
        )
        begins = request.headers.get("content-type") == _BYTES
        async with self._turns.take(made.pk) as ended:
            upload, offset = await self._settled(device, made.pk)
            if begins and offset == 0 and length:
                offset = await self._append(request, upload, 0, ended)
        headers = {
            "Location": f"{_base(self._site, request)}{protocol.UPLOADS}/{upload.pk}",
            "Upload-Offset": str(offset),
            **_expires(upload),
        }
        return Answer(HTTPStatus.CREATED if new else HTTPStatus.OK, headers=headers)

    async def head(self, request: Request, upload_id: str) -> Answer:
        """How much is here."""
        device = await signed_in(request)
        async with self._turns.take(upload_id):
            upload, offset = await self._settled(device, upload_id)
        return Answer(
            HTTPStatus.OK,
            headers={
                "Upload-Offset": str(offset),
                "Upload-Length": str(upload.length_bytes),
                **_expires(upload),
            },
        )

    async def patch(self, request: Request, upload_id: str) -> Answer:
        """More bytes, from where the file ends."""
        device = await signed_in(request)
        if request.headers.get("content-type") != _BYTES:
            return wrong(415, "content-type", f"send {_BYTES}")
        given = asked.number(request, "upload-offset")
        async with self._turns.take(upload_id) as ended:
            upload, offset = await self._settled(device, upload_id)
            if given != offset:
                headers = {"Upload-Offset": str(offset)}
                return wrong(409, "offset", f"{offset} bytes are here", headers)
            offset = await self._append(request, upload, offset, ended)
        headers = {"Upload-Offset": str(offset), **_expires(upload)}
        return Answer(HTTPStatus.NO_CONTENT, headers=headers)

    async def delete(self, request: Request, upload_id: str) -> Answer:
        """Give it up."""
        device = await signed_in(request)
        async with self._turns.take(upload_id):
            upload = await in_thread(uploads.find, device, upload_id)
            await in_thread(uploads.terminate, self._site, upload)
        return Answer(HTTPStatus.NO_CONTENT)

    async def _settled(self, device: Device, upload_id: str) -> tuple[Upload, int]:
        """The desk's upload, and how much of it is here; only while nobody writes to it.

        A crash, or a connection that was cut at its last byte, leaves a full file that nobody has
        looked at: it is completed first. One that is not what was promised starts again, at 0.
        """
        upload = await in_thread(uploads.find, device, upload_id)
        offset = await in_thread(uploads.offset, self._site, upload)
        if offset == upload.length_bytes and upload.state == UploadState.OPEN.value:
            with contextlib.suppress(Damaged):
                await in_long_thread(uploads.complete, self._site, upload)
            upload = await in_thread(uploads.find, device, upload_id)
            offset = await in_thread(uploads.offset, self._site, upload)
        return upload, offset

    async def _append(
        self, request: Request, upload: Upload, start: int, ended: asyncio.Event
    ) -> int:
        """Write the body behind what is here, and sync; the new offset.

        When the connection is cut, or a newer request ends this one, what came stays.
        """
        room = upload.length_bytes - start
        promise = asked.promised_bytes(request)
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > room:
            raise _too_long(room)
        file = await in_thread(open, self._site.path(upload.path), "r+b", buffering=0)
        summed = hashlib.new(promise.algorithm) if promise else None
        try:
            file.seek(start)
            try:
                offset = await _written(request, file, start, room, summed, ended)
            except OSError as error:
                raise NoRoom("central's disk takes no more") from error
            if promise and summed and summed.digest() != promise.digest:
                await in_thread(_cut_back, file, start)
                detail = "the bytes are not those that were promised"
                raise Refused(wrong(CHECKSUM_MISMATCH, "checksum", detail))
        finally:
            await in_thread(_put_down, file)
        if offset == upload.length_bytes:
            await in_long_thread(uploads.complete, self._site, upload)
        return offset


async def _written(  # noqa: PLR0913, PLR0917 - the loop that every byte goes through
    request: Request,
    file: FileIO,
    start: int,
    room: int,
    summed: _Sum | None,
    ended: asyncio.Event,
) -> int:
    offset, held = start, bytearray()
    superseded = asyncio.ensure_future(ended.wait())
    try:
        while not request.over:
            piece = asyncio.ensure_future(request.piece())
            await asyncio.wait({piece, superseded}, return_when=asyncio.FIRST_COMPLETED)
            if not piece.done():
                piece.cancel()
                await asyncio.gather(piece, return_exceptions=True)
                raise _superseded(request)
            held += piece.result()
            if len(held) + offset - start > room:
                held.clear()
                await in_thread(_cut_back, file, start)
                raise _too_long(room)
            if len(held) >= _WRITTEN_AT_ONCE or request.over:
                whole, held = bytes(held), bytearray()  # what failed in part is not written again
                await in_thread(_write, file, whole, summed)
                offset += len(whole)
    finally:
        superseded.cancel()
        await in_thread(_write, file, bytes(held), summed)  # what came before a cut stays
    return offset


def _superseded(request: Request) -> Refused:
    request.over = True  # what it still sends is not waited for
    headers = {"Connection": "close"}
    return Refused(wrong(409, "superseded", "a newer request for this upload came", headers))


def _too_long(room: int) -> Refused:
    return Refused(wrong(413, "too-long", f"{room} bytes are missing, no more"))


def _write(file: FileIO, data: bytes, summed: _Sum | None) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
    if summed is not None:
        summed.update(data)


def _cut_back(file: FileIO, length: int) -> None:
    file.truncate(length)
    disk.sync(file)


def _put_down(file: FileIO) -> None:
    try:
        disk.sync(file)
    finally:
        file.close()


def _options() -> Answer:
    return Answer(
        HTTPStatus.NO_CONTENT,
        headers={
            "Tus-Version": protocol.TUS_VERSION,
            "Tus-Extension": protocol.TUS_EXTENSIONS,
            "Tus-Max-Size": str(protocol.MAX_UPLOAD),
            "Tus-Checksum-Algorithm": ",".join(asked.ALGORITHMS),
        },
    )


def _base(site: Site, request: Request) -> str:
    """Where the desk reaches us: what is configured, else what it asked."""
    if site.config.public_url:
        return site.config.public_url
    return f"http://{request.headers['host']}" if "host" in request.headers else site.config.url


def _expires(upload: Upload) -> dict[str, str]:
    return {"Upload-Expires": format_datetime(upload.expires_at, usegmt=True)}
