"""Promises that hold whatever comes, in whatever order."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from agent_client.core.call import CallState, RecordingState
from agent_client.core.commands import (
    CloseRecording,
    MaskVoice,
    OpenRecording,
    PauseCapture,
    PauseVoice,
    ResumeCapture,
    ResumeVoice,
    TellDecision,
)
from agent_client.core.events import (
    AgentSignedIn,
    AgentSignedOut,
    CallChanged,
    CallsListed,
    CaptureFailed,
    Event,
    PauseAsked,
    QuitAsked,
    RecordingEnded,
    RecordNowAsked,
    ResumeAsked,
    Source,
    TouchLost,
    TouchRegained,
    VoiceOrderFailed,
)
from agent_client.core.memory import from_json, memory, remembering, to_json
from agent_client.core.status import Headline
from contract.selection import decide
from tests.agent_client.core.play import (
    HALF_AND_RECORD_NOW,
    LOCKED,
    LOGGED_OUT,
    LOST,
    ON_BREAK,
    PAUSE,
    READY,
    REGAINED,
    RESUME,
    SIGNED_IN,
    SIGNED_OUT,
    TICK,
    UNLOCKED,
    WRAPPING_UP,
    Play,
    call,
    policy,
)

_LEG_IDS = st.sampled_from(["a", "b", "c", "x"])
_CALLS = st.builds(
    call,
    st.sampled_from(["A", "B", "C", ""]),
    st.sampled_from(CallState),
    st.sampled_from([None, *RecordingState]),
    leg=_LEG_IDS,
    parent=st.none() | _LEG_IDS,
    previous=st.none() | st.none() | _LEG_IDS,
    started=st.sampled_from(["", "2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"]),
    data=st.sampled_from([(), (), (("GSIP_RECORD", "PAUSED"),)]),
)
_SOURCES = st.sampled_from(Source)
_NAMED = st.none() | st.none() | st.sampled_from(["A", "B", "a", "z"])
_EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(CallChanged, _CALLS, _SOURCES),
    st.builds(CallChanged, _CALLS),
    st.builds(CallsListed, st.lists(_CALLS, max_size=3).map(tuple), st.integers(0, 60)),
    st.sampled_from([SIGNED_IN, SIGNED_OUT, LOGGED_OUT, READY, WRAPPING_UP, ON_BREAK]),
    st.sampled_from([PAUSE, RESUME, LOCKED, UNLOCKED, LOST, REGAINED, TICK]),
    st.sampled_from([policy(), policy(0), HALF_AND_RECORD_NOW]),
    st.builds(AgentSignedIn, st.sampled_from(["alice", "bob"]), _SOURCES),
    st.builds(AgentSignedOut, _SOURCES),
    st.builds(PauseAsked, _SOURCES, _NAMED),
    st.builds(ResumeAsked, _SOURCES, _NAMED),
    st.builds(RecordNowAsked, _SOURCES, _NAMED),
    st.builds(TouchLost, _SOURCES),
    st.builds(TouchRegained, _SOURCES),
    st.builds(VoiceOrderFailed, _LEG_IDS, st.just("voice-refused")),
    st.builds(CaptureFailed, st.just("screen-black")),
    st.builds(RecordingEnded, st.just("00000000-0000-0000-0000-000000000003"), st.just("x")),
)
STORIES = st.lists(st.tuples(st.sampled_from([0, 0, 0.5, 3, 70, 400]), _EVENTS), max_size=30)
Story = list[tuple[float, Event]]
BEGUN = (SIGNED_IN, policy())


def told(story: Story) -> Play:
    play = Play(*BEGUN)
    for seconds, event in story:
        play.later(seconds, event)
    return play


@given(STORIES)
def test_no_order_of_events_breaks_the_client_or_the_order_of_commands(story: Story) -> None:
    play = told(story)  # Play watches: opened first, closed last, one at a time
    assert play.status.headline in [*Headline]


@given(STORIES)
def test_heard_twice_is_heard_once(story: Story) -> None:
    once, twice = Play(*BEGUN), Play(*BEGUN)
    for seconds, event in story:
        if isinstance(event, CallsListed):
            continue  # its count of events is another one in each play
        if isinstance(event, AgentSignedOut) and once.world.agent.rivals:
            continue  # of two agents each word signs out one
        assert twice.later(seconds, event, event) == once.later(seconds, event)


@given(STORIES)
def test_nothing_outlives_sign_out(story: Story) -> None:
    play = told(story)
    for source in Source:
        play(AgentSignedOut(source))
    assert play.plan.screen is None
    commands = play(TICK, UNLOCKED, REGAINED, RESUME)
    assert not any(word.startswith(("open", "note", "capture", "voice")) for word in commands)


@given(STORIES)
def test_nothing_opens_after_quitting(story: Story) -> None:
    play = told(story)
    play(QuitAsked())
    begun = len(play.commands)
    for seconds, event in story:
        play.later(seconds, event)
    done = play.commands[begun:]
    assert not any(isinstance(one, OpenRecording | ResumeCapture | CloseRecording) for one in done)


@given(STORIES)
def test_nothing_is_captured_while_any_reason_holds(story: Story) -> None:
    play = Play(*BEGUN)
    capturing = False
    for seconds, event in story:
        begun = len(play.commands)
        play.later(seconds, event)
        for command in play.commands[begun:]:
            if isinstance(command, ResumeCapture):
                capturing = True
            if isinstance(command, PauseCapture | CloseRecording | OpenRecording):
                capturing = False
        assert capturing == play.plan.capturing
        if capturing:
            assert not play.world.locked
            family = play.world.recorded_family
            assert family is not None
            assert not play.world.paused(family)


@given(STORIES)
def test_a_call_that_is_paused_when_asked_is_silent_on_screen_and_in_voice(story: Story) -> None:
    play = told(story)
    play(PauseAsked(Source.CENTRAL))
    live = {
        leg.call.connection_id
        for family in play.world.calls.families
        for leg in family.legs
        if leg.live
    }
    assert play.plan.silence == live
    assert not play.plan.capturing


@given(STORIES)
def test_the_screen_stops_before_voice_and_resumes_after_it(story: Story) -> None:
    play = Play(*BEGUN)
    rank = {
        PauseCapture: 0,
        CloseRecording: 1,
        OpenRecording: 2,
        PauseVoice: 3,
        ResumeVoice: 4,
        ResumeCapture: 5,
    }
    for seconds, event in story:
        begun = len(play.commands)
        play.later(seconds, event)
        done = [
            one for one in play.commands[begun:] if not isinstance(one, MaskVoice | TellDecision)
        ]
        ranks = [rank[type(one)] for one in done]
        assert ranks == sorted(ranks)


@given(STORIES)
def test_every_mask_is_taken_off_by_resume(story: Story) -> None:
    play = told(story)
    play(ResumeAsked(Source.CENTRAL))
    silent: set[str] = set()
    for command in play.commands:
        if isinstance(command, MaskVoice):
            silent = silent | {command.call_id} if command.silent else silent - {command.call_id}
    assert silent == set()


@given(STORIES, STORIES)
def test_memory_can_be_written_down_and_read(story: Story, more: Story) -> None:
    play = told(story)
    kept = memory(play.world)
    assert from_json(to_json(kept)) == kept
    again = Play(world=remembering(kept))
    for seconds, event in more:
        again.later(seconds, event)


@given(
    st.text(min_size=1),
    st.text(),
    st.decimals(0, 100, places=2),
    st.decimals(0, 100, places=2),
)
def test_a_higher_percentage_never_drops_a_call(
    call_id: str, salt: str, one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    assert decide(call_id, low, salt).selected <= decide(call_id, high, salt).selected
