from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_client.core.call import (
    AgentPresence,
    AgentState,
    CallDetails,
    CallState,
    RecordingState,
    WorkMode,
)
from agent_client.workspace.bridge_messages import (
    Interaction,
    agent_id,
    agent_state,
    interaction,
)
from agent_client.workspace.genesys_json import UnknownMessageError

UUID = "011AP643CSAPR4FKQGQE31TAES00029V"


def an_interaction(**fields: object) -> dict[str, Any]:
    """As the Service Client API documents it."""
    return {
        "interactionId": "1",
        "parentInteractionId": None,
        "caseId": "case-1",
        "userData": {"CustomerSegment": "Gold"},
        "state": "TALKING",
        "previousState": "RINGING",
        "parties": [{"name": "+15551230001"}],
        "isConsultation": False,
        "isMainCaseInteraction": True,
        "startDate": 1795328235183,
        "callUuid": UUID,
        "direction": "IN",
        "callType": "INBOUND",
        "ani": "+15551230001",
        "dnis": "1800",
        "recordingState": "RECORDING",
        **fields,
    }


def read(**fields: object) -> Interaction:
    found = interaction(an_interaction(**fields))
    assert found is not None
    return found


def test_a_voice_interaction_is_read() -> None:
    assert read() == Interaction(
        interaction_id="1",
        call_id=UUID,
        state=CallState.ESTABLISHED,
        recording=RecordingState.RECORDING,
        parent_id="",
        case_id="case-1",
        consultation=False,
        call_type="Inbound",
        details=CallDetails("+15551230001", "1800", (("CustomerSegment", "Gold"),)),
        started_at="2026-11-22T06:17:15.183Z",
    )


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("RINGING", CallState.RINGING),
        ("DIALING", CallState.DIALING),
        ("TALKING", CallState.ESTABLISHED),
        ("HELD", CallState.HELD),
        ("IDLE", CallState.RELEASED),
        ("COMPLETED", CallState.COMPLETED),
    ],
)
def test_each_state_of_a_call_has_its_word(word: str, state: CallState) -> None:
    assert read(state=word).state is state


def test_what_an_event_wraps_is_read_as_well() -> None:
    assert interaction({"eventType": "X", "interaction": an_interaction()}) == read()


@pytest.mark.parametrize("fields", [{"callUuid": None}, {"callUuid": ""}, {"state": "PREVIEW"}])
def test_an_email_and_a_call_that_nobody_has_dialled_are_no_calls(fields: dict[str, Any]) -> None:
    assert interaction(an_interaction(**fields)) is None


def test_paused_by_either_voice_is_paused() -> None:
    assert read(recordingState="PAUSED").recording is RecordingState.PAUSED
    told = read(recordingState="RECORDING", userData={"GSIP_RECORD": "PAUSED"})
    assert told.recording is RecordingState.PAUSED


@pytest.mark.parametrize("word", [None, "", "MAYBE", 3])
def test_an_unknown_or_absent_recording_state_says_nothing(word: object) -> None:
    assert read(recordingState=word).recording is None


def test_the_recording_of_a_call_that_is_over_says_nothing() -> None:
    assert read(state="IDLE", recordingState="PAUSED").recording is None


def test_a_consultation_is_one_whatever_its_type_says() -> None:
    told = read(isConsultation=True, callType="INTERNAL", parentInteractionId="1")
    assert (told.call_type, told.parent_id, told.consultation) == ("Consult", "1", True)


@pytest.mark.parametrize("date", [None, True, "1795328235183", -1, 0, 10**17, 1e300])
def test_a_date_that_is_none_is_left_out(date: object) -> None:
    assert read(startDate=date).started_at == ""


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"interactionId": None}, "without its id"),
        ({"interactionId": "a b"}, "without its id"),
        ({"state": "UNKNOWN"}, "state that is not known"),
        ({"state": 7}, "state that is not known"),
    ],
)
def test_a_call_that_cannot_be_read_is_named_by_its_call_only(
    fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnknownMessageError, match=words) as info:
        interaction(an_interaction(**fields))
    assert "+15551230001" not in str(info.value)


