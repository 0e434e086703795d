import os
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from contract.envelope import Recipient
from contract.manifest import EndReason, Manifest, Pause, digest, to_json
from contract.protocol import segment_name
from contract.selection import RecordingDecision, bucket_of
from tests.central.serving import Central, Desk, manifest_of, sealed


def _whole(desk: Desk, count: int = 2) -> list[bytes]:
    return [sealed(desk.recipients(), os.urandom(5_000), b"more") for _ in range(count)]


def _send(desk: Desk, manifest: Manifest, segments: list[bytes]) -> None:
    for index, content in enumerate(segments):
        desk.send(f"{manifest.recording_id}/{segment_name(index)}", content)


def test_a_receipt_is_given_when_all_is_whole(central: Central) -> None:
    desk = central.enrol()
    segments = _whole(desk)
    manifest = manifest_of(desk, segments)
    _send(desk, manifest, segments)
    receipt = desk.receipt(desk.finish(manifest))
    assert receipt.recording_id == manifest.recording_id
    assert receipt.sha256 == digest(to_json(manifest))
    assert receipt.size == sum(len(segment) for segment in segments)


def test_before_that_central_says_what_is_missing(central: Central) -> None:
    desk = central.enrol()
    segments = _whole(desk, 3)
    manifest = manifest_of(desk, segments)
    assert desk.finish(manifest).json()["missing"] == ["000.seg", "001.seg", "002.seg"]
    desk.send(f"{manifest.recording_id}/001.seg", segments[1])
    begun = desk.created(f"{manifest.recording_id}/000.seg", segments[0])
    desk.patch(begun, segments[0][:10], 0)
    answer = desk.finish(manifest)
    assert (answer.status_code, answer.json()["missing"]) == (409, ["000.seg", "002.seg"])
    nothing = desk.ask("GET", f"/recordings/{manifest.recording_id}/receipt")
    assert nothing.status_code == 404


def test_the_same_manifest_again_gives_the_same_receipt(central: Central) -> None:
    desk = central.enrol()
    segments = _whole(desk)
    manifest = manifest_of(desk, segments)
    _send(desk, manifest, segments)
    with ThreadPoolExecutor(4) as pool:
        sent = pool.map(
            lambda _: Desk(central, desk.device_id, desk.secret, desk.root).finish(manifest),
            range(4),
        )
        answers = {answer.content for answer in sent}
    assert len(answers) == 1
    again = desk.ask("GET", f"/recordings/{manifest.recording_id}/receipt")
    assert {again.content} == answers
    received = [
        entry
        for entry in central.audit("recording:received")
        if entry["subject"] == manifest.recording_id
    ]
    assert len(received) == 1


def test_another_manifest_for_the_same_recording_is_a_conflict(central: Central) -> None:
    desk = central.enrol()
    segments = _whole(desk)
    manifest = manifest_of(desk, segments)
    _send(desk, manifest, segments)
    desk.receipt(desk.finish(manifest))
    answer = desk.finish(replace(manifest, client_version="2"))
    assert (answer.status_code, answer.json()["error"]) == (409, "conflict")


def test_sending_again_what_central_has_costs_nothing(central: Central) -> None:
    desk = central.enrol()
    segments = _whole(desk, 1)
    manifest = manifest_of(desk, segments)
    _send(desk, manifest, segments)
    desk.receipt(desk.finish(manifest))
    again = desk.create(f"{manifest.recording_id}/000.seg", segments[0])
    assert again.headers["Upload-Offset"] == str(len(segments[0]))
    assert desk.tus("DELETE", again.headers["Location"]).status_code == 409


def test_details_are_opened_as_well(central: Central) -> None:
    desk = central.enrol()
    details = sealed(desk.recipients(), b"{}")
    manifest = replace(manifest_of(desk, []), details_sha256=sha256(details).hexdigest())
    assert desk.finish(manifest).json()["missing"] == ["details"]
    desk.send(f"{manifest.recording_id}/details", details)
    assert desk.receipt(desk.finish(manifest)).size == len(details)


def test_a_recording_without_files_only_says_when_it_was_paused(central: Central) -> None:
    desk = central.enrol()
    assert desk.receipt(desk.finish(manifest_of(desk, []))).size == 0


