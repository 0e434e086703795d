"""The first run, and what every start mends."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import transaction

from central.config import Config
from central.core.access import Role
from central.core.audit import AuditTag
from central.media import disk, keys
from central.services import audit, desks, people, policy, removal, uploads, voice
from central.services.site import INCOMING, Site, now
from central.store.models import Person, PolicyVersion

logger = logging.getLogger(__name__)

TOKEN_USES = 1_000
TOKEN_DAYS = 365


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What is shown once, and kept only as hashes."""

    url: str
    admin: str
    password: str
    enrolment_token: str
    import_key: str


def migrate() -> None:
    """Bring the database to this version."""
    call_command("migrate", interactive=False, verbosity=0)


def first_run(config: Config) -> FirstRun | None:
    """Keys, database, policy, an admin, a token, an import key; None if all that is there.

    The admin comes last and in one transaction with the rest: a first run that was cut is begun
    again.
    """
    folder = config.folder
    disk.make_folder(folder)
    keys.ensure(folder / "keys", now())
    migrate()
    if Person.objects.exists():
        return None
    password = people.new_password()
    with transaction.atomic():
        if not PolicyVersion.objects.exists():
            policy.first(audit.CENTRAL)
        shown = FirstRun(
            url=config.url,
            admin=config.first_admin,
            password=password,
            enrolment_token=desks.new_token(audit.CENTRAL, "first run", TOKEN_USES, TOKEN_DAYS),
            import_key=voice.new_import_key(audit.CENTRAL, "first run"),
        )
        audit.record(AuditTag.CENTRAL_FIRST_RUN, audit.CENTRAL, "central", {"url": config.url})
        people.create(
            audit.CENTRAL,
            config.first_admin,
            "Administrator",
            password,
            [(Role.ADMIN, "/"), (Role.SECURITY_ADMIN, "/")],
        )
    return shown


def every_start(site: Site) -> None:
    """Finish what a crash left half done, and note that central runs."""
    for draft in _files(site.path(INCOMING)):
        disk.remove(draft)
    removal.carry_out(site)
    uploads.expire(site)
    uploads.sweep(site)
    audit.act(AuditTag.CENTRAL_STARTED, audit.CENTRAL, "central")
    logger.info("audit: %s", audit.head())


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
