"""The policy in the core's own types."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from agent_client.core.events import Source
from agent_client.core.rules import may_pause, may_record_now, rules
from contract.selection import decide
from tests.agent_client.core.play import policy


def test_the_policy_says_what_it_said() -> None:
    obeyed = rules(policy(12.5))
    assert obeyed.percentage == Decimal("12.5")
    assert (obeyed.tail, obeyed.provisional) == (timedelta(seconds=300), timedelta(seconds=3))
    assert obeyed.length == timedelta(hours=4)
    assert obeyed.decide("A") == decide("A", Decimal("12.5"), "salt")


def test_a_percentage_that_cannot_be_decided_by_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="percentage"):
        rules(policy(100.5))


@pytest.mark.parametrize("source", list(Source))
def test_only_the_agent_needs_leave_to_pause(source: Source) -> None:
    agent = source not in {Source.WORKSPACE, Source.CENTRAL}
    assert may_pause(rules(policy(may_pause=False)), source) is not agent
    assert may_pause(rules(policy(may_pause=True)), source)
    assert may_pause(None, source)


@pytest.mark.parametrize("source", list(Source))
def test_only_the_agent_needs_leave_to_record_now(source: Source) -> None:
    agent = source not in {Source.WORKSPACE, Source.CENTRAL}
    assert may_record_now(rules(policy(may_record_now=False)), source) is not agent
    assert may_record_now(rules(policy(may_record_now=True)), source)
    assert not may_record_now(None, source)
