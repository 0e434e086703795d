"""Decisions whether calls' screens are recorded: taken from desks, redone, compared, missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from central.core import selecting
from central.core.access import Action, Who, may_anywhere, scope
from central.core.audit import AuditTag
from central.core.recording import RecordingState
from central.services import audit, calls, people, policy
from central.services.errors import NotAllowed, Unusable
from central.services.site import now, site
from central.store.models import Call, Decision, Device, Doing, PolicyVersion, Recording
from contract import protocol
from contract.canonical import canonical, utc_text
from contract.policy import Policy
from contract.selection import BUCKETS

_SALT = 200  # characters, as the column
_INT = 2**31 - 1
_HERE = (RecordingState.RECEIVED.value, RecordingState.PLAYABLE.value)


@dataclass(frozen=True, slots=True)
class Missing:
    """A call whose screen should be here, and is not."""

    call_id: str
    agent_id: str
    at: datetime
    desk: str  # its name; "" if no desk has said anything of the call
    waiting: int  # recordings that wait at this desk, by its last word
    quarantined: int


def take(device: Device, said: protocol.Decision) -> None:
    """A decision as a desk tells it, once or again. Unusable if it cannot be kept."""
    calls.check_ids(said.call_id, said.agent_id)
    calls.check_moments(said.at)
    policy.check_percentage(said.percentage)
    if not 0 <= said.bucket < BUCKETS or not 0 <= said.policy_version <= _INT:
        raise Unusable("bucket or policy version is out of all bounds")
    if len(said.salt) > _SALT or not (said.salt + said.asked_by).isprintable():
        raise Unusable("salt or asked_by is no such thing")
    with transaction.atomic():
        row, new = Decision.objects.get_or_create(
            device=device,
            said_sha256=_digest(said),
            defaults={
                "call_id": said.call_id,
                "agent_id": said.agent_id,
                "unit": people.unit(people.unit_of(said.agent_id)),
                "at": said.at,
                "selected": said.selected,
                "bucket": said.bucket,
                "percentage": said.percentage,
                "salt": said.salt,
                "policy_version": said.policy_version,
                "asked": said.asked,
                "asked_by": said.asked_by[:32],
                "fault": selecting.fault(said, _policy(said.policy_version))[:200],
                "received_at": now(),
            },
        )
        if not new:
            return
        known = Call.objects.filter(pk=said.call_id)
        if said.selected:
            known.update(screen_expected=True)
        audit.record(
            AuditTag.CALL_DECIDED,
            audit.desk(device.device_id),
            said.call_id,
            {
                "agent_id": said.agent_id,
                "selected": said.selected,
                "bucket": said.bucket,
                "percentage": str(said.percentage),
                "policy": said.policy_version,
                "asked_by": said.asked_by if said.asked else "",
                "said_sha256": row.said_sha256,
                "fault": row.fault,
            },
        )


def found(who: Who, *, call_id: str = "", only: str = "") -> QuerySet[Decision]:
    """Those that this person may see, newest first; NotAllowed without the right.

    `only`: "differs" from the sum redone, "asked" for by a person, "missing" recording.
    """
    if not may_anywhere(who, Action.SEE_DECISIONS):
        raise NotAllowed("this person may not see the decisions")
    fits = Decision.objects.order_by("-at", "-pk").select_related("device")
    reach = scope(who, Action.SEE_DECISIONS).units
    if "/" not in reach:
        within = Q(pk__in=[])
        for unit in reach:
            within |= Q(unit_id=unit) | calls.below(unit)
        fits = fits.filter(within)
    if call_id:
        fits = fits.filter(call_id__icontains=call_id)
    match only:
        case "differs":
            return fits.exclude(fault="")
        case "asked":
            return fits.filter(asked=True)
        case "missing":
            return _without_recording(fits)
        case _:
            return fits


def verify() -> Iterator[str]:
    """Redo every decision; what differs, in sentences."""
    for row in Decision.objects.order_by("pk").iterator(2_000):
        said = _said(row)
        name = f"decision {row.pk}, call {row.call_id}, agent {row.agent_id}"
        if _digest(said) != row.said_sha256:
            yield f"{name}: is not what the desk said"
        if fault := selecting.fault(said, _policy(row.policy_version)):
            yield f"{name}: {fault}"


def exported() -> Iterator[dict[str, Any]]:
    """Every decision, oldest first, with what became of redoing it."""
    for row in Decision.objects.order_by("pk").select_related("device").iterator(2_000):
        said = msgspec.to_builtins(_said(row))
        fault = selecting.fault(_said(row), _policy(row.policy_version))
        yield {**said, "device_id": row.device_id, "recomputed": "differs" if fault else "agrees",
               "fault": fault, "received_at": utc_text(row.received_at)}  # fmt: skip


def missing() -> list[Missing]:
    """Calls whose screen was selected and has not come, though it is time; newest first.

    By the desks' decisions, and by central's own sum for calls of which there is only the voice.
    """
    rows = _without_recording(Decision.objects.order_by("-at").select_related("device"))
    lost = {
        row.call_id: Missing(
            row.call_id,
            row.agent_id,
            row.at,
            row.device.name,
            row.device.spooled_count,
            row.device.quarantined_count,
        )
        for row in rows[:10_000]
    }
    silent = Call.objects.filter(screen_expected=True, started_at__lt=_due()).exclude(
        Exists(_recordings())
    )
    for call in silent.order_by("-started_at")[:10_000]:
        lost.setdefault(
            call.call_id, Missing(call.call_id, call.agent_id, call.started_at, "", 0, 0)
        )
    return sorted(lost.values(), key=lambda one: one.at, reverse=True)


def _without_recording(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    going_on = Doing.objects.filter(call_id=OuterRef("call_id")).exclude(doing="idle")
    return decisions.filter(selected=True, at__lt=_due()).exclude(
        Exists(_recordings()) | Exists(going_on.filter(heard_at__gt=now() - timedelta(hours=1)))
    )


def _recordings() -> QuerySet[Recording]:
    return Recording.objects.filter(call_id=OuterRef("call_id"), state__in=_HERE)


def _due() -> datetime:
    return now() - timedelta(seconds=site().config.film_grace_seconds)


def _said(row: Decision) -> protocol.Decision:
    return protocol.Decision(
        call_id=row.call_id,
        agent_id=row.agent_id,
        at=row.at,
        selected=row.selected,
        bucket=row.bucket,
        percentage=row.percentage,
        salt=row.salt,
        policy_version=row.policy_version,
        asked=row.asked,
        asked_by=row.asked_by,
    )


def _digest(said: protocol.Decision) -> str:
    """Of all but the time, which is told a little differently when it is told again."""
    document: Mapping[str, Any] = {
        **msgspec.to_builtins(said),
        "at": "",
        "percentage": str(said.percentage.quantize(Decimal("0.01"))),
        "asked_by": said.asked_by[:32],
    }
    return sha256(canonical(document)).hexdigest()


def _policy(version: int) -> Policy | None:
    row = PolicyVersion.objects.filter(pk=version).first()
    return None if row is None else _read(bytes(row.document))


@lru_cache(maxsize=64)
def _read(document: bytes) -> Policy:
    return policy.read(document)
