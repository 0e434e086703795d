"""tus 1.0.0 for desks: OPTIONS, POST, HEAD, PATCH, DELETE.

What is acknowledged is durable: the file is synced before an answer names an offset, and an
upload's row and folder before an answer names its Location.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Coroutine
from email.utils import format_datetime
from http import HTTPStatus
from io import FileIO
from pathlib import Path

from central.core.recording import UploadState
from central.ingest import asked
from central.ingest.appending import Appending, Sums
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


class Uploads:
    """The verbs."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._turns = Turns()
        self._sums = Sums()

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
        whole = self._sums.take(upload.pk, start)
        summed = None
        if promise:  # of a file that comes in one piece, one sum is both
            one = promise.algorithm == "sha256" and not start
            summed = whole if one else hashlib.new(promise.algorithm)
        file = await in_thread(_opened, self._site.path(upload.path), start)
        sums = {id(one): one for one in (whole, summed) if one is not None}
        appending = Appending(file, start, [*sums.values()])
        try:
            await _until_ended(_written(request, appending, room), request, ended)
            if promise and summed and summed.digest() != promise.digest:
                await appending.drop()
                detail = "the bytes are not those that were promised"
                raise Refused(wrong(CHECKSUM_MISMATCH, "checksum", detail))
        except OSError as error:
            raise NoRoom("central's disk takes no more") from error
        finally:
            await in_thread(_put_down, file, start)
            if whole is not None and appending.intact:
                self._sums.keep(upload.pk, appending.offset, whole)
        if appending.offset == upload.length_bytes:
            await self._complete(upload)
        return appending.offset

    async def _complete(self, upload: Upload) -> None:
        """Every byte is here; Damaged if they are not what was promised."""
        summed = self._sums.take(upload.pk, upload.length_bytes)
        if summed is None:
            await in_long_thread(uploads.complete, self._site, upload)
        else:
            await in_thread(uploads.complete, self._site, upload, summed.hexdigest())


async def _written(request: Request, appending: Appending, room: int) -> None:
    came = 0
    async with appending:  # what came before a cut stays
        while not request.over:
            piece = await request.piece()
            came += len(piece)
            if came > room:
                await appending.drop()
                raise _too_long(room)
            await appending.add(piece)


async def _until_ended(
    work: Coroutine[None, None, None], request: Request, ended: asyncio.Event
) -> None:
    """Do it, unless a newer request comes: then it is broken off, and is put in order first."""
    working = asyncio.ensure_future(work)
    superseded = asyncio.ensure_future(ended.wait())
    try:
        await asyncio.wait({working, superseded}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
            return
    finally:
        superseded.cancel()
        working.cancel()
        await asyncio.gather(working, superseded, return_exceptions=True)
    raise _superseded(request)


def _superseded(request: Request) -> Refused:
    request.over = True  # what it still sends is not waited for
    headers = {"Connection": "close"}
    return Refused(wrong(409, "superseded", "a newer request for this upload came", headers))


def _too_long(room: int) -> Refused:
    return Refused(wrong(413, "too-long", f"{room} bytes are missing, no more"))


def _opened(path: Path, start: int) -> FileIO:
    file = path.open("r+b", buffering=0)
    file.seek(start)
    return file


def _put_down(file: FileIO, start: int) -> None:
    try:
        disk.sync(file)
    except OSError:  # nobody knows what of it the disk took, and a later sync would not say
        with contextlib.suppress(OSError):
            file.truncate(start)
        raise
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
