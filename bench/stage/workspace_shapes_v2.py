"""The JSON of Genesys Web Services API v2, as documented: flat attached data, numbers as text.

It is made from v3's, of which the stage's agents speak: what is true is the same.
"""

from __future__ import annotations

from types import MappingProxyType

from bench.stage.workspace_shapes import Json, Person

CALLS = "/v2/me/calls"
DEVICES = "/v2/me/devices"

_STATE_IDS = MappingProxyType(
    {
        ("Ready", ""): "9430250E-0A1B-421F-B372-F29E69366DED",
        ("NotReady", ""): "900D55CC-2BB0-431F-8BF9-D3525B383BE6",
        ("NotReady", "AfterCallWork"): "D3663509-3D82-4DD3-A82E-2EA8EFA02AEF",
        ("NotReady", "AuxWork"): "2B36138D-C564-4562-A8CB-3C32D564F296",
    }
)
_CAPABILITIES = MappingProxyType(
    {
        "Ringing": ("Answer", "AttachUserData"),
        "Dialing": ("Hangup", "AttachUserData"),
        "Established": ("Hold", "Hangup", "SendDtmf", "InitiateTransfer", "AttachUserData"),
        "Held": ("Retrieve", "Hangup", "AttachUserData"),
    }
)
_RECORDING = MappingProxyType(
    {
        "Recording": ("PauseCallRecording", "StopCallRecording"),
        "Paused": ("ResumeCallRecording", "StopCallRecording"),
    }
)
_GSIP = MappingProxyType({"Recording": "ON", "Paused": "PAUSED"})
_DEVICE = "74152ed8-858f-4a33-9e96-36213a678d30"
_OVER = frozenset({"Released", "Completed"})


def user(person: Person) -> Json:
    return {
        "statusCode": 0,
        "user": {
            "id": f"{person.dbid:032x}",
            "userName": person.user_name,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "roles": ["ROLE_AGENT"],
            "enabled": True,
            "changePasswordOnFirstLogin": False,
            "path": f"/users/{person.dbid:032x}",
        },
    }


def call(told: Json, url: str, parents: Json) -> Json:
    """`told` as v3 has it; `parents`: call ids by connection id. The call is named by its UUID.

    A recording that is paused is still "Recording", and only the attached data say what it is: so
    it is in Genesys' older samples.
    """
    uuid = told["callUuid"]
    recording = told.get("recordingState")
    attached = {entry["key"]: entry["value"] for entry in told["userData"]}
    if isinstance(recording, str) and recording in _GSIP:
        attached["GSIP_RECORD"] = _GSIP[recording]
        attached["GSIP_REC_FN"] = f"{uuid}_{told['dnis']}"
    number = told["phoneNumber"]
    document: Json = {
        "id": uuid,
        "connId": told["connId"],
        "state": told["state"],
        "callUuid": uuid,
        "deviceUri": f"{url}/api/v2/devices/{_DEVICE}",
        "uri": f"{url}/api/v2/me/calls/{uuid}",
        "participants": participants(number, as_text=told["callType"] == "Internal"),
        "dnis": told["dnis"],
        "callType": told["callType"],
        "capabilities": [
            *_CAPABILITIES.get(told["state"], ()),
            *_RECORDING.get(recording or "", ("StartCallRecording",)),
        ],
        "userData": attached,
        "duration": str(told["duration"]),
        "mute": "Off",
    }
    if recording is not None:
        document["recordingState"] = "Recording" if recording == "Paused" else recording
    if parent := parents.get(told.get("parentConnId", "")):
        document["parentCallUri"] = f"{url}/api/v2/me/calls/{parent}"
    if "previousConnId" in told:
        document["previousConnId"] = told["previousConnId"]
    return document


def participants(number: str, *, as_text: bool) -> list[object]:
    """The other party: older releases send the number alone."""
    if as_text:
        return [number]
    return [
        {
            "e164Number": number if number.startswith("+") else "",
            "formattedPhoneNumber": number,
            "phoneNumber": number,
            "digits": number.lstrip("+"),
        }
    ]


def device(person: Person, dn: Json) -> Json:
    """Logged out, a device is not active and has no state of its user's."""
    state, mode = dn["agentState"], dn["agentWorkMode"]
    document: Json = {
        "id": _DEVICE,
        "deviceState": "Inactive" if state == "LoggedOut" else "Active",
        "phoneNumber": person.dn,
        "e164Number": person.dn,
        "telephonyNetwork": "Private",
        "doNotDisturb": "Off",
        "capabilities": ["ForwardCallsOn", "DoNotDisturbOn"],
    }
    shown = mode if state == "NotReady" and mode != "Unknown" else ""
    document["userState"] = {
        "id": _STATE_IDS.get((state, shown), ""),
        "displayName": shown or state,
        "state": state,
        **({"workMode": shown} if shown else {}),
    }
    return document


def message(channel_data: Json, person: Person, url: str, parents: Json) -> tuple[str, Json] | None:
    """The same news on v2's topics; None for what v2 does not tell."""
    match channel_data.get("messageType"):
        case "CallStateChanged" if "call" in channel_data:
            told = channel_data["call"]
            if told["state"] == "Completed":
                return None
            kind = channel_data["notificationType"]
            return CALLS, {
                "messageType": "CallStateChangeMessage",
                "notificationType": "StatusChange" if kind == "StateChange" else kind,
                "phoneNumber": person.dn,
                "call": call(told, url, parents),
            }
        case "DnStateChanged":
            devices = [device(person, channel_data["dn"])]
            return DEVICES, {"messageType": "DeviceStateChangeMessage", "devices": devices}
        case _:
            return None


def is_listed(told: Json) -> bool:
    """Whether a call is still among the agent's calls."""
    return told["state"] not in _OVER
