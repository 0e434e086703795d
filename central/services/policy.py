"""The policy: what desks are told, signed, each version kept."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import msgspec
from django.db import transaction

from central.core.audit import Actor, AuditTag
from central.services import audit, people
from central.services.errors import NotFound, Unusable
from central.services.site import now, site
from central.store.models import Device, Order, Person, PolicyVersion
from contract.canonical import b64
from contract.policy import Policy, PublicKey, Selection, accept, publish
from contract.selection import decide
from contract.signing import key_id

logger = logging.getLogger(__name__)

_VALID = timedelta(days=60)
_RENEWED = timedelta(days=30)  # before it expires


def first(actor: Actor) -> PolicyVersion:
    """The policy of the first run: every call's screen, a salt of its own."""
    keys = site().keys
    issued = now()
    return _issue(
        actor,
        Policy(
            version=1,
            issued_at=issued,
            expires_at=issued + _VALID,
            selection=Selection(percentage=Decimal(100), salt=b64(secrets.token_bytes(16))),
            seal_to=keys.seal_to,
            receipt_keys=keys.receipt_keys(issued),
        ),
        None,
    )


def in_force() -> tuple[PolicyVersion, Policy]:
    """The newest policy; NotFound before the first run."""
    row = PolicyVersion.objects.order_by("-version").first()
    if row is None:
        raise NotFound("there is no policy yet")
    return row, _read(row)


def at(moment: datetime) -> Policy:
    """The policy that was the newest at that time; before the first one, the first."""
    rows = PolicyVersion.objects.order_by("-version")
    row = rows.filter(issued_at__lte=moment).first() or rows.last()
    if row is None:
        raise NotFound("there is no policy yet")
    return _read(row)


def for_desks(*, by_our_keys: bool = False) -> PolicyVersion:
    """The policy that desks fetch.

    A new version, if agents have moved, keys were changed, or it will expire soon. `by_our_keys`:
    even if the present one names keys that are not here; somebody has just made one, here.
    """
    row, fresh = _due(by_our_keys=by_our_keys)
    if fresh is None:
        return row
    with transaction.atomic():  # many desks ask at once: the first of them makes it
        list(PolicyVersion.objects.select_for_update().filter(pk=row.pk))
        row, fresh = _due(by_our_keys=by_our_keys)
        return row if fresh is None else change(audit.CENTRAL, fresh)


def _due(*, by_our_keys: bool) -> tuple[PolicyVersion, Policy | None]:
    """The version in force, and what must take its place, if anything must."""
    row, policy = in_force()
    fresh = msgspec.structs.replace(
        policy,
        agent_units=people.agent_units(),
        agent_groups=people.agent_groups(),
        **_keys(policy, ours=by_our_keys),
    )
    return row, None if fresh == policy and row.expires_at - now() > _RENEWED else fresh


def _keys(policy: Policy, *, ours: bool) -> dict[str, tuple[PublicKey, ...]]:
    """The keys to publish; those of this policy, where a newer one is in it than we know of.

    Else two centrals of one site, of which one does not see the other's new key yet, would take it
    out and put it in again in turn.
    """
    keys = site().keys
    unknown = _unknown(policy)
    if unknown:
        logger.warning("the policy names keys that are not here: %s", ", ".join(unknown))
    if unknown and not ours:
        return {"seal_to": policy.seal_to, "receipt_keys": policy.receipt_keys}
    return {"seal_to": keys.seal_to, "receipt_keys": keys.receipt_keys(now())}


def keys_elsewhere() -> list[str]:
    """Keys that the policy in force names, and that are not here."""
    return _unknown(in_force()[1])


def _unknown(policy: Policy) -> list[str]:
    named = {one.kid for one in (*policy.seal_to, *policy.receipt_keys)}
    return sorted(named - site().keys.kids)


def check_percentage(percentage: Decimal) -> None:
    """Unusable if it is outside 0..100, or finer than two decimals."""
    try:
        decide("any", percentage, "")
    except (ValueError, ArithmeticError) as error:
        raise Unusable(str(error)) from error


def change(actor: Actor, policy: Policy, by: Person | None = None) -> PolicyVersion:
    """Put this policy in force as the next version, and tell every desk."""
    with transaction.atomic():
        row, before = in_force()
        issued = now()
        numbered = msgspec.structs.replace(
            policy, version=row.version + 1, issued_at=issued, expires_at=issued + _VALID
        )
        issue = _issue(actor, numbered, by, _differences(before, numbered))
        desks = Device.objects.filter(revoked_at=None)
        Order.objects.bulk_create(
            Order(device=desk, order="policy-changed", issued_at=issued) for desk in desks
        )
    return issue


def read(document: bytes) -> Policy:
    """A policy as it was signed here, in force or not."""
    root = site().keys.root_public
    return accept(document, {key_id(root): root}, None)


def page_origins() -> tuple[str, ...]:
    """The pages of Workspace that may show ours within them."""
    return in_force()[1].workspace.origins


def _read(row: PolicyVersion) -> Policy:
    return read(bytes(row.document))


def _differences(before: Policy, after: Policy) -> list[str]:
    """The names of what is different: "selection.percentage", "agent_groups"."""
    old, new = msgspec.to_builtins(before, str_keys=True), msgspec.to_builtins(after, str_keys=True)
    names = []
    for part in sorted(new.keys() - {"version", "issued_at", "expires_at"}):
        if old[part] == new[part]:
            continue
        if isinstance(new[part], dict) and not part.startswith("agent_"):
            names += [f"{part}.{key}" for key in new[part] if old[part].get(key) != new[part][key]]
        else:
            names.append(part)
    return names


def _issue(
    actor: Actor, policy: Policy, by: Person | None, differs: Sequence[str] = ()
) -> PolicyVersion:
    document = publish(policy, site().keys.root)
    with transaction.atomic():
        row = PolicyVersion.objects.create(
            version=policy.version,
            document=document,
            etag=f'"{sha256(document).hexdigest()}"',
            issued_at=policy.issued_at,
            expires_at=policy.expires_at,
            issued_by=by,
        )
        audit.record(
            AuditTag.POLICY_CHANGED,
            actor,
            f"policy {policy.version}",
            {
                "percentage": str(policy.selection.percentage),
                "rules": len(policy.selection.rules),
                "differs": list(differs),
                "sha256": sha256(document).hexdigest(),
            },
        )
    return row
