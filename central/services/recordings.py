"""Recordings: from complete uploads and a manifest to rows, and the receipt.

No receipt is given before every frame of every file was opened with its key, and file, folder and
row would survive a power cut.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.db import IntegrityError, transaction

from central.core.access import Action, Who, may_anywhere
from central.core.audit import Actor, AuditTag
from central.core.recording import RecordingState, UploadState
from central.media.opening import prove
from central.services import audit, calls, jobs, manifests
from central.services.errors import Conflict, Missing, NotAllowed, NotFound, Unusable
from central.services.site import Site, now
from central.store.models import Call, Device, Recording, RecordingFile, RefusedFile, Upload
from contract import protocol
from contract.canonical import microseconds, utc_text
from contract.envelope import EnvelopeError
from contract.manifest import EndReason, Manifest
from contract.protocol import Receipt

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Named:
    """A file as the manifest names it."""

    name: str
    sha256: str
    size: int | None  # the manifest does not say it of `details`
    may_be_cut: bool


def receive(site: Site, device: Device, recording_id: str, text: bytes) -> bytes:
    """Take a recording whose files are all here; the signed receipt.

    Missing names what is not here; Unusable means that it was refused and its files were set
    aside; Conflict that another manifest was taken under this id. The same manifest again gives
    the same receipt.
    """
    manifest = manifests.read(text, recording_id, device)
    digest = sha256(text).hexdigest()
    if known := _known(site, recording_id, digest):
        return known
    try:
        return _received(site, device, manifest, text)
    except (Missing, IntegrityError):
        if known := _known(site, recording_id, digest):  # the same manifest was faster elsewhere
            return known
        raise


def receipt(site: Site, device: Device, recording_id: str) -> bytes:
    """The receipt that was given; NotFound if none was, or to another desk."""
    row = Recording.objects.filter(pk=recording_id, device=device).first()
    if row is None or not row.receipt:
        raise NotFound("no receipt for this recording")
    return _believed(site, row)


def refused(who: Who, actor: Actor) -> list[RefusedFile]:
    """What central would not take, newest first; NotAllowed without the right."""
    if not may_anywhere(who, Action.SEE_REFUSED):
        raise NotAllowed("this person may not see refused files")
    audit.act(AuditTag.REFUSED_SEEN, actor, "refused files")
    return list(RefusedFile.objects.order_by("-refused_at", "name")[:500])


def _received(site: Site, device: Device, manifest: Manifest, text: bytes) -> bytes:
    wanted = _files(manifest)
    uploads = _uploads(device, manifest.recording_id, wanted)
    try:
        size = sum(_proved(site, uploads[one.name], one) for one in wanted)
    except EnvelopeError as error:
        _refuse(device, manifest, text, uploads, str(error))
        raise Unusable(str(error)) from error
    return _accept(site, device, manifest, text, uploads, size)


def _known(site: Site, recording_id: str, digest: str) -> bytes | None:
    """The receipt that was given for this very manifest, to whichever desk sent it."""
    row = Recording.objects.filter(pk=recording_id).first()
    if row is None:
        return None
    if row.state == RecordingState.FAILED.value:
        return None  # it may be sent again, whole
    if row.manifest_sha256 != digest:
        raise Conflict("another manifest was taken for this recording")
    return _believed(site, row)


def _believed(site: Site, row: Recording) -> bytes:
    """The receipt that was given; signed anew, if its key is no longer one that desks believe."""
    given = bytes(row.receipt)
    moment = now()
    kid = json.loads(given)["kid"]
    if any(kid == key.kid for key in site.keys.receipt_keys(moment)):
        return given
    again = Receipt(
        row.recording_id, row.manifest_sha256, row.size_bytes, utc_text(row.received_at)
    )
    return protocol.issue(again, site.keys.receipt(moment))


def _files(manifest: Manifest) -> list[_Named]:
    salvaged = manifest.end_reason is EndReason.SALVAGED
    last = len(manifest.segments) - 1
    named = [
        _Named(
            protocol.segment_name(segment.index),
            segment.sha256,
            segment.size,
            may_be_cut=salvaged and segment.index == last,
        )
        for segment in manifest.segments
    ]
    if manifest.details_sha256 is not None:
        named.append(_Named(protocol.DETAILS, manifest.details_sha256, None, may_be_cut=False))
    return named


def _uploads(device: Device, recording_id: str, wanted: list[_Named]) -> dict[str, Upload]:
    here = {
        upload.file_name: upload
        for upload in Upload.objects.filter(
            device=device, recording_id=recording_id, state=UploadState.COMPLETE.value
        )
    }
    if missing := tuple(one.name for one in wanted if one.name not in here):
        raise Missing(missing)
    return {one.name: here[one.name] for one in wanted}


def _proved(site: Site, upload: Upload, named: _Named) -> int:
    """The file's size, once it is proved to be the one that the manifest names."""
    try:
        proof = prove(site.path(upload.path), site.keys.opening, may_be_cut=named.may_be_cut)
    except EnvelopeError as error:
        raise EnvelopeError(f"{named.name}: {error}") from error
    if proof.sha256 != named.sha256 or named.size not in {None, proof.size_bytes}:
        raise EnvelopeError(f"{named.name} is not the file that the manifest names")
    return proof.size_bytes


