from __future__ import annotations

import pytest

from central.services import audit, desks
from central.services.errors import NotAllowed, NotFound
from central.store.models import AuditEntry
from contract.protocol import Enrolment, EnrolmentToken

pytestmark = pytest.mark.usefixtures("site")


def _enrol(secret: str) -> None:
    desks.enrol(Enrolment(token=secret, device_name="desk", client_version="1"))


def test_who_has_no_token_cannot_fill_the_audit() -> None:
    for _ in range(120):
        with pytest.raises(NotAllowed):
            _enrol("guessed")
    assert AuditEntry.objects.filter(tag="desk:refused").count() == 100
    token = EnrolmentToken.parse(desks.new_token(audit.OPERATOR, "late", 1, 1))
    _enrol(token.secret)  # who has one is let in
    assert AuditEntry.objects.filter(tag="desk:enrolled").count() == 1


@pytest.mark.parametrize("revoke", [desks.revoke, desks.revoke_token])
def test_what_is_not_there_cannot_be_revoked(revoke: object) -> None:
    assert callable(revoke)
    with pytest.raises(NotFound):
        revoke(audit.OPERATOR, "nobody")


def test_which_desks_run_which_version_is_counted_and_the_older_ones_are_found() -> None:
    token = EnrolmentToken.parse(desks.new_token(audit.OPERATOR, "all", 9, 1))
    for version in ("0.9.1", "0.10.0", "0.10.0", "0.11.0"):
        desks.enrol(Enrolment(token=token.secret, device_name="desk", client_version=version))
    assert desks.versions() == {"0.10.0": 2, "0.11.0": 1, "0.9.1": 1}
    assert {one.client_version for one in desks.listed("0.10.0")} == {"0.9.1"}
    assert len(desks.listed("0.11")) == 3
    assert desks.listed("0.9") == []
    assert len(desks.listed()) == 4
