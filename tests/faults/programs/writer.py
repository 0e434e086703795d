"""The client's hand on the spool, without its screen: record, and salvage at the start.

Each piece, file and manifest is told as soon as the spool acknowledged it. When the disk fails it
does as the recorder does: end the recording, or leave it for salvage before the next one.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from contract.canonical import unb64
from contract.envelope import Recipient, Sealer
from contract.manifest import Canvas, EndReason, Leg, Manifest, PauseReason, View, digest, to_json
from tests.faults.programs.forking import Order, Say, serve
from tests.uploader.spool.staging import an_opening, at
from uploader.spool import RecordingFolder, Spool

ANYBODY = Recipient("nobody", X25519PrivateKey.generate().public_key().public_bytes_raw())
_ASKED = frozenset({PauseReason.ASKED})


class Recorder:
    """Records one call of two segments with a pause between them."""

    def __init__(self, spool: Spool, order: Order, say: Say) -> None:
        self._spool = spool
        self._order = order
        self._say = say
        key = order.get("key")
        self._to = ANYBODY if key is None else Recipient(key["kid"], unb64(key["public"]))
        self._ready = 0.0  # seconds that are safe in the journal

    def record(self, recording_id: str, call_id: str) -> None:
        opening = replace(
            an_opening(),
            recording_id=recording_id,
            call_id=call_id,
            device_id=self._order.get("device_id", "desk-1"),
        )
        folder = self._spool.create(opening)
        try:
            manifest = self._film(folder)
        except OSError as error:
            self._say(said="refused", errno=error.errno)
            try:
                manifest = self._close(folder, self._ready, EndReason.DISK_FULL, None)
            except OSError:
                folder.abandon()
                raise
        self._say(said="manifest", recording_id=recording_id, sha256=digest(to_json(manifest)))

    def _film(self, folder: RecordingFolder) -> Manifest:
        folder.begin_pause(at(0), frozenset())
        folder.fix_canvas(Canvas(640, 480, ((0, 0, 640, 480),)))
        folder.change_view(View(at(0.001), 640, 480, ((0, 0, 640, 480),), (0, 0, 640, 480)))
        folder.end_pause(at(0.001))
        self._segment(folder, 0, 0.001, (5_000, 700, 30_000))
        folder.begin_trouble(at(3), "capture-late")
        folder.begin_pause(at(3), _ASKED)
        folder.passed(at(4))
        folder.end_pause(at(5))
        self._segment(folder, 1, 5, (20_000,))
        folder.end_trouble(at(6), "capture-late")
        details = folder.write_details(self._sealed("details", (b"{}",))[-1])
        return self._close(folder, 6, EndReason.WRAPPED_UP, details)

    @staticmethod
    def _close(
        folder: RecordingFolder, seconds: float, reason: EndReason, details: str | None
    ) -> Manifest:
        legs = [Leg("call-1", "conn-1")]
        return folder.finish(at(max(seconds, 6)), reason, legs, details)

    def _segment(
        self, folder: RecordingFolder, index: int, offset: float, sizes: Sequence[int]
    ) -> None:
        name = f"{index:03}.seg"
        pieces = self._sealed(name, [secrets.token_bytes(size) for size in sizes])
        file = folder.segment(at(offset))
        whole = sha256()
        try:
            for number, piece in enumerate(pieces, 1):
                file.append(piece, timedelta(seconds=number), number)
                file.sync()
                whole.update(piece)
                self._say(
                    said="piece",
                    recording_id=folder.recording_id,
                    file=name,
                    size=file.size,
                    sha256=whole.hexdigest(),
                )
            folder.close_segment(file.closed(timedelta(seconds=len(pieces)), len(pieces)))
        except OSError:
            file.abandon()
            raise
        self._ready = offset + len(pieces)
        self._say(
            said="file", recording_id=folder.recording_id, file=name, sha256=whole.hexdigest()
        )

    def _sealed(self, name: str, contents: Sequence[bytes]) -> list[bytes]:
        """Frames, each one to be appended; the first has the header."""
        sealer = Sealer({"file": name}, [self._to], secrets.token_bytes(32))
        last = len(contents) - 1
        frames = [sealer.seal(one, final=number == last) for number, one in enumerate(contents)]
        return [sealer.header + frames[0], *frames[1:]]


def work(order: Order, say: Say) -> None:
    """`start`: what the client does first. `record`: these calls, one after the other."""
    spool = Spool(Path(order["root"]), ballast_bytes=order.get("ballast", 0), reserve_bytes=0)
    with spool.lock("client"):
        if order["do"] == "start":
            say(said="started", ready=spool.salvage_all())
        for number, recording_id in enumerate(order.get("record", ())):
            try:
                spool.salvage_all()
                Recorder(spool, order, say).record(recording_id, f"call-{number}")
            except OSError as error:
                say(said="abandoned", recording_id=recording_id, errno=error.errno)


if __name__ == "__main__":
    logging.disable()
    serve(work)
