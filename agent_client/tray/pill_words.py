"""Status -> what the pill shows, or that there is none. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from agent_client.core.status import Mood, Status
from agent_client.tray.menu import Ask, stopwatch
from agent_client.tray.words import Words, english


@dataclass(frozen=True, slots=True)
class PillWords:
    """The pill: a picture, the state, a stopwatch, a button."""

    mood: Mood  # whose picture it is
    state: str
    time: str
    button: str
    ask: Ask  # of whoever presses the button
    may: bool  # whether it can be pressed
    hint: str  # what the button does, or why it cannot be pressed


def states(words: Words = english) -> dict[Mood, str]:
    """What it may say."""
    return {
        Mood.RECORDING: words("Recording"),
        Mood.WRAP_UP: words("After-call work"),
        Mood.PAUSED: words("Paused"),
    }


def buttons(words: Words = english) -> dict[Ask, str]:
    """What may be asked by its button."""
    return {Ask.PAUSE: words("Pause"), Ask.RESUME: words("Resume")}


def pill_words(status: Status, now: timedelta, words: Words = english) -> PillWords | None:
    """At engine time `now`; None unless a screen is recorded or a pause stands."""
    since, mood, ask = status.since, status.mood, Ask.PAUSE
    may, hint = status.may_pause, words("Record neither voice nor screen until you resume")
    if status.paused_since is not None:
        since, mood, ask = status.paused_since, Mood.PAUSED, Ask.RESUME
        may, hint = status.may_resume, words("Record voice and screen again")
    if since is None:
        return None
    said = states(words)
    if mood not in said:  # something needs attention, and a screen is recorded
        mood = Mood.RECORDING
    hint = hint if may or not status.why_not else words(status.why_not)
    return PillWords(mood, said[mood], stopwatch(now - since), buttons(words)[ask], ask, may, hint)
