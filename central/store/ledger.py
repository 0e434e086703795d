"""Rows about work: jobs, the audit, and files that are to go."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from central.core.recording import JobState


class Job(models.Model):
    """Something to be done by a worker; while it runs it is leased, not owned."""

    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=100)  # what it is about: a call id
    state = models.CharField(max_length=16, default=JobState.READY.value)
    attempts = models.PositiveIntegerField(default=0)
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=100, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(state__in=[state.value for state in JobState]), name="job_state_known"
            ),
            CheckConstraint(
                condition=~Q(state=JobState.RUNNING.value) | Q(lease_until__isnull=False),
                name="job_running_is_leased",
            ),
            # Two wishes for the same work are one job; one may wait while another runs.
            UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state=JobState.READY.value),
                name="job_waits_once",
            ),
            UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state=JobState.RUNNING.value),
                name="job_runs_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "run_after"], name="job_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class AuditEntry(models.Model):
    """Who did what to which, when; each entry is chained to the one before. Never changed.

    The columns repeat what stands in `entry`, for searching; `audit verify` compares them.
    """

    seq = models.PositiveBigIntegerField(primary_key=True)  # 1, 2, 3, ... without a gap
    entry = models.TextField()  # canonical JSON
    hash = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    tag = models.CharField(max_length=64, db_index=True)
    actor = models.CharField(max_length=120, db_index=True)
    subject = models.CharField(max_length=120, db_index=True)

    class Meta:
        constraints: ClassVar = [CheckConstraint(condition=Q(seq__gte=1), name="audit_seq_from_1")]

    def __str__(self) -> str:
        return f"{self.seq} {self.tag}"


class DeletionMark(models.Model):
    """A file that is to go: marked, then unlinked, then the mark is dropped."""

    path = models.CharField(max_length=200, primary_key=True)
    marked_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.path
