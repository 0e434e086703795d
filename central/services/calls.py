"""Calls: first seen by their voice or by their screen, whichever comes first."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.db.models.lookups import Exact

from central.core.access import Action, Who, scope
from central.core.audit import AuditTag
from central.services import audit, jobs, people
from central.services.errors import NotFound, Unusable
from central.services.policy import at as policy_at
from central.services.site import now
from central.store.models import Call, Device, Mask
from contract import protocol
from contract.selection import decide

FILM = "film"  # the kind of job that makes a call's film
_ID_LENGTH = 100  # as the columns
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


def check_ids(call_id: str, *others: str) -> None:
    """Unusable unless the ids fit their columns and the call's can stand in an address."""
    if any(len(one) > _ID_LENGTH or not one.isprintable() for one in (call_id, *others)):
        raise Unusable(f"an id is at most {_ID_LENGTH} printable characters")
    if call_id in {"", ".", ".."} or "/" in call_id:
        raise Unusable("call_id is empty, or holds what cannot stand in an address")


def check_agent(agent_id: str) -> None:
    """Unusable unless this fits its column and names somebody."""
    if not agent_id or len(agent_id) > _ID_LENGTH or not agent_id.isprintable():
        raise Unusable(f"an agent's id is at most {_ID_LENGTH} printable characters")


def check_moments(*moments: datetime | None) -> None:
    """Unusable for a time so early or late that no sum could be done with it."""
    for moment in moments:
        if moment is not None and not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise Unusable("a time is out of all bounds")


def seen(
    call_id: str, agent_id: str, started_at: datetime, *, selected: bool | None = None
) -> Call:
    """The call, made if it is new; call it inside the transaction that needs it.

    `selected` is what the desk decided, if a desk has spoken; else central redoes the sum.
    """
    call, new = Call.objects.get_or_create(
        call_id=call_id,
        defaults={
            "agent_id": agent_id,
            "unit": people.unit(people.unit_of(agent_id)),
            "started_at": started_at,
            "screen_expected": selected
            if selected is not None
            else screen_expected(call_id, agent_id, started_at),
            "first_seen_at": now(),
        },
    )
    if not new:
        call.started_at = min(call.started_at, started_at)
        if selected is not None:
            call.screen_expected = call.screen_expected is True or selected
        call.save(update_fields=["started_at", "screen_expected"])
    return call


def screen_expected(call_id: str, agent_id: str, moment: datetime) -> bool:
    """Whether the policy of that time selects this call's screen: the desk's sum, done again."""
    policy = policy_at(moment)
    return decide(call_id, policy.percentage_for(agent_id), policy.selection.salt).selected


def mask(device: Device, reported: protocol.Mask) -> None:
    """A span in which voice must be silent, as the desk reports it, once or again with its end.

    Unusable if it cannot be kept.
    """
    check_ids(reported.call_id, reported.agent_id)
    check_moments(reported.since, reported.until)
    with transaction.atomic():
        Mask.objects.update_or_create(
            call_id=reported.call_id,
            agent_id=reported.agent_id,
            since=reported.since,
            defaults={
                "until": reported.until,
                "reason": reported.reason[:64],
                "received_at": now(),
            },
        )
        if Call.objects.filter(pk=reported.call_id).exists():
            jobs.wish(FILM, reported.call_id)
        audit.record(
            AuditTag.CALL_MASKED,
            audit.desk(device.device_id),
            reported.call_id,
            {"ended": reported.until is not None, "reason": reported.reason[:64]},
        )


def visible(who: Who, action: Action = Action.SEARCH) -> QuerySet[Call]:
    """The calls on which a person may do this, newest first."""
    reach = scope(who, action)
    fits = Q(pk__in=[])
    if reach.agent_id:
        fits |= Q(agent_id=reach.agent_id)
    for unit in reach.units:
        if unit == "/":
            return Call.objects.order_by("-started_at")
        fits |= Q(unit=unit) | below(unit)
    return Call.objects.filter(fits).order_by("-started_at")


def below(unit: str) -> Q:
    """Rows of units below this one. Not `startswith`: to SQLite's LIKE, /Sales is /sales."""
    beginning = unit + "/"
    return Q(Exact(Substr("unit_id", 1, len(beginning)), beginning))


def one(who: Who, action: Action, call_id: str) -> Call:
    """The call, if this person may do this to it; NotFound does not say which of the two fails."""
    call = visible(who, action).filter(pk=call_id).first()
    if call is None:
        raise NotFound("no such call, or none for you")
    return call
