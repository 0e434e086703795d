"""A recording while it is being written: journal first, then what the journal speaks of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from contract.canonical import microseconds
from contract.manifest import (
    Canvas,
    EndReason,
    Leg,
    Manifest,
    PauseReason,
    Segment,
    View,
    segment_json,
    to_json,
    view_json,
)
from contract.protocol import DETAILS, segment_name
from uploader.spool import durable, journal

JOURNAL = "journal.jsonl"
MANIFEST = "manifest.json"


class SegmentFile:
    """The sealed file of the open segment. What `append` was given is with the system at once."""

    def __init__(
        self,
        index: int,
        offset: timedelta,
        file: durable.AppendedFile,
        note: Callable[[journal.Progressed], None],
        sync_journal: Callable[[], None],
    ) -> None:
        self.index = index
        self.offset = offset
        self._file = file
        self._note = note
        self._sync_journal = sync_journal
        self._proved = False  # that the journal knows of a piece of it
        self._digest = sha256()

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._file.size

    def append(self, sealed: bytes, duration: timedelta, frames: int) -> None:
        """Add whole sealed frames; with them the segment is so long and has so many pictures."""
        size = self._file.size + len(sealed)
        self._note(journal.Progressed(size, microseconds(duration), frames))
        self._file.append(sealed)
        self._digest.update(sealed)

    def sync(self) -> None:
        """Return when what was appended would survive a power cut. From any thread.

        The first time the journal's word of it as well: salvage then knows of one piece at least.
        """
        if not self._proved:
            self._sync_journal()
            self._proved = True
        self._file.sync()

    def closed(self, duration: timedelta, frames: int) -> Segment:
        """Sync and close; what the manifest will say of it."""
        self._file.sync()
        self._file.close()
        return Segment(
            self.index, self.offset, duration, self._file.size, self._digest.hexdigest(), frames
        )

    def abandon(self) -> None:
        """Close the file as it is, for salvage; safe to call twice."""
        self._file.close()


class RecordingFolder:
    """One recording's folder, from its first journal line to its manifest.

    Every method is durable when it returns, but for those that say otherwise and the progress of a
    segment, which only a power cut may lose. OSError when the disk fails or when not even the
    ballast was room enough; what was there before is then still whole.
    """

    def __init__(
        self, folder: Path, opening: journal.Opening, make_room: Callable[[], bool]
    ) -> None:
        self.recording_id = opening.recording_id
        self._folder = folder
        self._make_room = make_room
        first = journal.opened(opening)
        self._journal = journal.began(first)
        durable.private_folder(folder)
        self._file = durable.AppendedFile(folder / JOURNAL, make_room)
        self._file.append(journal.encoded(first))
        self._file.sync()
        durable.sync_folder(folder)

    def fix_canvas(self, canvas: Canvas) -> None:
        """The picture's size, once; synced with the next segment's beginning."""
        line = journal.CanvasFixed(canvas.width, canvas.height, canvas.monitors)
        self._write(line, sync=False)

    def change_view(self, view: View) -> None:
        """What the canvas shows from its offset on; synced with the next segment's beginning."""
        self._write(journal.ViewChanged(view_json(view)), sync=False)

    def begin_trouble(self, offset: timedelta, code: str) -> None:
        """The picture is not to be trusted, or comes late; not synced."""
        self._write(journal.TroubleBegan(microseconds(offset), code), sync=False)

    def end_trouble(self, offset: timedelta, code: str) -> None:
        """It is well again; not synced."""
        self._write(journal.TroubleEnded(microseconds(offset), code), sync=False)

    def begin_pause(self, offset: timedelta, reasons: frozenset[PauseReason]) -> None:
        """A pause begins, or its reasons change."""
        self._write(journal.PauseBegan(microseconds(offset), tuple(sorted(reasons))))

    def end_pause(self, offset: timedelta) -> None:
        """Capture goes on."""
        self._write(journal.PauseEnded(microseconds(offset)))

    def passed(self, offset: timedelta) -> None:
        """The recording is still open; not synced."""
        self._write(journal.TimePassed(microseconds(offset)), sync=False)

    def segment(self, offset: timedelta) -> SegmentFile:
        """Make the next segment's file."""
        index = len(self._journal.segments)
        self._write(journal.SegmentOpened(index, microseconds(offset)))
        file = durable.AppendedFile(self._folder / segment_name(index), self._make_room)
        durable.sync_folder(self._folder)
        return SegmentFile(index, offset, file, self._progressed, self._file.sync)

    def close_segment(self, segment: Segment) -> None:
        """Its file is complete: `SegmentFile.closed` gave this."""
        self._write(journal.SegmentClosed(segment_json(segment)))

    def write_details(self, sealed: bytes) -> str:
        """Write the sealed file of details; its SHA-256, hex, for `finish`."""
        write_whole(self._folder / DETAILS, sealed, self._make_room)
        return sha256(sealed).hexdigest()

    def finish(
        self,
        duration: timedelta,
        end_reason: EndReason,
        legs: Sequence[Leg],
        details_sha256: str | None,
    ) -> Manifest:
        """Write the manifest: from here on the recording is the uploader's. May be repeated."""
        self._write(
            journal.Closed(
                microseconds(duration),
                end_reason,
                tuple((leg.call_id, leg.connection_id) for leg in legs),
                details_sha256,
            )
        )
        manifest = self._journal.manifest()
        write_manifest(self._folder, manifest, self._make_room)
        self._file.close()
        return manifest

    def abandon(self) -> None:
        """Leave it as a crash would, for salvage; safe to call twice."""
        self._file.close()

    def _progressed(self, line: journal.Progressed) -> None:
        self._write(line, sync=False)

    def _write(self, line: journal.Line, *, sync: bool = True) -> None:
        after = self._journal.after(line)
        self._file.append(journal.encoded(line))
        if sync:
            self._file.sync()
        self._journal = after


def write_manifest(folder: Path, manifest: Manifest, make_room: Callable[[], bool]) -> None:
    """All at once, and last: its presence says that all is there."""
    write_whole(folder / MANIFEST, to_json(manifest), make_room)


def write_whole(path: Path, content: bytes, make_room: Callable[[], bool]) -> None:
    """As `durable.write_whole`; on a full disk, make room and write again."""
    try:
        durable.write_whole(path, content)
    except OSError as error:
        if not durable.no_room(error) or not make_room():
            raise
        durable.write_whole(path, content)
