"""Desks: how they enrol and sign in, what they report, what they are told."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Count, F, Q

from central.core.access import Action, Who, may
from central.core.audit import Actor, AuditTag
from central.services import audit
from central.services.errors import NotAllowed, NotFound
from central.services.site import now, site
from central.store.models import AuditEntry, Device, EnrolmentToken, Order
from contract import protocol
from contract.canonical import b64
from contract.protocol import Enrolled, Enrolment, Health
from contract.versions import is_older

_NO_TOKEN = "this enrolment token is unknown, used up or expired"  # noqa: S105 - says so
_REFUSALS_KEPT = 100  # in the audit, of enrolments in an hour
_LISTED = 5_000
_INT, _BIGINT = 2**31 - 1, 2**63 - 1  # what the columns hold
ORDERS_LIVE = timedelta(minutes=5)
"""A desk that was away must not carry out a pause that was meant for a call long over."""


def new_token(actor: Actor, label: str, uses: int, days: int) -> str:
    """An enrolment token, as IT installs desks with it; shown once, kept as a hash."""
    secret = b64(secrets.token_bytes(24))
    moment = now()
    with transaction.atomic():
        EnrolmentToken.objects.create(
            secret_sha256=hashed(secret),
            label=label,
            uses_left=uses,
            created_at=moment,
            expires_at=moment + timedelta(days=days),
        )
        audit.record(AuditTag.TOKEN_CREATED, actor, label, {"uses": uses, "days": days})
    root = sha256(site().keys.root_public).hexdigest()
    return str(protocol.EnrolmentToken(root, secret))


def enrol(asked: Enrolment, address: str = "") -> Enrolled:
    """Trade a token for a device's own credential; NotAllowed if the token is none of ours."""
    secret = b64(secrets.token_bytes(32))
    device_id = str(uuid.uuid4())
    moment = now()
    with transaction.atomic():
        tokens = EnrolmentToken.objects.filter(
            secret_sha256=hashed(asked.token),
            uses_left__gt=0,
            expires_at__gt=moment,
            revoked_at=None,
        )
        allowed = tokens.update(uses_left=F("uses_left") - 1) == 1
        if allowed:
            Device.objects.create(
                device_id=device_id,
                name=asked.device_name[:200],
                secret_sha256=hashed(secret),
                token=EnrolmentToken.objects.get(secret_sha256=hashed(asked.token)),
                enrolled_at=moment,
                client_version=asked.client_version[:64],
            )
        elif _refused_lately() >= _REFUSALS_KEPT:
            raise NotAllowed(_NO_TOKEN)  # nobody may fill the audit who has no token
        audit.record(
            AuditTag.DESK_ENROLLED if allowed else AuditTag.DESK_REFUSED,
            audit.desk(device_id if allowed else "", address),
            device_id if allowed else "",
            {"name": asked.device_name[:200], "version": asked.client_version[:64]},
            allowed=allowed,
        )
    if not allowed:
        raise NotAllowed(_NO_TOKEN)
    return Enrolled(
        device_id=device_id, device_secret=secret, root_key=b64(site().keys.root_public)
    )


def report(device: Device, health: Health) -> None:
    """How the desk is; not an act on a recording, so the audit has no row of it."""
    Device.objects.filter(pk=device.pk).update(
        seen_at=now(),
        client_version=health.client_version[:64],
        agent_id=health.agent_id[:100],
        spooled_count=_within(0, health.spooled, _INT),
        spooled_bytes=_within(0, health.spooled_bytes, _BIGINT),
        quarantined_count=_within(0, health.quarantined, _INT),
        problem=health.problem[:100],
        clock_offset_us=_within(-_BIGINT, health.clock_offset_us, _BIGINT),
    )


def seen(who: Who, actor: Actor) -> list[Device]:
    """Every desk that is let in, for a person who manages them all; else NotAllowed."""
    if not may(who, Action.MANAGE_DESKS):
        raise NotAllowed("this person may not see the desks")
    audit.act(AuditTag.DESKS_SEEN, actor, "desks")
    return listed()


def listed(older_than: str = "") -> list[Device]:
    """Every desk that is let in: those with a problem first, then by when they were last heard.

    With `older_than` only those of a lesser version.
    """
    found = Device.objects.filter(revoked_at=None).annotate(well=Q(quarantined_count=0, problem=""))
    if older_than:
        old = [one for one in versions() if is_older(one, older_than)]
        found = found.filter(client_version__in=old)
    return list(found.order_by("well", F("seen_at").desc(nulls_last=True))[:_LISTED])


def versions() -> dict[str, int]:
    """How many desks that are let in run which version, by their own last word."""
    found = Device.objects.filter(revoked_at=None).values_list("client_version")
    return dict(found.annotate(desks=Count("pk")).order_by("client_version"))


def order(actor: Actor, device_id: str, what: str, call_id: str = "") -> int:
    """Tell a desk to do something; the order's number. NotFound if there is no such desk.

    With `call_id` it counts for that call alone: the desk refuses once the call is over.
    """
    with transaction.atomic():
        device = Device.objects.filter(device_id=device_id, revoked_at=None).first()
        if device is None:
            raise NotFound(f"no desk {device_id}")
        issued = Order.objects.create(device=device, order=what, call_id=call_id, issued_at=now())
        about = {"call_id": call_id} if call_id else {}
        audit.record(AuditTag.DESK_ORDERED, actor, device_id, {"order": what, **about})
    return issued.number


def orders_after(device: Device, number: int) -> list[protocol.Order]:
    """What the desk was told since that number, as far as it still holds."""
    rows = Order.objects.filter(
        device=device, number__gt=number, issued_at__gt=now() - ORDERS_LIVE
    ).order_by("number")
    return [
        protocol.Order(
            number=row.number,
            order=row.order,  # type: ignore[arg-type]  # a CHECK says that it holds nothing else
            issued_at=row.issued_at,
            call_id=row.call_id,
        )
        for row in rows
    ]


def newest_order() -> int:
    """The highest number given to any desk; 0 if none was."""
    newest = Order.objects.order_by("-number").values_list("number", flat=True).first()
    return newest or 0


def ordered_after(number: int) -> tuple[int, set[str]]:
    """The highest number given since, and the desks that were told something."""
    rows = list(Order.objects.filter(number__gt=number).values_list("number", "device_id"))
    return max((row[0] for row in rows), default=number), {row[1] for row in rows}


def revoke(actor: Actor, device_id: str) -> None:
    """Let a desk in no more; what it sent stays. NotFound if there is no such desk."""
    with transaction.atomic():
        if not Device.objects.filter(pk=device_id, revoked_at=None).update(revoked_at=now()):
            raise NotFound(f"no desk {device_id}")
        audit.record(AuditTag.DESK_REVOKED, actor, device_id)


def revoke_token(actor: Actor, label: str) -> None:
    """Let nobody enrol with the tokens of this label; NotFound if there is none."""
    with transaction.atomic():
        tokens = EnrolmentToken.objects.filter(label=label, revoked_at=None)
        if not tokens.update(revoked_at=now()):
            raise NotFound(f"no enrolment token {label}")
        audit.record(AuditTag.TOKEN_REVOKED, actor, label)


def _within(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))


def _refused_lately() -> int:
    span = now() - timedelta(hours=1)
    return AuditEntry.objects.filter(tag=AuditTag.DESK_REFUSED.value, at__gt=span).count()


def hashed(secret: str) -> str:
    """As a secret is kept: it has 24 random bytes or more, so a plain hash will do."""
    return sha256(secret.encode()).hexdigest()
