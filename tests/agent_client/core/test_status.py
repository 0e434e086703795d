"""What the tray says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent_client.core.events import CaptureFailed, Event, ProblemChanged, UploadsChanged
from agent_client.core.status import Mood
from tests.agent_client.core.play import (
    HALF,
    LOCKED,
    LOST,
    PAUSE,
    READY,
    SIGNED_IN,
    SIGNED_OUT,
    WRAPPING_UP,
    Play,
    policy,
    released,
    ringing,
    talking,
)

RECORDED = (SIGNED_IN, policy(), talking("A"))


@pytest.mark.parametrize(
    ("events", "mood", "headline"),
    [
        ((policy(),), Mood.SIGNED_OUT, "Signed out"),
        ((SIGNED_IN, policy()), Mood.READY, "Ready"),
        ((SIGNED_IN, policy(), ringing("A")), Mood.READY, "Ready"),
        (RECORDED, Mood.RECORDING, "Recording the screen of this call"),
        ((*RECORDED, PAUSE), Mood.PAUSED, "Paused: neither voice nor screen is recorded"),
        ((*RECORDED, LOCKED), Mood.PAUSED, "Paused while the screen is locked"),
        ((*RECORDED, LOCKED, PAUSE), Mood.PAUSED, "Paused: neither voice nor screen is recorded"),
        (
            (*RECORDED, released("A")),
            Mood.WRAP_UP,
            "Recording the screen of after-call work",
        ),
        (
            (*RECORDED, PAUSE, released("A"), WRAPPING_UP),
            Mood.PAUSED,
            "Paused: neither voice nor screen is recorded",
        ),
        ((*RECORDED, released("A"), READY), Mood.READY, "Ready"),
        ((*RECORDED, SIGNED_OUT), Mood.SIGNED_OUT, "Signed out"),
        (
            (SIGNED_IN, HALF, talking("B")),
            Mood.READY,
            "The screen of this call is not recorded",
        ),
        (
            (SIGNED_IN, HALF, talking("B"), PAUSE),
            Mood.PAUSED,
            "Paused: the voice of this call is not recorded",
        ),
        (
            (*RECORDED, CaptureFailed("screen-black")),
            Mood.ATTENTION,
            "Paused: the screen cannot be read",
        ),
        ((SIGNED_IN, talking("A")), Mood.ATTENTION, "The screen of this call is not recorded"),
    ],
)
def test_mood_and_headline(events: tuple[Event, ...], mood: Mood, headline: str) -> None:
    status = Play(*events).status
    assert (status.mood, status.headline) == (mood, headline)


def test_beside_an_urgent_problem_nothing_is_called_ready() -> None:
    status = Play(SIGNED_IN, policy(), ProblemChanged("port-taken", present=True)).status
    assert (status.mood, status.headline) == (Mood.ATTENTION, "Something needs attention")


def test_what_the_policy_has_agents_told_is_told() -> None:
    told = replace(policy(), notice="Questions: works council, room 4.")
    assert Play(SIGNED_IN, told).status.notice == "Questions: works council, room 4."


def test_an_urgent_problem_asks_for_attention_and_the_headline_still_tells() -> None:
    play = Play(*RECORDED, ProblemChanged("no-keyring", present=True))
    assert play.status.mood is Mood.ATTENTION
    assert play.status.headline == "Recording the screen of this call"


def test_what_mends_itself_asks_for_no_attention() -> None:
    play = Play(*RECORDED, LOST)
    assert play.status.mood is Mood.RECORDING
    assert play.problems == ["out-of-touch"]


def test_urgent_problems_come_first() -> None:
    play = Play(*RECORDED, LOST, ProblemChanged("policy-expired", present=True))
    play(ProblemChanged("port-taken", present=True))
    assert play.problems == ["port-taken", "policy-expired", "out-of-touch"]


def test_a_problem_told_by_two_is_shown_once() -> None:
    play = Play(SIGNED_IN, ProblemChanged("no-policy", present=True))
    assert play.problems == ["no-policy"]


def test_the_uploaders_word_is_passed_on() -> None:
    play = Play(*RECORDED)
    play(UploadsChanged(connected=True, waiting=3, quarantined=0, problem="central-unreachable"))
    assert play.status.uploads_waiting == 3
    assert play.problems == ["central-unreachable"]
    play(UploadsChanged(connected=False, waiting=3, quarantined=1, problem="central-unreachable"))
    assert play.problems == ["refused-recording", "uploader-gone"]
    play(UploadsChanged(connected=True, waiting=0, quarantined=0, problem=""))
    assert play.problems == []


def test_recordings_that_have_to_wait_are_not_said_to_be_sent() -> None:
    until = datetime(2026, 11, 22, 22, 7, tzinfo=UTC)
    play = Play(SIGNED_IN, policy())
    play(
        UploadsChanged(
            connected=True, waiting=3, quarantined=0, problem="", held="schedule", until=until
        )
    )
    assert play.status.mood is Mood.READY
    assert (play.status.uploads_held, play.status.uploads_until) == ("schedule", until)


def test_between_calls_it_says_that_recordings_are_sent() -> None:
    sending = UploadsChanged(connected=True, waiting=1, quarantined=0, problem="")
    play = Play(SIGNED_IN, policy(), sending)
    assert (play.status.mood, play.status.headline) == (Mood.UPLOADING, "Ready")
    play(talking("A"))
    assert play.status.mood is Mood.RECORDING


@pytest.mark.parametrize(
    "idle",
    [
        UploadsChanged(connected=True, waiting=0, quarantined=0, problem=""),
        UploadsChanged(connected=False, waiting=1, quarantined=0, problem=""),
        UploadsChanged(connected=True, waiting=1, quarantined=0, problem="central-unreachable"),
    ],
)
def test_what_cannot_be_sent_is_not_being_sent(idle: UploadsChanged) -> None:
    assert Play(SIGNED_IN, policy(), idle).status.mood is Mood.READY


def test_it_names_agent_call_and_recording() -> None:
    play = Play(SIGNED_IN, policy())
    play.later(5, talking("A"))
    status = play.status
    assert (status.agent_id, status.call_id) == ("alice", "A")
    assert status.since == timedelta(hours=1, seconds=5)
    assert status.recording_id == play.openings[0].recording_id
    assert status.in_call
    play(released("A"), WRAPPING_UP)
    assert play.status.in_call
    play(READY)
    assert not play.status.in_call
    assert (play.status.call_id, play.status.recording_id, play.status.since) == (None, None, None)


def test_an_unselected_call_is_named_and_has_no_recording() -> None:
    play = Play(SIGNED_IN, HALF, talking("B"))
    assert (play.status.call_id, play.status.since, play.status.in_call) == ("B", None, True)
    play(PAUSE)
    assert play.status.since is None


def test_pause_and_resume_are_offered_exactly_when_they_would_do_something() -> None:
    play = Play(SIGNED_IN, policy())
    assert (play.status.may_pause, play.status.may_resume) == (False, False)
    play(ringing("A"))
    assert (play.status.may_pause, play.status.may_resume) == (True, False)
    play(talking("A"), PAUSE)
    assert (play.status.may_pause, play.status.may_resume) == (False, True)
    assert play.status.paused_since == play.now
    play(talking("C"))
    assert (play.status.may_pause, play.status.may_resume) == (True, True)
    assert play.status.why_not == ""


def test_with_nobody_here_there_is_nothing_to_pause() -> None:
    play = Play(policy(), talking("A"))
    assert not play.status.may_pause
    assert play.status.why_not == "Nobody is signed in."