def _tampered(content: bytes) -> bytes:
    return content[:-40] + bytes([content[-40] ^ 1]) + content[-39:]


def test_a_tampered_segment_is_refused_and_kept_aside(central: Central) -> None:
    desk = central.enrol()
    segments = _whole(desk)
    segments[1] = _tampered(segments[1])
    manifest = manifest_of(desk, segments)
    _send(desk, manifest, segments)
    answer = desk.finish(manifest)
    assert answer.status_code == 422
    assert "001.seg" in answer.json()["detail"]
    aside = [path for path in central.files() if manifest.recording_id in path]
    assert len(aside) == 2
    assert central.run("check", "--depth", "hash", "--json")["faults"] == []
    entry = central.audit("recording:refused")[-1]
    assert (entry["subject"], entry["allowed"]) == (manifest.recording_id, False)


def test_a_refused_recording_may_be_sent_again_whole(central: Central) -> None:
    desk = central.enrol()
    segments = _whole(desk, 1)
    bad = [_tampered(segments[0])]
    refused = manifest_of(desk, bad)
    _send(desk, refused, bad)
    assert desk.finish(refused).status_code == 422
    manifest = replace(
        refused, segments=manifest_of(desk, segments).segments, client_version="mended"
    )
    _send(desk, manifest, segments)
    desk.receipt(desk.finish(manifest))
    assert central.run("check", "--depth", "hash", "--json")["faults"] == []


def test_a_segment_sealed_to_another_key_is_refused(central: Central) -> None:
    desk = central.enrol()
    stranger = Recipient("0" * 16, X25519PrivateKey.generate().public_key().public_bytes_raw())
    segments = [sealed([stranger], b"nobody here can read this")]
    manifest = manifest_of(desk, segments)
    _send(desk, manifest, segments)
    answer = desk.finish(manifest)
    assert answer.status_code == 422
    assert "we hold none of these keys" in answer.json()["detail"]


def test_files_of_another_recording_are_refused(central: Central) -> None:
    desk = central.enrol()
    segments = _whole(desk, 2)
    manifest = manifest_of(desk, segments[:1])
    _send(desk, manifest, segments[1:])
    assert desk.finish(manifest).status_code == 422


def test_a_salvaged_recording_may_end_without_its_final_frame(central: Central) -> None:
    desk = central.enrol()
    torn = sealed(desk.recipients(), b"all that the crash left", final=False)
    segments = [*_whole(desk, 1), torn]
    manifest = manifest_of(desk, segments, end_reason=EndReason.SALVAGED)
    _send(desk, manifest, segments)
    desk.receipt(desk.finish(manifest))


@pytest.mark.parametrize(
    ("torn_at", "reason", "rest"),
    [
        (0, EndReason.SALVAGED, b""),  # only the last one may
        (1, EndReason.WRAPPED_UP, b""),  # only after a crash
        (1, EndReason.SALVAGED, b"half a frame"),  # every byte must be proved
    ],
)
def test_otherwise_a_torn_segment_is_refused(
    central: Central, torn_at: int, reason: EndReason, rest: bytes
) -> None:
    desk = central.enrol()
    segments = _whole(desk)
    segments[torn_at] = sealed(desk.recipients(), b"some", final=False) + rest
    manifest = manifest_of(desk, segments, end_reason=reason)
    _send(desk, manifest, segments)
    assert desk.finish(manifest).status_code == 422


def test_another_desks_files_and_recordings_are_out_of_reach(central: Central) -> None:
    desk, other = central.enrol(), central.enrol()
    segments = _whole(desk, 1)
    manifest = manifest_of(desk, segments)
    _send(desk, manifest, segments)
    assert other.finish(manifest).json()["missing"] == ["000.seg"]
    as_its_own = replace(manifest, device_id=other.device_id)
    assert other.finish(as_its_own).json()["missing"] == ["000.seg"]
    desk.receipt(desk.finish(manifest))
    assert other.finish(as_its_own).json()["error"] == "conflict"
    receipt = f"/recordings/{manifest.recording_id}/receipt"
    assert other.ask("GET", receipt).status_code == 404


