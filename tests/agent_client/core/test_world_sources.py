"""The rules of recording as stories: several sources tell of the same calls, and agree."""

from __future__ import annotations

from dataclasses import replace

from agent_client.core.commands import PauseVoice, ResumeVoice
from agent_client.core.events import (
    AgentSignedIn,
    AgentSignedOut,
    CallChanged,
    Source,
    TouchLost,
    TouchRegained,
)
from tests.agent_client.core.play import (
    HALF,
    LOGGED_OUT,
    LOST,
    ON_BREAK,
    PAUSE,
    READY,
    RECORDING,
    SIGNED_IN,
    WRAPPING_UP,
    Play,
    bridge,
    by,
    held,
    policy,
    ready,
    recording,
    released,
    ringing,
    talking,
)

PAGE_LOST, PAGE_FOUND = TouchLost(Source.BRIDGE), TouchRegained(Source.BRIDGE)


def both() -> Play:
    """Alice talks and is recorded, voice too; Workspace and the page in it have told so."""
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING))
    assert play(bridge(talking("A", RECORDING))) == []
    return play


def asked(play: Play) -> list[tuple[str, Source]]:
    """Whom the client asked for voice."""
    orders = [one for one in play.commands if isinstance(one, PauseVoice | ResumeVoice)]
    return [(one.connection_id, one.source) for one in orders]


# One call.


def test_two_sources_that_tell_of_one_call_are_one_recording_under_both_names() -> None:
    play = ready()
    play(ringing("A"), bridge(ringing("A")))
    assert play(talking("A")) == ["open A", "capture A"]
    assert play(bridge(talking("A")), held("A"), bridge(held("A")), talking("A")) == []
    assert play(released("A"), bridge(released("A")), WRAPPING_UP) == []
    assert play(READY) == ["close A: wrapped-up"]
    assert [call.ids for call in play.closings[0].legs] == [("A", "a"), ("A", "b-a")]


def test_whoever_tells_first_is_believed() -> None:
    play = ready()
    assert play(bridge(talking("A"))) == ["open A", "capture A"]
    assert play(ringing("A"), talking("A")) == []
    assert play(bridge(released("A"))) == []
    assert play.later(3) == ["close A: wrapped-up"]
    assert play(held("A"), talking("A"), released("A")) == []


def test_a_source_that_is_slow_does_not_bring_a_call_back() -> None:
    play = recording()
    assert play(released("A"), WRAPPING_UP, bridge(talking("A")), bridge(held("A"))) == []
    assert play.status.mood == "wrap-up"
    assert play(READY) == ["close A: wrapped-up"]
    assert play(bridge(talking("A")), bridge(released("A"))) == []


def test_a_source_that_first_tells_of_a_call_after_its_end_is_slow() -> None:
    play = recording()
    play(released("A"), READY)
    assert play(bridge(ringing("A")), bridge(talking("A")), bridge(released("A"))) == []
    assert play(talking("C"), bridge(talking("C"))) == ["open C", "capture C"]


def test_a_call_that_comes_back_later_is_recorded_whoever_tells_of_it() -> None:
    play = recording()
    play(released("A"), READY)
    assert play.later(60, bridge(talking("A"))) == ["open A", "capture A"]


def test_a_call_that_rang_anew_is_no_late_word_on_the_last_one() -> None:
    play = ready()
    play(talking("A", started="2026-01-01T10:00:00.000Z"), released("A"), WRAPPING_UP)
    assert play(bridge(talking("A", started="2026-01-01T10:00:00.000Z"))) == []
    assert play.status.mood == "wrap-up"
    assert play(bridge(talking("A", leg="a2", started="2026-01-01T10:05:00.000Z"))) == []
    assert play.status.mood == "recording"


def test_a_call_that_comes_back_at_once_is_recorded_by_its_new_connection() -> None:
    play = both()
    play(released("A"), bridge(released("A")), WRAPPING_UP)
    assert play(talking("A", leg="a2")) == []
    assert play(bridge(talking("A", leg="a2")), WRAPPING_UP, READY) == []
    assert play.status.mood == "recording"
    assert play(released("A", leg="a2"), READY) == ["close A: wrapped-up"]


def test_a_release_that_one_source_never_heard_of_is_believed_of_the_other() -> None:
    play = both()
    play(READY, LOST, bridge(released("A")))
    assert play.later(3) == []  # Workspace, which tells of after-call work, is silent
    assert play(by(Source.BRIDGE, READY)) == ["close A: wrapped-up"]


