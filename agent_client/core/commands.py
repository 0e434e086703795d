"""Orders, in the imperative. `steps` yields them; the engine hands them to its ports."""

from __future__ import annotations

from dataclasses import dataclass

from agent_client.core.call import Call
from agent_client.core.events import Source
from contract.manifest import EndReason, PauseReason
from contract.selection import RecordingDecision


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """Open a recording, paused: its first frame is a slate and nothing is grabbed yet.

    One is open at a time. If its decision is not selected it is never resumed: it becomes a
    manifest without segments, which says how long a call whose screen is not recorded was paused.
    """

    recording_id: str
    call_id: str  # of the family's first leg
    agent_id: str
    decision: RecordingDecision
    reasons: frozenset[PauseReason]  # why it is paused now; empty if a resume follows at once


@dataclass(frozen=True, slots=True)
class ResumeCapture:
    """Grab frames: the set of pause reasons is empty."""

    recording_id: str


@dataclass(frozen=True, slots=True)
class PauseCapture:
    """Stop grabbing at once, for these reasons; sent again when the reasons change."""

    recording_id: str
    reasons: frozenset[PauseReason]


@dataclass(frozen=True, slots=True)
class CloseRecording:
    """End the recording and write its manifest."""

    recording_id: str
    reason: EndReason
    legs: tuple[Call, ...]  # of the family; their details go into the sealed file
    beside: tuple[Call, ...] = ()  # legs of other families that went on meanwhile


@dataclass(frozen=True, slots=True)
class PauseVoice:
    """Ask Workspace to pause its recording of this leg."""

    connection_id: str  # as `source` names it
    source: Source = Source.WORKSPACE  # who told of the leg, and can be asked


@dataclass(frozen=True, slots=True)
class ResumeVoice:
    """Ask Workspace to resume its recording of this leg."""

    connection_id: str
    source: Source = Source.WORKSPACE


@dataclass(frozen=True, slots=True)
class MaskVoice:
    """Tell central that voice of this call is to be silent from now on, or no longer."""

    call_id: str
    agent_id: str
    silent: bool


@dataclass(frozen=True, slots=True)
class TellDecision:
    """Tell central whether this call's screen is recorded, and what that was computed from.

    Told once for each call that was answered here, selected or not, and again when somebody has it
    recorded after all. A restarted client tells again, which does no harm.
    """

    call_id: str  # of the family's first leg: the sum is made of it
    agent_id: str
    decision: RecordingDecision


Command = (
    OpenRecording
    | ResumeCapture
    | PauseCapture
    | CloseRecording
    | PauseVoice
    | ResumeVoice
    | MaskVoice
    | TellDecision
)
