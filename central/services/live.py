"""Calls that go on now, by the desks' own word, and what a supervisor orders of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from central.core.access import Action, Who, may, may_anywhere, scope
from central.core.audit import Actor, AuditTag
from central.services import audit, policy
from central.services.errors import Conflict, NotAllowed, NotFound
from central.services.site import now
from central.store.models import Agent, Device, Doing, Order
from contract.protocol import DeskState, OrderAnswer

_ID = 100  # characters, as the columns
_CALL_ID = 128
_FRESH = timedelta(seconds=150)  # a desk says it again each minute
_KEPT = timedelta(hours=12)  # a desk that fell silent in a call is shown for so long
_JUST_NOW = timedelta(seconds=5)  # the same order twice within this time is one
_SHOWN = timedelta(seconds=60)  # an order's answer stands on the page for so long
IN_A_CALL = ("not-recorded", "recording", "paused", "wrap-up")
_FITS = {
    "pause": ("not-recorded", "recording", "wrap-up"),
    "resume": ("paused",),
    "record-now": ("not-recorded",),
}


@dataclass(frozen=True, slots=True)
class Going:
    """A call that goes on."""

    device_id: str
    agent_id: str
    agent_name: str
    unit: str
    call_id: str
    doing: str
    since: datetime | None
    heard_at: datetime
    in_touch: bool
    may: tuple[str, ...]  # orders that this person may give now
    said: str  # what became of the last order, for people; "" if nothing is to be said
    refused: bool


def report(device: Device, state: DeskState) -> None:
    """What goes on at this desk now; not an act on a recording, so the audit has no row of it."""
    Doing.objects.update_or_create(
        device=device,
        defaults={
            "agent_id": state.agent_id[:_ID],
            "call_id": state.call_id[:_CALL_ID],
            "doing": state.doing,
            "since": state.since,
            "heard_at": now(),
        },
    )


def going(who: Who) -> list[Going]:
    """The calls that go on where this person may see it; NotAllowed without the right."""
    if not may_anywhere(who, Action.SEE_LIVE):
        raise NotAllowed("this person may not see which calls go on")
    rows = list(
        Doing.objects.filter(
            doing__in=IN_A_CALL, heard_at__gt=now() - _KEPT, device__revoked_at=None
        ).order_by("agent_id", "device_id")[:2_000]
    )
    agents = {one.agent_id: one for one in Agent.objects.filter(pk__in={r.agent_id for r in rows})}
    orders = _last_orders({row.device_id for row in rows})
    reach = scope(who, Action.SEE_LIVE)
    by_choice = policy.in_force()[1].pausing.supervisor_may_record_now
    shown = []
    for row in rows:
        agent = agents.get(row.agent_id)
        unit = agent.unit_id if agent else "/"
        if not reach.covers(unit, row.agent_id):
            continue
        directs = may(who, Action.DIRECT, unit, row.agent_id) and _in_touch(row)
        said, refused = _said(orders.get(row.device_id), row)
        shown.append(
            Going(
                device_id=row.device_id,
                agent_id=row.agent_id,
                agent_name=agent.name if agent else "",
                unit=unit,
                call_id=row.call_id,
                doing=row.doing,
                since=row.since,
                heard_at=row.heard_at,
                in_touch=_in_touch(row),
                may=tuple(
                    order
                    for order, states in _FITS.items()
                    if directs and row.doing in states and (order != "record-now" or by_choice)
                ),
                said=said,
                refused=refused,
            )
        )
    return shown


def direct(who: Who, actor: Actor, device_id: str, call_id: str, what: str) -> int:
    """Have the desk pause, resume or record this call; the order's number.

    NotFound if no such call goes on for this person, NotAllowed if they may not, Conflict if it
    cannot be done as things stand: in words for the person.
    """
    if what not in _FITS:
        raise NotFound("no such order")
    row = Doing.objects.filter(pk=device_id, doing__in=IN_A_CALL, device__revoked_at=None).first()
    unit, agent_id = ("/", "")
    if row is not None:
        agent = Agent.objects.filter(pk=row.agent_id).first()
        unit, agent_id = (agent.unit_id if agent else "/"), row.agent_id
    if row is None or not scope(who, Action.SEE_LIVE).covers(unit, agent_id):
        raise NotFound("this call is over")
    details = {"order": what, "agent_id": agent_id, "device": device_id}
    if not may(who, Action.DIRECT, unit, agent_id):
        audit.act(AuditTag.CALL_DIRECTED, actor, row.call_id, details, allowed=False)
        raise NotAllowed("this person may not direct calls")
    if row.call_id != call_id:
        raise Conflict("That call is over; another one has begun.")
    if row.doing not in _FITS[what]:
        raise Conflict(_WHY_NOT[what])
    if not _in_touch(row):
        raise Conflict("This desk is not in touch now.")
    if what == "record-now" and not policy.in_force()[1].pausing.supervisor_may_record_now:
        raise Conflict("The policy does not allow to record a call by choice.")
    with transaction.atomic():
        moment = now()
        same = Order.objects.filter(
            device_id=device_id,
            order=what,
            call_id=call_id,
            answered_at=None,
            issued_at__gt=moment - _JUST_NOW,
        ).first()
        if same is not None:
            return same.number
        issued = Order.objects.create(
            device_id=device_id,
            order=what,
            call_id=call_id,
            issued_at=moment,
            asked_by=who.name,
        )
        audit.record(
            AuditTag.CALL_DIRECTED, actor, row.call_id, {**details, "number": issued.number}
        )
    return issued.number


def answered(device: Device, answer: OrderAnswer) -> None:
    """What the desk made of an order; the first answer counts."""
    with transaction.atomic():
        held = Order.objects.filter(device=device, pk=answer.number, answered_at=None)
        changed = held.update(
            answered_at=now(),
            granted=answer.granted,
            reason=answer.reason[:64],
            text=answer.text[:200],
        )
        if changed:
            audit.record(
                AuditTag.ORDER_ANSWERED,
                audit.desk(device.device_id),
                str(answer.number),
                {"granted": answer.granted, "reason": answer.reason[:64]},
            )


def _in_touch(row: Doing) -> bool:
    return now() - row.heard_at < _FRESH


def _last_orders(devices: set[str]) -> dict[str, Order]:
    rows = Order.objects.filter(
        device_id__in=devices, order__in=list(_FITS), issued_at__gt=now() - _SHOWN
    )
    return {row.device_id: row for row in rows.order_by("number")}


def _said(order: Order | None, row: Doing) -> tuple[str, bool]:
    """What is to be said of the last order, and whether it was refused."""
    if order is None:
        return "", False
    of_another = order.call_id not in {"", row.call_id}
    if order.answered_at is not None:
        refused = order.granted is False
        before = f"{_NAMES[order.order]}, for the call before: " if of_another else ""
        return before + (order.text or "Refused.") if refused else "", refused
    if of_another:
        return "", False
    if row.since is not None and row.since > order.issued_at:
        return "", False  # something has happened since
    return f"{_NAMES[order.order]}: waiting for the desk", False


_NAMES = {"pause": "Pause", "resume": "Resume", "record-now": "Record now"}
_WHY_NOT = {
    "pause": "This call is paused already.",
    "resume": "Nothing is paused.",
    "record-now": "The screen of this call is recorded already.",
}
