"""Promises that hold when several sources tell of the same calls, each at its own speed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent_client.core.commands import PauseVoice, ResumeVoice
from agent_client.core.events import (
    AgentSignedIn,
    AgentStateChanged,
    CallChanged,
    Source,
    TouchLost,
    TouchRegained,
)
from tests.agent_client.core.play import (
    ON_BREAK,
    PAUSED,
    READY,
    RECORDING,
    SIGNED_IN,
    WRAPPING_UP,
    Play,
    bridge,
    by,
    dialing,
    held,
    policy,
    released,
    ringing,
    talking,
)
from tests.agent_client.core.test_promises import STORIES, Story, told

Told = CallChanged | AgentStateChanged
Timed = tuple[float, Told]

_BEFORE = [ringing("A"), talking("A", RECORDING)]
_IN_CALL = st.lists(
    st.sampled_from(
        [
            held("A"),
            talking("A"),
            talking("A", PAUSED),
            talking("A", RECORDING),
            held("A", PAUSED),
            dialing("X", leg="x", parent="a"),
            talking("X", leg="x", parent="a"),
        ]
    ),
    max_size=6,
)
_AFTER = st.sampled_from([[], [READY], [WRAPPING_UP, READY], [WRAPPING_UP, ON_BREAK]])
ECHO_SECONDS = 5
_GAP = st.sampled_from([0.0, 0.1, 1.0, 2.0])
_DELAY = st.sampled_from([0.0, 0.05, 0.5, 2.5, 8.0])


@st.composite
def _calls(draw: st.DrawFn) -> tuple[list[Timed], list[Timed]]:
    """What Workspace tells, in its time; and what the page tells, late, twice, in another order.

    What it says of voice comes in order, and so do the end and what follows it: of these nobody
    can tell what was said before from what was said after.
    """
    quick, slow = list[Timed](), list[Timed]()
    at = latest = 0.0
    ends = [released("X", leg="x"), released("A")]
    body: list[Told] = [*_BEFORE, *draw(_IN_CALL), *ends, *draw(_AFTER)]
    for event in body:
        at += draw(_GAP)
        quick.append((at, event))
        delayed = [at + draw(_DELAY) for _ in range(draw(st.integers(1, 2)))]
        if not _any_order(event):
            latest = max(latest, *delayed)
            delayed = [latest] * len(delayed)
        slow += [(when, _by_page(event)) for when in delayed]
    return quick, slow


def _any_order(event: Told) -> bool:
    return isinstance(event, CallChanged) and not event.call.recording and not event.call.state.over


def _by_page(event: Told) -> Told:
    return bridge(event) if isinstance(event, CallChanged) else by(Source.BRIDGE, event)


def heard(*messages: Timed) -> Play:
    """Workspace's word first where both come at once."""
    play = Play(SIGNED_IN, policy(), READY, by(Source.BRIDGE, READY))
    past = 0.0
    for at, event in sorted(messages, key=lambda one: (one[0], one[1].source is Source.BRIDGE)):
        play.later(at - past, event)
        past = at
    play.later(30)
    return play


def done(play: Play) -> list[str]:
    return [
        word
        for word in (play._word(command) for command in play.commands)
        if not word.startswith(("tell", "silence", "voice"))
    ]


@given(_calls())
def test_what_a_slow_page_tells_late_twice_or_askew_changes_nothing(
    calls: tuple[list[Timed], list[Timed]],
) -> None:
    quick, slow = calls
    assert done(heard(*quick, *slow)) == done(heard(*quick))


@given(_calls())
def test_who_learns_of_a_pause_within_seconds_is_not_asked_for_it(
    calls: tuple[list[Timed], list[Timed]],
) -> None:
    quick, slow = calls
    prompt = [(at, event) for at, event in slow if at - _told_at(event, quick) < ECHO_SECONDS]
    play = heard(*quick, *prompt)
    assert not [one for one in play.commands if isinstance(one, PauseVoice | ResumeVoice)]


def _told_at(event: Told, quick: list[Timed]) -> float:
    """When the quicker source last told the same."""
    return max(at for at, one in quick if _by_page(one) == event)


@given(STORIES, st.sampled_from([Source.WORKSPACE, Source.BRIDGE]))
def test_when_all_are_lost_no_recording_goes_on_past_its_limits(story: Story, last: Source) -> None:
    play = told(story)
    for source in (*sorted(set(Source) - {last}), last):
        play(TouchLost(source))
    open_before = play.plan.screen.recording_id if play.plan.screen else None
    play.later(14_400)
    play.later(1)
    now = play.plan.screen
    filming = now is not None and now.decision.selected
    assert not filming or (now is not None and now.recording_id != open_before)
    play.later(14_400)
    play.later(1)
    assert play.plan.screen is None or not play.plan.screen.decision.selected


@given(_calls())
def test_a_page_that_is_lost_keeps_nothing_open(calls: tuple[list[Timed], list[Timed]]) -> None:
    quick, slow = calls
    page = [one for one in slow if not _is_end(one[1])]
    play = heard(*quick[:2], *page[:1])
    for _, event in page[1:]:
        play(event)
    play(TouchLost(Source.BRIDGE))
    for _, event in quick[2:]:
        play(event)
    play(READY)
    assert play.plan.screen is None


@given(_calls())
def test_whoever_comes_and_goes_the_one_who_speaks_is_believed(
    calls: tuple[list[Timed], list[Timed]],
) -> None:
    """The page is lost and found again at every word of Workspace: nothing else is recorded."""
    quick, slow = calls
    play = Play(SIGNED_IN, AgentSignedIn("alice", Source.BRIDGE), policy(), READY)
    alone = Play(SIGNED_IN, policy(), READY)
    past = 0.0
    for place, (at, event) in enumerate(quick):
        touch = TouchLost(Source.BRIDGE) if place % 2 else TouchRegained(Source.BRIDGE)
        play.later(at - past, touch, event)
        alone.later(at - past, event)
        past = at
    play.later(30)
    alone.later(30)
    assert done(play) == done(alone)
    assert slow


def _is_end(event: Told) -> bool:
    return isinstance(event, AgentStateChanged) or event.call.state.over
