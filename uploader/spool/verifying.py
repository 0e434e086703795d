"""A walk through the whole spool: what of it would be lost, and why. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from uploader.spool.salvage import DamagedRecordingError
from uploader.spool.whole import check_complete, damage_to_unfinished
from uploader.spool.writing import MANIFEST


class Place(StrEnum):
    """Where in the spool a recording lies."""

    WAITING = "waiting"  # complete, to be sent
    UNFINISHED = "unfinished"  # being written, or left by a crash and salvaged at the next start
    QUARANTINE = "quarantine"  # set aside for a person


@dataclass(frozen=True, slots=True)
class Finding:
    """A recording that central does not get by itself, or not all of it."""

    recording_id: str
    place: Place
    why: str  # ids, names of segments, numbers: nothing personal
    lost: bool  # whether something that was recorded is gone; else a person is to act


def looked_through(
    folders: Iterable[tuple[Place, str, Path]],
    *,
    why: Callable[[str], str],
    looked_at: Callable[[], None],
) -> Iterator[Finding]:
    """Read every byte of each folder. `why`: of a recording in quarantine, the reason.

    What leaves the spool meanwhile is no finding. `looked_at` is called after each recording.
    """
    for place, recording_id, folder in folders:
        lost = list(_losses(place, folder))
        if _there(place, folder):
            for one in lost:
                yield Finding(recording_id, place, one, lost=True)
            if place is Place.QUARANTINE and not lost:
                yield Finding(recording_id, place, why(recording_id), lost=False)
        looked_at()


def _losses(place: Place, folder: Path) -> Iterator[str]:
    try:
        if place is Place.UNFINISHED or not (folder / MANIFEST).exists():
            yield from damage_to_unfinished(folder)
        else:
            check_complete(folder)
    except DamagedRecordingError as error:
        yield str(error)
    except OSError as error:
        yield f"the disk does not give it: {error.strerror}"


def _there(place: Place, folder: Path) -> bool:
    """Whether it is still where it was found: central may have it by now."""
    return folder.exists() and (place is not Place.WAITING or (folder / MANIFEST).exists())
