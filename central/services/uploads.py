"""Uploads: one file each, from the desk that created it. The size of the file is the offset."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from datetime import timedelta
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from central.core.audit import AuditTag
from central.core.recording import UploadState
from central.media import disk
from central.services import audit, removal
from central.services.errors import Conflict, Damaged, NoRoom, NotFound, Unusable
from central.services.site import SEALED, Site, now
from central.store.models import Device, Upload
from contract import protocol
from contract.manifest import ManifestError, recording_id_from

_FILE_NAME = re.compile(r"[0-9]{3,6}\.seg|details")
_SPARE = 256 * 1024 * 1024  # bytes of disk left for the database and for films


def create(site: Site, device: Device, key: str, length: int, sha256: str) -> tuple[Upload, bool]:
    """The upload under this key, and whether it is new.

    `sha256` is hex, or "" if the desk did not promise one. Conflict if the key stands for another
    file; Unusable if the key or the length is none; NoRoom if the disk is too full.
    """
    recording_id, file_name = _parts(key)
    if not 0 <= length <= protocol.MAX_UPLOAD:
        raise Unusable(f"a file of {length} bytes; at most {protocol.MAX_UPLOAD}")
    if found := _existing(device, key):
        return _same(found, length, sha256), False
    if shutil.disk_usage(site.folder).free < length + _SPARE:
        raise NoRoom("central's disk is full")
    upload_id = secrets.token_hex(16)
    path = f"{SEALED}/{recording_id[:2]}/{recording_id}/{upload_id}"
    moment = now()
    disk.create(site.path(path))  # before its row: a row without its file would be a lie
    try:
        with transaction.atomic():
            upload = Upload.objects.create(
                upload_id=upload_id,
                device=device,
                idempotency_key=key,
                recording_id=recording_id,
                file_name=file_name,
                path=path,
                length_bytes=length,
                sha256=sha256,
                created_at=moment,
                expires_at=moment + timedelta(days=protocol.UPLOAD_DAYS),
            )
    except IntegrityError:  # the same request was faster on another connection
        disk.remove(site.path(path))
        if found := _existing(device, key):
            return _same(found, length, sha256), False
        raise
    return upload, True


def find(device: Device, upload_id: str) -> Upload:
    """The desk's own upload; NotFound for another desk's, and for one that is gone."""
    upload = (
        Upload.objects.filter(pk=upload_id, device=device)
        .exclude(state=UploadState.REFUSED.value)
        .first()
    )
    if upload is None:
        raise NotFound("no such upload")
    return upload


def offset(site: Site, upload: Upload) -> int:
    """How many bytes are here."""
    try:
        return site.path(upload.path).stat().st_size
    except FileNotFoundError as error:
        raise NotFound("the upload's file is gone") from error


def complete(site: Site, upload: Upload, found: str | None = None) -> None:
    """All bytes are here and durable: check them; Damaged, and from the start, if they are not.

    `found` is the digest of what was written, hex; without it, the file is read. `upload` must have
    been read since the upload was last written to.
    """
    if upload.state != UploadState.OPEN.value:
        return
    path = site.path(upload.path)
    if found is None:
        _, found = disk.digest(path)
    if upload.sha256 and found != upload.sha256:
        with path.open("r+b") as file:
            file.truncate(0)
            disk.sync(file)
        audit.act(
            AuditTag.RECORDING_DAMAGED,
            audit.desk(upload.device_id),
            upload.recording_id,
            {"file": upload.file_name, "promised": upload.sha256, "came": found},
            allowed=False,
        )
        raise Damaged("the file is not the one that was promised; send it again from the start")
    Upload.objects.filter(pk=upload.pk, state=UploadState.OPEN.value).update(
        state=UploadState.COMPLETE.value, sha256=found
    )


def terminate(site: Site, upload: Upload) -> None:
    """Give it up; Conflict once it belongs to a recording."""
    if not _given_up(site, Upload.objects.filter(pk=upload.pk)):
        raise Conflict("the upload belongs to a recording")


def expire(site: Site) -> int:
    """Give up every upload whose time is over; how many."""
    return _given_up(site, Upload.objects.filter(expires_at__lt=now()))


def sweep(site: Site) -> int:
    """At start: remove the files that were made for an upload whose row a crash prevented.

    Nothing was written to them: bytes are taken once there is a row. How many there were.
    """
    count = 0
    for folder, _, names in os.walk(site.path(SEALED)):
        for name in names:
            path = Path(folder, name)
            empty = path.stat().st_size == 0
            if empty and not Upload.objects.filter(pk=name).exists():
                disk.remove(path)
                count += 1
    return count


def _given_up(site: Site, wanted: QuerySet[Upload]) -> int:
    """Mark and drop those that belong to no recording, and that none takes meanwhile."""
    with transaction.atomic():
        ours = wanted.filter(state__in=[UploadState.OPEN.value, UploadState.COMPLETE.value])
        paths = dict(ours.select_for_update().values_list("pk", "path"))
        removal.mark(list(paths.values()))
        Upload.objects.filter(pk__in=paths).delete()
    removal.carry_out(site)
    return len(paths)


def _parts(key: str) -> tuple[str, str]:
    recording_id, _, file_name = key.partition("/")
    try:
        recording_id_from(recording_id)
    except ManifestError as error:
        raise Unusable(str(error)) from error
    if not _FILE_NAME.fullmatch(file_name):
        raise Unusable(f"no file of a recording is called {file_name[:40]!r}")
    return recording_id, file_name


def _existing(device: Device, key: str) -> Upload | None:
    return (
        Upload.objects.filter(device=device, idempotency_key=key)
        .exclude(state=UploadState.REFUSED.value)
        .first()
    )


def _same(found: Upload, length: int, sha256: str) -> Upload:
    other_digest = sha256 and found.sha256 and sha256 != found.sha256
    if found.length_bytes != length or other_digest:
        raise Conflict("another file was announced under this key")
    return found
