"""A call with its consults, transfers and conferences, by all names and from all sources."""

from __future__ import annotations

from agent_client.core.events import RecordNowAsked, Source
from agent_client.core.family import Family
from tests.agent_client.core.play import (
    HALF,
    SIGNED_IN,
    Play,
    bridge,
    held,
    policy,
    released,
    talking,
)


def family(play: Play) -> Family:
    (only,) = play.world.calls.families
    return only


def test_it_knows_every_name_that_its_legs_had() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), bridge(talking("A")))
    play(talking("T", leg="t", previous="a"))
    assert family(play).call_ids == {"A", "T"}
    assert {call.connection_id for call in family(play).calls} == {"a", "b-a", "t"}
    assert family(play).sources == {Source.WORKSPACE, Source.BRIDGE}


def test_each_source_tells_the_end_for_itself() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), bridge(talking("A")), released("A"))
    ended = [family(play).ended_for(one) for one in (Source.WORKSPACE, Source.BRIDGE, Source.API)]
    assert ended == [True, False, None]
    assert not family(play).live
    play(bridge(released("A")))
    assert family(play).ended_for(Source.BRIDGE) is True


def test_by_the_last_word_of_any_source_the_agent_holds_the_line() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"), bridge(talking("B")), held("B"), talking("D"))
    assert not play.world.calls.families[0].speaking
    assert play(RecordNowAsked(Source.CENTRAL)) == ["open D", "capture D"]
