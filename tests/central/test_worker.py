"""The worker: nothing that one job or one file does keeps it from the next."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connections

from central.services import jobs
from central.services.site import now
from central.store.models import Call, DeletionMark, Job, Unit
from central.worker import Worker
from tests.central.serving import NOON, PATIENCE, eventually

if TYPE_CHECKING:
    from central.services.site import Site


def _call() -> None:
    root, _ = Unit.objects.get_or_create(path="/", defaults={"name": "all"})
    Call.objects.create(
        call_id="call-1", agent_id="a", unit=root, started_at=NOON, first_seen_at=NOON
    )


def test_a_job_that_kills_each_worker_is_given_up(site: Site) -> None:
    _call()
    jobs.wish("film", "call-1")
    for number in range(jobs.ATTEMPTS):
        assert jobs.claim(f"dies-{number}", timedelta(seconds=-1)) is not None
    assert Worker(site).drain() == 1
    assert Job.objects.get().state == "dead"
    assert "died" in Job.objects.get().last_error
    assert Call.objects.get().state == "failed"


def test_a_file_that_cannot_be_removed_does_not_end_the_worker(site: Site) -> None:
    _call()
    site.path("voice/folder").mkdir(parents=True)
    DeletionMark.objects.create(path="voice/folder", marked_at=now())  # unlink fails on a folder
    jobs.wish("film", "call-1", now() + timedelta(seconds=1.5))
    worker = Worker(site)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        eventually(lambda: Job.objects.get().state == "done")
    finally:
        worker.stop()
        thread.join(PATIENCE)
        connections.close_all()
