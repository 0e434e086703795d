"""Workspace Web Edition's Service Client API: its objects, as our page passes them on, read.

Documented are the fields of an interaction and of an agent, and the words for states; where an
event wraps them (`data`, `data.interaction`, `data.state`) is not, so both are understood. What is
not understood is an UnknownMessageError. Nothing here has a memory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from agent_client.core.call import (
    AgentPresence,
    AgentState,
    CallDetails,
    CallState,
    RecordingState,
    WorkMode,
)
from agent_client.workspace.genesys_json import (
    Json,
    UnknownMessageError,
    id_,
    mapping,
    text,
    user_data,
)

_STATES = {
    "RINGING": CallState.RINGING,
    "DIALING": CallState.DIALING,
    "TALKING": CallState.ESTABLISHED,
    "HELD": CallState.HELD,
    "IDLE": CallState.RELEASED,
    "COMPLETED": CallState.COMPLETED,
}
_NOT_YET = frozenset({"PREVIEW", "CREATED"})  # nobody has dialled
_RECORDING = {
    "STOPPED": RecordingState.STOPPED,
    "RECORDING": RecordingState.RECORDING,
    "PAUSED": RecordingState.PAUSED,
}
_TYPES = {
    "INTERNAL": "Internal",
    "INBOUND": "Inbound",
    "OUTBOUND": "Outbound",
    "CONSULT": "Consult",
}
_AFTER_CALL_WORK = re.compile(r"(NOT_?READY_?)?AFTER_?CALL_?WORK(_ACTION_CODE|_?REASON)?")
_NOT_READY = re.compile(r"NOT_?READY(_ACTION_CODE|_?REASON)?|DND(_ON)?")
_READY = re.compile(r"READY(_ACTION_CODE|_?REASON)?")
_LOGGED_OUT = re.compile(r"LOGG?(ED)?_?(OUT|OFF)(_ACTION_CODE|_?REASON)?")
_STATE_WORD = re.compile(r"[A-Za-z_]{1,48}")
_LAST_MS = 253_402_300_799_999  # the end of the year 9999


@dataclass(frozen=True, slots=True)
class Interaction:
    """One voice interaction, in our words."""

    interaction_id: str  # lasts as long as Workspace's window, then another call may have it
    call_id: str  # callUuid
    state: CallState
    recording: RecordingState | None
    parent_id: str  # the interaction of which this is a consultation, or ""
    case_id: str
    consultation: bool
    call_type: str
    details: CallDetails
    started_at: str

    @property
    def connection_id(self) -> str:
        """What the leg is called: the interaction's number alone would come again."""
        return f"{self.call_id}.{self.interaction_id}"


def agent_id(document: object) -> str:
    """Who the agent is: the employee's id, or else the user name. Raises UnknownMessageError."""
    agent = mapping(document, "agent")
    for key in ("employeeId", "username", "userName"):
        name = text(agent.get(key))
        if name and name.isprintable():
            return name
    raise UnknownMessageError("an agent without a name")


def agent_state(document: object) -> AgentState:
    """What the agent is doing. Raises UnknownMessageError for words that are not known."""
    state = mapping(document, "agent state")
    if isinstance(state.get("state"), Mapping):
        state = mapping(state["state"], "agent state")
    word = text(state.get("type")) or text(state.get("operationName"))
    upper = word.upper()
    if _AFTER_CALL_WORK.fullmatch(upper):
        return AgentState(AgentPresence.NOT_READY, WorkMode.AFTER_CALL_WORK)
    for pattern, presence in (
        (_NOT_READY, AgentPresence.NOT_READY),
        (_READY, AgentPresence.READY),
        (_LOGGED_OUT, AgentPresence.LOGGED_OUT),
    ):
        if pattern.fullmatch(upper):
            return AgentState(presence, WorkMode.UNKNOWN)
    shown = word if _STATE_WORD.fullmatch(word) else "?"
    raise UnknownMessageError(f"an agent state that is not known: {shown}")


def interaction(document: object) -> Interaction | None:
    """One interaction; None if it is no call (an e-mail, a chat), or not one yet.

    Raises UnknownMessageError.
    """
    told = mapping(document, "interaction")
    if isinstance(told.get("interaction"), Mapping):
        told = mapping(told["interaction"], "interaction")
    call_id, word = id_(told.get("callUuid")), text(told.get("state"))
    if not call_id or word in _NOT_YET:
        return None
    interaction_id = id_(told.get("interactionId"))
    if not interaction_id:
        raise UnknownMessageError(f"an interaction without its id, call {call_id}")
    state = _STATES.get(word)
    if state is None:
        raise UnknownMessageError(f"a call state that is not known, call {call_id}")
    data = user_data(told.get("userData"))
    consultation = told.get("isConsultation") is True
    kind = "Consult" if consultation else _TYPES.get(text(told.get("callType")), "")
    return Interaction(
        interaction_id=interaction_id,
        call_id=call_id,
        state=state,
        recording=_recording(state, told, data),
        parent_id=id_(told.get("parentInteractionId")),
        case_id=id_(told.get("caseId")),
        consultation=consultation,
        call_type=kind,
        details=CallDetails(text(told.get("ani")), text(told.get("dnis")), data),
        started_at=_moment(told.get("startDate")),
    )


def _recording(
    state: CallState, told: Json, data: tuple[tuple[str, str], ...]
) -> RecordingState | None:
    """None: nothing is said, or it no longer counts. Either voice that says paused is believed."""
    if state.over:
        return None
    if ("GSIP_RECORD", "PAUSED") in data:
        return RecordingState.PAUSED
    return _RECORDING.get(text(told.get("recordingState")).upper())


def _moment(milliseconds: object) -> str:
    """A JavaScript date as ISO 8601, UTC; "" if it is none."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return ""
    if not 0 < milliseconds <= _LAST_MS:  # and no NaN
        return ""
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{int(milliseconds % 1000):03d}Z"
