"""Whether a recording's folder holds every byte that was recorded. Reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from contract.manifest import ManifestError, Segment, from_json
from contract.protocol import DETAILS, segment_name
from uploader.spool.journal import JournalError
from uploader.spool.salvage import DamagedRecordingError, replayed
from uploader.spool.writing import JOURNAL, MANIFEST


@dataclass(frozen=True, slots=True)
class SpooledFile:
    """One file that a manifest names, to be sent as it is."""

    name: str  # as in the upload's Idempotency-Key
    path: Path
    size: int  # bytes, sealed
    sha256: str  # hex

    def is_whole(self) -> bool:
        """Whether it is there in its size."""
        try:
            return self.path.stat().st_size == self.size
        except OSError:
            return False


def named_files(folder: Path) -> tuple[SpooledFile, ...]:
    """Every file that the folder's manifest names.

    DamagedRecordingError if the manifest cannot be read or a file is not there in its size.
    """
    try:
        manifest = from_json((folder / MANIFEST).read_bytes())
    except ManifestError as error:
        raise DamagedRecordingError(f"the manifest cannot be read: {error}") from error
    files = [_segment_file(folder, segment) for segment in manifest.segments]
    if manifest.details_sha256 is not None:
        path = folder / DETAILS
        size = path.stat().st_size if path.exists() else 0
        files.append(SpooledFile(DETAILS, path, size, manifest.details_sha256))
    for file in files:
        if not file.path.exists() or file.path.stat().st_size != file.size:
            raise DamagedRecordingError(f"{file.name} is missing or cut")
    return tuple(files)


def check_complete(folder: Path) -> None:
    """Read every file that the manifest names.

    DamagedRecordingError if one is not what was recorded.
    """
    for file in named_files(folder):
        if wrong := _difference(file):
            raise DamagedRecordingError(wrong)


def damage_to_unfinished(folder: Path) -> Iterator[str]:
    """What of a recording without a manifest cannot be salvaged, in sentences.

    Of one that is being written right now the last bytes may only be on their way to the disk.
    """
    try:
        journal, _ = replayed((folder / JOURNAL).read_bytes())
    except (FileNotFoundError, JournalError):
        if any(folder.glob("*.seg")):
            yield "segments without a journal"
        return
    for segment in journal.segments:
        file = _segment_file(folder, segment)
        if file.path.exists() and file.path.stat().st_size == file.size:
            if wrong := _difference(file):
                yield wrong
        else:
            yield f"{file.name} is missing or cut"
    if journal.open_segment is not None:
        name = segment_name(journal.open_segment.index)
        torn = _torn_bytes(folder / name)
        if torn > 0:  # less: it has grown while it was read
            yield f"the last {torn} bytes of {name} are torn"


def _torn_bytes(path: Path) -> int:
    """How many bytes stood after the last whole frame, at the moment of the call."""
    from contract.envelope import whole_length  # noqa: PLC0415 -- slow, and seldom needed

    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            return size - whole_length(stream)
    except FileNotFoundError:
        return 0


def _segment_file(folder: Path, segment: Segment) -> SpooledFile:
    name = segment_name(segment.index)
    return SpooledFile(name, folder / name, segment.size, segment.sha256)


def _difference(file: SpooledFile) -> str:
    """What is wrong with its content; "" if it is as it was recorded."""
    with file.path.open("rb") as content:
        found = file_digest(content, "sha256").hexdigest()
    return "" if found == file.sha256 else f"{file.name} is not what was recorded"
