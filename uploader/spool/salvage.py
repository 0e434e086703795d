"""What a crash left: cut what is torn, and write the manifest that the journal proves.

No key is needed: the envelope's checksums find the last whole frame. Every step can be repeated,
so a crash in here only means that it is done again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from contract.manifest import Manifest, ManifestError, Segment
from contract.protocol import DETAILS, segment_name
from uploader.spool import durable
from uploader.spool.journal import Journal, JournalError, Progressed, SegmentOpened, began, lines
from uploader.spool.writing import JOURNAL, write_manifest

_BLOCK = 1 << 20  # bytes


class DamagedRecordingError(ValueError):
    """The folder contradicts its journal: a person must look at it."""


def replayed(text: bytes) -> tuple[Journal, tuple[Progressed, ...]]:
    """What a journal proves, and the progress of the segment left open.

    JournalError if not even its first line is whole.
    """
    rest = lines(text)
    journal = began(next(rest, None))
    progress: list[Progressed] = []
    for line in rest:
        try:
            journal = journal.after(line)
        except (JournalError, ManifestError):
            break  # what follows a line that cannot be proves nothing
        match line:
            case SegmentOpened():
                progress = []
            case Progressed():
                progress.append(line)
    return journal, tuple(progress)


def salvaged(folder: Path, make_room: Callable[[], bool]) -> Manifest | None:
    """Make the folder whole and ready; None, and no folder, if nothing had been recorded yet.

    DamagedRecordingError if a closed segment is not what the journal says, or if the journal's
    first line is lost though segments are there.
    """
    try:
        journal, progress = replayed((folder / JOURNAL).read_bytes())
    except (FileNotFoundError, JournalError) as error:
        if any(folder.glob("*.seg")):
            raise DamagedRecordingError("segments without a journal") from error
        forget_folder(folder)
        return None
    for segment in journal.segments:
        _check(folder, segment)
    if journal.open_segment is not None:
        torn = _torn(folder, journal, progress)
        journal = journal.with_torn(torn)
    elif journal.closed is not None and journal.closed.details_sha256 is not None:
        _check_details(folder, journal.closed.details_sha256)
    unknown = {path.name for path in folder.glob("*.seg")} - {
        segment_name(segment.index) for segment in journal.segments
    }
    if unknown:
        raise DamagedRecordingError(f"the journal does not know {', '.join(sorted(unknown))}")
    manifest = journal.manifest()
    if not manifest.segments and not manifest.pauses:
        forget_folder(folder)
        return None
    write_manifest(folder, manifest, make_room)
    return manifest


def forget_folder(folder: Path) -> None:
    """Remove a folder that nobody needs, whatever is in it."""
    for file in sorted(folder.iterdir()):
        durable.remove(file)
    durable.remove_folder(folder)


def _check(folder: Path, segment: Segment) -> None:
    name = segment_name(segment.index)
    try:
        size = (folder / name).stat().st_size
    except FileNotFoundError as error:
        raise DamagedRecordingError(f"{name} is missing") from error
    if size != segment.size:
        raise DamagedRecordingError(f"{name} has {size} bytes, not {segment.size}")


def _check_details(folder: Path, digest: str) -> None:
    details = folder / DETAILS
    if not details.is_file() or sha256(details.read_bytes()).hexdigest() != digest:
        raise DamagedRecordingError(f"{DETAILS} is not what the journal says")


def _torn(folder: Path, journal: Journal, progress: tuple[Progressed, ...]) -> Segment | None:
    """The open segment, cut at its last whole frame; None if there is no such frame."""
    opened = journal.open_segment
    if opened is None:
        return None
    from contract.envelope import (  # noqa: PLC0415 -- slow, and seldom needed
        EnvelopeError,
        read_header,
        whole_length,
    )

    path = folder / segment_name(opened.index)
    try:
        with path.open("rb") as stream:
            header = read_header(stream).size
            stream.seek(0)
            length = whole_length(stream)
    except (FileNotFoundError, EnvelopeError):
        header = length = 0
    if length <= header:
        durable.remove(path)
        durable.sync_folder(folder)
        return None
    durable.truncate(path, length)
    reached = [line for line in progress if line.size <= length]
    duration_us, frames = (reached[-1].duration_us, reached[-1].frames) if reached else (0, 0)
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return Segment(
        opened.index,
        timedelta(microseconds=opened.offset_us),
        timedelta(microseconds=duration_us),
        length,
        digest.hexdigest(),
        frames,
    )