def test_a_release_that_is_all_a_source_has_told_of_a_call_is_believed() -> None:
    play = recording()
    play(LOST, bridge(released("A")))
    assert play.status.mood == "wrap-up"


def test_a_source_that_is_lost_keeps_no_call_alive() -> None:
    play = both()
    play(PAGE_LOST, released("A"))
    assert play(READY) == ["close A: wrapped-up"]
    assert play(PAGE_FOUND) == []
    assert play.listing(bridge(talking("A")), source=Source.BRIDGE) == []


def test_the_end_of_one_of_two_legs_of_a_call_is_not_the_end_of_both() -> None:
    play = both()
    play(talking("A", leg="a2"))
    assert play(bridge(released("A"))) == []
    assert play.later(60) == []
    play(released("A"), released("A", leg="a2"))
    assert play(READY) == ["close A: wrapped-up"]


def test_a_lost_source_does_not_keep_the_second_leg_of_a_call_alive_either() -> None:
    play = both()
    play(talking("A", leg="a2"), bridge(released("A")))
    assert play.status.mood == "recording"
    play(LOST)
    assert play.status.mood == "wrap-up"


def test_two_consults_under_one_uuid_are_two_legs_to_each_source() -> None:
    play = both()
    play(held("A"), talking("X", leg="x", parent="a"), talking("X", leg="y", parent="a"))
    play(bridge(talking("X", leg="x", parent="a")), bridge(talking("X", leg="y", parent="a")))
    play(released("X", leg="x"), bridge(released("X", leg="x")))
    assert [leg.call.connection_id for leg in play.world.calls.families[0].legs if leg.live] == [
        "a",
        "b-a",
        "y",
        "b-y",
    ]


def test_a_listing_says_nothing_of_what_only_another_source_tells() -> None:
    play = ready()
    play(bridge(talking("A")))
    assert play.listing() == []
    assert play.later(60) == []
    assert play.listing(source=Source.BRIDGE) == []
    assert play.later(3) == ["close A: wrapped-up"]


def test_a_listing_of_one_source_ends_for_all_what_it_told_of_before() -> None:
    play = both()
    assert play.listing() == []
    assert play.later(3) == ["close A: wrapped-up"]
    assert play(bridge(talking("A"))) == []


def test_a_transfer_is_one_call_though_one_source_knows_only_its_old_name() -> None:
    play = both()
    assert play(talking("T", leg="t", previous="a")) == []
    assert play(bridge(held("A")), bridge(talking("A"))) == []
    assert play(bridge(talking("T", leg="t", previous="a"))) == []
    assert play(released("T", leg="t"), READY) == ["close A: wrapped-up"]
    assert play(bridge(released("T", leg="t"))) == []


def test_a_consult_is_of_the_family_whoever_tells_of_its_parent() -> None:
    play = both()
    assert play(bridge(held("A")), bridge(talking("X", leg="x", parent="a"))) == []
    assert play(talking("X", leg="x"), released("X", leg="x"), released("A")) == []
    assert play(READY) == ["close A: wrapped-up"]


# What the agent does.


def test_a_repeated_state_of_the_slower_source_does_not_end_after_call_work() -> None:
    play = both()
    play(by(Source.BRIDGE, READY), released("A"), WRAPPING_UP)
    assert play(by(Source.BRIDGE, READY), by(Source.BRIDGE, ON_BREAK)) == []
    assert play(bridge(released("A"))) == []
    assert play(by(Source.BRIDGE, WRAPPING_UP)) == []
    assert play(READY) == ["close A: wrapped-up"]


def test_after_call_work_is_ended_by_whichever_source_tells_first() -> None:
    play = both()
    play(bridge(released("A")), by(Source.BRIDGE, WRAPPING_UP))
    assert play.later(60) == []
    assert play(by(Source.BRIDGE, READY)) == ["close A: wrapped-up"]
    assert play(released("A"), WRAPPING_UP, READY) == []


def test_a_slow_word_of_after_call_work_begins_none() -> None:
    play = both()
    play(released("A"), WRAPPING_UP, READY, talking("C"))
    play(bridge(released("A")), by(Source.BRIDGE, WRAPPING_UP), released("C"))
    assert play.later(3) == ["close C: wrapped-up"]


