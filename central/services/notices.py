"""Which agent has read and confirmed which notice, where and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from central.core.audit import AuditTag
from central.services import audit, calls
from central.services.errors import Unusable
from central.services.site import now
from central.store.models import Device, NoticeRead
from contract import protocol
from contract.canonical import utc_text

_VERSION = 64  # characters, as the column


def take(device: Device, read: protocol.NoticeRead) -> None:
    """As a desk tells it, once or again: the first time counts. Unusable if it cannot be kept."""
    calls.check_moments(read.at)
    calls.check_agent(read.agent_id)
    if not read.version or len(read.version) > _VERSION or not read.version.isprintable():
        raise Unusable(f"a notice's version is at most {_VERSION} printable characters")
    with transaction.atomic():
        _, new = NoticeRead.objects.get_or_create(
            version=read.version,
            agent_id=read.agent_id,
            device=device,
            defaults={"at": read.at, "received_at": now()},
        )
        if new:
            audit.record(
                AuditTag.NOTICE_READ,
                audit.desk(device.device_id),
                read.agent_id,
                {"version": read.version, "at": utc_text(read.at)},
            )


def of_agents(agents: set[str]) -> dict[str, NoticeRead]:
    """The latest that each of these agents has confirmed."""
    rows = NoticeRead.objects.filter(agent_id__in=agents).order_by("at")
    return {row.agent_id: row for row in rows}


def exported() -> Iterator[dict[str, Any]]:
    """All, oldest first."""
    for row in NoticeRead.objects.order_by("pk").iterator(2_000):
        yield {
            "version": row.version,
            "agent_id": row.agent_id,
            "device_id": row.device_id,
            "at": utc_text(row.at),
            "received_at": utc_text(row.received_at),
        }
