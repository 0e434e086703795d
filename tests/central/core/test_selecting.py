"""A desk's decision is redone from the policy that it names."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from central.core.selecting import fault
from contract.policy import Pausing, Policy, Selection, SelectionRule
from contract.protocol import Decision
from contract.selection import bucket_of, decide

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICY = Policy(
    version=3,
    issued_at=NOON,
    expires_at=NOON,
    agent_units={"a1": "/sales/north"},
    agent_groups={"a2": ("new", "spanish")},
    selection=Selection(
        percentage=Decimal("10.00"),
        salt="salt",
        rules=(
            SelectionRule(unit="/sales", percentage=Decimal(30)),
            SelectionRule(group="new", percentage=Decimal(80)),
            SelectionRule(agent="a3", percentage=Decimal(0)),
        ),
    ),
    seal_to=(),
    receipt_keys=(),
)


def said(agent_id: str, percentage: str, **others: object) -> Decision:
    """What an honest desk says, but for `others`."""
    redone = decide("call", Decimal(percentage), "salt")
    honest = Decision(
        call_id="call",
        agent_id=agent_id,
        at=NOON,
        selected=redone.selected,
        bucket=redone.bucket,
        percentage=Decimal(percentage),
        salt="salt",
        policy_version=3,
    )
    return msgspec.structs.replace(honest, **others)


@pytest.mark.parametrize(
    ("agent_id", "percentage"), [("a0", "10"), ("a1", "30"), ("a2", "80"), ("a3", "0")]
)
def test_the_most_specific_percentage_is_the_one_that_counts(
    agent_id: str, percentage: str
) -> None:
    assert fault(said(agent_id, percentage), POLICY) == ""
    assert "for this agent" in fault(said(agent_id, "99"), POLICY)


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"bucket": (bucket_of("call", "salt") + 1) % 10_000}, "the bucket is"),
        ({"salt": "pepper"}, "another salt"),
        ({"selected": not decide("call", Decimal(10), "salt").selected}, "the sum"),
        ({"asked": True, "asked_by": "tray", "selected": True}, "does not allow"),
        ({"asked": True, "asked_by": "central", "selected": False}, "not selected"),
    ],
)
def test_what_differs_is_named(others: dict[str, object], words: str) -> None:
    assert words in fault(said("a0", "10", **others), POLICY)


def test_who_asked_may_have() -> None:
    by_central = said("a3", "0", asked=True, asked_by="central", selected=True)
    assert fault(by_central, POLICY) == ""
    allowed = msgspec.structs.replace(POLICY, pausing=Pausing(agent_may_record_now=True))
    by_agent = said("a3", "0", asked=True, asked_by="tray", selected=True)
    assert fault(by_agent, allowed) == ""


def test_a_policy_that_was_never_issued_explains_nothing() -> None:
    assert "never issued" in fault(said("a0", "10"), None)