def _take(uploads: Mapping[str, Upload], state: UploadState) -> None:
    """Let the uploads pass to the recording; Missing if one was given up while it was proved."""
    keys = [upload.pk for upload in uploads.values()]
    held = Upload.objects.select_for_update().filter(pk__in=keys, state=UploadState.COMPLETE.value)
    still = set(held.values_list("pk", flat=True))
    if gone := tuple(name for name, upload in uploads.items() if upload.pk not in still):
        raise Missing(gone)
    Upload.objects.filter(pk__in=keys).update(state=state.value)


def _accept(  # noqa: PLR0913, PLR0917 - one transaction takes all that was gathered
    site: Site,
    device: Device,
    manifest: Manifest,
    text: bytes,
    uploads: Mapping[str, Upload],
    size: int,
) -> bytes:
    stored_at = now()
    digest = sha256(text).hexdigest()
    signed = protocol.issue(
        Receipt(manifest.recording_id, digest, size, utc_text(stored_at)),
        site.keys.receipt(stored_at),
    )
    with transaction.atomic():
        # Another request with the same manifest may have been faster.
        if known := _known(site, manifest.recording_id, digest):
            return known
        _take(uploads, UploadState.TAKEN)
        row = _row(device, manifest, text, size)
        row.state, row.reason, row.receipt = RecordingState.RECEIVED.value, "", signed
        row.received_at = stored_at
        row.save()
        RecordingFile.objects.bulk_create(
            RecordingFile(
                recording=row,
                name=name,
                path=upload.path,
                size_bytes=upload.length_bytes,
                sha256=upload.sha256,
            )
            for name, upload in uploads.items()
        )
        jobs.wish(calls.FILM, manifest.call_id)
        audit.record(
            AuditTag.RECORDING_RECEIVED,
            audit.desk(device.device_id),
            manifest.recording_id,
            {
                "call_id": manifest.call_id,
                "agent_id": manifest.agent_id,
                "manifest_sha256": digest,
                "bytes": size,
                "files": len(uploads),
                "end_reason": manifest.end_reason.value,
                **_remarks(device, manifest),
            },
        )
    logger.info("recording %s received, %d bytes", manifest.recording_id, size)
    return signed


def _remarks(device: Device, manifest: Manifest) -> dict[str, str]:
    """What an auditor should look at."""
    remarks = {}
    if manifest.device_id != device.device_id:
        remarks["recorded_by"] = manifest.device_id
    if fault := manifests.selection_fault(manifest):
        remarks["selection_fault"] = fault
    return remarks


def _refuse(
    device: Device,
    manifest: Manifest,
    text: bytes,
    uploads: Mapping[str, Upload],
    reason: str,
) -> None:
    """Keep the files for a person to look at. They stay where they are: another row owns them."""
    moment = now()
    with transaction.atomic():
        taken = Recording.objects.select_for_update().filter(pk=manifest.recording_id)
        if taken.exclude(state=RecordingState.FAILED.value).exists():
            raise Conflict("this recording was taken meanwhile, from another desk")
        _take(uploads, UploadState.REFUSED)
        row = _row(device, manifest, text, sum(one.length_bytes for one in uploads.values()))
        row.state, row.reason = RecordingState.FAILED.value, reason[:300]
        row.received_at = moment
        row.save()
        RefusedFile.objects.bulk_create(
            RefusedFile(
                device=device,
                recording_id=manifest.recording_id,
                name=name,
                path=upload.path,
                size_bytes=upload.length_bytes,
                sha256=upload.sha256,
                reason=reason[:300],
                refused_at=moment,
            )
            for name, upload in uploads.items()
        )
        audit.record(
            AuditTag.RECORDING_REFUSED,
            audit.desk(device.device_id),
            manifest.recording_id,
            {"call_id": manifest.call_id, "reason": reason[:300]},
            allowed=False,
        )
    logger.error("recording %s refused: %s", manifest.recording_id, reason)


def _row(device: Device, manifest: Manifest, text: bytes, size: int) -> Recording:
    started_at = manifest.started_at + manifest.clock_offset
    call: Call = calls.seen(
        manifest.call_id, manifest.agent_id, started_at, selected=manifest.decision.selected
    )
    return Recording(
        recording_id=manifest.recording_id,
        device=device,
        call=call,
        agent_id=manifest.agent_id,
        unit_id=call.unit_id,
        started_at=started_at,
        duration_us=microseconds(manifest.duration),
        size_bytes=size,
        end_reason=manifest.end_reason.value,
        selected=manifest.decision.selected,
        bucket=manifest.decision.bucket,
        percentage=manifest.decision.percentage,
        manifest=text,
        manifest_sha256=sha256(text).hexdigest(),
    )
