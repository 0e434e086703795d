"""Writing and reading the audit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from central.core import audit
from central.core.access import Action, Who, may_anywhere, roles_of
from central.core.audit import Actor, AuditTag, Link
from central.services.errors import NotAllowed
from central.services.site import now
from central.store.models import AuditEntry
from contract.canonical import utc_text

_WRITER = 7_846_531  # of PostgreSQL's advisory lock: one writer of the chain at a time
_COLUMN = 120  # characters
_PAGE = 2_000  # entries held in memory at once


def record(
    tag: AuditTag,
    actor: Actor,
    subject: str,
    details: Mapping[str, Any] | None = None,
    *,
    allowed: bool = True,
) -> AuditEntry:
    """Add an entry. Call it inside the transaction of the act, so that both happen or neither."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry outside the transaction of its act")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITER])
    last = AuditEntry.objects.order_by("-seq").first()
    at = now()
    text = audit.entry_text(at, tag, actor, subject, details or {}, allowed=allowed)
    link = audit.chained(Link(last.seq, last.entry, last.hash) if last else None, text)
    return AuditEntry.objects.create(
        seq=link.seq,
        entry=link.entry,
        hash=link.hash,
        at=at,
        tag=tag.value,
        actor=actor.name[:_COLUMN],
        subject=subject[:_COLUMN],
    )


def act(
    tag: AuditTag,
    actor: Actor,
    subject: str,
    details: Mapping[str, Any] | None = None,
    *,
    allowed: bool = True,
) -> None:
    """Record an act that changes no other row: looking, playing, being refused.

    For playback: call it before the first byte; if it raises, send nothing.
    """
    with transaction.atomic():
        record(tag, actor, subject, details, allowed=allowed)


def person(who: Who, address: str = "", session: str = "") -> Actor:
    """A person, as the audit names them."""
    return Actor("person", who.name, roles_of(who.grants), address, session)


def desk(device_id: str, address: str = "") -> Actor:
    """A desk."""
    return Actor("desk", device_id, address=address)


CENTRAL = Actor("central", "central")
OPERATOR = Actor("operator", "command line")


def head() -> str:
    """The newest entry, as <number>:<hash>; it stands for all before it. "0:" if there is none."""
    last = AuditEntry.objects.order_by("-seq").first()
    return f"{last.seq}:{last.hash}" if last else "0:"


def verify(kept: str = "") -> Iterator[str]:
    """Everything that is wrong with the audit, in sentences; nothing if it holds.

    `kept` is a head that was written down elsewhere: it must still stand, or the tail was cut off.
    """
    number, _, digest = kept.partition(":")
    if kept and not (
        number.isdecimal() and AuditEntry.objects.filter(seq=int(number), hash=digest).exists()
    ):
        yield f"the entry {kept} that was once the newest is not there"
    yield from audit.faults(_links())
    for entry in _entries():
        if _columns(entry) != (entry.tag, utc_text(entry.at), entry.actor, entry.subject):
            yield f"entry {entry.seq}: its columns do not say what it says"


def exported() -> Iterator[dict[str, Any]]:
    """Every entry with its hash, from the first; the last hash stands for all before it."""
    for entry in _entries():
        yield {"seq": entry.seq, "hash": entry.hash, "entry": entry.entry}


def found(who: Who, tag: str = "", subject: str = "", actor: str = "") -> QuerySet[AuditEntry]:
    """The entries that fit, newest first, as a query; NotAllowed without the right."""
    if not may_anywhere(who, Action.SEE_AUDIT):
        raise NotAllowed("this person may not see the audit")
    wanted = {"tag": tag, "subject": subject, "actor": actor}
    return AuditEntry.objects.filter(
        **{name: value for name, value in wanted.items() if value}
    ).order_by("-seq")


def _columns(entry: AuditEntry) -> tuple[str, str, str, str] | None:
    """What the columns should say; None if the entry cannot be read."""
    try:
        said = json.loads(entry.entry)
        name, subject = said["actor"]["name"][:_COLUMN], said["subject"][:_COLUMN]
        return said["tag"], said["at"], name, subject
    except (ValueError, KeyError, TypeError):
        return None


def _links() -> Iterator[Link]:
    for entry in _entries():
        yield Link(entry.seq, entry.entry, entry.hash)


def _entries() -> Iterator[AuditEntry]:
    after = 0
    while page := list(AuditEntry.objects.filter(seq__gt=after).order_by("seq")[:_PAGE]):
        yield from page
        after = page[-1].seq