@pytest.mark.parametrize(
    ("word", "presence", "work_mode"),
    [
        ("READY", AgentPresence.READY, WorkMode.UNKNOWN),
        ("NOT_READY", AgentPresence.NOT_READY, WorkMode.UNKNOWN),
        ("NOT_READY_ACTION_CODE", AgentPresence.NOT_READY, WorkMode.UNKNOWN),
        ("NOT_READY_AFTER_CALLWORK", AgentPresence.NOT_READY, WorkMode.AFTER_CALL_WORK),
        ("NOT_READY_AFTER_CALLWORK_ACTION_CODE", AgentPresence.NOT_READY, WorkMode.AFTER_CALL_WORK),
        ("DND_ON", AgentPresence.NOT_READY, WorkMode.UNKNOWN),
        ("LOGOUT", AgentPresence.LOGGED_OUT, WorkMode.UNKNOWN),
        ("LOGGED_OUT", AgentPresence.LOGGED_OUT, WorkMode.UNKNOWN),
    ],
)
def test_each_state_of_the_agent_has_its_word(
    word: str, presence: AgentPresence, work_mode: WorkMode
) -> None:
    assert agent_state({"type": word}) == AgentState(presence, work_mode)
    assert agent_state({"state": {"type": word}}) == AgentState(presence, work_mode)


@pytest.mark.parametrize(
    ("operation", "presence", "work_mode"),
    [
        ("Ready", AgentPresence.READY, WorkMode.UNKNOWN),
        ("NotReadyReason", AgentPresence.NOT_READY, WorkMode.UNKNOWN),
        ("AfterCallWork", AgentPresence.NOT_READY, WorkMode.AFTER_CALL_WORK),
        ("LogOff", AgentPresence.LOGGED_OUT, WorkMode.UNKNOWN),
    ],
)
def test_without_a_type_the_operation_counts(
    operation: str, presence: AgentPresence, work_mode: WorkMode
) -> None:
    assert agent_state({"operationName": operation}) == AgentState(presence, work_mode)


@pytest.mark.parametrize("document", [None, [], {}, {"type": "OUT_OF_SERVICE"}, {"type": 3}])
def test_an_agent_state_that_is_not_known_is_said_to_be(document: object) -> None:
    with pytest.raises(UnknownMessageError):
        agent_state(document)


def test_the_agent_is_the_employee() -> None:
    assert agent_id({"employeeId": "JohnSmith", "username": "john"}) == "JohnSmith"
    assert agent_id({"employeeId": "", "username": "john"}) == "john"
    with pytest.raises(UnknownMessageError):
        agent_id({"employeeId": "a\nb"})


_SHORT = 300  # characters, ids included
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)
_HOSTILE = st.dictionaries(st.sampled_from([*an_interaction(), "interaction", "type"]), _JSON)


def complaint(reading: Callable[[object], object], document: object) -> str:
    """What is said of a document that cannot be read; "" if it can."""
    try:
        reading(document)
    except UnknownMessageError as error:
        return str(error)
    return ""


@given(_HOSTILE | _JSON)
def test_no_message_does_more_than_be_refused(document: object) -> None:
    for reading in (interaction, agent_state, agent_id):
        assert len(complaint(reading, document)) < _SHORT


@given(_HOSTILE)
def test_an_odd_field_is_never_repeated_in_a_complaint(odd: dict[str, object]) -> None:
    secret = "4929-1234-5678-9012 "
    document = an_interaction(**odd) | {"ani": secret, "userData": {secret: secret}}
    assert secret not in complaint(lambda one: repr(interaction(one)), document)


def test_the_stage_speaks_the_documented_shape() -> None:
    """The false Workspace of the browser tests sends every documented field of an interaction."""
    script = (Path(__file__).parents[3] / "bench/stage/wwe.js").read_text(encoding="utf-8")
    assert [one for one in an_interaction() if not re.search(rf"\b{one}[:,]", script)] == []
