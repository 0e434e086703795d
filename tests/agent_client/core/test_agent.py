"""Who is at this desk, when sources agree and when they do not."""

from __future__ import annotations

from agent_client.core.agent import NOBODY
from agent_client.core.events import Source


def test_nobody_is_here_at_first() -> None:
    assert not NOBODY.here
    assert NOBODY.signed_out(Source.LOOPBACK) == NOBODY


def test_a_sign_out_from_a_source_that_named_nobody_means_the_agent() -> None:
    agent = NOBODY.signed_in("alice", Source.WORKSPACE)
    assert agent.signed_out(Source.LOOPBACK).agent_id is None


def test_who_came_first_stays_while_any_source_says_so() -> None:
    agent = NOBODY.signed_in("alice", Source.WORKSPACE).signed_in("alice", Source.LOOPBACK)
    agent = agent.signed_in("bob", Source.LOOPBACK)
    assert agent.agent_id == "alice"
    assert agent.rivals
    assert agent.signed_in("bob", Source.WORKSPACE).agent_id == "bob"