def test_nor_does_it_confirm_that_of_the_next_call() -> None:
    play = both()
    play(released("A"), WRAPPING_UP, READY, talking("C"), released("C"))
    assert play(by(Source.BRIDGE, WRAPPING_UP)) == []  # of the first call
    assert play.later(3) == ["close C: wrapped-up"]


def test_a_source_that_tells_of_no_calls_may_tell_of_after_call_work() -> None:
    play = recording()
    play(released("A"))
    assert play(by(Source.API, WRAPPING_UP)) == []
    assert play.later(60) == []
    assert play(by(Source.API, READY)) == ["close A: wrapped-up"]


def test_after_call_work_told_before_the_release_by_the_slower_source_counts() -> None:
    play = both()
    play(WRAPPING_UP, bridge(released("A")))
    assert play.later(2, released("A")) == []
    assert play.later(60) == []
    assert play(READY) == ["close A: wrapped-up"]


def test_logged_out_is_believed_of_any_source() -> None:
    play = both()
    assert play(by(Source.BRIDGE, LOGGED_OUT)) == ["close A: signed-out"]
    assert play(talking("A")) == []


def test_a_state_told_again_does_not_undo_a_log_out() -> None:
    play = both()
    play(READY, by(Source.BRIDGE, LOGGED_OUT))
    assert play(READY, talking("A")) == []
    assert play(ON_BREAK) == ["open A", "capture A"]


# Who is signed in.


def test_sources_that_name_the_same_agent_are_one_sign_in_and_each_may_end_it() -> None:
    for leaving in (Source.BRIDGE, Source.API, Source.LOOPBACK):
        play = both()
        play(AgentSignedIn("alice", Source.BRIDGE), AgentSignedIn("alice", Source.API))
        assert "two-sign-ins" not in play.problems
        assert play(AgentSignedOut(leaving)) == ["close A: signed-out"]


def test_sources_that_name_different_agents_are_told_of() -> None:
    play = both()
    assert play(AgentSignedIn("bob", Source.BRIDGE)) == []
    assert "two-sign-ins" in play.problems


# Out of touch.


def test_a_page_that_was_closed_beside_a_workspace_that_speaks_is_no_matter() -> None:
    play = both()
    assert play(PAGE_LOST) == []
    assert "out-of-touch" not in play.problems
    assert play(released("A"), READY, talking("C")) == [
        "close A: wrapped-up",
        "open C",
        "capture C",
    ]


def test_what_only_a_lost_source_told_is_not_opened() -> None:
    play = Play(SIGNED_IN, bridge(talking("A")), talking("C"), PAGE_LOST)
    assert play(policy()) == ["open C", "capture C"]
    assert play(talking("A")) == []
    assert play(released("C")) == ["close C: next-call", "open A", "capture A"]


def test_a_workspace_that_is_out_of_touch_is_told_though_the_page_speaks() -> None:
    play = both()
    play(LOST)
    assert "out-of-touch" in play.problems
    assert play(bridge(released("A")), by(Source.BRIDGE, READY)) == ["close A: wrapped-up"]
    assert play(bridge(talking("C"))) == ["open C", "capture C"]


def test_a_page_that_is_all_there_was_is_missed() -> None:
    play = Play(SIGNED_IN, policy(), bridge(talking("A")))
    assert play(PAGE_LOST) == []
    assert "out-of-touch" in play.problems
    assert play.later(14_400) == ["close A: length-limit"]


def test_the_same_connection_told_by_two_sources_is_one_leg() -> None:
    play = both()
    api = CallChanged(replace(talking("A").call), Source.API)
    assert play(api, PAUSE) == ["pause A: asked", "mask A", "silence a"]
    assert play(released("A"), READY) == ["close A: wrapped-up", "unmask A"]
    assert play(api) == []


def test_a_desktops_own_call_does_not_keep_workspaces_call_unrecorded() -> None:
    play = Play(SIGNED_IN, HALF, by(Source.API, talking("B")), ringing("A"))
    assert play(by(Source.API, talking("B", parent="a"))) == ["open A", "capture A"]
    assert play(talking("A")) == []
    play = Play(SIGNED_IN, HALF, by(Source.API, talking("A")), ringing("B"))
    assert play(by(Source.API, talking("A", parent="b")), talking("B")) == []  # it is recorded
    assert play.plan.capturing
