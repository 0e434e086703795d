"""The rules of recording hold whoever tells: each story with each event source's own messages."""

from __future__ import annotations

import pytest

from agent_client.core.call import CallState
from agent_client.core.commands import PauseVoice, ResumeVoice
from agent_client.core.events import AgentSignedIn, CallChanged, TouchLost, TouchRegained
from tests.agent_client.core.play import HALF, PAUSE, RESUME, TICK, Play, policy
from tests.agent_client.workspace.tellers import V2, V3, Api, Page, Teller

RINGING, ESTABLISHED = CallState.RINGING, CallState.ESTABLISHED
DIALING, HELD, RELEASED = CallState.DIALING, CallState.HELD, CallState.RELEASED


@pytest.fixture(params=[V3, V2, Page, Api], ids=["v3", "v2", "bridge", "api"])
def one(request: pytest.FixtureRequest) -> Teller:
    made: Teller = request.param()
    return made


@pytest.fixture(params=[V3, V2, Page], ids=["v3", "v2", "bridge"])
def with_voice(request: pytest.FixtureRequest) -> Teller:
    made: Teller = request.param()
    return made


def signed_in(one: Teller) -> Play:
    return Play(AgentSignedIn("alice", one.source), policy())


def recording(one: Teller) -> Play:
    """A call is recorded; its voice too, where the source tells of that."""
    play = signed_in(one)
    said = "Recording" if one.voice else None
    assert play(one.call("A", ESTABLISHED, said)) == ["open A", "capture A"]
    return play


def voice_orders(play: Play) -> list[PauseVoice | ResumeVoice]:
    return [each for each in play.commands if isinstance(each, PauseVoice | ResumeVoice)]


def test_a_call_is_recorded_from_its_answer(one: Teller) -> None:
    play = signed_in(one)
    assert play(one.call("A", RINGING), one.call("A", DIALING)) == []
    assert play(one.call("A", ESTABLISHED)) == ["open A", "capture A"]
    assert play(one.call("A", ESTABLISHED)) == []


def test_hold_changes_nothing(one: Teller) -> None:
    play = recording(one)
    assert play(one.call("A", HELD), one.call("A", ESTABLISHED)) == []


def test_after_call_work_is_recorded_until_the_agent_goes_on(one: Teller) -> None:
    for ends in ("ready", "break"):
        play = recording(one)
        assert play(one.call("A", RELEASED), one.agent("wrap-up")) == []
        assert play.later(120) == []
        assert play(one.agent(ends)) == ["close A: wrapped-up"]


def test_after_call_work_is_recorded_no_longer_than_its_limit(one: Teller) -> None:
    play = recording(one)
    play(one.call("A", RELEASED), one.agent("wrap-up"))
    assert play.later(300) == ["close A: tail-limit"]


def test_after_call_work_is_ended_by_the_next_call(one: Teller) -> None:
    play = recording(one)
    play(one.call("A", RELEASED), one.agent("wrap-up"))
    done = play(one.call("B", RINGING), one.call("B", ESTABLISHED))
    assert done == ["close A: next-call", "open B", "capture B"]


def test_without_after_call_work_the_recording_ends_soon(one: Teller) -> None:
    play = recording(one)
    assert play(one.call("A", RELEASED)) == []
    assert play.later(3) == ["close A: wrapped-up"]


def test_who_logs_out_is_recorded_no_more(one: Teller) -> None:
    play = recording(one)
    play(one.call("A", RELEASED), one.agent("wrap-up"))
    assert play(one.agent("logged-out")) == ["close A: signed-out"]


def test_a_call_that_is_not_selected_is_not_recorded(one: Teller) -> None:
    play = Play(AgentSignedIn("alice", one.source), HALF)
    assert play(one.call("B", ESTABLISHED), one.call("B", RELEASED), one.agent("ready")) == []


