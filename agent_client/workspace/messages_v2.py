"""Genesys Web Services API v2 (on premises, 8.5): its JSON, read into our events.

Topics `/v2/me/calls` and `/v2/me/devices`, and the answers of `GET /api/v2/me`, `/me/calls` and
`/me/devices`. Documented by Genesys, not captured; what is a guess is marked "unverified".
Nothing here has a memory: the session keeps what each device said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from agent_client.core.call import AgentPresence, AgentState, Call, WorkMode
from agent_client.core.events import CallChanged, CallsListed, Event, Source
from agent_client.workspace import genesys_json
from agent_client.workspace.genesys_json import (
    Json,
    UnknownMessageError,
    channel_word,
    id_,
    kind_word,
    mapping,
    named,
    text,
)
from agent_client.workspace.messages import agent_id

CALLS = "/v2/me/calls"
DEVICES = "/v2/me/devices"

_STATES = MappingProxyType(
    {
        "Ready": (AgentPresence.READY, WorkMode.UNKNOWN),
        "NotReady": (AgentPresence.NOT_READY, WorkMode.UNKNOWN),
        "AfterCallWork": (AgentPresence.NOT_READY, WorkMode.AFTER_CALL_WORK),
        "AuxWork": (AgentPresence.NOT_READY, WorkMode.AUX_WORK),
        "LoggedIn": (AgentPresence.LOGGED_IN, WorkMode.UNKNOWN),
        "LoggedOut": (AgentPresence.LOGGED_OUT, WorkMode.UNKNOWN),
        "Offline": (AgentPresence.LOGGED_OUT, WorkMode.UNKNOWN),  # unverified
    }
)
_DIALLED = frozenset({"Outbound", "Consult"})
_DONE = 0  # statusCode
# Where two devices differ: who wraps up, wraps up; who is in at one of them is in.
_FIRST = (AgentPresence.READY, AgentPresence.NOT_READY, AgentPresence.LOGGED_IN)


def calls(message: object) -> tuple[Event, ...]:
    """The events in one Bayeux data message, but for those of devices.

    Raises UnknownMessageError.
    """
    channel, kind, data = _opened(message)
    if channel == CALLS and kind == "CallStateChangeMessage":
        return (CallChanged(_call(data.get("call"), text(data.get("phoneNumber")))),)
    if channel == DEVICES and kind == "DeviceStateChangeMessage":
        return ()
    raise UnknownMessageError(f"unknown message {kind_word(kind)} on {channel_word(channel)}")


def devices(message: object) -> Mapping[str, AgentState]:
    """The agent's state at each device of which such a message tells; nothing for other messages.

    Raises UnknownMessageError.
    """
    channel, kind, data = _opened(message)
    if channel != DEVICES or kind != "DeviceStateChangeMessage":
        return {}
    return _states(data.get("devices"))


def addresses(message: object) -> Mapping[str, str]:
    """By connection id: the name of the call in addresses, which is its `id`, not its `connId`."""
    data = message.get("data") if isinstance(message, Mapping) else None
    return _addresses([data.get("call")] if isinstance(data, Mapping) else ())


def listing(document: object, asked_after: int) -> CallsListed:
    """All calls in the answer of `GET /api/v2/me/calls?fields=*`.

    As in v3, one call that cannot be read spoils it all. Raises UnknownMessageError.
    """
    listed = _list_of(document, "calls")
    return CallsListed(tuple(_call(call, "") for call in listed), asked_after, Source.WORKSPACE)


def listed_addresses(document: object) -> Mapping[str, str]:
    """As `addresses`, of the same answer. Raises UnknownMessageError."""
    return _addresses(_list_of(document, "calls"))


def listed_devices(document: object) -> Mapping[str, AgentState]:
    """The agent's state at each device in the answer of `GET /api/v2/me/devices?fields=*`.

    Raises UnknownMessageError.
    """
    return _states(_list_of(document, "devices"))


def signed_in(document: object) -> str:
    """The agent's id in the answer of `GET /api/v2/me`. Raises UnknownMessageError."""
    return agent_id(mapping(_done(document).get("user"), "user"))


def is_done(document: object) -> bool:
    """Whether an operation was accepted; what comes of it is told by CometD."""
    code = document.get("statusCode") if isinstance(document, Mapping) else None
    return isinstance(code, int) and not isinstance(code, bool) and code == _DONE


def agent_state(states: Iterable[AgentState]) -> AgentState | None:
    """What the agent is doing, from the state at each device; None if no device says."""
    told = tuple(states)
    for state in told:
        if state.wrapping_up:
            return state
    for presence in _FIRST:
        for state in told:
            if state.presence is presence:
                return state
    return told[0] if told else None


def _opened(message: object) -> tuple[str, str, Json]:
    envelope = mapping(message, "message")
    channel = text(envelope.get("channel"))
    data = mapping(envelope.get("data"), f"data on {channel_word(channel)}")
    return channel, text(data.get("messageType")), data


def _done(document: object) -> Json:
    answer = mapping(document, "answer")
    if not is_done(answer):
        raise UnknownMessageError("an answer with another status code than 0")
    return answer


def _list_of(document: object, name: str) -> list[object]:
    listed = _done(document).get(name)
    if not isinstance(listed, list):
        raise UnknownMessageError(f"a listing without {name}")
    return listed


def _states(listed: object) -> dict[str, AgentState]:
    """Devices without a state say nothing: `userState` is absent before the agent logs in."""
    if not isinstance(listed, list):
        raise UnknownMessageError("a message without devices")
    found: dict[str, AgentState] = {}
    for device in listed:
        told = mapping(device, "device")
        if isinstance(user_state := told.get("userState"), Mapping):
            found[id_(told.get("id"))] = _agent_state(user_state)
    return found


def _agent_state(user_state: Json) -> AgentState:
    word = user_state.get("state")
    known = _STATES.get(word) if isinstance(word, str) else None
    if known is None:
        raise UnknownMessageError("an agent state that is not known")
    presence, mode = known
    return AgentState(presence, named(WorkMode, user_state.get("workMode")) or mode)


def _addresses(documents: Iterable[object]) -> dict[str, str]:
    found = {}
    for call in documents:
        if isinstance(call, Mapping) and (name := id_(call.get("id"))):
            found[id_(call.get("connId")) or name] = name
    return found


def _call(document: object, own_number: str) -> Call:
    """`own_number`: of the agent's device, where the message says it."""

    def parties(call: Json) -> tuple[str, str]:
        other = _other_party(call)
        dialled = text(call.get("callType")) in _DIALLED
        return (own_number, other) if dialled else (other, own_number)

    return genesys_json.call(document, parties, parent=_parent(document))


def _other_party(call: Json) -> str:
    """The first participant: a number as text, or an object with the same number in many forms."""
    participants = call.get("participants")
    for one in participants if isinstance(participants, list) else ():
        if isinstance(one, str):
            return one
        if isinstance(one, Mapping):
            forms = ("e164Number", "phoneNumber", "digits", "formattedPhoneNumber")
            return next((told for form in forms if (told := text(one.get(form)))), "")
    return ""


def _parent(document: object) -> str:
    """The `id` of a consult call's parent, the end of its `parentCallUri`."""
    uri = document.get("parentCallUri") if isinstance(document, Mapping) else None
    return id_(uri.rstrip("/").rpartition("/")[2]) if isinstance(uri, str) else ""
