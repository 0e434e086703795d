"""The table of jobs: who wants what done, and which worker holds the lease.

A worker that dies leaves its lease to run out, and another takes the job; so every job must be
able to run twice. Two wishes for the same work are one job; a wish that comes while the work is
being done makes it run again afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from central.core.recording import JobState
from central.services.site import now
from central.store.models import Job

LEASE = timedelta(minutes=5)
ATTEMPTS = 8
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=15)
_ERROR_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class Lease:
    """A job that a worker holds, for a while."""

    job_id: int
    kind: str
    subject: str
    attempts: int  # with this one
    worker: str


def wish(kind: str, subject: str, after: datetime | None = None) -> None:
    """Have this done, not before `after`; call it inside the transaction that wants it.

    A job that waits already is done at the earlier of both times.
    """
    moment = now()
    due = after or moment
    with transaction.atomic():
        waiting = Job.objects.filter(kind=kind, subject=subject, state=JobState.READY.value)
        waiting.filter(run_after__gt=due).update(run_after=due)
        if not waiting.exists():
            job = Job(kind=kind, subject=subject, run_after=due, created_at=moment)
            Job.objects.bulk_create([job], ignore_conflicts=True)  # another may wish the same now


def claim(worker: str, lease: timedelta = LEASE) -> Lease | None:
    """Take the job that has waited longest, or one whose worker's lease ran out."""
    at = connection.ops.adapt_datetimefield_value
    moment, until = at(now()), at(now() + lease)
    skip = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    # The table's name is ours, and every value is a parameter.
    statement = f"""
        UPDATE store_job
           SET state = %s, worker = %s, lease_until = %s, attempts = attempts + 1
         WHERE id = (
               SELECT job.id FROM store_job AS job
                WHERE (job.state = %s AND job.run_after <= %s
                       AND NOT EXISTS (SELECT 1 FROM store_job AS other
                                        WHERE other.kind = job.kind
                                          AND other.subject = job.subject
                                          AND other.state = %s))
                   OR (job.state = %s AND job.lease_until < %s)
                ORDER BY job.run_after, job.id LIMIT 1 {skip})
     RETURNING id, kind, subject, attempts
    """  # noqa: S608
    running, ready = JobState.RUNNING.value, JobState.READY.value
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            statement,
            [running, worker, until, ready, moment, running, running, moment],
        )
        row = cursor.fetchone()
    return None if row is None else Lease(row[0], row[1], row[2], row[3], worker)


def renew(lease: Lease, length: timedelta = LEASE) -> bool:
    """Keep it longer; False if it is no longer ours."""
    return _held(lease).update(lease_until=now() + length) == 1


def done(lease: Lease, again_after: datetime | None = None) -> None:
    """It is done; or, with a time, it is to be looked at again then."""
    with transaction.atomic():
        change = {"state": JobState.DONE.value, "lease_until": None, "finished_at": now()}
        ours = _held(lease).update(**change) == 1
        if ours and again_after is not None:
            wish(lease.kind, lease.subject, again_after)


def failed(lease: Lease, error: str) -> bool:
    """It went wrong: once more later, or, when tried too often, never. Returns whether later."""
    wait = min(_FIRST_WAIT * 2 ** (lease.attempts - 1), _LONGEST_WAIT)
    with transaction.atomic():
        waits_already = Job.objects.filter(
            kind=lease.kind, subject=lease.subject, state=JobState.READY.value
        ).exists()
        if waits_already:  # that one takes over
            change = {"state": JobState.DONE.value, "finished_at": now()}
        elif lease.attempts < ATTEMPTS:
            change = {"state": JobState.READY.value, "run_after": now() + wait}
        else:
            change = {"state": JobState.DEAD.value, "finished_at": now()}
        _held(lease).update(lease_until=None, last_error=error[:_ERROR_LENGTH], **change)
    return change["state"] != JobState.DEAD.value


def _held(lease: Lease) -> QuerySet[Job]:
    return Job.objects.filter(pk=lease.job_id, worker=lease.worker, state=JobState.RUNNING.value)
