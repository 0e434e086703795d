"""Keys are replaced without a recording that cannot be opened, or a receipt nobody believes."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from central.media import keys
from central.media.keys import KeysError, Ring
from central.services import audit, key_changes, policy
from central.services.errors import Conflict
from central.services.site import Site, now
from central.store.models import AuditEntry, Device, EnrolmentToken, Order
from contract.envelope import Sealer
from contract.policy import PublicKey
from contract.signing import key_id

NONE = timedelta(0)
HOUR, MONTH = timedelta(hours=1), timedelta(days=30)


def _rotated(site: Site, role: keys.Role, signs_after: timedelta = NONE) -> tuple[str, str]:
    """The key before, and the new one."""
    before = site.keys.newest(role).kid
    made = key_changes.rotate(site, audit.OPERATOR, role, signs_after=signs_after, overlap=MONTH)
    return before, made.kid


def _desk(**fields: object) -> Device:
    token = EnrolmentToken.objects.first()
    assert token is not None
    before = now() - timedelta(days=2)
    return Device.objects.create(
        device_id="desk-1", token=token, enrolled_at=before, **{"seen_at": now(), **fields}
    )


def _file(site: Site, *recipients: PublicKey) -> Path:
    path = site.path("sealed/ab/file")
    path.parent.mkdir(parents=True)
    sealer = Sealer({}, [one.recipient() for one in recipients], bytes(32))
    path.write_bytes(sealer.header + sealer.seal(b"", final=True))
    return path


def test_desks_seal_to_the_new_key_alone_and_the_old_one_still_opens(site: Site) -> None:
    old, new = _rotated(site, "seal")
    published = policy.in_force()[1].seal_to
    assert [(key.kid, key.escrow) for key in published] == [
        (new, False),
        (site.keys.newest("escrow").kid, True),
    ]
    assert {old, new} == set(site.keys.opening)


def test_each_desk_is_told_at_once(site: Site) -> None:
    _desk()
    for role in keys.ROLES:
        _rotated(site, role)
    assert Order.objects.filter(device="desk-1", order="policy-changed").count() == 3
    assert AuditEntry.objects.filter(tag="key:rotated").count() == 3


def test_a_new_receipt_key_is_published_before_it_signs_and_the_old_one_after(site: Site) -> None:
    old, new = _rotated(site, "receipt", HOUR)
    held, moment = site.keys, now()

    def signer(later: timedelta) -> bytes:
        return held.receipt(moment + later).public_key().public_bytes_raw()

    def published(later: timedelta) -> list[str]:
        return [key.kid for key in held.receipt_keys(moment + later)]

    assert [key.kid for key in policy.in_force()[1].receipt_keys] == [new, old]
    assert key_id(signer(NONE)) == old
    assert key_id(signer(2 * HOUR)) == new
    assert published(2 * HOUR + timedelta(days=29)) == [new, old]
    assert published(2 * HOUR + MONTH) == [new]


def test_a_key_that_is_in_use_is_not_retired_and_neither_is_the_root(site: Site) -> None:
    root = next(one.kid for one in site.keys.held if one.role == "root")
    for kid in (*(site.keys.newest(role).kid for role in keys.ROLES), root, "nobody"):
        with pytest.raises(KeysError):
            key_changes.retire(site, audit.OPERATOR, kid)
    assert not AuditEntry.objects.filter(tag="key:retired").exists()


def test_a_key_stays_while_a_file_is_sealed_to_it(site: Site) -> None:
    path = _file(site, *site.keys.seal_to)
    old, _ = _rotated(site, "seal")
    with pytest.raises(Conflict, match="1 files are sealed to seal key"):
        key_changes.retire(site, audit.OPERATOR, old, although_desks=True)
    assert old in site.keys.opening
    path.unlink()
    key_changes.retire(site, audit.OPERATOR, old)
    assert old not in site.keys.opening
    assert old in site.keys.kids
    kept = (site.ring.folder / f"seal-{old}.key.json").read_bytes()
    assert json.loads(kept)["private"] is None


@pytest.mark.parametrize(
    "fields",
    [
        {"spooled_count": 1},
        {"spooled_bytes": 1},  # of a recording that goes on, or was left by a crash
        {"quarantined_count": 1},
        {"problem": "policy-unusable"},
        {"seen_at": None},
        {"seen_at": now() - timedelta(days=1)},
    ],
)
def test_a_key_stays_while_a_desk_may_send_what_it_sealed_to_it(
    site: Site, fields: dict[str, object]
) -> None:
    old, _ = _rotated(site, "seal")
    desk = _desk(**fields)
    with pytest.raises(Conflict, match="1 desks may still hold"):
        key_changes.retire(site, audit.OPERATOR, old)
    desk.revoked_at = now()
    desk.save()
    key_changes.retire(site, audit.OPERATOR, old)


def test_an_upload_that_has_only_begun_may_be_sealed_to_it(site: Site) -> None:
    _file(site, *site.keys.seal_to).write_bytes(b"TWREEL01")
    old, _ = _rotated(site, "seal")
    with pytest.raises(Conflict, match="1 uploads have only begun"):
        key_changes.retire(site, audit.OPERATOR, old)
    key_changes.retire(site, audit.OPERATOR, old, although_desks=True)


def test_a_retired_receipt_key_is_believed_no_more(site: Site) -> None:
    old, new = _rotated(site, "receipt")
    key_changes.retire(site, audit.OPERATOR, old)
    assert [key.kid for key in policy.in_force()[1].receipt_keys] == [new]


def test_a_new_escrow_key_leaves_its_private_half_for_the_safe(site: Site) -> None:
    old, new = _rotated(site, "escrow")
    offline = keys.offline_half(site.ring.folder, new)
    assert json.loads(offline.read_bytes())["private"]
    assert site.keys.newest("escrow").private is None
    assert [one.standing for one in key_changes.listed(site) if one.key.kid in {old, new}] == [
        "replaced",
        "in use",
    ]


def test_a_key_made_by_another_process_is_seen_at_once(site: Site) -> None:
    other = Ring(site.ring.folder)
    _, new = _rotated(site, "seal")
    assert other.keys.newest("seal").kid == new


def test_a_central_that_does_not_see_a_new_key_yet_does_not_take_it_out(site: Site) -> None:
    _, new = _rotated(site, "seal")
    path = site.ring.folder / f"seal-{new}.key.json"
    kept = path.read_bytes()
    path.unlink()  # as a shared folder looks from a host that has not heard of the file
    version = policy.for_desks().version
    assert policy.in_force()[1].seal_to[0].kid == new
    path.write_bytes(kept)
    assert policy.for_desks().version == version


@pytest.mark.parametrize("role", ["seal", "receipt"])
def test_a_key_that_was_lost_is_replaced_by_the_next_one(site: Site, role: keys.Role) -> None:
    _, lost = _rotated(site, role)
    (site.ring.folder / f"{role}-{lost}.key.json").unlink()  # an older backup was put back
    assert lost in _named(role)
    assert [f"the policy names key {lost}, which is not here" in said for said in _lost()] == [True]
    _, new = _rotated(site, role)
    assert new in _named(role)
    assert lost not in _named(role)
    assert _lost() == []


def _lost() -> list[str]:
    return list(key_changes.lost())


def _named(role: keys.Role) -> set[str]:
    """Keys of the policy that desks fetch."""
    policy.for_desks()
    held = policy.in_force()[1]
    return {one.kid for one in (held.seal_to if role == "seal" else held.receipt_keys)}


def test_a_key_whose_time_is_nearly_over_is_a_fault(site: Site) -> None:
    assert list(key_changes.expiring(site)) == []
    key = site.keys.newest("seal")
    aged = msgspec.structs.replace(key, not_after=now() + timedelta(days=10))
    path = site.ring.folder / f"seal-{key.kid}.key.json"
    path.write_bytes(msgspec.json.encode(aged))
    (said,) = key_changes.expiring(site)
    assert f"seal key {key.kid} counts until" in said
