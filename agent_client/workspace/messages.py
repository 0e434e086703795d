"""Genesys Workspace API v3: its JSON, read into our events.

A message whose meaning is not known is an UnknownMessageError. Nothing here has a memory: World
folds legs into families.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from agent_client.core.call import AgentPresence, AgentState, Call, WorkMode
from agent_client.core.events import (
    AgentSignedIn,
    AgentStateChanged,
    CallChanged,
    CallsListed,
    Event,
    Source,
)
from agent_client.workspace import genesys_json
from agent_client.workspace.genesys_json import (
    Json,
    UnknownMessageError,
    channel_word,
    kind_word,
    mapping,
    named,
    text,
)

INITIALIZATION = "/workspace/v3/initialization"
VOICE = "/workspace/v3/voice"
MEDIA = "/workspace/v3/media"

_QUIET = {  # known, and of no meaning for a recorder of calls
    VOICE: frozenset(
        {"EventError", "EventUserEvent", "ServiceStateChanged", "MonitoringStateChanged"}
    ),
    MEDIA: frozenset({"ChannelStateChanged", "InteractionStateChanged"}),
}
_ACCEPTED = frozenset({0, 1})  # done; begun


class Initialization(StrEnum):
    """How far Workspace is with starting our session."""

    EXECUTING = "Executing"
    COMPLETE = "Complete"
    FAILED = "Failed"


def read(message: object) -> tuple[Event, ...]:
    """The events in one Bayeux data message, {"channel": .., "data": {..}}.

    Raises UnknownMessageError.
    """
    envelope = mapping(message, "message")
    channel = text(envelope.get("channel"))
    data = mapping(envelope.get("data"), f"data on {channel_word(channel)}")
    kind = text(data.get("messageType"))
    if channel == INITIALIZATION:
        if initialization(message) is Initialization.COMPLETE:
            return (AgentSignedIn(_agent_id(data), Source.WORKSPACE),)
        return ()
    if channel == VOICE and kind == "CallStateChanged":
        return (CallChanged(_call(data.get("call")), Source.WORKSPACE),)
    if channel == VOICE and kind == "DnStateChanged":
        return (AgentStateChanged(_agent_state(data.get("dn")), Source.WORKSPACE, resent=True),)
    family = MEDIA if channel.startswith(f"{MEDIA}/") else channel
    if kind in _QUIET.get(family, ()):
        return ()
    raise UnknownMessageError(f"unknown message {kind_word(kind)} on {channel_word(channel)}")


def initialization(message: object) -> Initialization | None:
    """How far the session is, if the message says so.

    An Executing message at 100 % already carries the data; only Complete counts.
    """
    if not isinstance(message, Mapping) or message.get("channel") != INITIALIZATION:
        return None
    data = message.get("data")
    state = data.get("state") if isinstance(data, Mapping) else None
    return named(Initialization, state)


def listing(document: object, asked_after: int) -> CallsListed:
    """All calls in the answer of `GET /workspace/v3/current-session`.

    An answer that has no list of calls, or a call that cannot be read, says nothing about any call:
    a call left out of a listing counts as gone. Raises UnknownMessageError.
    """
    calls = _active_session(document).get("calls")
    if not isinstance(calls, list):
        raise UnknownMessageError("a listing without calls")
    return CallsListed(tuple(_call(call) for call in calls), asked_after, Source.WORKSPACE)


def presence(document: object) -> AgentStateChanged | None:
    """What the same answer says of the agent, if it does. Raises UnknownMessageError."""
    dn = _active_session(document).get("dn")
    if not isinstance(dn, Mapping) or "agentState" not in dn:
        return None
    return AgentStateChanged(_agent_state(dn), Source.WORKSPACE, resent=True)


def is_accepted(document: object) -> bool:
    """Whether the answer to an order says that it is done, or begun."""
    status = document.get("status") if isinstance(document, Mapping) else None
    code = status.get("code") if isinstance(status, Mapping) else None
    return isinstance(code, int) and not isinstance(code, bool) and code in _ACCEPTED


def agent_id(user: Json) -> str:
    """The name that a user is known by: the employee's id, or else the user name.

    Raises UnknownMessageError.
    """
    for key in ("employeeId", "userName"):
        name = text(user.get(key))
        if name and name.isprintable():
            return name
    raise UnknownMessageError("a session without a name for its user")


def _active_session(document: object) -> Json:
    answer = mapping(document, "listing")
    status = answer.get("status")
    code = status.get("code", 0) if isinstance(status, Mapping) else 0
    if code != 0:
        raise UnknownMessageError("a listing that failed")
    data = mapping(answer.get("data"), "data of a listing")
    user = mapping(data.get("user"), "user of a listing")
    return mapping(user.get("activeSession"), "active session of a listing")


def _agent_id(data: Json) -> str:
    return agent_id(mapping(mapping(data.get("data"), "data of the start").get("user"), "user"))


def _agent_state(dn: object) -> AgentState:
    state = mapping(dn, "dn")
    agent = named(AgentPresence, state.get("agentState"))
    if agent is None:
        raise UnknownMessageError("an agent state that is not known")
    return AgentState(agent, named(WorkMode, state.get("agentWorkMode")) or WorkMode.UNKNOWN)


def _call(document: object) -> Call:
    return genesys_json.call(document, _parties)


def _parties(call: Json) -> tuple[str, str]:
    return _participant(call, "RoleOrigination"), _participant(call, "RoleDestination")


def _participant(call: Json, role: str) -> str:
    participants = call.get("participants")
    for participant in participants if isinstance(participants, list) else ():
        if isinstance(participant, Mapping) and participant.get("role") == role:
            return text(participant.get("number"))
    return ""
