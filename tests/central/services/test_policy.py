from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from django.db import connections

from central.services import audit, calls, people, policy
from central.services.errors import Unusable
from central.services.site import now
from central.store.models import PolicyVersion

pytestmark = pytest.mark.usefixtures("site")


@pytest.mark.parametrize("percentage", ["101", "-0.01", "1.234", "NaN", "Infinity"])
def test_a_percentage_that_is_none_is_refused(percentage: str) -> None:
    with pytest.raises(Unusable):
        policy.check_percentage(Decimal(percentage))


def test_desks_get_the_same_policy_until_something_changes() -> None:
    first = policy.for_desks()
    assert policy.for_desks().etag == first.etag
    people.place_agent(audit.OPERATOR, "a1", "/sales/north")
    assert policy.for_desks().version == first.version + 1
    assert policy.for_desks().version == first.version + 1


def test_many_desks_that_ask_at_once_get_one_new_policy() -> None:
    first = policy.for_desks().version
    people.place_agent(audit.OPERATOR, "a1", "/sales/north")

    def fetch(_: int) -> int:
        try:
            return policy.for_desks().version
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(fetch, range(24))) == {first + 1}


def test_a_policy_is_renewed_long_before_it_expires() -> None:
    PolicyVersion.objects.update(expires_at=now() + timedelta(days=29))
    assert policy.for_desks().version == 2


def test_central_redoes_the_desks_sum_with_the_policy_of_that_time() -> None:
    before = now()
    _, old = policy.in_force()
    selection = msgspec.structs.replace(old.selection, percentage=Decimal(0))
    policy.change(audit.OPERATOR, msgspec.structs.replace(old, selection=selection))
    assert calls.screen_expected("call", "agent", before) is True
    assert calls.screen_expected("call", "agent", now()) is False


@pytest.mark.parametrize("path", ["sales", "/sales/", "//", ""])
def test_a_unit_that_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(Unusable):
        people.place_agent(audit.OPERATOR, "a1", path)
