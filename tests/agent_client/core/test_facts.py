"""What can be read off the world."""

from __future__ import annotations

from datetime import timedelta

from agent_client.core.facts import Facts
from contract.manifest import PauseReason
from tests.agent_client.core.play import HALF, LOCKED, PAUSE, SIGNED_IN, Play, held, policy, talking


def test_without_a_policy_there_are_limits_all_the_same() -> None:
    assert Facts().tail == timedelta(minutes=5)
    assert Facts().provisional == timedelta(seconds=3)


def test_calls_are_due_in_the_order_of_their_answer() -> None:
    play = Play(SIGNED_IN, policy(), talking("C"), held("C"), talking("A"))
    assert [family.key for family in play.world.due] == ["C", "A"]
    assert play.world.present is not None
    assert play.world.present.key == "A"


def test_a_note_is_always_paused_by_request() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), PAUSE, LOCKED)
    assert play.world.reasons == {PauseReason.ASKED, PauseReason.LOCKED}
