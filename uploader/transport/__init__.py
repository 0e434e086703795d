"""A recording to central: ask what is missing, send it by tus 1.0, take only a signed receipt.

Nothing is remembered here. The manifest is offered first; central answers with the receipt, or
with the names of the files that it lacks. So a lost answer costs a question, never a copy.
"""

from __future__ import annotations

import base64
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import BinaryIO

from contract.manifest import digest
from contract.protocol import (
    RECORDINGS,
    TUS_VERSION,
    UPLOADS,
    Receipt,
    read_receipt,
    repr_digest,
)
from contract.signing import SignatureRefusedError
from uploader.core import FREELY, ChunkSize, FileToSend, Pace, Verdict
from uploader.link import Answer, CentralError, Link, RefusedError, UnreachableError
from uploader.transport.slices import FileSlice, block_size
from uploader.transport.slices import digest as slice_digest

logger = logging.getLogger(__name__)

_ROUNDS = 5  # without progress; then it is left to the back-off
_QUICK_SECONDS = 5.0  # a chunk that took longer is not doubled
# Chunks up to this size say their own digest, so that one that arrives damaged is sent again by
# itself. Larger ones, which only a quick network gets, rest on the file's: there a second digest
# costs both ends more than to send a file once more.
_PROVED_BY_ITSELF = 4 * 1024**2  # bytes
_JSON = {"Content-Type": "application/json"}
_TUS = {"Tus-Resumable": TUS_VERSION}


class Stopped(Exception):
    """The uploader is asked to end; the recording goes on another time."""


class ReceiptRefusedError(CentralError):
    """Central answered with a receipt that proves nothing: the recording is kept."""

    def __init__(self, reason: str) -> None:
        """`reason` says what is wrong with it."""
        super().__init__(reason, verdict=Verdict.RETRY, code="receipt-wrong")


class Transport:
    """Sends recordings over a link, one at a time. It learns how large chunks may be."""

    def __init__(
        self,
        link: Link,
        *,
        receipt_keys: Callable[[], Mapping[str, bytes]],
        stopping: Callable[[], bool] = lambda: False,
        progress: Callable[[int, int], None] = lambda _sent, _total: None,
        pace: Pace = FREELY,
    ) -> None:
        """`receipt_keys`: who may sign receipts, by the policy now. `stopping` ends a send.

        `progress` is told how many bytes of a recording central has, and of how many.
        """
        self._link = link
        self._receipt_keys = receipt_keys
        self._stopping = stopping
        self._progress = progress
        self._pace = pace
        self._chunk = ChunkSize()

    def send(self, recording_id: str, manifest: bytes, files: Sequence[FileToSend]) -> Receipt:
        """Until central has proved that it is safe.

        CentralError says what to do next; Stopped; OSError when the spool cannot be read.
        """
        by_name = {file.name: file for file in files}
        total = sum(file.size for file in files)
        for _ in range(_ROUNDS):
            try:
                answer = self._link.ask(
                    "POST", f"{RECORDINGS}/{recording_id}", headers=_JSON, body=manifest
                )
            except RefusedError as error:
                names = _missing(error)
            else:
                return self._checked(answer, recording_id, manifest, files)
            unknown = [name for name in names if name not in by_name]
            if unknown or not names:
                raise UnreachableError("central asks for no file of ours", code="central-confused")
            sent = total - sum(by_name[name].size for name in names)
            for name in names:
                self._send_file(recording_id, by_name[name], sent, total, asked_for=True)
                sent += by_name[name].size
        raise UnreachableError("central has all and asks again", code="central-confused")

    def send_ahead(self, recording_id: str, file: FileToSend) -> None:
        """One file of a recording whose manifest is still to come: central keeps it for that.

        It proves nothing; `send` asks for what is missing as ever. CentralError, Stopped, OSError
        as there.
        """
        self._send_file(recording_id, file, 0, file.size, asked_for=False)

    def _checked(
        self, answer: Answer, recording_id: str, manifest: bytes, files: Sequence[FileToSend]
    ) -> Receipt:
        try:
            receipt = read_receipt(answer.body, dict(self._receipt_keys()))
        except SignatureRefusedError as error:
            raise ReceiptRefusedError(str(error)) from error
        if receipt.recording_id != recording_id:
            raise ReceiptRefusedError("the receipt is for another recording")
        if receipt.sha256 != digest(manifest):
            raise ReceiptRefusedError("the receipt is for another manifest")
        if receipt.size != sum(file.size for file in files):
            raise ReceiptRefusedError("the receipt is for another size")
        return receipt

    def _send_file(
        self, recording_id: str, file: FileToSend, before: int, total: int, *, asked_for: bool
    ) -> None:
        """Until central says that it has every byte; what that is worth, the receipt says.

        `before` of the recording's `total` bytes are there already. `asked_for` by central.
        """
        upload = _Upload(self._link, recording_id, file)
        with open(file.path, "rb") as content:
            fruitless, furthest = 0, -1
            if file.size == 0:
                upload.offset()  # complete when created
                return
            while True:
                offset = self._offset(upload)
                self._progress(before + offset, total)
                try:
                    # Central asked for this file: if it has every byte, it died before it looked
                    # at them. An empty chunk makes it look.
                    while offset < file.size or (asked_for and furthest < file.size):
                        if self._stopping():
                            raise Stopped
                        offset = self._send_chunk(upload, content, offset)
                        self._progress(before + offset, total)
                        if offset > furthest:  # a file that arrives damaged starts at 0 again
                            fruitless, furthest = 0, offset
                except CentralError as error:
                    fruitless += 1
                    if fruitless == _ROUNDS or not self._mends(upload, error):
                        raise
                    logger.info("recording %s, %s: %s", recording_id, file.name, error)
                else:
                    return

    def _offset(self, upload: _Upload) -> int:
        try:
            return upload.offset()
        except RefusedError as error:
            if error.verdict is not Verdict.AGAIN_FROM_START or not upload.forget():
                raise
        return upload.offset()

    def _send_chunk(self, upload: _Upload, content: BinaryIO, offset: int) -> int:
        chunk = self._chunk
        ceiling = self._pace.chunk_ceiling() or chunk.size
        length = min(chunk.size, ceiling, upload.file.size - offset)
        body = FileSlice(content, offset, length, self._pace, block=block_size(chunk.size))
        proof = {}
        if length <= _PROVED_BY_ITSELF:
            proof["Content-Digest"] = repr_digest(slice_digest(content, offset, length))
        began = time.monotonic()
        try:
            reached = upload.append(body, offset, proof)
        except UnreachableError:
            self._chunk = chunk.after_timeout()
            raise
        if length == chunk.size and time.monotonic() - began < _QUICK_SECONDS:
            self._chunk = chunk.after_success()
        return reached

    def _mends(self, upload: _Upload, error: CentralError) -> bool:
        """Whether it is worth to ask for the offset and go on at once; prepares for that."""
        match error.verdict:
            case Verdict.LOOK_AGAIN:
                return True
            case Verdict.RETRY:
                return isinstance(error, UnreachableError)  # a 5xx wants a pause
            case Verdict.AGAIN_FROM_START:
                return upload.forget()
            case Verdict.SMALLER:
                mends = not self._chunk.is_smallest
                self._chunk = self._chunk.after_too_large()
                return mends
            case _:
                return False


