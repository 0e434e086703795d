"""How a desk's new secret takes the place of its old one, and what becomes of copies."""

from __future__ import annotations

import contextlib
import secrets
from datetime import timedelta

import pytest

from central.services import audit, desks
from central.services.desk_secret import authenticated, offered
from central.services.errors import NotAllowed, SecretReplaced, Unusable
from central.services.site import now
from central.store.models import AuditEntry, Device
from contract.protocol import Enrolment, EnrolmentToken

pytestmark = pytest.mark.usefixtures("site")

OLD, NEW, OTHER = "the first", "the second", "the third"


@pytest.fixture
def desk() -> str:
    """An enrolled desk's id; it signs in with OLD."""
    token = EnrolmentToken.parse(desks.new_token(audit.OPERATOR, "test", 1, 1))
    enrolled = desks.enrol(Enrolment(token=token.secret, device_name="d", client_version="1"))
    Device.objects.update(secret_sha256=desks.hashed(OLD))
    return enrolled.device_id


def _tags(desk: str) -> list[str]:
    rows = AuditEntry.objects.filter(subject=desk, tag__contains="secret").order_by("seq")
    return list(rows.values_list("tag", flat=True))


def test_both_secrets_are_let_in_until_the_new_one_has_come(desk: str) -> None:
    offered(authenticated(desk, OLD), desks.hashed(NEW))
    for _ in range(3):
        authenticated(desk, OLD)
    assert authenticated(desk, NEW).secret_sha256 == desks.hashed(NEW)
    with pytest.raises(NotAllowed):
        authenticated(desk, OLD)
    authenticated(desk, NEW)
    since = Device.objects.get(pk=desk).secret_since
    assert since is not None
    assert abs((now() - since).total_seconds()) < 60


def test_offering_and_change_are_audited_once_each_however_often_they_are_said(desk: str) -> None:
    for _ in range(3):
        offered(authenticated(desk, OLD), desks.hashed(NEW))
    for _ in range(3):
        offered(authenticated(desk, NEW), desks.hashed(NEW))  # "is it in force?"
    assert _tags(desk) == ["desk:secret-offered", "desk:secret-changed"]


def test_the_last_one_offered_counts(desk: str) -> None:
    offered(authenticated(desk, OLD), desks.hashed(NEW))
    offered(authenticated(desk, OLD), desks.hashed(OTHER))
    with pytest.raises(NotAllowed):
        authenticated(desk, NEW)
    authenticated(desk, OTHER)


def test_who_comes_with_the_secret_of_before_is_told_so_and_audited_once_an_hour(
    desk: str,
) -> None:
    offered(authenticated(desk, OLD), desks.hashed(NEW))
    authenticated(desk, NEW)
    copies = AuditEntry.objects.filter(tag="desk:copy-refused", subject=desk)
    with pytest.raises(SecretReplaced):  # sent by the desk itself, before the change
        authenticated(desk, OLD)
    assert not copies.exists()
    Device.objects.update(secret_since=now() - timedelta(minutes=2))
    for _ in range(3):
        with pytest.raises(SecretReplaced):
            authenticated(desk, OLD)
    assert copies.count() == 1


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_nobody_else_is_let_in_and_an_absent_secret_is_none(desk: str, secret: str) -> None:
    for device in (desk, "nobody", ""):
        with pytest.raises(NotAllowed) as caught:
            authenticated(device, secret)
        assert not isinstance(caught.value, SecretReplaced)


def test_a_revoked_desk_cannot_come_back_with_a_new_secret(desk: str) -> None:
    offered(authenticated(desk, OLD), desks.hashed(NEW))
    desks.revoke(audit.OPERATOR, desk)
    for secret in (OLD, NEW):
        with pytest.raises(NotAllowed):
            authenticated(desk, secret)


@pytest.mark.parametrize("wrong", ["", "x" * 64, "ab" * 31, "AB" * 32])
def test_what_is_no_hash_is_not_taken(desk: str, wrong: str) -> None:
    with pytest.raises(Unusable):
        offered(authenticated(desk, OLD), wrong)


def test_an_old_secret_does_not_come_back(desk: str) -> None:
    offered(authenticated(desk, OLD), desks.hashed(NEW))
    with pytest.raises(Unusable):
        offered(authenticated(desk, NEW), desks.hashed(OLD))


def test_each_comparison_is_made_whichever_is_right(
    desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, str]] = []
    compare = secrets.compare_digest

    def counted(one: str, other: str) -> bool:
        compared.append((one, other))
        return compare(one, other)

    offered(authenticated(desk, OLD), desks.hashed(NEW))
    monkeypatch.setattr("central.services.desk_secret.secrets.compare_digest", counted)
    counts = []
    for device, secret in ((desk, OLD), (desk, "wrong"), ("nobody", OLD)):
        compared.clear()
        with contextlib.suppress(NotAllowed):
            authenticated(device, secret)
        counts.append(len(compared))
        assert all(len(one) == len(other) == 64 for one, other in compared)
    assert counts == [3, 3, 3]
