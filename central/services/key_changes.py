"""Keys: which there are, new ones in place of old ones, and the end of old ones."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from central.core.audit import Actor, AuditTag
from central.media import keys
from central.media.keys import Key, Role
from central.services import audit, policy
from central.services.errors import Conflict
from central.services.site import FILMS, SEALED, VOICE, Site, now
from central.store.models import Device
from contract.envelope import EnvelopeError, read_header

EXPIRES_SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Listed:
    """A key, and how it stands."""

    key: Key
    standing: str  # "in use", "to come", "replaced", "retired"
    files: int | None  # sealed to it; None of a key that nothing is sealed to


def listed(site: Site) -> list[Listed]:
    """Every key but the root, the oldest first. Reads the head of every sealed file."""
    moment, held = now(), site.keys
    counts = sealed_to(site)
    return [
        Listed(
            one,
            _standing(held, one, moment),
            None if one.role == "receipt" else counts[one.kid],
        )
        for one in held.held
        if one.role != "root"
    ]


def rotate(
    site: Site, actor: Actor, role: Role, *, signs_after: timedelta, overlap: timedelta
) -> Key:
    """A new key in place of the newest of this role; every desk is told of it at once."""
    with transaction.atomic():
        made = keys.rotate(site.ring.folder, role, now(), signs_after=signs_after, overlap=overlap)
        details = {"not_after": made.not_after.isoformat()}
        if made.signs_from is not None:
            details["signs_from"] = made.signs_from.isoformat()
        audit.record(AuditTag.KEY_ROTATED, actor, f"{role} {made.kid}", details)
        policy.for_desks(by_our_keys=True)  # so that a key that was lost can be replaced
    return made


def retire(site: Site, actor: Actor, kid: str, *, although_desks: bool = False) -> None:
    """Destroy an old key's private half. Conflict, with numbers, while somebody may need it.

    `although_desks`: even if desks may still send what they sealed to it. Files that are here are
    no matter of choice.
    """
    key = next((one for one in site.keys.held if one.kid == kid), None)
    after = site.keys.successor(key) if key else None
    if key is not None and after is not None and key.role != "receipt":
        _refuse_while_needed(site, key, after.made_at, although_desks=although_desks)
    with transaction.atomic():
        audit.record(AuditTag.KEY_RETIRED, actor, f"{key.role if key else 'no'} {kid}")
        keys.retire(site.ring.folder, kid, now())
        policy.for_desks()


def sealed_to(site: Site) -> Counter[str]:
    """How many files are sealed to each key; under "", those of which it is not known yet."""
    counts: Counter[str] = Counter()
    for path in _sealed(site):
        try:
            with path.open("rb") as file:
                counts.update({one["kid"] for one in read_header(file).wrapped})
        except EnvelopeError:
            counts[""] += 1
        except FileNotFoundError:
            continue  # it went meanwhile
    return counts


def expiring(site: Site) -> Iterator[str]:
    """Keys in use whose time is nearly over, in sentences."""
    for role in keys.ROLES:
        key = site.keys.newest(role)
        if key.not_after - now() < EXPIRES_SOON:
            until = f"{key.not_after:%Y-%m-%d}"
            yield (
                f"{role} key {key.kid} counts until {until} only: "
                f"run `twinreel-central keys rotate {role}`"
            )


def lost() -> Iterator[str]:
    """Keys that desks are told of and that are not here, in sentences."""
    for kid in policy.keys_elsewhere():
        yield (
            f"the policy names key {kid}, which is not here: put its file back, or run "
            "`twinreel-central keys rotate seal`, `escrow` or `receipt` in its place"
        )


def _refuse_while_needed(site: Site, key: Key, since: datetime, *, although_desks: bool) -> None:
    counts = sealed_to(site)
    if counts[key.kid]:
        raise Conflict(
            f"{counts[key.kid]} files are sealed to {key.role} key {key.kid}: "
            "it stays until the last of them is gone"
        )
    desks = _may_seal_to_it(since)
    if (desks or counts[""]) and not although_desks:
        raise Conflict(
            f"{desks} desks may still hold recordings sealed to {key.role} key {key.kid}, or a "
            f"policy that names it, and {counts['']} uploads have only begun. Wait for them, "
            "revoke those that are gone, or say --although-desks: what comes late can then be "
            "opened by the escrow key alone"
        )


def _may_seal_to_it(since: datetime) -> int:
    """Desks that were not heard of since then, or hold recordings or an old policy."""
    silent = Q(seen_at__lt=since) | Q(seen_at=None, enrolled_at__lt=since)
    # Bytes without a recording that waits: one goes on, or a crash left it behind.
    holding = Q(spooled_count__gt=0) | Q(spooled_bytes__gt=0) | Q(quarantined_count__gt=0)
    holding |= Q(problem="policy-unusable")
    return Device.objects.filter(silent | holding, revoked_at=None).count()


def _standing(held: keys.Keys, key: Key, moment: datetime) -> str:
    if key.retired_at is not None:
        return "retired"
    if key.signs_from is not None and moment < key.signs_from:
        return "to come"
    after = held.successor(key)
    if after is None or (after.signs_from is not None and moment < after.signs_from):
        return "in use"
    return "replaced"


def _sealed(site: Site) -> Iterator[Path]:
    for top in (SEALED, VOICE, FILMS):
        for folder, _, names in os.walk(site.path(top)):
            yield from (Path(folder, name) for name in names)