def test_a_consultation_belongs_to_its_call(one: Teller) -> None:
    play = recording(one)
    assert play(one.call("A", HELD), one.call("C", DIALING, parent="A")) == []
    assert play(one.call("C", ESTABLISHED, parent="A")) == []
    assert play(one.call("A", RELEASED), one.call("C", RELEASED, parent="A")) == []
    assert play.later(3) == ["close A: wrapped-up"]
    (closing,) = play.closings
    assert {leg.call_id for leg in closing.legs} == {"A", "C"}


def test_one_film_at_a_time(one: Teller) -> None:
    play = recording(one)
    assert play(one.call("B", ESTABLISHED)) == []
    assert play(one.call("A", RELEASED)) == ["close A: next-call", "open B", "capture B"]
    assert [leg.call_id for leg in play.closings[0].beside] == ["B"]


def test_a_pause_asked_here_stops_screen_and_voice_until_it_is_over(one: Teller) -> None:
    play = recording(one)
    play(PAUSE)
    assert play.plan.screen is not None
    assert play.plan.screen.reasons
    assert play.plan.masks
    if one.voice:
        assert play(one.call("A", ESTABLISHED, "Paused")) == []
    play(RESUME)
    assert play.plan.capturing
    assert not play.plan.masks
    orders = voice_orders(play)
    wanted = [PauseVoice, ResumeVoice] if one.voice else []
    assert [type(each) for each in orders] == wanted
    assert {each.source for each in orders} <= {one.source}


def test_a_pause_outlives_the_consultation_and_never_meets_the_next_call(one: Teller) -> None:
    play = recording(one)
    play(PAUSE, one.call("C", ESTABLISHED, parent="A"), one.call("C", RELEASED, parent="A"))
    assert not play.plan.capturing
    play(one.call("A", RELEASED), one.agent("wrap-up"))
    assert not play.plan.capturing
    done = play(one.agent("ready"), one.call("B", ESTABLISHED))
    assert done[-2:] == ["open B", "capture B"]


def test_a_pause_told_by_the_source_is_one(with_voice: Teller) -> None:
    one = with_voice
    play = recording(one)
    assert play(one.call("A", ESTABLISHED, "Paused")) == ["pause A: asked", "mask A"]
    assert play(one.call("A", HELD, "Paused"), TICK) == []
    assert play(one.call("A", ESTABLISHED, "Recording")) == ["unmask A", "capture A"]


def test_resume_is_possible_from_the_other_side(with_voice: Teller) -> None:
    one = with_voice
    play = recording(one)
    play(PAUSE, one.call("A", ESTABLISHED, "Paused"))
    assert play(one.call("A", ESTABLISHED, "Recording")) == ["unmask A", "capture A"]


def test_a_leg_that_begins_to_record_under_a_pause_is_paused(with_voice: Teller) -> None:
    one = with_voice
    play = recording(one)
    play(PAUSE, one.call("A", ESTABLISHED, "Paused"), one.call("C", ESTABLISHED, parent="A"))
    before = len(voice_orders(play))
    play(one.call("C", ESTABLISHED, "Recording", parent="A"))
    (order,) = voice_orders(play)[before:]
    assert isinstance(order, PauseVoice)
    assert order.connection_id.endswith("c")
    assert order.source is one.source


def test_out_of_touch_what_was_true_stays_true(one: Teller) -> None:
    play = recording(one)
    assert play(TouchLost(one.source)) == []
    assert play.later(600) == []
    assert play.plan.capturing
    play(PAUSE)
    play.later(600, TouchRegained(one.source))
    assert not play.plan.capturing
    play(RESUME)
    assert play.plan.capturing


def test_a_client_started_in_mid_call_records_the_rest(one: Teller) -> None:
    play = signed_in(one)
    talk = one.call("A", ESTABLISHED)
    assert isinstance(talk, CallChanged)
    assert play.listing(talk, source=one.source) == ["open A", "capture A"]
