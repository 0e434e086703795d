"""Manifests as they come from desks: what must hold before a file is looked at."""

from __future__ import annotations

from datetime import timedelta

from central.services import calls
from central.services.errors import Unusable
from central.services.policy import check_percentage
from central.store.models import Device
from contract.manifest import Manifest, ManifestError, from_json
from contract.selection import BUCKETS, bucket_of

_SLACK = timedelta(seconds=5)  # a recorder's own lengths are rounded, and measured apart
_LONGEST = timedelta(days=7)
_CLOCKS_DIFFER = timedelta(days=20 * 365)  # a desk whose clock was never set


def read(text: bytes, recording_id: str, device: Device) -> Manifest:
    """The manifest, if it can be believed; Unusable says why not."""
    try:
        manifest = from_json(text)
    except ManifestError as error:
        raise Unusable(str(error)) from error
    if manifest.recording_id != recording_id:
        raise Unusable("the manifest is of another recording")
    # A desk that enrolled anew, after its keyring lost the secret, sends what it recorded before.
    if (
        manifest.device_id != device.device_id
        and not Device.objects.filter(pk=manifest.device_id).exists()
    ):
        raise Unusable("the manifest is of a desk that is not known here")
    check_percentage(manifest.decision.percentage)
    if not 0 <= manifest.decision.bucket < BUCKETS:
        raise Unusable(f"bucket is {manifest.decision.bucket}")
    calls.check_ids(manifest.call_id, manifest.agent_id)
    calls.check_moments(manifest.started_at)
    _check_lengths(manifest)
    return manifest


def _check_lengths(manifest: Manifest) -> None:
    """Unusable unless the segments follow each other, and all lies within the recording."""
    if manifest.duration > _LONGEST or abs(manifest.clock_offset) > _CLOCKS_DIFFER:
        raise Unusable("duration or clock offset is out of all bounds")
    end = manifest.duration + _SLACK
    reached = timedelta(0)
    for segment in manifest.segments:
        if segment.offset + _SLACK < reached:
            raise Unusable(f"segment {segment.index} begins before the one before it has ended")
        reached = segment.offset + segment.duration
        if reached > end:
            raise Unusable(f"segment {segment.index} ends after the recording")
    if any(pause.offset + pause.duration > end for pause in manifest.pauses):
        raise Unusable("a pause ends after the recording")


def selection_fault(manifest: Manifest) -> str:
    """What is wrong with the desk's sum, redone; "" if nothing. For the audit."""
    decision = manifest.decision
    if decision.bucket != (bucket := bucket_of(manifest.call_id, decision.salt)):
        return f"the bucket is {bucket}, the desk says {decision.bucket}"
    chosen = bucket < decision.percentage * 100 or decision.asked
    if decision.selected != chosen:
        return f"the sum says selected: {chosen}, the desk says {decision.selected}"
    return ""
