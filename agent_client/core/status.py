"""What a person should be told: one small value, drawn by the tray, asserted by the tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Mood(StrEnum):
    """The tray icon, one shape and colour each."""

    SIGNED_OUT = "signed-out"
    READY = "ready"
    RECORDING = "recording"
    PAUSED = "paused"
    WRAP_UP = "wrap-up"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong and what to do, in words an agent can act on; IT can look up the code."""

    code: str
    happened: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Status:
    """Everything the tray shows."""

    mood: Mood
    headline: str  # one line in words: "Recording the screen of this call"
    agent_id: str | None
    call_id: str | None
    since: timedelta | None  # engine time at which the recording began
    may_pause: bool
    may_resume: bool
    why_not: str  # why neither is possible, or ""
    may_record_now: bool
    uploads_waiting: int
    problems: tuple[Problem, ...]
