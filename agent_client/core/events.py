"""Facts, in the past tense. Adapters post them; the engine stamps each with the time it took it.

`World.after(event, moment)` is the only reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from agent_client.core.call import AgentState, Call

# What uploads wait for, though all is well: the time, the end of a shift or a call, ...
Held = Literal["", "schedule", "shift", "call", "metered", "battery"]


@dataclass(frozen=True, slots=True)
class Moment:
    """What the engine hands in with an event, since the core has neither clock nor chance."""

    now: timedelta  # monotonic, from any origin
    fresh_id: str  # a UUID that was never used: a recording's, if this event opens one
    wall: datetime | None = None  # UTC, by the desk's clock: only for what a restart must know


class Source(StrEnum):
    """Who told us, or who asked."""

    LOOPBACK = "loopback"  # Workspace's own sign-in to the loopback endpoint
    WORKSPACE = "workspace"  # Genesys Web Services, by CometD
    BRIDGE = "bridge"  # our page inside Workspace Web Edition
    API = "api"  # a custom desktop: the local API or the command line
    TRAY = "tray"
    HOTKEY = "hotkey"
    CENTRAL = "central"


@dataclass(frozen=True, slots=True)
class AgentSignedIn:
    """An agent signed in at this desk."""

    agent_id: str
    source: Source


@dataclass(frozen=True, slots=True)
class AgentSignedOut:
    """The agent signed out: capture ends at once."""

    source: Source


@dataclass(frozen=True, slots=True)
class AgentStateChanged:
    """Workspace says what the agent is doing."""

    state: AgentState
    source: Source = Source.WORKSPACE
    resent: bool = False  # by who says it whenever anything is new: the same as before is no change


@dataclass(frozen=True, slots=True)
class CallChanged:
    """Workspace resent a whole call."""

    call: Call
    source: Source = Source.WORKSPACE


@dataclass(frozen=True, slots=True)
class CallsListed:
    """All calls there are, asked for some time ago and answered now.

    A listing older than an event of a call says nothing about that call; the source asks again.
    """

    calls: tuple[Call, ...]
    asked_after: int  # `Engine.posted` when the listing was asked for
    source: Source = Source.WORKSPACE


@dataclass(frozen=True, slots=True)
class PauseAsked:
    """Somebody asked to pause voice and screen: of all calls that are active then.

    With `call_id` only while that call, by any of its names, is there: active or in wrap-up.
    """

    source: Source
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class ResumeAsked:
    """Somebody asked to go on; with `call_id` only while that call is there and paused."""

    source: Source
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class RecordNowAsked:
    """Somebody asked to record a call's screen, whatever the selection says.

    With `call_id` that call's, while it is talking; else the present one's.
    """

    source: Source
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class TouchLost:
    """A source went silent: an expired ping, CometD down. What was true stays true."""

    source: Source


@dataclass(frozen=True, slots=True)
class TouchRegained:
    """It speaks again; a listing follows."""

    source: Source


@dataclass(frozen=True, slots=True)
class ScreenLocked:
    """The session was locked, put to sleep, switched away or disconnected; or came back."""

    locked: bool


@dataclass(frozen=True, slots=True)
class ClockTicked:
    """Time has passed: something may be due. It comes every few seconds at least."""


@dataclass(frozen=True, slots=True)
class CaptureFailed:
    """The recorder could not do what it was ordered; `code` is in core/problems.py's table."""

    code: str


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """The recorder closed a recording by itself, e.g. on a full disk; `code` says why."""

    recording_id: str
    code: str


@dataclass(frozen=True, slots=True)
class VoiceOrderFailed:
    """Workspace refused or never answered a voice pause or resume for this leg."""

    connection_id: str
    code: str


@dataclass(frozen=True, slots=True)
class PolicyChanged:
    """Central's policy, as far as the core needs it. Calls already decided stay decided."""

    percentage: str  # two decimals, for the agent who is signed in or will be
    salt: str
    tail_seconds: float
    provisional_wrap_up_seconds: float
    recording_seconds: float
    agent_may_pause: bool
    agent_may_record_now: bool
    notice: str = ""  # for every agent to read
    agent_id: str | None = None  # whose percentage it is: another agent's calls wait for theirs
    version: int = 0  # told with each decision


@dataclass(frozen=True, slots=True)
class UploadsChanged:
    """What the uploader says of itself, for the tray."""

    connected: bool  # the uploader process is there
    waiting: int
    quarantined: int
    problem: str  # code, or ""
    sent: int = 0  # bytes of the recording that is being sent now
    total: int = 0  # bytes that it has; 0: none is being sent
    held: Held = ""  # what uploads wait for, though all is well
    until: datetime | None = None  # until when, by the clock on the wall, if that will end it
    until_today: bool = False


@dataclass(frozen=True, slots=True)
class ProblemChanged:
    """An adapter cannot do its work, or can again; `code` is in core/problems.py's table."""

    code: str
    present: bool


@dataclass(frozen=True, slots=True)
class QuitAsked:
    """The client is to end: what is open is closed, nothing opens any more."""


Event = (
    AgentSignedIn
    | AgentSignedOut
    | AgentStateChanged
    | CallChanged
    | CallsListed
    | PauseAsked
    | ResumeAsked
    | RecordNowAsked
    | TouchLost
    | TouchRegained
    | ScreenLocked
    | ClockTicked
    | CaptureFailed
    | RecordingEnded
    | VoiceOrderFailed
    | PolicyChanged
    | UploadsChanged
    | ProblemChanged
    | QuitAsked
)
