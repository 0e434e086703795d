"""Rows about calls: voice, spans of silence, and the films made of voice and screen."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from central.core.recording import CallState
from central.store.desks import Device
from central.store.people import Unit


class Call(models.Model):
    """One call of which central holds voice or screen; what people search and play."""

    call_id = models.CharField(max_length=100, primary_key=True)  # callUuid
    agent_id = models.CharField(max_length=100, db_index=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # as it was on first sight
    started_at = models.DateTimeField(db_index=True)  # the earlier of voice and screen
    state = models.CharField(max_length=16, default=CallState.WAITING.value)
    screen_expected = models.BooleanField(null=True)  # selection says so; null: not known yet
    ani = models.CharField(max_length=64, blank=True)  # caller's number
    dnis = models.CharField(max_length=64, blank=True)  # number dialled
    call_type = models.CharField(max_length=32, blank=True)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(state__in=[state.value for state in CallState]),
                name="call_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.call_id


class Voice(models.Model):
    """One voice recording of a call, sealed at rest to central's own key."""

    voice_id = models.CharField(max_length=100, primary_key=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="voices")
    agent_id = models.CharField(max_length=100)
    started_at = models.DateTimeField()
    duration_us = models.PositiveBigIntegerField()
    codec = models.CharField(max_length=32)  # as FFmpeg names it
    sample_rate_hz = models.PositiveIntegerField()
    channel_count = models.PositiveSmallIntegerField()
    metadata = models.BinaryField()  # contract.voice.VoiceMetadata, canonical JSON
    audio_sha256 = models.CharField(max_length=64)  # of the audio as sent
    path = models.CharField(max_length=200, unique=True)  # sealed
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)  # of the sealed file
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(channel_count__in=[1, 2]), name="voice_has_one_or_two_channels"
            ),
        ]

    def __str__(self) -> str:
        return self.voice_id


class Mask(models.Model):
    """A span of a call in which voice must be silent, as a desk reported it."""

    call_id = models.CharField(max_length=100, db_index=True)  # may come before the call does
    agent_id = models.CharField(max_length=100)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)  # null while it lasts
    reason = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["call_id", "agent_id", "since"], name="mask_once"),
            CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="mask_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} since {self.since.isoformat()}"


class Decision(models.Model):
    """Whether a call's screen is recorded, as a desk decided and an auditor can redo it."""

    call_id = models.CharField(max_length=100, db_index=True)  # may come before the call does
    agent_id = models.CharField(max_length=100, db_index=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # as it was when it came
    device = models.ForeignKey(Device, models.PROTECT, related_name="decisions")
    at = models.DateTimeField(db_index=True)
    selected = models.BooleanField()
    bucket = models.PositiveIntegerField()
    percentage = models.DecimalField(max_digits=5, decimal_places=2)
    salt = models.CharField(max_length=200)
    policy_version = models.PositiveIntegerField()
    asked = models.BooleanField(default=False)
    asked_by = models.CharField(max_length=32, blank=True)  # by what way
    fault = models.CharField(max_length=200, blank=True)  # "" if the sum, redone, agrees
    said_sha256 = models.CharField(max_length=64)  # of all that was said but when
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["device", "said_sha256"], name="decision_once"),
            CheckConstraint(condition=Q(bucket__lt=10_000), name="decision_bucket_is_one"),
        ]
        indexes: ClassVar = [models.Index(fields=["selected", "at"], name="decision_selected")]

    def __str__(self) -> str:
        return f"{self.call_id} {'selected' if self.selected else 'not selected'}"


class Film(models.Model):
    """Voice and screen of a call, joined. What comes late makes a new version."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="films")
    version = models.PositiveIntegerField()
    inputs_sha256 = models.CharField(
        max_length=64
    )  # what it was made of; the same makes no new one
    has_voice = models.BooleanField()
    has_screen = models.BooleanField()
    started_at = models.DateTimeField()
    duration_us = models.PositiveBigIntegerField()
    facts = models.JSONField(default=dict)  # figures of its making: screen offset, skew, ...
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["call", "version"], name="film_version_once"),
            CheckConstraint(condition=Q(version__gte=1), name="film_version_from_one"),
            CheckConstraint(
                condition=Q(has_voice=True) | Q(has_screen=True), name="film_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} version {self.version}"


class FilmFile(models.Model):
    """One file of a film: the film itself, thumbnails, peaks, time line."""

    film = models.ForeignKey(Film, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=32)  # "film", "thumbnails", "peaks", "timeline", ...
    path = models.CharField(max_length=200, unique=True)  # sealed
    media_type = models.CharField(max_length=100)
    content_bytes = models.PositiveBigIntegerField()  # unsealed
    content_sha256 = models.CharField(max_length=64)  # unsealed
    size_bytes = models.PositiveBigIntegerField()  # as on disk
    sha256 = models.CharField(max_length=64)  # as on disk

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["film", "kind"], name="film_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of film {self.film_id}"
