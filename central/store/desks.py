"""Rows about desks: how they enrol, what they are told, how they are."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from central.store.people import Person

_ORDERS = ("pause", "resume", "record-now", "upload-now", "policy-changed", "bridge")
_DOINGS = ("idle", "not-recorded", "recording", "paused", "wrap-up")


class EnrolmentToken(models.Model):
    """What IT installs desks with; only the secret's hash is here."""

    secret_sha256 = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=200, blank=True)
    uses_left = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label or f"token {self.pk}"


class Device(models.Model):
    """A desk: one user's profile on one workstation."""

    device_id = models.CharField(max_length=36, primary_key=True)  # UUID
    name = models.CharField(max_length=200)
    secret_sha256 = models.CharField(max_length=64)  # of 32 random bytes, so a plain hash will do
    # Let in as well, until it has come; then it is the one above, and that one the last.
    next_secret_sha256 = models.CharField(max_length=64, blank=True, default="")
    old_secret_sha256 = models.CharField(max_length=64, blank=True, default="")  # refused by name
    secret_since = models.DateTimeField(null=True, blank=True)  # None: since it enrolled
    token = models.ForeignKey(EnrolmentToken, models.PROTECT, related_name="devices")
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # The last health report:
    seen_at = models.DateTimeField(null=True, blank=True)
    client_version = models.CharField(max_length=64, blank=True)
    agent_id = models.CharField(max_length=100, blank=True)  # who is signed in
    spooled_count = models.PositiveIntegerField(default=0)
    spooled_bytes = models.PositiveBigIntegerField(default=0)
    quarantined_count = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=100, blank=True)  # code, "" if none
    clock_offset_us = models.BigIntegerField(default=0)  # central's clock minus the desk's

    def __str__(self) -> str:
        return self.device_id


class Order(models.Model):
    """Something that central tells a desk to do; numbered in the order of issue."""

    number = models.BigAutoField(primary_key=True)
    device = models.ForeignKey(Device, models.CASCADE, related_name="orders")
    order = models.CharField(max_length=32)
    call_id = models.CharField(max_length=128, blank=True)  # it counts for this call; "": for any
    issued_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64, blank=True)  # the person's name; "" if none asked
    # What became of it, as the desk says:
    answered_at = models.DateTimeField(null=True, blank=True)
    granted = models.BooleanField(null=True)
    reason = models.CharField(max_length=64, blank=True)  # code, "" if granted
    text = models.CharField(max_length=200, blank=True)  # for people

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(condition=Q(order__in=_ORDERS), name="order_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.order}"


class Doing(models.Model):
    """What goes on at a desk now, by its own word; one row for each desk that ever said it."""

    device = models.OneToOneField(Device, models.CASCADE, primary_key=True, related_name="doing")
    agent_id = models.CharField(max_length=100, blank=True, db_index=True)
    call_id = models.CharField(max_length=128, blank=True)
    doing = models.CharField(max_length=16)
    since = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(condition=Q(doing__in=_DOINGS), name="doing_known"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.doing}"


class NoticeRead(models.Model):
    """An agent read and confirmed the notice of this version, first then and there."""

    version = models.CharField(max_length=64)
    agent_id = models.CharField(max_length=100, db_index=True)
    device = models.ForeignKey(Device, models.PROTECT, related_name="notices")
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["version", "agent_id", "device"], name="notice_read_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version} by {self.agent_id}"


class PagePairing(models.Model):
    """A browser whose page inside Workspace speaks to this desk; only its token's hash is here."""

    token_sha256 = models.CharField(max_length=64, primary_key=True)
    device = models.ForeignKey(Device, models.CASCADE, related_name="pages")
    paired_at = models.DateTimeField()
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"a page of {self.device_id}"


class PolicyVersion(models.Model):
    """A policy as it was signed; the highest version is in force."""

    version = models.PositiveIntegerField(primary_key=True)
    document = models.BinaryField()  # signed, as desks fetch it
    etag = models.CharField(max_length=70)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"policy {self.version}"


class ImportKey(models.Model):
    """What a voice recorder signs in with; only the hash is here."""

    sha256 = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label
