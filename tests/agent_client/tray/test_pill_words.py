"""When there is a pill, and what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_client.core.status import Mood, Status
from agent_client.tray.menu import Ask
from agent_client.tray.pill_words import pill_words
from tests.agent_client.tray.tray_program import STATUSES

NOW = timedelta(hours=1)


def said(status: Status) -> tuple[Mood, str, str, Ask, bool] | None:
    shown = pill_words(status, NOW)
    return None if shown is None else (shown.mood, shown.state, shown.time, shown.ask, shown.may)


@pytest.mark.parametrize("mood", [Mood.SIGNED_OUT, Mood.READY, Mood.ATTENTION])
def test_there_is_none_while_nothing_is_recorded_nor_paused(mood: Mood) -> None:
    assert pill_words(STATUSES[mood], NOW) is None


def test_it_says_how_long_the_screen_has_been_recorded() -> None:
    recording = (Mood.RECORDING, "Recording", "4:12", Ask.PAUSE, True)
    assert said(STATUSES[Mood.RECORDING]) == recording
    wrapping_up = (Mood.WRAP_UP, "After-call work", "4:12", Ask.PAUSE, True)
    assert said(STATUSES[Mood.WRAP_UP]) == wrapping_up


def test_it_says_how_long_the_pause_has_lasted_and_resumes() -> None:
    assert said(STATUSES[Mood.PAUSED]) == (Mood.PAUSED, "Paused", "0:38", Ask.RESUME, True)


def test_a_paused_call_whose_screen_is_not_recorded_has_one_too() -> None:
    voice_only = replace(STATUSES[Mood.PAUSED], since=None)
    assert said(voice_only) == (Mood.PAUSED, "Paused", "0:38", Ask.RESUME, True)


def test_paused_by_the_system_it_can_still_be_paused_by_the_agent() -> None:
    locked = replace(STATUSES[Mood.RECORDING], mood=Mood.PAUSED)
    assert said(locked) == (Mood.PAUSED, "Paused", "4:12", Ask.PAUSE, True)


def test_a_problem_does_not_hide_that_the_screen_is_recorded() -> None:
    troubled = replace(STATUSES[Mood.RECORDING], mood=Mood.ATTENTION)
    assert said(troubled) == (Mood.RECORDING, "Recording", "4:12", Ask.PAUSE, True)


def test_who_may_not_pause_reads_why() -> None:
    why = "Your rules do not let you pause."
    shown = pill_words(replace(STATUSES[Mood.RECORDING], may_pause=False, why_not=why), NOW)
    assert shown is not None
    assert (shown.may, shown.hint) == (False, why)


def test_it_speaks_the_agents_language() -> None:
    shown = pill_words(STATUSES[Mood.PAUSED], NOW, lambda text, /, **_: f"<{text}>")
    assert shown is not None
    assert (shown.state, shown.button) == ("<Paused>", "<Resume>")
