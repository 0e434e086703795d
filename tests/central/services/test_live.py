"""Which calls go on, who sees them, and what may be ordered of them."""

from __future__ import annotations

import json
from datetime import timedelta

import msgspec
import pytest

from central.core.access import Grant, Role, Who
from central.core.audit import Actor
from central.services import audit, desks, live, people, policy
from central.services.errors import Conflict, NotAllowed, NotFound
from central.services.site import now
from central.store.models import AuditEntry, Device, Doing, EnrolmentToken, Order
from contract.protocol import DeskState, OrderAnswer

pytestmark = pytest.mark.usefixtures("site")

SUE = Who("sue", (Grant(Role.SUPERVISOR, "/sales"),))
ADAM = Who("adam", (Grant(Role.ADMIN, "/"),))
OTTO = Who("otto", (Grant(Role.AUDITOR, "/"),))
CARLA = Who("carla", (Grant(Role.COMPLIANCE_OFFICER, "/"),))


def actor(who: Who) -> Actor:
    return audit.person(who, "192.0.2.1", "session")


def desk(name: str, agent_id: str, unit: str) -> Device:
    people.place_agent(audit.OPERATOR, agent_id, unit, f"Agent {agent_id}")
    token, _ = EnrolmentToken.objects.get_or_create(
        secret_sha256="0" * 64,
        defaults={"uses_left": 1, "created_at": now(), "expires_at": now()},
    )
    return Device.objects.create(
        device_id=name, name=name, secret_sha256="1" * 64, token=token, enrolled_at=now()
    )


def in_call(name: str, agent_id: str, unit: str, doing: str) -> Device:
    device = desk(name, agent_id, unit)
    told = {"agent_id": agent_id, "call_id": f"call-{name}", "doing": doing, "since": now()}
    live.report(device, msgspec.convert(told, DeskState))
    return device


def directed() -> list[dict[str, object]]:
    rows = AuditEntry.objects.filter(tag="call:directed").order_by("seq")
    return [json.loads(row.entry) for row in rows]


def test_a_supervisor_sees_the_calls_of_their_unit_alone() -> None:
    in_call("d1", "a1", "/sales/north", "recording")
    in_call("d2", "a2", "/support", "paused")
    in_call("d3", "a3", "/sales", "idle")
    in_call("d4", "a4", "/salesforce", "recording")
    assert [call.device_id for call in live.going(SUE)] == ["d1"]
    assert [call.device_id for call in live.going(ADAM)] == ["d1", "d2", "d4"]
    with pytest.raises(NotAllowed):
        live.going(OTTO)


@pytest.mark.parametrize(
    ("doing", "orders"),
    [
        ("recording", ("pause",)),
        ("wrap-up", ("pause",)),
        ("paused", ("resume",)),
        ("not-recorded", ("pause", "record-now")),
    ],
)
def test_only_what_makes_sense_may_be_ordered(doing: str, orders: tuple[str, ...]) -> None:
    in_call("d1", "a1", "/sales", doing)
    [call] = live.going(SUE)
    assert call.may == orders
    for order in {"pause", "resume", "record-now"} - {*orders}:
        with pytest.raises(Conflict):
            live.direct(SUE, actor(SUE), "d1", "call-d1", order)
    for order in orders:
        number = live.direct(SUE, actor(SUE), "d1", "call-d1", order)
        assert Order.objects.get(pk=number).asked_by == "sue"
    assert [entry["details"]["order"] for entry in directed()] == list(orders)  # type: ignore[index]
    assert [entry["actor"]["name"] for entry in directed()] == ["sue"] * len(orders)  # type: ignore[index]


def test_who_may_only_look_orders_nothing_and_the_try_is_audited() -> None:
    in_call("d1", "a1", "/sales", "recording")
    [call] = live.going(ADAM)
    assert call.may == ()
    with pytest.raises(NotAllowed):
        live.direct(ADAM, actor(ADAM), "d1", "call-d1", "pause")
    assert not Order.objects.filter(order="pause").exists()
    [entry] = directed()
    assert entry["allowed"] is False


def test_another_units_call_is_as_if_it_were_not() -> None:
    in_call("d2", "a2", "/support", "recording")
    with pytest.raises(NotFound):
        live.direct(SUE, actor(SUE), "d2", "call-d2", "pause")
    assert live.direct(CARLA, actor(CARLA), "d2", "call-d2", "pause")


def test_a_button_of_the_call_before_does_nothing_to_the_next() -> None:
    in_call("d1", "a1", "/sales", "recording")
    with pytest.raises(Conflict, match="That call is over"):
        live.direct(SUE, actor(SUE), "d1", "call-before", "pause")


