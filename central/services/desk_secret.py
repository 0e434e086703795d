"""The secret that a desk signs in with, and how a new one takes the place of the old.

The desk says the hash of the new one while it is signed in with the old one; both are let in until
the new one has come, for the answer may be lost, and the desk may die before it read it. Then the
old one is let in no more. Its hash is kept for one thing: who still comes with it has an older copy
of that desk (a cloned image, a backup that was put back), and is told so.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from django.db import transaction

from central.core.audit import AuditTag
from central.services import audit
from central.services.desks import hashed
from central.services.errors import NotAllowed, SecretReplaced, Unusable
from central.services.site import now
from central.store.models import AuditEntry, Device

_HASH = re.compile(r"[0-9a-f]{64}")
_COPY_TOLD = timedelta(hours=1)  # in the audit, for each desk
_UNDER_WAY = timedelta(minutes=1)  # what the desk itself sent before the change may come after it
_NOBODYS = hashed(secrets.token_urlsafe(32))


def authenticated(device_id: str, secret: str) -> Device:
    """The desk with this credential; NotAllowed otherwise, SecretReplaced if it once was its own.

    Each comparison takes the same time whatever is right, and all are made.
    """
    device = Device.objects.filter(device_id=device_id, revoked_at=None).first()
    given = hashed(secret)
    held = (
        (device.secret_sha256, device.next_secret_sha256, device.old_secret_sha256)
        if device
        else ("", "", "")
    )
    is_present, is_next, is_old = (secrets.compare_digest(one or _NOBODYS, given) for one in held)
    if device is None or not (is_present or is_next or is_old):
        raise NotAllowed("unknown device credential")
    if is_present:
        return device
    if is_next:
        return _changed(device.pk, given)
    _tell_of_copy(device)
    raise SecretReplaced("this desk has a new secret; who has the old one is an older copy of it")


def offered(device: Device, sha256: str) -> None:
    """Let the secret with this hash in as well, and once it has come, it alone.

    The present one's own hash changes nothing: so may a desk ask whether its new secret is in
    force. Unusable if it is no hash.
    """
    if not _HASH.fullmatch(sha256):
        raise Unusable("not a SHA-256 in hexadecimal")
    with transaction.atomic():
        row = Device.objects.select_for_update().get(pk=device.pk)
        if sha256 in {row.secret_sha256, row.next_secret_sha256}:
            return
        if sha256 == row.old_secret_sha256:
            raise Unusable("an old secret does not come back")
        row.next_secret_sha256 = sha256
        row.save(update_fields=["next_secret_sha256"])
        audit.record(AuditTag.DESK_SECRET_OFFERED, audit.desk(row.pk), row.pk)


def _changed(device_id: str, given: str) -> Device:
    """The new secret has come: the old one is let in no more. NotAllowed if a newer one did."""
    with transaction.atomic():
        row = Device.objects.select_for_update().get(pk=device_id)
        if given not in {row.secret_sha256, row.next_secret_sha256}:
            raise NotAllowed("unknown device credential")
        if given == row.next_secret_sha256:
            row.old_secret_sha256 = row.secret_sha256
            row.secret_sha256, row.next_secret_sha256 = row.next_secret_sha256, ""
            row.secret_since = now()
            row.save(
                update_fields=[
                    "old_secret_sha256",
                    "secret_sha256",
                    "next_secret_sha256",
                    "secret_since",
                ]
            )
            audit.record(AuditTag.DESK_SECRET_CHANGED, audit.desk(row.pk), row.pk)
    return row


def _tell_of_copy(device: Device) -> None:
    """One row an hour, however often it comes."""
    if device.secret_since is not None and now() - device.secret_since < _UNDER_WAY:
        return
    told = AuditEntry.objects.filter(
        tag=AuditTag.DESK_COPY_REFUSED.value, subject=device.pk, at__gt=now() - _COPY_TOLD
    )
    if not told.exists():
        audit.act(AuditTag.DESK_COPY_REFUSED, audit.desk(device.pk), device.pk, allowed=False)
