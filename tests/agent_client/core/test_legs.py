"""What several sources say of one leg, put together; and what comes late from one."""

from __future__ import annotations

from dataclasses import replace

from agent_client.core.events import CallChanged, Source
from tests.agent_client.core.play import (
    PAUSE,
    PAUSED,
    RECORDING,
    RESUME,
    SIGNED_IN,
    STOPPED,
    Play,
    bridge,
    policy,
    talking,
)


def after(seconds: int, event: CallChanged) -> CallChanged:
    """The same, said when the call had lasted so long."""
    return replace(event, call=replace(event.call, seconds=seconds))


def paused_at(seconds: int) -> Play:
    play = Play(SIGNED_IN, policy(), after(1, talking("A", RECORDING)))
    play(after(seconds, talking("A", PAUSED)))
    assert play.status.mood == "paused"
    return play


def test_a_word_from_before_the_pause_ends_no_pause() -> None:
    play = paused_at(7)
    assert play(after(6, talking("A", RECORDING))) == []
    assert play.status.mood == "paused"
    assert play(after(9, talking("A", RECORDING))) == ["unmask A", "capture A"]


def test_a_word_from_the_same_second_is_believed() -> None:
    assert paused_at(7)(after(7, talking("A", RECORDING))) == ["unmask A", "capture A"]


def test_a_word_that_does_not_say_when_it_was_said_is_believed() -> None:
    assert paused_at(7)(talking("A", RECORDING)) == ["unmask A", "capture A"]


def test_a_pause_from_before_is_a_pause_all_the_same() -> None:
    play = Play(SIGNED_IN, policy(), after(7, talking("A", RECORDING)))
    assert play(after(6, talking("A", PAUSED))) == ["pause A: asked", "mask A"]


def test_a_first_word_that_agrees_is_no_news() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), talking("A", PAUSED), RESUME)
    play(talking("A", RECORDING))
    assert play(bridge(talking("A", PAUSED))) == []
    assert play(bridge(talking("A", RECORDING))) == []
    assert play.status.mood == "recording"


def test_a_first_word_that_it_is_paused_is_news() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING))
    assert play(bridge(talking("A", PAUSED))) == ["pause A: asked", "mask A"]


def test_what_was_stopped_and_records_again_is_nobodys_wish_to_go_on() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), PAUSE)
    play(talking("A", STOPPED))
    assert play(talking("A", RECORDING)) == ["silence a"]
    assert play.status.mood == "paused"


def test_three_sources_tell_one_story() -> None:
    play = Play(SIGNED_IN, policy(), talking("A", RECORDING), bridge(talking("A", RECORDING)))
    api = [CallChanged(talking("A", state).call, Source.API) for state in (RECORDING, PAUSED)]
    play(api[0], talking("A", PAUSED), talking("A", RECORDING))
    assert play(bridge(talking("A", PAUSED)), api[1]) == []
    assert play(api[0], bridge(talking("A", RECORDING))) == []
    # A custom desktop's own word does not pause Workspace's recording.
    assert play(api[1]) == ["pause A: asked", "mask A", "silence a"]
