"""`central check`: whether rows, files and audit keep their promises.

1. Every file that a row names is there (presence), with that size (size), with that digest (hash).
2. Every file in the data folder has exactly one owner: a row, or a mark to delete.
3. The audit's chain holds.
4. The keys in use are here, and count for some time yet.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from central.core.recording import RecordingState, UploadState
from central.media import disk
from central.services import audit, key_changes
from central.services.site import FILMS, SEALED, VOICE, Site
from central.store.models import (
    DeletionMark,
    FilmFile,
    Job,
    Recording,
    RecordingFile,
    RefusedFile,
    Upload,
    Voice,
)
from contract.manifest import from_json
from contract.protocol import DETAILS, segment_name


class Depth(StrEnum):
    """How closely files are looked at."""

    PRESENCE = "presence"
    SIZE = "size"
    HASH = "hash"


@dataclass(frozen=True, slots=True)
class _Owned:
    path: str
    size: int | None  # bytes; None if the row does not know it yet
    sha256: str
    owner: str


def faults(site: Site, depth: Depth) -> Iterator[str]:
    """Everything that is wrong, in sentences; nothing if all is well."""
    owners: dict[str, str] = {}
    for owned in _owned():
        if owned.path in owners:
            yield f"{owned.path}: two owners, {owners[owned.path]} and {owned.owner}"
        owners[owned.path] = owned.owner
        yield from _file_faults(site, owned, depth)
    marked = set(DeletionMark.objects.values_list("path", flat=True))
    for path in marked & owners.keys():
        yield f"{path}: marked to be deleted, and owned by {owners[path]}"
    for path in _present(site):
        if path not in owners and path not in marked:
            yield f"{path}: nobody's"
    yield from _incomplete()
    yield from key_changes.expiring(site)
    yield from key_changes.lost()
    yield from audit.verify()


def dead_jobs() -> list[Job]:
    """Jobs that were tried too often; someone must look."""
    return list(Job.objects.filter(state="dead").order_by("finished_at"))


def _owned() -> Iterator[_Owned]:
    sealed = (
        (RecordingFile, "recording"),
        (Voice, "voice"),
        (FilmFile, "film"),
        (RefusedFile, "refused"),
    )
    for model, kind in sealed:
        for row in model._default_manager.iterator():  # noqa: SLF001 - Django's own name for it
            yield _Owned(row.path, row.size_bytes, row.sha256, f"{kind} {row.pk}")
    open_ones = Upload.objects.filter(
        state__in=[UploadState.OPEN.value, UploadState.COMPLETE.value]
    )
    for upload in open_ones.iterator():
        whole = upload.state == UploadState.COMPLETE.value
        size = upload.length_bytes if whole else None
        yield _Owned(upload.path, size, upload.sha256 if whole else "", f"upload {upload.pk}")


def _file_faults(site: Site, owned: _Owned, depth: Depth) -> Iterator[str]:
    path = site.path(owned.path)
    if not path.is_file():
        yield f"{owned.path}: missing, of {owned.owner}"
        return
    if depth is Depth.PRESENCE or owned.size is None:
        return
    if (size := path.stat().st_size) != owned.size:
        yield f"{owned.path}: {size} bytes, not {owned.size}, of {owned.owner}"
    elif depth is Depth.HASH and disk.digest(path)[1] != owned.sha256:
        yield f"{owned.path}: not what was written, of {owned.owner}"


def _present(site: Site) -> Iterator[str]:
    for top in (SEALED, VOICE, FILMS):
        for folder, _, names in os.walk(site.path(top)):
            relative = os.path.relpath(folder, site.folder)
            yield from (os.path.join(relative, name).replace(os.sep, "/") for name in sorted(names))


def _incomplete() -> Iterator[str]:
    """Recordings with a receipt but without a row for each file that their manifest names."""
    kept = Recording.objects.filter(
        state__in=[RecordingState.RECEIVED.value, RecordingState.PLAYABLE.value]
    )
    for row in kept.iterator():
        manifest = from_json(bytes(row.manifest))
        wanted = {segment_name(segment.index) for segment in manifest.segments}
        if manifest.details_sha256 is not None:
            wanted.add(DETAILS)
        here = set(row.files.values_list("name", flat=True))
        for name in sorted(wanted - here):
            yield f"recording {row.pk}: no row for {name}"
