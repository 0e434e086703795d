from __future__ import annotations

from typing import TYPE_CHECKING

from central.core.access import Action, Grant, Role, Who
from central.services import calls, people
from central.store.models import Call
from tests.central.serving import NOON

if TYPE_CHECKING:
    from central.services.site import Site


def test_a_unit_covers_those_below_it_and_no_other(site: Site) -> None:
    assert site.keys
    for path in ("/sales", "/sales/north", "/SALES/north", "/salesforce", "/s_les/x", "/support"):
        Call.objects.create(
            call_id=path.replace("/", "-"),
            agent_id="A1",
            unit=people.unit(path),
            started_at=NOON,
            first_seen_at=NOON,
        )
    who = Who("sue", (Grant(Role.SUPERVISOR, "/sales"),))
    seen = set(calls.visible(who, Action.PLAY).values_list("unit_id", flat=True))
    assert seen == {"/sales", "/sales/north"}
