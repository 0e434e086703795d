"""The JSON of Workspace API v3, key for key as it was captured: odd types and private keys too."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

INITIALIZATION = "/workspace/v3/initialization"
VOICE = "/workspace/v3/voice"
MEDIA = "/workspace/v3/media"

_ATTACH = ("attach-user-data", "update-user-data", "delete-user-data-pair")
_TALK = (
    "send-dtmf",
    "initiate-conference",
    "initiate-transfer",
    "single-step-conference",
    "single-step-transfer",
)
_CAPABILITIES = {  # they go stale: start-recording stays while it records, and after the end
    "Ringing": ("answer", "clear", "redirect", *_ATTACH, "start-recording"),
    "Dialing": ("release", "clear", *_ATTACH, "start-recording"),
    "Established": ("release", "hold", "clear", *_ATTACH, *_TALK, "start-recording"),
    "Held": ("release", "clear", *_ATTACH, *_TALK, "start-recording", "retrieve"),
    "Released": ("complete", *_ATTACH, "start-recording"),
    "Completed": ("complete", *_ATTACH, "start-recording"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """An agent known to Workspace."""

    user_name: str = "JohnSmith"
    password: str = field(default="Ad-lib-42", repr=False)
    first_name: str = "John"
    last_name: str = "Smith"
    dn: str = "+33298025003"
    place: str = "Place_JohnSmith"
    dbid: int = 101


def basic(user_name: str, password: str) -> str:
    """The Authorization header of a Basic sign-in."""
    return "Basic " + base64.b64encode(f"{user_name}:{password}".encode()).decode("ascii")


def text_of(moment: datetime) -> str:
    """As Workspace writes it: milliseconds and a Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entries(user_data: Mapping[str, object]) -> list[Json]:
    """Attached data as a list; for numbers the type is misspelt, as captured."""
    return [
        {"key": key, "type": "interger" if isinstance(value, int) else "str", "value": value}
        for key, value in user_data.items()
    ]


def user(person: Person) -> Json:
    return {
        "DBID": person.dbid,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "userName": person.user_name,
        "employeeId": person.user_name,
        "userProperties": [
            {
                "key": "interaction-workspace",
                "type": "kvlist",
                "value": [
                    {"key": "privilege.teamlead.can-monitor-voice", "type": "str", "value": True},
                    {"key": "workspace.web-content", "type": "str", "value": "LocalSCAPISample"},
                ],
            }
        ],
        "tenantDBID": 0,
        "tenant": "",
        "defaultPlace": person.place,
        "agentLogin": person.dn,
        "dbid": person.dbid,
    }


def initialization(person: Person, now: datetime) -> list[Json]:
    """The progress of a start; at 100 % it already carries the user and is still Executing."""
    common = {"submittedAt": text_of(now), "executionTime": 1, "actualWaitTime": 1}
    progress = {"messageType": "WorkspaceInitializationProgress"}
    return [
        {"state": "Executing", **common, "progress": {"percentComplete": 50}, **progress},
        {
            "state": "Executing",
            **common,
            "progress": {"percentComplete": 100},
            **progress,
            "data": {"user": user(person)},
        },
        {
            "state": "Complete",
            **common,
            "data": {"user": user(person)},
            "messageType": "WorkspaceInitializationComplete",
        },
    ]


def dn(
    person: Person, state: str, mode: str, now: datetime, aftermath: Mapping[str, object]
) -> Json:
    """`aftermath`: activity and reasons, which are absent before the first call."""
    return {
        "number": person.dn,
        "switchName": "SIP_Switch",
        "agentId": person.dn,
        "capabilities": ["ready", "not-ready", "dnd-on", "set-forward", "start-monitoring"],
        "available": state == "Ready",
        "agentState": state,
        "agentWorkMode": mode,
        "timestamp": int(now.timestamp() * 1000),
        **aftermath,
    }


def channels(now: datetime) -> Json:
    """The other media, none of which is ready."""
    stamp = int(now.timestamp() * 1000)
    common: Json = {"state": "NotReady", "dnd": False, "reasons": [], "timestamp": stamp}
    return {
        "media": {
            "channels": [
                {"name": "email", "available": False, **common},
                {"name": "workitem", "available": False, **common},
                {"name": "outboundpreview", **common},
            ]
        },
        "messageType": "ChannelStateChanged",
    }


def call(  # noqa: PLR0913 -- one document, all of it by name
    *,
    number: str,
    dnis: str,
    state: str,
    connection_id: str,
    call_id: str,
    call_type: str,
    user_data: Mapping[str, object],
    recording: str | None,
    first_recording: str | None,
    started_at: datetime,
    seconds: int,
    links: Mapping[str, str],
) -> Json:
    """A whole call. Private keys hold old values; `recording` None leaves its key out."""
    role = "RoleDestination" if call_type == "Outbound" else "RoleOrigination"
    private = {} if first_recording is None else {"_recordingState": first_recording}
    public = {} if recording is None else {"recordingState": recording}
    return {
        "phoneNumber": number,
        "_state": state,
        "participants": [{"number": number, "role": role}],
        "state": state,
        "id": connection_id,
        "connId": connection_id,
        "callUuid": call_id,
        "userData": entries(user_data),
        "extensions": [],
        "dnis": dnis,
        "capabilities": list(_CAPABILITIES[state]),
        "callType": call_type,
        **private,
        "duration": seconds,
        "startedAt": text_of(started_at),
        **public,
        **links,
    }


def current_session(person: Person, state: Json, calls: list[Json], now: datetime) -> Json:
    active = {"dn": state, "media": channels(now)["media"], "calls": calls}
    return {
        "status": {"code": 0},
        "data": {"user": user(person) | {"activeSession": active}, "configuration": {}},
    }