def test_a_double_click_is_one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    in_call("d1", "a1", "/sales", "recording")
    moment = now()
    monkeypatch.setattr(live, "now", lambda: moment)
    first = live.direct(SUE, actor(SUE), "d1", "call-d1", "pause")
    assert live.direct(SUE, actor(SUE), "d1", "call-d1", "pause") == first
    assert len(directed()) == 1


def test_an_order_names_its_call_to_the_desk() -> None:
    device = in_call("d1", "a1", "/sales", "recording")
    live.direct(SUE, actor(SUE), "d1", "call-d1", "pause")
    desks.order(audit.OPERATOR, "d1", "pause")
    desks.order(audit.OPERATOR, "d1", "resume", "call-d1")
    given = [(one.order, one.call_id) for one in desks.orders_after(device, 0)][-3:]
    assert given == [("pause", "call-d1"), ("pause", ""), ("resume", "call-d1")]
    named = [json.loads(row.entry) for row in AuditEntry.objects.filter(tag="desk:ordered")]
    assert named[-1]["details"] == {"order": "resume", "call_id": "call-d1"}


def test_an_order_that_names_no_call_is_read_by_a_desk_that_knows_of_none() -> None:
    desk("d1", "a1", "/sales")
    desks.order(audit.OPERATOR, "d1", "pause")
    [order] = desks.orders_after(Device.objects.get(), 0)
    assert set(msgspec.to_builtins(order)) == {"number", "order", "issued_at"}


def next_call(device: Device) -> None:
    since = now() - timedelta(seconds=2)  # a desk's clock is measured, and never quite right
    told = {"agent_id": "a1", "call_id": "call-next", "doing": "recording", "since": since}
    live.report(device, msgspec.convert(told, DeskState))


def test_a_pause_of_the_next_call_is_an_order_of_its_own() -> None:
    device = in_call("d1", "a1", "/sales", "recording")
    first = live.direct(SUE, actor(SUE), "d1", "call-d1", "pause")
    next_call(device)
    assert live.direct(SUE, actor(SUE), "d1", "call-next", "pause") != first
    given = [one.call_id for one in desks.orders_after(device, first - 1)]
    assert given == ["call-d1", "call-next"]


def test_an_order_that_its_call_did_not_live_to_see_says_so_in_the_next_calls_row() -> None:
    device = in_call("d1", "a1", "/sales", "recording")
    number = live.direct(SUE, actor(SUE), "d1", "call-d1", "pause")
    next_call(device)
    assert live.going(SUE)[0].said == ""  # this call is not the one that waits
    over = OrderAnswer(number=number, granted=False, reason="call-over", text="That call is over.")
    live.answered(device, over)
    [call] = live.going(SUE)
    assert (call.said, call.refused) == ("Pause, for the call before: That call is over.", True)


def test_what_the_desk_answers_stands_in_the_row() -> None:
    device = in_call("d1", "a1", "/sales", "recording")
    number = live.direct(SUE, actor(SUE), "d1", "call-d1", "pause")
    assert "waiting for the desk" in live.going(SUE)[0].said
    refused = OrderAnswer(number=number, granted=False, reason="no-call", text="There is no call.")
    live.answered(device, refused)
    [call] = live.going(SUE)
    assert (call.said, call.refused) == ("There is no call.", True)
    live.answered(device, OrderAnswer(number=number, granted=True))  # too late: the first counts
    assert live.going(SUE)[0].refused


def test_another_desk_cannot_answer_for_it() -> None:
    in_call("d1", "a1", "/sales", "recording")
    other = desk("d2", "a2", "/sales")
    number = live.direct(SUE, actor(SUE), "d1", "call-d1", "pause")
    live.answered(other, OrderAnswer(number=number, granted=False))
    assert Order.objects.get(pk=number).answered_at is None


def test_a_desk_that_fell_silent_is_shown_so_and_ordered_nothing() -> None:
    in_call("d1", "a1", "/sales", "recording")
    Doing.objects.update(heard_at=now() - timedelta(minutes=5))
    [call] = live.going(SUE)
    assert (call.in_touch, call.may) == (False, ())
    with pytest.raises(Conflict, match="not in touch"):
        live.direct(SUE, actor(SUE), "d1", "call-d1", "pause")


def test_a_policy_without_choice_lets_no_supervisor_record() -> None:
    in_call("d1", "a1", "/sales", "not-recorded")
    _, before = policy.in_force()
    pausing = msgspec.structs.replace(before.pausing, supervisor_may_record_now=False)
    policy.change(audit.OPERATOR, msgspec.structs.replace(before, pausing=pausing))
    assert live.going(SUE)[0].may == ("pause",)
    with pytest.raises(Conflict, match="policy does not allow"):
        live.direct(SUE, actor(SUE), "d1", "call-d1", "record-now")
