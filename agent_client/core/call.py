"""Calls and agents, in Workspace's words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CallState(StrEnum):
    """Workspace's call states, as they are."""

    RINGING = "Ringing"
    DIALING = "Dialing"
    ESTABLISHED = "Established"
    HELD = "Held"
    RELEASED = "Released"
    COMPLETED = "Completed"

    @property
    def answered(self) -> bool:
        """Somebody talks, or will go on to: from here on a call is recorded."""
        return self in {CallState.ESTABLISHED, CallState.HELD}

    @property
    def over(self) -> bool:
        """The leg is gone."""
        return self in {CallState.RELEASED, CallState.COMPLETED}


class RecordingState(StrEnum):
    """What Workspace says of its own voice recording of a call."""

    STOPPED = "Stopped"
    RECORDING = "Recording"
    PAUSED = "Paused"


class AgentPresence(StrEnum):
    """Workspace's agentState."""

    LOGGED_OUT = "LoggedOut"
    LOGGED_IN = "LoggedIn"
    READY = "Ready"
    NOT_READY = "NotReady"


class WorkMode(StrEnum):
    """Workspace's agentWorkMode; anything else it may send is UNKNOWN."""

    AFTER_CALL_WORK = "AfterCallWork"
    AUX_WORK = "AuxWork"
    AUTO_IN = "AutoIn"
    MANUAL_IN = "ManualIn"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class AgentState:
    """What the agent is doing. Read the presence first: a Ready may carry a stale work mode."""

    presence: AgentPresence
    work_mode: WorkMode

    @property
    def wrapping_up(self) -> bool:
        """After-call work."""
        return (
            self.presence is AgentPresence.NOT_READY and self.work_mode is WorkMode.AFTER_CALL_WORK
        )


@dataclass(frozen=True, slots=True, repr=False)
class CallDetails:
    """What is personal about a call: kept only sealed, never logged, so its repr is empty."""

    ani: str = ""
    dnis: str = ""
    user_data: tuple[tuple[str, str], ...] = ()  # attached data, all keys, values as text

    def __repr__(self) -> str:
        return "CallDetails(...)"


@dataclass(frozen=True, slots=True)
class Call:
    """One leg at this agent."""

    call_id: str  # callUuid: the key
    connection_id: str  # connId; may change on transfer
    state: CallState
    recording: RecordingState | None = None  # None: absent, which changes nothing
    parent_connection_id: str | None = None  # a consult call's parent
    previous_connection_id: str | None = None  # the id it had before a transfer
    call_type: str = ""  # Inbound, Outbound, Internal, Consult
    details: CallDetails = CallDetails()
    started_at: str = ""  # startedAt as sent (ISO 8601, UTC); "" if Workspace does not say
    seconds: int | None = None  # how long the call had lasted when this was said, if it is said

    @property
    def ids(self) -> tuple[str, str]:
        """What Workspace calls this leg at present: it may rename it in either part."""
        return self.call_id, self.connection_id

    @property
    def names(self) -> frozenset[str]:
        """Every id this leg is known by or hangs on: legs that share one are one family."""
        told = (
            self.call_id,
            self.connection_id,
            self.parent_connection_id,
            self.previous_connection_id,
        )
        return frozenset(name for name in told if name)
