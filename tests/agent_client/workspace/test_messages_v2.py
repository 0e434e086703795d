"""API v2's JSON, read: Genesys' own samples, and what differs from v3."""

from typing import Any

import pytest

from agent_client.core.call import (
    AgentPresence,
    AgentState,
    Call,
    CallDetails,
    CallState,
    RecordingState,
    WorkMode,
)
from agent_client.core.events import CallChanged, CallsListed, Source
from agent_client.workspace.genesys_json import UnknownMessageError
from agent_client.workspace.messages_v2 import (
    addresses,
    agent_state,
    calls,
    devices,
    is_done,
    listed_addresses,
    listed_devices,
    listing,
    signed_in,
)

_UUID = "00RV9H7S6O8V3BSHAG7GK2LAES00002M"
_BASE = "http://127.0.0.1:8080/api/v2/me/calls"


def _changed(**fields: object) -> dict[str, Any]:
    """The sample that is documented for PauseCallRecording, with some fields changed."""
    call = {
        "id": _UUID,
        "connId": "0071022ec8ac8056",
        "state": "Established",
        "callUuid": _UUID,
        "uri": f"{_BASE}/{_UUID}",
        "participants": ["5000"],
        "ani": "5000",
        "dnis": "5001",
        "callType": "Internal",
        "capabilities": ["Hold", "Hangup", "ResumeCallRecording", "StopCallRecording"],
        "userData": {"GSIP_RECORD": "PAUSED", "IW_CaseUid": "8dfca5ac"},
        "duration": "106",
        "mute": "Off",
        "recordingState": "Recording",
    } | fields
    data = {
        "messageType": "CallStateChangeMessage",
        "notificationType": "CallRecordingStateChange",
        "phoneNumber": "5001",
        "call": {key: value for key, value in call.items() if value is not ...},
    }
    return {"channel": "/v2/me/calls", "data": data}


def _call(message: object) -> Call:
    (event,) = calls(message)
    assert isinstance(event, CallChanged)
    assert event.source is Source.WORKSPACE
    return event.call


def _device(state: str, mode: object = ..., name: str = "efe1ab32") -> dict[str, Any]:
    work = {} if mode is ... else {"workMode": mode}
    return {"id": name, "deviceState": "Active", "userState": {"state": state, **work}}


def _devices(*told: object) -> dict[str, Any]:
    data = {"messageType": "DeviceStateChangeMessage", "devices": list(told)}
    return {"channel": "/v2/me/devices", "data": data}


def test_the_documented_pause_is_read_whole() -> None:
    assert _call(_changed()) == Call(
        call_id=_UUID,
        connection_id="0071022ec8ac8056",
        state=CallState.ESTABLISHED,
        recording=RecordingState.PAUSED,
        call_type="Internal",
        details=CallDetails(
            ani="5000",
            dnis="5001",
            user_data=(("GSIP_RECORD", "PAUSED"), ("IW_CaseUid", "8dfca5ac")),
        ),
        seconds=106,
    )


def test_attached_data_that_say_on_pause_nothing() -> None:
    call = _call(_changed(userData={"GSIP_RECORD": "ON"}))
    assert call.recording is RecordingState.RECORDING


@pytest.mark.parametrize(
    "participant",
    [
        "+15551234567",
        {"e164Number": "", "formattedPhoneNumber": "+1 555", "phoneNumber": "+15551234567"},
        {"e164Number": "+15551234567", "digits": "15551234567"},
    ],
)
def test_participants_are_texts_or_objects(participant: object) -> None:
    told = _changed(participants=[participant], ani=..., callType="Inbound")
    assert _call(told).details.ani == "+15551234567"
    told = _changed(participants=[participant], ani=..., dnis=..., callType="Outbound")
    assert (_call(told).details.ani, _call(told).details.dnis) == ("5001", "+15551234567")


@pytest.mark.parametrize("odd", [..., None, {}, [], [7], [[]], [{"digits": []}]])
def test_participants_of_no_kind_are_passed_over(odd: object) -> None:
    assert _call(_changed(participants=odd, ani=...)).details.ani == ""


@pytest.mark.parametrize("odd", [None, [], {}, 7, ["Outbound"]])
def test_a_call_of_no_type_came_in(odd: object) -> None:
    call = _call(_changed(callType=odd, ani=...))
    assert call.details.ani == "5000"


def test_a_consult_call_belongs_to_the_call_at_its_parents_address() -> None:
    consult = _call(_changed(id="u2", callUuid="u2", connId="c2", parentCallUri=f"{_BASE}/{_UUID}"))
    assert consult.parent_connection_id == _UUID
    assert _UUID in consult.names & _call(_changed()).names


@pytest.mark.parametrize("odd", [None, 7, "", "/", "http://x/../+15551234567"])
def test_a_parents_address_that_is_none_is_passed_over(odd: object) -> None:
    assert _call(_changed(parentCallUri=odd)).parent_connection_id is None


def test_a_call_is_addressed_by_its_id_and_not_by_its_connection() -> None:
    assert addresses(_changed()) == {"0071022ec8ac8056": _UUID}
    assert addresses(_changed(id=...)) == {}
    assert listed_addresses({"statusCode": 0, "calls": [{"id": "u", "connId": "c"}]}) == {"c": "u"}


