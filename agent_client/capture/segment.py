"""A segment while it grows: pictures gathered into fragments, sealed, appended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from agent_client.capture import fmp4
from agent_client.capture.syncing import Syncing
from contract.envelope import MAX_FRAME, Recipient, Sealer
from contract.manifest import Segment
from uploader.spool import SegmentFile


class SegmentWriter:
    """Nothing but sealed bytes reaches the disk. Times are milliseconds from the segment's start.

    OSError as `SegmentFile` raises it.
    """

    def __init__(  # noqa: PLR0913 where it goes, what it says of itself, and how
        self,
        file: SegmentFile,
        head: bytes,
        *,
        meta: Mapping[str, str],
        recipients: Sequence[Recipient],
        key: bytes,
        syncing: Syncing,
    ) -> None:
        self._file = file
        self._syncing = syncing
        self._sealer = Sealer(meta, recipients, key)
        # Written with the first fragment, so that a file never holds a head alone.
        self._unwritten = self._sealer.header + self._sealer.seal(head)
        self._pending: list[fmp4.Sample] = []
        self._fragments = 0
        self._closed = False
        self.frames = 0
        self.last: int | None = None  # when the last picture came

    def add(self, sample: fmp4.Sample) -> None:
        """Take a picture, later than the last; it is kept in memory until the next flush.

        One that comes after the end was sealed, which the disk refused then, is left out.
        """
        if self._closed:
            return
        self._pending.append(sample)
        self.last = sample.at
        self.frames += 1

    def waits_since(self) -> int | None:
        """When the oldest picture that is not yet on the disk came."""
        return self._pending[0].at if self._pending else None

    @property
    def unborn(self) -> bool:
        """Nothing of it is on the disk yet, and all that follows builds on what is not."""
        return self._fragments == 0

    def flush(self, until: int) -> bool:
        """Hand what waits to the system, and have it synced soon; whether anything waited.

        The last picture is known to last until then; that is noted even if nothing waits.
        """
        waited = bool(self._pending)
        self._seal(until)
        self._write(until)
        if waited:
            self._syncing.ask(self._file.sync)
        return waited

    def close(self, until: int) -> Segment:
        """The last fragment and the final mark: the segment is complete."""
        self._seal(until)
        if not self._closed:
            self._unwritten += self._sealer.seal(b"", final=True)
            self._closed = True
        self._write(until)
        self._syncing.settle()
        return self._file.closed(timedelta(milliseconds=until), self.frames)

    def abandon(self) -> None:
        """Leave the file as it is, for salvage."""
        with suppress(OSError):
            self._syncing.settle()
        self._file.abandon()

    def _seal(self, until: int) -> None:
        if not self._pending:
            return
        self._fragments += 1
        fragment = fmp4.fragment(self._fragments, self._pending, until)
        self._pending = []
        self._unwritten += b"".join(
            self._sealer.seal(fragment[start : start + MAX_FRAME])
            for start in range(0, len(fragment), MAX_FRAME)
        )

    def _write(self, until: int) -> None:
        """What a full disk refused stays, to be written before anything else: frames count."""
        self._file.append(self._unwritten, timedelta(milliseconds=until), self.frames)
        self._unwritten = b""