class _Upload:
    """One file's upload at central, by its Location once that is known."""

    def __init__(self, link: Link, recording_id: str, file: FileToSend) -> None:
        self.file = file
        self._link = link
        self._recording_id = recording_id
        self._location: str | None = None

    def forget(self) -> bool:
        """Central knows no such upload: create it anew. False if there was none."""
        known, self._location = self._location is not None, None
        return known

    def offset(self) -> int:
        """How many bytes central has. Creates the upload, or finds the one that there is."""
        if self._location is not None:
            answer = self._link.ask_at("HEAD", self._location, headers=_TUS)
            return self._read_offset(answer)
        answer = self._link.ask(
            "POST",
            UPLOADS,
            headers={
                **_TUS,
                "Idempotency-Key": f"{self._recording_id}/{self.file.name}",
                "Upload-Length": str(self.file.size),
                "Upload-Metadata": _metadata(
                    {"recording_id": self._recording_id, "filename": self.file.name}
                ),
                "Repr-Digest": repr_digest(self.file.sha256),
            },
        )
        location = answer.headers.get("location")
        if location is None:
            raise UnreachableError("an upload without a Location", code="central-confused")
        self._location = location
        if "upload-offset" not in answer.headers:
            return self.offset()
        return self._read_offset(answer)

    def append(self, body: FileSlice, offset: int, proof: Mapping[str, str]) -> int:
        """Send these bytes, with headers that prove them; central's offset afterwards."""
        if self._location is None:
            raise AssertionError("nothing is sent before central said where to")
        length = len(body)
        answer = self._link.ask_at(
            "PATCH",
            self._location,
            headers={
                **_TUS,
                "Content-Type": "application/offset+octet-stream",
                "Upload-Offset": str(offset),
                **proof,
            },
            body=body,
        )
        reached = self._read_offset(answer)
        if not offset + min(length, 1) <= reached <= offset + length:
            raise UnreachableError(
                f"central had {offset}, was sent {length}, and says {reached}",
                code="central-confused",
            )
        return reached

    def _read_offset(self, answer: Answer) -> int:
        try:
            offset = int(answer.headers["upload-offset"])
        except (KeyError, ValueError) as error:
            raise UnreachableError("an answer without offset", code="central-confused") from error
        if not 0 <= offset <= self.file.size:
            raise UnreachableError(
                f"central says {offset} of {self.file.size}", code="central-confused"
            )
        return offset


def _metadata(fields: Mapping[str, str]) -> str:
    return ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in fields.items()
    )


def _missing(error: RefusedError) -> list[str]:
    """The names in a 409 answer to a manifest; any other refusal is raised again."""
    if error.status == HTTPStatus.CONFLICT:
        try:
            names = json.loads(error.body)["missing"]
        except (ValueError, KeyError, TypeError):
            raise error from None
        if isinstance(names, list):
            return [str(name) for name in names]
    raise error