def test_other_messages_address_nothing() -> None:
    for message in (None, {}, {"data": 1}, _devices()):
        assert addresses(message) == {}


@pytest.mark.parametrize(
    ("state", "mode", "presence", "work_mode"),
    [
        ("Ready", ..., AgentPresence.READY, WorkMode.UNKNOWN),
        ("NotReady", ..., AgentPresence.NOT_READY, WorkMode.UNKNOWN),
        ("NotReady", "AfterCallWork", AgentPresence.NOT_READY, WorkMode.AFTER_CALL_WORK),
        ("NotReady", "AuxWork", AgentPresence.NOT_READY, WorkMode.AUX_WORK),
        ("NotReady", "Lunch", AgentPresence.NOT_READY, WorkMode.UNKNOWN),
        ("AfterCallWork", ..., AgentPresence.NOT_READY, WorkMode.AFTER_CALL_WORK),
        ("LoggedOut", ..., AgentPresence.LOGGED_OUT, WorkMode.UNKNOWN),
        ("Offline", None, AgentPresence.LOGGED_OUT, WorkMode.UNKNOWN),
    ],
)
def test_the_users_state_is_the_agents(
    state: str, mode: object, presence: AgentPresence, work_mode: WorkMode
) -> None:
    found = devices(_devices(_device(state, mode)))
    assert found == {"efe1ab32": AgentState(presence, work_mode)}


def test_a_ready_with_a_stale_work_mode_is_no_wrap_up() -> None:
    (state,) = devices(_devices(_device("Ready", "AfterCallWork"))).values()
    assert not state.wrapping_up


def test_a_device_without_a_state_says_nothing() -> None:
    assert devices(_devices({"id": "d", "deviceState": "Inactive"})) == {}
    assert devices(_devices({"id": "d", "userState": None})) == {}
    assert calls(_devices(_device("Ready"))) == ()
    assert devices(_changed()) == {}


def test_who_is_in_at_one_device_is_in() -> None:
    out = AgentState(AgentPresence.LOGGED_OUT, WorkMode.UNKNOWN)
    ready = AgentState(AgentPresence.READY, WorkMode.UNKNOWN)
    wrapping_up = AgentState(AgentPresence.NOT_READY, WorkMode.AFTER_CALL_WORK)
    assert agent_state([out, ready]) == ready
    assert agent_state([ready, wrapping_up, out]) == wrapping_up
    assert agent_state([out, out]) == out
    assert agent_state([]) is None


def test_a_listing_holds_every_call() -> None:
    told = _changed()["data"]["call"]
    assert listing({"statusCode": 0, "calls": [told]}, 3) == CallsListed(
        (_call(_changed()),), 3, Source.WORKSPACE
    )
    assert listing({"statusCode": 0, "calls": []}, 3).calls == ()


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        {"statusCode": 4, "calls": []},
        {"statusCode": False, "calls": []},
        {"statusCode": 0},
        {"statusCode": 0, "uris": ["http://127.0.0.1/api/v2/me/calls/1"]},
        {"statusCode": 0, "calls": [{"state": "Established"}]},
    ],
)
def test_a_listing_that_cannot_be_read_whole_says_nothing(document: object) -> None:
    with pytest.raises(UnknownMessageError):
        listing(document, 1)


def test_listed_devices_tell_the_agents_state() -> None:
    (state,) = listed_devices({"statusCode": 0, "devices": [_device("Ready")]}).values()
    assert state.presence is AgentPresence.READY
    with pytest.raises(UnknownMessageError):
        listed_devices({"statusCode": 0, "devices": [_device("Asleep")]})


def test_the_agent_is_who_the_user_is() -> None:
    assert signed_in({"statusCode": 0, "user": {"userName": "ksippo"}}) == "ksippo"
    user = {"userName": "ksippo", "employeeId": "E7"}
    assert signed_in({"statusCode": 0, "user": user}) == "E7"
    answers: list[object] = [{"statusCode": 20}, {"statusCode": 0, "user": {}}, {"user": user}, []]
    for answer in answers:
        with pytest.raises(UnknownMessageError):
            signed_in(answer)


def test_done_is_only_zero() -> None:
    codes = (0, 1, False, "0", None)
    assert [is_done({"statusCode": code}) for code in codes] == [True, *[False] * 4]


@pytest.mark.parametrize(
    "message",
    [
        None,
        {"channel": "/v2/me/calls"},
        {"channel": "/v2/me/calls", "data": {"messageType": "CallParked"}},
        {"channel": "/v2/me/devices", "data": {"messageType": "CallStateChangeMessage"}},
        _changed(state="Parked"),
        _changed(callUuid=...),
        _changed(callUuid="../../etc"),
    ],
)
def test_what_is_not_understood_is_said_so(message: object) -> None:
    with pytest.raises(UnknownMessageError):
        calls(message)


@pytest.mark.parametrize("told", [None, [7], [{"userState": {"state": []}}], {}])
def test_devices_that_are_not_understood_are_said_so(told: object) -> None:
    message = _devices()
    message["data"]["devices"] = told
    with pytest.raises(UnknownMessageError):
        devices(message)
