"""Closed segments of recordings that are still being written, by their journals. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from contract.manifest import ManifestError, segment_from
from contract.protocol import segment_name
from uploader.spool.journal import SegmentClosed, lines
from uploader.spool.whole import SpooledFile
from uploader.spool.writing import JOURNAL


@dataclass(frozen=True, slots=True)
class _Read:
    """How far a journal was read, and what it said of segments."""

    bytes: int = 0  # whole lines
    segments: tuple[SpooledFile, ...] = ()
    strange: bool = False  # what follows a line that cannot be read proves nothing


class ClosedSegments:
    """A journal is read on from where it was left; what it says of a closed segment stays so."""

    def __init__(self, root: Path, unfinished: Callable[[], Iterable[str]]) -> None:
        """`unfinished` names the recordings without a manifest."""
        self._root = root
        self._unfinished = unfinished
        self._read: dict[str, _Read] = {}

    def look(self) -> Iterator[tuple[str, SpooledFile]]:
        """Recording and segment, in order. What cannot be read now is left out.

        Nothing is proved by it: the manifest alone says what belongs to a recording.
        """
        self._read = {one: self._read.get(one, _Read()) for one in self._unfinished()}
        for recording_id, before in self._read.items():
            try:
                after = _read_on(self._root / recording_id, before)
            except OSError:  # its folder goes, or the disk fails: it is no matter here
                continue
            self._read[recording_id] = after
            for segment in after.segments:
                yield recording_id, segment


def _read_on(folder: Path, before: _Read) -> _Read:
    if before.strange:
        return before
    with (folder / JOURNAL).open("rb") as journal:
        journal.seek(before.bytes)
        text = journal.read()
    whole = text[: text.rfind(b"\n") + 1]
    read, segments = 0, list(before.segments)
    for line in lines(whole):
        read += 1
        if isinstance(line, SegmentClosed):
            try:
                segment = segment_from(dict(line.segment))
            except ManifestError:
                return replace(before, strange=True)
            name = segment_name(segment.index)
            segments.append(SpooledFile(name, folder / name, segment.size, segment.sha256))
    return _Read(before.bytes + len(whole), tuple(segments), read < whole.count(b"\n"))
