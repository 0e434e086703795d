"""A client that is restarted in mid-call: paused stays paused, decided stays decided."""

from __future__ import annotations

import json

import pytest

from agent_client.core.events import AgentSignedIn, RecordingEnded, Source
from agent_client.core.memory import (
    Memory,
    MemoryUnreadable,
    from_json,
    memory,
    remembering,
    to_json,
)
from agent_client.core.world import World
from tests.agent_client.core.play import (
    HALF,
    PAUSE,
    PAUSED,
    READY,
    RECORDING,
    RESUME,
    SIGNED_IN,
    SIGNED_OUT,
    Play,
    bridge,
    held,
    policy,
    released,
    ringing,
    talking,
)


def restarted(play: Play) -> Play:
    kept = from_json(to_json(memory(play.world)))
    assert kept == memory(play.world)
    return Play(world=remembering(kept))


def test_a_client_restarted_while_paused_stays_paused() -> None:
    play = restarted(Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE))
    play(SIGNED_IN, policy())
    assert play.listing(talking("A", RECORDING)) == ["open A", "mask A", "silence a"]
    assert play(talking("A", PAUSED)) == []
    assert play(RESUME) == ["unmask A", "voice a", "capture A"]


def test_it_stays_paused_whatever_comes_first() -> None:
    play = restarted(Play(SIGNED_IN, policy(), talking("A"), PAUSE))
    assert play.listing(talking("A")) == ["mask A"]
    assert play(policy()) == []
    assert play(SIGNED_IN) == ["open A"]


def test_restarted_twice_it_is_still_paused() -> None:
    play = restarted(restarted(Play(SIGNED_IN, policy(), talking("A"), PAUSE)))
    assert play(SIGNED_IN, policy(), talking("A")) == ["open A", "mask A"]


def test_a_pause_of_a_call_that_ended_meanwhile_is_over() -> None:
    play = restarted(Play(SIGNED_IN, policy(), talking("A"), PAUSE))
    play(SIGNED_IN, policy())
    assert play.listing() == []
    assert play(talking("C")) == ["open C", "capture C"]
    assert memory(play.world).paused_by is None


def test_a_call_that_came_during_the_restart_is_not_covered() -> None:
    play = restarted(Play(SIGNED_IN, policy(), talking("A"), PAUSE))
    play(SIGNED_IN, policy())
    assert play(talking("C")) == ["open C", "capture C"]


def test_the_call_is_known_by_its_new_name_too() -> None:
    play = restarted(Play(SIGNED_IN, policy(), talking("A"), PAUSE))
    play(SIGNED_IN, policy())
    assert play.listing(talking("T", leg="t", previous="a")) == ["open A", "mask A", "mask T"]


def test_a_listing_lets_nothing_be_forgotten_that_only_another_source_told() -> None:
    play = restarted(Play(SIGNED_IN, policy(), bridge(talking("A")), PAUSE))
    play(SIGNED_IN, policy())
    assert play.listing() == []
    assert play(bridge(talking("A"))) == ["open A", "mask A"]


def test_a_consult_listed_before_its_parent_is_still_covered() -> None:
    before = Play(SIGNED_IN, policy(), talking("A"), held("A"), talking("X", leg="x", parent="a"))
    before(PAUSE)
    play = restarted(before)
    play(SIGNED_IN, policy())
    assert play(talking("X", leg="x", parent="a"), held("A"))[0] == "open A"
    assert play.status.mood == "paused"


def test_a_decision_outlives_restart_and_policy() -> None:
    play = restarted(Play(SIGNED_IN, HALF, talking("B")))
    assert play(SIGNED_IN, policy(100), talking("B")) == []
    play = restarted(Play(SIGNED_IN, HALF, talking("A")))
    assert play(SIGNED_IN, policy(0), talking("A")) == ["open A", "capture A"]


def test_a_recording_that_was_given_up_is_not_opened_again() -> None:
    before = Play(SIGNED_IN, policy(), talking("A"))
    before(RecordingEnded(before.openings[0].recording_id, "disk-full"))
    assert restarted(before)(SIGNED_IN, policy(), talking("A")) == []


def test_another_agent_inherits_no_pause_that_was_remembered() -> None:
    play = restarted(Play(SIGNED_IN, policy(), talking("A"), PAUSE))
    play(SIGNED_IN, SIGNED_OUT, AgentSignedIn("bob", Source.LOOPBACK))
    assert memory(play.world) == Memory()
    assert play.status.paused_since is None


def test_what_ended_is_forgotten() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), PAUSE, released("A"), READY)
    assert memory(play.world) == Memory()


def test_it_changes_only_with_decisions_and_pauses() -> None:
    play = Play(SIGNED_IN, policy(), ringing("A"))
    assert memory(play.world) == Memory()
    play(talking("A"))
    decided = memory(play.world)
    play(held("A"), talking("A", RECORDING))
    play.later(60)
    assert memory(play.world) == decided
    play(PAUSE)
    assert memory(play.world) != decided


def test_an_empty_memory_is_an_empty_world() -> None:
    assert remembering(Memory()) == World()
    assert from_json(to_json(Memory())) == Memory()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"format": "twinreel/memory/2", "families": [], "paused_by": null}',
        b'{"format": "twinreel/memory/1", "families": [{}], "paused_by": null}',
        b'{"format": "twinreel/memory/1", "families": [], "paused_by": "somebody"}',
        b"\xff\xfe",
    ],
)
def test_anything_else_is_unreadable(text: bytes) -> None:
    with pytest.raises(MemoryUnreadable):
        from_json(text)


def test_a_pause_that_is_neither_true_nor_false_is_unreadable() -> None:
    fields = json.loads(to_json(memory(Play(SIGNED_IN, policy(), talking("A")).world)))
    fields["families"][0]["paused"] = "yes"
    with pytest.raises(MemoryUnreadable):
        from_json(json.dumps(fields).encode())
