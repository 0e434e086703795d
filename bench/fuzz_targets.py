"""Who reads what others say: each with samples of it, and the errors that it may raise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from agent_client.workspace import (
    api_requests,
    bayeux,
    bridge_messages,
    loopback_rules,
    messages,
    messages_v2,
)
from agent_client.workspace.api_operations import OPERATIONS, Operation
from agent_client.workspace.basic import Credentials
from agent_client.workspace.doors import RefusedError
from agent_client.workspace.genesys_json import UnknownMessageError
from agent_client.workspace.gws_http import decoded
from agent_client.workspace.gws_session import MadeNoSenseError
from bench.stage import workspace_shapes as v3
from bench.stage import workspace_shapes_v2 as v2
from bench.stage.workspace_agent import StageAgent

# What is personal in the samples: none of it may be in what an error says.
NAME = "Ann Example"
NUMBER = "+4930123456789"
CARD = "4929 1234 5678 9012"
PASSWORD = "geheim, was sonst?"  # noqa: S105 -- made up
PERSONAL = (NAME, NUMBER, CARD, PASSWORD)

_URL = "https://gws.example.com"
_NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_PERSON = v3.Person(user_name=NAME, first_name=NAME, last_name=NAME, dn=NUMBER, place=NAME)


@dataclass(frozen=True, slots=True)
class Target:
    """One reader of JSON; with `of_bytes` it takes the text of it."""

    name: str
    samples: tuple[Any, ...]
    read: Callable[[Any], object]
    errors: tuple[type[Exception], ...]
    of_bytes: bool = False
    shown: Callable[[Exception], str] = str  # what an error may end as in a log


def _told() -> tuple[list[v3.Json], StageAgent]:
    """What the stand-in says, in v3, of a call with a consult and of the agent; and who plays."""
    said: list[v3.Json] = []

    def publish(channel: str, data: v3.Json) -> None:
        said.append({"channel": channel, "data": data})

    agent = StageAgent(_PERSON, publish, lambda: _NOW)
    call = agent.ring(NUMBER, user_data={"Customer": NAME, "Card": CARD, "Segment": "Gold"})
    agent.answer(call)
    agent.pause_recording(call)
    agent.rename(agent.ring(NUMBER, call_type="Consult", parent=call), "c0ffee")
    agent.wrap_up(NAME)
    for data in v3.initialization(_PERSON, _NOW):
        publish(v3.INITIALIZATION, data)
    return said, agent


_SAID, _AGENT = _told()
_PARENTS = {one.connection_id: one.call_id for one in _AGENT.calls.values()}
_MESSAGES = tuple(_SAID)
_MESSAGES_V2 = tuple(
    {"channel": also[0], "data": also[1]}
    for one in _SAID
    if (also := v2.message(one["data"], _PERSON, _URL, _PARENTS)) is not None
)
_SESSION = v3.current_session(_PERSON, _AGENT.dn(), _AGENT.listed(), _NOW)
_ANSWER_V2 = v2.user(_PERSON) | {
    "calls": [v2.call(one, _URL, _PARENTS) for one in _AGENT.listed()],
    "devices": [v2.device(_PERSON, _AGENT.dn())],
}
_META = (
    {
        "channel": "/meta/handshake",
        "successful": True,
        "clientId": "d761",
        "ext": {"ack": True},
        "advice": {"reconnect": "retry", "timeout": 30000, "interval": 0},
    },
    {
        "channel": "/meta/connect",
        "successful": False,
        "error": f"402:{NAME}:Unknown client",
        "ext": {"ack": 7},
        "advice": {"reconnect": "handshake", "multiple-clients": True},
    },
)
_SIGN_IN = [
    {"name": "server", "value": "https://rws.dc1.example.com:4443"},
    {"name": "peer_server", "value": "https://rws.dc2.example.com"},
    {"name": "place", "value": NAME},
    {"name": "devices", "value": [{"dn": NUMBER, "switch": "Switch"}]},
]
_INTERACTION = {
    "interactionId": "7",
    "parentInteractionId": "6",
    "userData": {"Customer": NAME, "Card": CARD},
    "state": "TALKING",
    "previousState": "RINGING",
    "parties": [{"name": NAME, "phoneNumber": NUMBER}],
    "startDate": 1795336200000,
    "callUuid": "00RV9H7S6O8V3BSHAG7GK2LAES00002M",
    "callType": "INBOUND",
    "ani": NUMBER,
    "dnis": NUMBER,
    "recordingState": "RECORDING",
}
_PAGE = (
    _INTERACTION,
    {"interaction": _INTERACTION},
    {"employeeId": "7", "userName": NAME, "type": "READY"},
    {"state": {"type": "NOT_READY_AFTER_CALLWORK", "displayName": NAME}, "username": NAME},
)
_DESKTOP = (
    {"agent": NAME},
    {"state": "ready"},
    {"ani": NUMBER, "dnis": NUMBER, "parent": "c1", "data": {"Customer": NAME}},
)


def _reply(message: object) -> None:
    reply = message if isinstance(message, dict) else {}
    bayeux.Advice().after(reply)
    bayeux.verdict(reply)
    for ack in (None, -1):
        bayeux.counted(reply, ack)


def _loopback_body(content: bytes) -> None:
    asked = loopback_rules.body(content)
    if isinstance(asked, loopback_rules.SignInAsked):
        rules = loopback_rules.LoopbackRules.of(None)
        loopback_rules.sign_in(Credentials(NAME, PASSWORD), asked, rules)


def _answer(content: bytes) -> None:
    document = decoded(content, "GET /api/v2/me")
    messages_v2.is_done(document)
    messages_v2.addresses(document)


def _code(error: Exception) -> str:
    """Who sent the request may read more; the log says no more than this."""
    return error.code if isinstance(error, RefusedError) else str(error)


def _said(operation: Operation, content: bytes) -> None:
    api_requests.said(operation, "application/json", content)


_UNKNOWN = (UnknownMessageError,)
_REFUSED = (RefusedError,)

TARGETS = (
    Target("v3 message", _MESSAGES, messages.read, _UNKNOWN),
    Target("v3 start", _MESSAGES, messages.initialization, ()),
    Target("v3 listing", (_SESSION,), lambda told: messages.listing(told, 0), _UNKNOWN),
    Target("v3 presence", (_SESSION,), messages.presence, _UNKNOWN),
    Target("v3 order", ({"status": {"code": 1}, "operationId": "7"},), messages.is_accepted, ()),
    Target("v2 call", _MESSAGES_V2, messages_v2.calls, _UNKNOWN),
    Target("v2 device", _MESSAGES_V2, messages_v2.devices, _UNKNOWN),
    Target("v2 address", _MESSAGES_V2, messages_v2.addresses, ()),
    Target("v2 listing", (_ANSWER_V2,), lambda told: messages_v2.listing(told, 0), _UNKNOWN),
    Target("v2 listed devices", (_ANSWER_V2,), messages_v2.listed_devices, _UNKNOWN),
    Target("v2 listed addresses", (_ANSWER_V2,), messages_v2.listed_addresses, _UNKNOWN),
    Target("v2 user", (_ANSWER_V2,), messages_v2.signed_in, _UNKNOWN),
    Target(
        "web services' answer", (_ANSWER_V2, _META), _answer, (MadeNoSenseError,), of_bytes=True
    ),
    Target("Bayeux reply", _META, _reply, ()),
    Target("loopback sign-in", (_SIGN_IN,), _loopback_body, _REFUSED, of_bytes=True),
    Target("page's call", _PAGE, bridge_messages.interaction, _UNKNOWN),
    Target("page's agent", _PAGE, bridge_messages.agent_id, _UNKNOWN),
    Target("page's state", _PAGE, bridge_messages.agent_state, _UNKNOWN),
    *(
        Target(
            f"local API, {one.name}",
            _DESKTOP,
            partial(_said, one),
            _REFUSED,
            of_bytes=True,
            shown=_code,
        )
        for one in OPERATIONS
        if one.body is not None
    ),
)
