"""Browsers whose page inside Workspace may speak to a desk: remembered by their token's hash."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from central.core.audit import AuditTag
from central.services import audit
from central.services.site import now
from central.store.models import Device, Order, PagePairing

_KEPT = timedelta(days=30)  # without use; then the code is typed again
_OF_ONE_DESK = 20  # several browsers, several tabs, and those that were loaded anew


def device_of(token_sha256: str) -> str:
    """The desk that a page with this token may speak to; "" if there is none any more."""
    row = PagePairing.objects.filter(
        pk=token_sha256, used_at__gt=now() - _KEPT, device__revoked_at=None
    ).first()
    return row.device_id if row else ""


def keep(token_sha256: str, device_id: str) -> None:
    """A page with this token speaks to this desk; the oldest others are forgotten."""
    moment = now()
    with transaction.atomic():
        PagePairing.objects.update_or_create(
            token_sha256=token_sha256,
            defaults={"device_id": device_id, "paired_at": moment, "used_at": moment},
        )
        PagePairing.objects.filter(used_at__lt=moment - _KEPT).delete()
        kept = PagePairing.objects.filter(device_id=device_id).order_by("-used_at")
        old = list(kept.values_list("pk", flat=True)[_OF_ONE_DESK:])
        PagePairing.objects.filter(pk__in=old).delete()


def paired(device: Device, token_sha256: str, page_address: str, desk_address: str) -> None:
    """An agent at this desk typed the code of a page that was loaded at that address."""
    with transaction.atomic():
        keep(token_sha256, device.device_id)
        audit.record(
            AuditTag.PAGE_PAIRED,
            audit.desk(device.device_id, desk_address),
            device.device_id,
            {"page_address": page_address},
        )


def refused(device: Device, address: str) -> None:
    """Several wrong codes were typed at this desk, which has to wait now."""
    with transaction.atomic():
        audit.record(
            AuditTag.PAGE_PAIRED,
            audit.desk(device.device_id, address),
            device.device_id,
            allowed=False,
        )


def call(device_id: str) -> None:
    """Have the desk ask what its page says."""
    if Device.objects.filter(pk=device_id, revoked_at=None).exists():
        Order.objects.create(device_id=device_id, order="bridge", issued_at=now())
