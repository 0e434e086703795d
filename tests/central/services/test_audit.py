import sqlite3

import pytest
from django.db import DatabaseError, connections, transaction

from central.core.access import Grant, Role, Who
from central.core.audit import AuditTag
from central.services import audit
from central.services.errors import NotAllowed
from central.services.site import Site
from central.store.models import AuditEntry

pytestmark = pytest.mark.usefixtures("site")


def _entries(count: int) -> None:
    for number in range(count):
        audit.act(AuditTag.FILM_PLAYED, audit.OPERATOR, f"call-{number}", {"version": 1})


def test_a_fresh_audit_holds() -> None:
    _entries(5)
    assert list(audit.verify()) == []
    newest = AuditEntry.objects.order_by("-seq").first()
    assert newest is not None
    assert (newest.tag, newest.subject) == ("film:played", "call-4")


def test_an_entry_needs_the_transaction_of_its_act() -> None:
    with pytest.raises(RuntimeError):
        audit.record(AuditTag.FILM_PLAYED, audit.OPERATOR, "call-1")


def test_an_act_that_fails_leaves_no_entry() -> None:
    before = AuditEntry.objects.count()

    def act() -> None:
        with transaction.atomic():
            audit.record(AuditTag.FILM_PLAYED, audit.OPERATOR, "call-1")
            raise KeyError

    with pytest.raises(KeyError):
        act()
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    "statement",
    ["UPDATE store_auditentry SET actor = 'nobody'", "DELETE FROM store_auditentry WHERE seq = 1"],
)
def test_the_database_refuses_to_change_an_entry(statement: str) -> None:
    with pytest.raises(DatabaseError), connections["default"].cursor() as cursor:
        cursor.execute(statement)


def _behind_centrals_back(site: Site, statement: str) -> None:
    connections.close_all()
    with sqlite3.connect(site.folder / "central.db") as database:
        database.execute("DROP TRIGGER store_auditentry_no_update")
        database.execute("DROP TRIGGER store_auditentry_no_delete")
        database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE store_auditentry SET entry = replace(entry, 'call-2', 'call-9')",
            "is not what was chained",
        ),
        ("DELETE FROM store_auditentry WHERE subject = 'call-2'", "something is missing"),
        (
            "UPDATE store_auditentry SET hash = hex(randomblob(32)) WHERE subject = 'call-2'",
            "chain",
        ),
        ("UPDATE store_auditentry SET tag = 'x' WHERE subject = 'call-2'", "columns"),
        ("UPDATE store_auditentry SET actor = 'x' WHERE subject = 'call-2'", "columns"),
        ("UPDATE store_auditentry SET subject = 'x' WHERE subject = 'call-2'", "columns"),
    ],
)
def test_a_change_behind_centrals_back_shows(site: Site, statement: str, fault: str) -> None:
    _entries(5)
    _behind_centrals_back(site, statement)
    assert any(fault in sentence for sentence in audit.verify())


def test_a_tail_that_was_cut_off_shows_to_who_kept_the_head(site: Site) -> None:
    _entries(5)
    kept = audit.head()
    assert list(audit.verify(kept)) == []
    _behind_centrals_back(site, "DELETE FROM store_auditentry WHERE subject = 'call-4'")
    assert list(audit.verify()) == []
    assert any(kept in sentence for sentence in audit.verify(kept))


@pytest.mark.parametrize("kept", ["", "0:"])
def test_a_head_that_is_none_is_not_there(kept: str) -> None:
    assert bool(list(audit.verify(kept))) is bool(kept)


def test_only_some_may_see_it() -> None:
    _entries(1)
    auditor = Who("a", (Grant(Role.AUDITOR, "/"),))
    assert audit.found(auditor, tag="film:played").count() == 1
    assert audit.found(auditor, subject="another").count() == 0
    with pytest.raises(NotAllowed):
        audit.found(Who("s", (Grant(Role.SUPERVISOR, "/"),)))
