import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import IntegrityError, connection

from central.services.site import now
from central.store.models import Call, Grant, Job, Person, Unit

pytestmark = pytest.mark.usefixtures("site")


def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_djangos_own_checks_are_silent() -> None:
    assert run_checks() == []


def test_what_is_acknowledged_survives_a_power_cut() -> None:
    with connection.cursor() as cursor:
        found = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_unit_is_a_path() -> None:
    with pytest.raises(IntegrityError):
        Unit.objects.create(path="sales", name="x")


def test_a_state_is_a_known_one() -> None:
    with pytest.raises(IntegrityError):
        Call.objects.create(
            call_id="c",
            unit=Unit.objects.get(path="/"),
            started_at=now(),
            first_seen_at=now(),
            state="lost",
        )


def test_a_running_job_has_a_lease() -> None:
    with pytest.raises(IntegrityError):
        Job.objects.create(
            kind="film", subject="c", state="running", run_after=now(), created_at=now()
        )


def test_a_role_is_granted_once() -> None:
    person = Person.objects.get(name="admin")
    with pytest.raises(IntegrityError):
        Grant.objects.create(person=person, role="admin", unit=Unit.objects.get(path="/"))
