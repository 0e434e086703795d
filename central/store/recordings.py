"""Rows about what desks send: uploads, then recordings and their files."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from central.core.recording import RecordingState, UploadState
from central.store.calls import Call
from central.store.desks import Device
from central.store.people import Unit


class Upload(models.Model):
    """One file on its way from a desk. How much of it is here: the size of the file."""

    upload_id = models.CharField(max_length=32, primary_key=True)
    device = models.ForeignKey(Device, models.PROTECT, related_name="uploads")
    idempotency_key = models.CharField(max_length=200)  # <recording id>/<file name>
    recording_id = models.CharField(max_length=36, db_index=True)
    file_name = models.CharField(max_length=32)
    path = models.CharField(max_length=200, unique=True)
    length_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)  # of the whole file, hex, as promised by the desk
    state = models.CharField(max_length=16, default=UploadState.OPEN.value)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["device", "idempotency_key"],
                condition=~Q(state=UploadState.REFUSED.value),
                name="upload_created_once",
            ),
            CheckConstraint(
                condition=Q(state__in=[state.value for state in UploadState]),
                name="upload_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.upload_id


class Recording(models.Model):
    """The screen of one call at one desk. Everything else about it stands in its manifest."""

    recording_id = models.CharField(max_length=36, primary_key=True)
    device = models.ForeignKey(Device, models.PROTECT, related_name="recordings")
    call = models.ForeignKey(Call, models.PROTECT, related_name="recordings")
    agent_id = models.CharField(max_length=100, db_index=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # as it was on receipt
    state = models.CharField(max_length=16)
    reason = models.CharField(max_length=300, blank=True)  # why it was refused
    started_at = models.DateTimeField(db_index=True)
    duration_us = models.PositiveBigIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    end_reason = models.CharField(max_length=32)
    selected = models.BooleanField()
    bucket = models.PositiveSmallIntegerField()  # 0..9999
    percentage = models.DecimalField(max_digits=5, decimal_places=2)
    manifest = models.BinaryField()  # as sent
    manifest_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    receipt = models.BinaryField(blank=True, default=b"")  # signed; empty unless received

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(state__in=[state.value for state in RecordingState]),
                name="recording_state_known",
            ),
            CheckConstraint(condition=Q(bucket__lt=10_000), name="recording_bucket_range"),
            CheckConstraint(
                condition=Q(percentage__gte=0) & Q(percentage__lte=100),
                name="recording_percentage_range",
            ),
            CheckConstraint(
                condition=Q(state=RecordingState.FAILED.value) ^ Q(reason=""),
                name="recording_failed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.recording_id


class RecordingFile(models.Model):
    """One sealed file of a received recording: a segment, or `details`."""

    recording = models.ForeignKey(Recording, models.PROTECT, related_name="files")
    name = models.CharField(max_length=32)
    path = models.CharField(max_length=200, unique=True)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["recording", "name"], name="recording_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.recording_id}/{self.name}"


class RefusedFile(models.Model):
    """A file that central would not take, kept aside for a person to look at."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="refused")
    recording_id = models.CharField(max_length=36, db_index=True)
    name = models.CharField(max_length=32)
    path = models.CharField(max_length=200, unique=True)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    refused_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.recording_id}/{self.name}"
