"""The rules of recording as stories: several sources tell of a pause, each in its time."""

from __future__ import annotations

from agent_client.core.commands import PauseVoice, ResumeVoice
from agent_client.core.events import (
    PauseAsked,
    Source,
    TouchLost,
    TouchRegained,
    VoiceOrderFailed,
)
from tests.agent_client.core.play import (
    LOST,
    PAUSE,
    PAUSED,
    RECORDING,
    REGAINED,
    RESUME,
    SIGNED_IN,
    STOPPED,
    WRAPPING_UP,
    Play,
    bridge,
    held,
    policy,
    ready,
    recording,
    released,
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


def test_a_pause_asked_here_asks_one_source_and_both_echoes_are_no_news() -> None:
    play = both()
    assert play(PAUSE) == ["pause A: asked", "mask A", "silence a"]
    assert play(bridge(talking("A", PAUSED)), talking("A", PAUSED)) == []
    assert play(RESUME) == ["unmask A", "voice a", "capture A"]
    assert play(bridge(talking("A", RECORDING)), talking("A", RECORDING)) == []
    assert asked(play) == [("a", Source.WORKSPACE), ("a", Source.WORKSPACE)]
    assert play.later(600) == []


def test_a_pause_told_by_one_source_is_a_pause_and_asks_nobody() -> None:
    play = both()
    assert play(bridge(talking("A", PAUSED))) == ["pause A: asked", "mask A"]
    assert play(talking("A", RECORDING)) == []  # it does not know yet
    assert play(talking("A", PAUSED)) == []
    assert asked(play) == []


def test_a_pause_that_one_source_does_not_learn_of_is_asked_of_it() -> None:
    play = both()
    play(bridge(talking("A", PAUSED)))
    assert play.later(5) == ["silence a"]
    assert asked(play) == [("a", Source.WORKSPACE)]


def test_a_resume_told_by_one_source_holds_though_the_other_tells_of_the_pause_only_now() -> None:
    play = both()
    assert play(talking("A", PAUSED)) == ["pause A: asked", "mask A"]
    assert play(talking("A", RECORDING)) == ["unmask A", "capture A"]
    assert play(bridge(talking("A", PAUSED))) == []
    assert play(bridge(talking("A", RECORDING))) == []
    assert play.later(60) == []


def test_a_slow_word_of_the_last_resume_does_not_end_the_next_pause() -> None:
    play = both()
    play(talking("A", PAUSED), bridge(talking("A", PAUSED)), talking("A", RECORDING))
    assert play(talking("A", PAUSED)) == ["pause A: asked", "mask A"]
    assert play(bridge(talking("A", RECORDING))) == []
    assert play(bridge(talking("A", PAUSED))) == []
    assert play.status.mood == "paused"


def test_a_slow_word_of_our_own_resume_does_not_end_the_next_pause() -> None:
    play = both()
    play(PAUSE, talking("A", PAUSED), bridge(talking("A", PAUSED)), RESUME)
    play(talking("A", RECORDING))
    assert play(PAUSE) == ["pause A: asked", "mask A", "silence a"]
    assert play(bridge(talking("A", RECORDING))) == []
    assert play(talking("A", PAUSED), bridge(talking("A", PAUSED))) == []
    assert play.status.mood == "paused"


def test_a_pause_told_by_the_slower_source_long_after_is_somebodys_wish() -> None:
    play = both()
    play(talking("A", PAUSED), talking("A", RECORDING))
    assert play.later(30, bridge(talking("A", PAUSED))) == ["pause A: asked", "mask A"]


def test_who_goes_on_saying_paused_is_believed_in_the_end() -> None:
    play = both()
    play(talking("A", PAUSED), bridge(talking("A", PAUSED)), talking("A", RECORDING))
    assert play(bridge(held("A", PAUSED))) == []
    assert play.later(30, bridge(talking("A", PAUSED)))[0] == "pause A: asked"


def test_a_pause_seen_after_ours_failed_is_somebodys_wish_whoever_tells() -> None:
    play = both()
    play(PAUSE, VoiceOrderFailed("a", "voice-refused"), RESUME)
    assert play(bridge(talking("A", PAUSED))) == ["pause A: asked", "mask A"]


def test_a_pause_that_a_lost_source_once_told_of_may_be_told_anew_by_another() -> None:
    play = both()
    play(talking("A", PAUSED), LOST, RESUME)
    assert play.status.mood == "recording"
    assert play.later(30, bridge(talking("A", PAUSED)))[:2] == ["pause A: asked", "mask A"]


def test_a_first_word_of_a_pause_that_comes_after_the_end_pauses_nothing() -> None:
    play = recording()
    play(released("A"), WRAPPING_UP)
    assert play(bridge(talking("A", PAUSED))) == []
    assert play.status.mood == "wrap-up"


def test_who_goes_on_saying_recording_ends_no_pause() -> None:
    play = both()
    play(talking("A", PAUSED))
    assert play.later(5) == []
    assert play.later(60, bridge(held("A", RECORDING)), bridge(talking("A", RECORDING))) == []
    assert play.status.mood == "paused"


def test_voice_is_asked_of_the_page_when_workspace_is_out_of_touch() -> None:
    play = both()
    play(LOST)
    assert play(PAUSE) == ["pause A: asked", "mask A", "silence b-a"]
    assert asked(play) == [("b-a", Source.BRIDGE)]
    assert play(bridge(talking("A", PAUSED)), REGAINED) == []
    assert play(RESUME) == ["unmask A", "capture A"] or asked(play)[1:] == [("a", Source.WORKSPACE)]


def test_voice_is_asked_of_who_reports_it() -> None:
    play = Play(SIGNED_IN, policy(), talking("A"), bridge(talking("A", RECORDING)))
    assert play(PAUSE) == ["pause A: asked", "mask A", "silence b-a"]


def test_voice_that_one_source_did_not_pause_is_told_and_asked_again() -> None:
    play = both()
    play(PAUSE, VoiceOrderFailed("a", "voice-refused"))
    assert "voice-order-failed" in play.problems
    assert play.later(2) == ["silence a"]


def test_a_later_leg_is_silenced_once_as_it_begins_to_record_whoever_tells() -> None:
    play = both()
    play(PAUSE, talking("A", PAUSED), bridge(talking("A", PAUSED)))
    assert play(bridge(talking("X", STOPPED, leg="x", parent="a"))) == ["mask X"]
    assert play(talking("X", STOPPED, leg="x", parent="a")) == []
    assert play(bridge(talking("X", RECORDING, leg="x", parent="a"))) == []
    assert play(talking("X", RECORDING, leg="x", parent="a")) == ["silence x"]


def test_a_pause_asked_in_the_page_by_a_call_only_it_tells_of_goes_to_the_page() -> None:
    play = ready()
    play(bridge(talking("A", RECORDING)))
    assert play(PauseAsked(Source.BRIDGE)) == ["pause A: asked", "mask A", "silence b-a"]
    assert asked(play) == [("b-a", Source.BRIDGE)]


def test_a_pause_told_while_the_quicker_source_is_lost_may_be_another_one() -> None:
    play = both()
    play(talking("A", PAUSED))
    play(talking("A", RECORDING))
    assert play(LOST) == []
    assert play(bridge(talking("A", PAUSED))) == ["pause A: asked", "mask A"]
    assert play(bridge(talking("A", RECORDING))) == ["unmask A", "capture A"]
