"""Genesys Workspace API v3: its JSON, read into our events.

Unknown fields, odd types and private keys (`_state`) are passed over; a message whose meaning is
not known is an UnknownMessageError. Nothing here has a memory: World folds legs into families.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from agent_client.core.call import (
    AgentPresence,
    AgentState,
    Call,
    CallDetails,
    CallState,
    RecordingState,
    WorkMode,
)
from agent_client.core.events import (
    AgentSignedIn,
    AgentStateChanged,
    CallChanged,
    CallsListed,
    Event,
    Source,
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
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@~-]{0,127}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]{5,18}(Z|[+-][0-9:]{4,5})")
_WORD = re.compile(r"[A-Za-z/_][A-Za-z0-9/_-]{0,63}")
_TEXTS_BELOW = 10**40  # Python refuses to print integers without end
_DEPTH = 16  # of nested attached data; deeper is dropped

_Named = TypeVar("_Named", bound=StrEnum)


class UnknownMessageError(ValueError):
    """A message that is not understood. The text names kinds and ids, never a value in it."""


class Initialization(StrEnum):
    """How far Workspace is with starting our session."""

    EXECUTING = "Executing"
    COMPLETE = "Complete"
    FAILED = "Failed"


def read(message: object) -> tuple[Event, ...]:
    """The events in one Bayeux data message, {"channel": .., "data": {..}}.

    Raises UnknownMessageError.
    """
    envelope = _mapping(message, "message")
    channel = _text(envelope.get("channel"))
    data = _mapping(envelope.get("data"), f"data on {_word(channel)}")
    kind = _text(data.get("messageType"))
    if channel == INITIALIZATION:
        if initialization(message) is Initialization.COMPLETE:
            return (AgentSignedIn(_agent_id(data), Source.WORKSPACE),)
        return ()
    if channel == VOICE and kind == "CallStateChanged":
        return (CallChanged(_call(data.get("call"))),)
    if channel == VOICE and kind == "DnStateChanged":
        return (AgentStateChanged(_agent_state(data.get("dn"))),)
    family = MEDIA if channel.startswith(f"{MEDIA}/") else channel
    if kind in _QUIET.get(family, ()):
        return ()
    raise UnknownMessageError(f"unknown message {_word(kind)} on {_word(channel)}")


def initialization(message: object) -> Initialization | None:
    """How far the session is, if the message says so.

    An Executing message at 100 % already carries the data; only Complete counts.
    """
    if not isinstance(message, Mapping) or message.get("channel") != INITIALIZATION:
        return None
    data = message.get("data")
    state = data.get("state") if isinstance(data, Mapping) else None
    return _named(Initialization, state)


def listing(document: object, asked_after: int) -> CallsListed:
    """All calls in the answer of `GET /workspace/v3/current-session`.

    An answer that has no list of calls, or a call that cannot be read, says nothing about any call:
    a call left out of a listing counts as gone. Raises UnknownMessageError.
    """
    calls = _active_session(document).get("calls")
    if not isinstance(calls, list):
        raise UnknownMessageError("a listing without calls")
    return CallsListed(tuple(_call(call) for call in calls), asked_after)


def presence(document: object) -> AgentStateChanged | None:
    """What the same answer says of the agent, if it does. Raises UnknownMessageError."""
    dn = _active_session(document).get("dn")
    if not isinstance(dn, Mapping) or "agentState" not in dn:
        return None
    return AgentStateChanged(_agent_state(dn))


def _active_session(document: object) -> Mapping[object, object]:
    answer = _mapping(document, "listing")
    status = answer.get("status")
    code = status.get("code", 0) if isinstance(status, Mapping) else 0
    if code != 0:
        raise UnknownMessageError("a listing that failed")
    data = _mapping(answer.get("data"), "data of a listing")
    user = _mapping(data.get("user"), "user of a listing")
    return _mapping(user.get("activeSession"), "active session of a listing")


def _agent_id(data: Mapping[object, object]) -> str:
    user = _mapping(_mapping(data.get("data"), "data of the start").get("user"), "user")
    for key in ("employeeId", "userName"):
        agent_id = _text(user.get(key))
        if agent_id and agent_id.isprintable():
            return agent_id
    raise UnknownMessageError("a session without a name for its user")


def _agent_state(dn: object) -> AgentState:
    state = _mapping(dn, "dn")
    agent = _named(AgentPresence, state.get("agentState"))
    if agent is None:
        raise UnknownMessageError("an agent state that is not known")
    return AgentState(agent, _named(WorkMode, state.get("agentWorkMode")) or WorkMode.UNKNOWN)


def _call(document: object) -> Call:
    call = _mapping(document, "call")
    connection_id = _id(call.get("connId")) or _id(call.get("id"))
    call_id = _id(call.get("callUuid"))
    if not call_id or not connection_id:
        raise UnknownMessageError(f"a call without its ids, connection {connection_id!r}")
    state = _named(CallState, call.get("state"))
    if state is None:
        raise UnknownMessageError(f"a call state that is not known, connection {connection_id!r}")
    user_data = tuple(_flat(call.get("userData")))
    kind = _text(call.get("callType"))
    return Call(
        call_id=call_id,
        connection_id=connection_id,
        state=state,
        recording=_recording(state, call.get("recordingState"), user_data),
        parent_connection_id=_id(call.get("parentConnId")) or None,
        previous_connection_id=_id(call.get("previousConnId")) or None,
        call_type=kind if _WORD.fullmatch(kind) else "",
        details=CallDetails(
            ani=_text(call.get("ani")) or _participant(call, "RoleOrigination"),
            dnis=_text(call.get("dnis")) or _participant(call, "RoleDestination"),
            user_data=user_data,
        ),
        started_at=_moment(call.get("startedAt")),
    )


def _recording(
    state: CallState, reported: object, user_data: tuple[tuple[str, str], ...]
) -> RecordingState | None:
    """None: nothing is said, or it no longer counts. Either voice that says paused is believed."""
    if state.over:
        return None
    if ("GSIP_RECORD", "PAUSED") in user_data:
        return RecordingState.PAUSED
    return _named(RecordingState, reported)


def _moment(value: object) -> str:
    text = _text(value)
    return text if _MOMENT.fullmatch(text) else ""


def _participant(call: Mapping[object, object], role: str) -> str:
    participants = call.get("participants")
    for participant in participants if isinstance(participants, list) else ():
        if isinstance(participant, Mapping) and participant.get("role") == role:
            return _text(participant.get("number"))
    return ""


def _flat(user_data: object, prefix: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, str]]:
    """Attached data as (dotted key, text). v3 sends a list of {key, type, value}, v2 an object.

    The type is not looked at: Workspace has been seen to send "interger".
    """
    for key, value in _pairs(user_data):
        name = f"{prefix}{key}"
        if isinstance(value, list | Mapping):
            if depth:
                yield from _flat(value, f"{name}.", depth - 1)
        else:
            yield name, _text(value)


def _pairs(user_data: object) -> Iterator[tuple[str, object]]:
    if isinstance(user_data, Mapping):
        for key, value in user_data.items():
            yield _text(key), value
    elif isinstance(user_data, list):
        for entry in user_data:
            if isinstance(entry, Mapping) and _text(entry.get("key")):
                yield _text(entry.get("key")), entry.get("value")


def _mapping(value: object, what: str) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise UnknownMessageError(f"no {what}")
    return value


def _named(words: type[_Named], value: object) -> _Named | None:
    return words(value) if isinstance(value, str) and value in {*words} else None


def _id(value: object) -> str:
    text = _text(value)
    return text if _ID.fullmatch(text) else ""


def _word(text: str) -> str:
    """A kind or channel fit for a log, or a question mark."""
    return text if _WORD.fullmatch(text) else "?"


def _text(value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return str(value)
        case int() if abs(value) < _TEXTS_BELOW:
            return str(value)
        case _:
            return ""
