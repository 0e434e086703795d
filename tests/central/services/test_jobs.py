"""Jobs: done once each, whoever dies."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connections

from central.services import jobs
from central.services.site import now
from central.store.models import Job
from tests.central.serving import PATIENCE, eventually

pytestmark = pytest.mark.usefixtures("site")

_WORKER = """
import sys
import django
django.setup()
from central.services import jobs
while lease := jobs.claim(sys.argv[1]):
    print(lease.subject, flush=True)
    jobs.done(lease)
"""
_HANGING = """
import django, time
django.setup()
from datetime import timedelta
from central.services import jobs
print(jobs.claim("doomed", timedelta(seconds=1)).subject, flush=True)
time.sleep(600)
"""


def _program(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True
    )


def _claimed() -> jobs.Lease:
    lease = jobs.claim("worker")
    assert lease is not None
    return lease


def test_three_workers_do_each_job_once() -> None:
    wished = {f"call-{number}" for number in range(60)}
    for subject in wished:
        jobs.wish("film", subject)
    connections.close_all()
    workers = [_program(_WORKER, f"worker-{number}") for number in range(3)]
    done = [line for worker in workers for line in worker.communicate(timeout=PATIENCE)[0].split()]
    assert sorted(done) == sorted(wished)
    assert not Job.objects.exclude(state="done").exists()


def test_a_killed_workers_job_is_taken_over_when_its_lease_is_over() -> None:
    jobs.wish("film", "call-1")
    worker = _program(_HANGING)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "call-1\n"
    worker.kill()
    worker.communicate(timeout=PATIENCE)
    lease = eventually(lambda: jobs.claim("heir"))
    assert lease is not None
    assert (lease.subject, lease.attempts) == ("call-1", 2)


def test_a_leased_job_is_nobody_elses() -> None:
    jobs.wish("film", "call-1")
    assert _claimed().subject == "call-1"
    assert jobs.claim("another") is None


def test_a_worker_that_lost_its_lease_changes_nothing() -> None:
    jobs.wish("film", "call-1")
    late = jobs.claim("late", timedelta(seconds=-1))
    assert late is not None
    heir = _claimed()
    assert jobs.renew(late) is False
    jobs.done(late)
    assert Job.objects.get().state == "running"
    assert jobs.renew(heir) is True


def test_two_wishes_are_one_job_at_the_earlier_time() -> None:
    jobs.wish("film", "call-1", now() + timedelta(hours=1))
    assert jobs.claim("worker") is None
    jobs.wish("film", "call-1")
    assert Job.objects.count() == 1
    assert _claimed().subject == "call-1"


def test_a_wish_during_the_work_makes_it_run_again_afterwards() -> None:
    jobs.wish("film", "call-1")
    first = _claimed()
    jobs.wish("film", "call-1")
    assert jobs.claim("another") is None  # never two at the same call
    jobs.done(first)
    assert _claimed().job_id != first.job_id


def test_a_failure_waits_longer_each_time_and_is_given_up_at_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = now()
    monkeypatch.setattr(jobs, "now", lambda: moment)
    jobs.wish("film", "call-1")
    waits = []
    for attempt in range(1, jobs.ATTEMPTS + 1):
        lease = _claimed()
        assert jobs.failed(lease, "broken") is (attempt < jobs.ATTEMPTS)
        waits.append(Job.objects.get().run_after - moment)
        Job.objects.filter(state="ready").update(run_after=moment)
    assert Job.objects.get().state == "dead"
    assert waits[:-1] == sorted(waits[:-1])
    assert jobs.claim("worker") is None


def test_a_failure_gives_way_to_the_wish_that_waits() -> None:
    jobs.wish("film", "call-1")
    lease = _claimed()
    jobs.wish("film", "call-1")
    assert jobs.failed(lease, "broken") is True
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "ready"]


@pytest.mark.parametrize("wait", [timedelta(0), timedelta(minutes=5)])
def test_a_job_may_ask_to_be_looked_at_again(wait: timedelta) -> None:
    jobs.wish("film", "call-1")
    jobs.done(_claimed(), now() + wait)
    assert (jobs.claim("worker") is None) is bool(wait)
