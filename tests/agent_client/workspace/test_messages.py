"""Workspace's JSON, read: the whole captured call, and everything that may come instead."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
)
from agent_client.workspace.genesys_json import UnknownMessageError
from agent_client.workspace.messages import (
    Initialization,
    initialization,
    is_accepted,
    listing,
    presence,
    read,
)

_CAPTURE = Path(__file__).parent / "fixtures" / "workspace-v3-voice.jsonl"


def _captured() -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in _CAPTURE.read_text(encoding="utf-8").splitlines()]
    return [
        message
        for line in lines
        if line["dir"] == "S<"
        for message in line["msg"]
        if not message["channel"].startswith("/meta/")
    ]


def _captured_call() -> dict[str, Any]:
    """A fresh copy of the call, established and recording."""
    calls = [m["data"]["call"] for m in _captured() if "call" in m["data"]]
    return dict(next(c for c in calls if c["recordingState"] == "Recording"))


def _changed(**fields: object) -> dict[str, Any]:
    call = {k: v for k, v in (_captured_call() | fields).items() if v is not ...}
    data = {"messageType": "CallStateChanged", "notificationType": "StateChange", "call": call}
    return {"channel": "/workspace/v3/voice", "data": data}


def _call_in(message: object) -> Call:
    (event,) = read(message)
    assert isinstance(event, CallChanged)
    return event.call


def _brief(event: Event) -> str:
    match event:
        case AgentSignedIn(agent_id, source):
            return f"{agent_id} signed in at {source}"
        case AgentStateChanged(AgentState(agent, mode)):
            return f"{agent} {mode}"
        case CallChanged(call):
            return f"{call.state} {call.recording}"
        case _:
            return repr(event)


def test_the_captured_call_is_read_from_sign_in_to_ready() -> None:
    assert [_brief(event) for message in _captured() for event in read(message)] == [
        "JohnSmith signed in at workspace",
        "Ready Unknown",
        "Ringing Stopped",
        "Established Stopped",
        "Established Recording",
        "Established Paused",
        "Established Recording",
        "Held Recording",
        "Established Recording",
        "Established Recording",
        "Established Stopped",
        "Released None",
        "NotReady AfterCallWork",
        "Completed None",
        "Ready AfterCallWork",
    ]


def test_a_captured_call_is_read_whole() -> None:
    attached = next(m for m in _captured() if m["data"].get("notificationType") == "StateChange")
    assert _call_in(attached) == Call(
        call_id="db1d795163dd9b9b",
        connection_id="8c41739dc018414b",
        state=CallState.RINGING,
        recording=RecordingState.STOPPED,
        call_type="Inbound",
        details=CallDetails(
            ani="+15551234567",
            dnis="+33298025003",
            user_data=(
                ("Segment", "Gold"),
                ("Priority", "8"),
                ("CallType", "Inbound"),
                ("CustomerSegment", "Gold"),
            ),
        ),
        started_at="2026-11-22T06:17:15.183Z",
        seconds=0,
    )


def test_only_complete_counts_as_started() -> None:
    seen = [initialization(message) for message in _captured()]
    assert [state for state in seen if state] == [
        Initialization.EXECUTING,
        Initialization.EXECUTING,
        Initialization.COMPLETE,
    ]


def test_a_stale_work_mode_is_no_wrap_up() -> None:
    (event,) = read(_captured()[-1])
    assert isinstance(event, AgentStateChanged)
    assert event.state.work_mode is WorkMode.AFTER_CALL_WORK
    assert not event.state.wrapping_up


def test_a_recording_state_that_is_absent_says_nothing() -> None:
    assert _call_in(_changed(recordingState=...)).recording is None


@pytest.mark.parametrize("ended", ["Released", "Completed"])
def test_after_the_release_the_recording_state_says_nothing(ended: str) -> None:
    assert _call_in(_changed(state=ended, recordingState="Paused")).recording is None


@pytest.mark.parametrize(
    "user_data",
    [[{"key": "GSIP_RECORD", "type": "str", "value": "PAUSED"}], {"GSIP_RECORD": "PAUSED"}],
)
def test_a_pause_in_the_attached_data_is_believed(user_data: object) -> None:
    call = _call_in(_changed(recordingState="Recording", userData=user_data))
    assert call.recording is RecordingState.PAUSED


def test_private_keys_are_not_believed() -> None:
    call = _call_in(_changed(_state="Released", _recordingState="Paused"))
    assert (call.state, call.recording) == (CallState.ESTABLISHED, RecordingState.RECORDING)


def test_nested_attached_data_gets_dotted_keys() -> None:
    nested = [
        {"key": "Order", "type": "kvlist", "value": [{"key": "Id", "type": "int", "value": 7}]},
        {"key": "Vip", "type": "strange", "value": True},
        {"key": "Address", "type": "kvlist", "value": {"City": "Brest", "Zip": None}},
        {"key": "Huge", "type": "int", "value": 10**5000},
        {"no": "key"},
        "no entry",
    ]
    assert _call_in(_changed(userData=nested)).details.user_data == (
        ("Order.Id", "7"),
        ("Vip", "true"),
        ("Address.City", "Brest"),
        ("Address.Zip", ""),
        ("Huge", ""),
    )


def test_attached_data_nested_without_end_does_no_harm() -> None:
    value: Any = "bottom"
    for _ in range(10_000):
        value = [{"key": "k", "type": "kvlist", "value": value}]
    assert _call_in(_changed(userData=value)).details.user_data == ()


def test_parents_and_former_ids_are_kept() -> None:
    call = _call_in(_changed(parentConnId="p1", previousConnId="p0"))
    assert (call.parent_connection_id, call.previous_connection_id) == ("p1", "p0")


def test_an_outbound_call_names_whom_it_dialled() -> None:
    call = _call_in(
        _changed(
            callType="Outbound",
            dnis=...,
            participants=[{"number": "+4912345", "role": "RoleDestination"}],
        )
    )
    assert (call.details.ani, call.details.dnis) == ("", "+4912345")


@pytest.mark.parametrize("mode", [None, "Lunch", 7, ["AfterCallWork"]])
def test_a_strange_work_mode_is_unknown(mode: object) -> None:
    dn = {"agentState": "NotReady", "agentWorkMode": mode}
    message = {
        "channel": "/workspace/v3/voice",
        "data": {"messageType": "DnStateChanged", "dn": dn},
    }
    assert read(message) == (
        AgentStateChanged(AgentState(AgentPresence.NOT_READY, WorkMode.UNKNOWN), resent=True),
    )


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        {},
        {"channel": 5, "data": {}},
        {"channel": "/workspace/v3/voice"},
        {"channel": "/workspace/v3/voice", "data": {"messageType": "CallParked"}},
        {"channel": "/workspace/v9/voice", "data": {"messageType": "CallStateChanged"}},
        {"channel": "/workspace/v3/voice", "data": {"messageType": "DnStateChanged", "dn": {}}},
        _changed(state="Parked"),
        _changed(callUuid=...),
        _changed(callUuid="../../etc"),
        _changed(connId=..., id=...),
    ],
)
def test_what_is_not_understood_is_said_so(message: object) -> None:
    with pytest.raises(UnknownMessageError):
        read(message)


def test_the_error_text_holds_nothing_personal() -> None:
    message = _changed(state="+15551234567", callUuid="secret number +15551234567")
    with pytest.raises(UnknownMessageError) as caught:
        read(message)
    assert "5551234567" not in str(caught.value)
    message["data"]["messageType"] = "+15551234567"
    with pytest.raises(UnknownMessageError) as caught:
        read(message)
    assert "5551234567" not in str(caught.value)


def test_messages_without_meaning_for_a_recorder_are_quiet() -> None:
    for channel, kind in (
        ("/workspace/v3/voice", "EventError"),
        ("/workspace/v3/media", "ChannelStateChanged"),
        ("/workspace/v3/media/chat", "InteractionStateChanged"),
    ):
        assert read({"channel": channel, "data": {"messageType": kind}}) == ()


def _session(active: object) -> dict[str, Any]:
    return {"status": {"code": 0}, "data": {"user": {"activeSession": active}}}


def test_a_listing_holds_every_call() -> None:
    call = _captured_call()
    document = _session({"dn": {"agentState": "Ready"}, "calls": [call]})
    assert listing(document, 12) == CallsListed((_call_in(_changed()),), 12)
    ready = AgentState(AgentPresence.READY, WorkMode.UNKNOWN)
    assert presence(document) == AgentStateChanged(ready, resent=True)


def test_an_empty_listing_is_a_listing() -> None:
    assert listing(_session({"calls": []}), 1) == CallsListed((), 1)
    assert presence(_session({"calls": [], "dn": {}})) is None


@pytest.mark.parametrize(
    "document",
    [
        None,
        {"status": {"code": 500}, "data": {"user": {"activeSession": {"calls": []}}}},
        _session(None),
        _session({}),
        _session({"calls": {}}),
        _session({"calls": [{"state": "Established"}]}),
    ],
)
def test_a_listing_that_cannot_be_read_whole_says_nothing(document: object) -> None:
    with pytest.raises(UnknownMessageError):
        listing(document, 1)


def test_an_order_is_accepted_when_it_is_done_or_begun() -> None:
    codes: list[object] = [0, 1, 512, None, "1", True, [], {}]
    said = [is_accepted({"status": {"code": code}}) for code in codes]
    assert said == [True, True, *[False] * 6]
    assert not is_accepted([])
    assert not is_accepted({"status": 1})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_any_json_is_read_or_unknown(document: object) -> None:
    for reader in (read, presence, lambda d: listing(d, 0), initialization):
        try:
            reader(document)
        except UnknownMessageError:
            continue


_KEYS = sorted({*_captured_call(), "parentConnId", "previousConnId"})


@given(st.dictionaries(st.sampled_from(_KEYS), _JSON))
def test_a_call_with_any_field_spoiled_is_read_or_unknown(fields: dict[str, object]) -> None:
    try:
        call = _call_in(_changed(**fields))
    except UnknownMessageError:
        return
    assert call.call_id
    assert call.connection_id
    assert all(isinstance(text, str) for pair in call.details.user_data for text in pair)