def test_a_desk_that_enrolled_anew_brings_what_it_recorded_before(central: Central) -> None:
    before, desk = central.enrol(), central.enrol()
    segments = _whole(desk, 1)
    manifest = manifest_of(before, segments)
    _send(desk, manifest, segments)
    first = desk.finish(manifest)
    desk.receipt(first)
    entry = _received(central, manifest)
    assert entry["actor"]["name"] == desk.device_id
    assert entry["details"]["recorded_by"] == before.device_id
    assert before.finish(manifest).content == first.content  # its answer may have been lost


def test_a_recording_of_a_desk_that_nobody_knows_is_refused(central: Central) -> None:
    desk = central.enrol()
    manifest = replace(manifest_of(desk, []), device_id="somebody else")
    assert desk.finish(manifest).status_code == 422


def _received(central: Central, manifest: Manifest) -> dict[str, Any]:
    received = central.audit("recording:received")
    return next(entry for entry in received if entry["subject"] == manifest.recording_id)


@pytest.mark.parametrize(
    ("selected", "bucket", "percentage", "fault"),
    [
        (True, 0, "50.00", ""),
        (True, 1, "50.00", "the bucket is"),
        (False, 0, "50.00", "the sum says selected: True"),
        (True, 0, "0.00", "the sum says selected: False"),
    ],
)
def test_a_selection_that_is_not_what_the_sum_says_is_told_in_the_audit(
    central: Central, bucket: int, percentage: str, fault: str, *, selected: bool
) -> None:
    desk = central.enrol()
    call_id = next(
        name for name in (f"call-{uuid.uuid4()}" for _ in range(99)) if bucket_of(name, "s") < 5000
    )
    decision = RecordingDecision(
        selected=selected,
        bucket=bucket_of(call_id, "s") + bucket,
        percentage=Decimal(percentage),
        salt="s",
    )
    manifest = replace(manifest_of(desk, [], call_id=call_id), decision=decision)
    desk.receipt(desk.finish(manifest))
    told = _received(central, manifest)["details"].get("selection_fault", "")
    assert told.startswith(fault)
    assert bool(told) == bool(fault)


def _reshaped(manifest: Manifest, index: int, **change: Any) -> Manifest:  # noqa: ANN401 - any field
    segments = list(manifest.segments)
    segments[index] = replace(segments[index], **change)
    return replace(manifest, segments=tuple(segments))


@pytest.mark.parametrize(
    "change",
    [
        lambda one: _reshaped(one, 1, offset=timedelta(seconds=99)),
        lambda one: _reshaped(one, 1, duration=timedelta(seconds=99)),
        lambda one: replace(
            _reshaped(one, 0, duration=timedelta(seconds=50)), duration=timedelta(seconds=99)
        ),
        lambda one: replace(one, pauses=(Pause(timedelta(), timedelta(seconds=99), ()),)),
        lambda one: replace(one, started_at=datetime(1, 1, 2, tzinfo=UTC)),
        lambda one: replace(one, duration=timedelta(days=100)),
        lambda one: replace(one, call_id="a/b"),
        lambda one: replace(one, call_id=".."),
        lambda one: replace(one, call_id="a\x00b"),
        lambda one: replace(one, agent_id="x" * 101),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(
    central: Central, change: Callable[[Manifest], Manifest]
) -> None:
    desk = central.enrol()
    segments = _whole(desk)
    manifest = manifest_of(desk, segments)
    _send(desk, manifest, segments)
    answer = desk.finish(change(manifest))
    assert (answer.status_code, answer.json()["error"]) == (422, "unusable")
    desk.receipt(desk.finish(manifest))


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b"", b"{}", b"[]", b"\xff", b'{"format":"twinreel/manifest/1"}']
)
def test_what_is_no_manifest_is_refused(central: Central, body: bytes) -> None:
    desk = central.enrol()
    recording_id = manifest_of(desk, []).recording_id
    assert desk.ask("POST", f"/recordings/{recording_id}", body).status_code == 422


def test_a_receipt_outlives_a_kill(own_central: Central) -> None:
    desk = own_central.enrol()
    segments = _whole(desk)
    manifest = manifest_of(desk, segments)
    _send(desk, manifest, segments)
    answer = desk.finish(manifest)
    desk.receipt(answer)
    own_central.kill()
    own_central.start()
    again = desk.ask("GET", f"/recordings/{manifest.recording_id}/receipt")
    assert again.content == answer.content
    assert own_central.run("check", "--depth", "hash", "--json")["faults"] == []
