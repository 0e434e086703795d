from __future__ import annotations

import os
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from central.core.recording import RecordingState, UploadState
from central.media.opening import prove
from central.services import checking, recordings, uploads
from central.services.checking import Depth
from central.services.errors import Conflict, Missing, Unusable
from central.services.site import now
from central.store.models import Device, EnrolmentToken, Recording, Upload
from contract.manifest import Manifest, to_json
from tests.central.serving import NOON, Desk, manifest_of, sealed

if TYPE_CHECKING:
    from central.services.site import Site


def _device() -> Device:
    token = EnrolmentToken.objects.create(
        secret_sha256="0" * 64, uses_left=1, created_at=NOON, expires_at=NOON
    )
    return Device.objects.create(
        device_id="D1", name="desk", secret_sha256="1" * 64, token=token, enrolled_at=NOON
    )


def _sent(site: Site, device: Device, *, torn: bool = False) -> tuple[Manifest, Upload]:
    content = sealed(list(site.keys.recipients), os.urandom(2_000))
    if torn:
        content = content[:-30]
    desk = Desk.__new__(Desk)
    desk.device_id = device.device_id
    manifest = replace(manifest_of(desk, [content]), recording_id=_ID)
    key, digest = f"{_ID}/000.seg", sha256(content).hexdigest()
    upload, _ = uploads.create(site, device, key, len(content), digest)
    site.path(upload.path).write_bytes(content)
    uploads.complete(site, upload)
    upload.refresh_from_db()
    return manifest, upload


_ID = "0198a000-0000-4000-8000-000000000001"


@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize("way", ["given up", "expired"])
def test_an_upload_that_goes_while_it_is_proved_gives_no_receipt(
    site: Site, monkeypatch: pytest.MonkeyPatch, way: str, *, torn: bool
) -> None:
    device = _device()
    manifest, upload = _sent(site, device, torn=torn)

    def meanwhile(*args: object, **named: object) -> object:
        try:
            return prove(*args, **named)  # type: ignore[arg-type]  # whatever it is called with
        finally:
            if way == "given up":
                uploads.terminate(site, upload)
            else:
                Upload.objects.update(expires_at=now())
                uploads.expire(site)

    monkeypatch.setattr(recordings, "prove", meanwhile)
    with pytest.raises(Missing) as missing:
        recordings.receive(site, device, _ID, to_json(manifest))
    assert missing.value.names == ("000.seg",)
    assert not Recording.objects.exists()
    assert list(checking.faults(site, Depth.HASH)) == []


def test_a_refused_file_stays_where_it_is_and_another_row_owns_it(site: Site) -> None:
    device = _device()
    manifest, upload = _sent(site, device, torn=True)
    with pytest.raises(Unusable):
        recordings.receive(site, device, _ID, to_json(manifest))
    assert site.path(upload.path).is_file()
    upload.refresh_from_db()
    assert upload.state == UploadState.REFUSED.value
    assert list(checking.faults(site, Depth.HASH)) == []


def test_a_recording_that_was_taken_is_not_lost_for_a_copy_that_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = _device()
    other = Device.objects.create(
        device_id="D2", secret_sha256="2" * 64, token=device.token, enrolled_at=NOON
    )
    manifest, _ = _sent(site, device)
    damaged, _ = _sent(site, other, torn=True)

    def meanwhile(*args: object, **named: object) -> object:
        monkeypatch.setattr(recordings, "prove", prove)
        recordings.receive(site, device, _ID, to_json(manifest))
        return prove(*args, **named)  # type: ignore[arg-type]  # whatever it is called with

    monkeypatch.setattr(recordings, "prove", meanwhile)
    with pytest.raises(Conflict):
        recordings.receive(site, other, _ID, to_json(damaged))
    assert recordings.receipt(site, device, _ID)
    assert Recording.objects.get().state == RecordingState.RECEIVED.value
    assert list(checking.faults(site, Depth.HASH)) == []


def test_expired_uploads_go_and_those_of_recordings_stay(site: Site) -> None:
    device = _device()
    manifest, upload = _sent(site, device)
    recordings.receive(site, device, _ID, to_json(manifest))
    other, _ = uploads.create(site, device, f"{_ID}/001.seg", 5, "")
    Upload.objects.update(expires_at=now())
    assert uploads.expire(site) == 1
    assert site.path(upload.path).is_file()
    assert not site.path(other.path).exists()
