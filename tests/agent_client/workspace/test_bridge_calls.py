from __future__ import annotations

import pytest

from agent_client.core.call import CallState
from agent_client.workspace.bridge_calls import BridgeCalls
from agent_client.workspace.bridge_messages import Interaction, interaction
from agent_client.workspace.genesys_json import UnknownMessageError
from tests.agent_client.workspace.test_bridge_messages import an_interaction


def told(call_id: str, number: str, **fields: object) -> Interaction:
    found = interaction(an_interaction(callUuid=call_id, interactionId=number, **fields))
    assert found is not None
    return found


def test_a_leg_is_named_by_call_and_interaction() -> None:
    calls = BridgeCalls()
    leg = calls.heard(told("A", "1"))
    assert (leg.call_id, leg.connection_id, leg.previous_connection_id) == ("A", "A.1", None)
    assert calls.interaction_of("A.1") == "1"
    assert calls.interaction_of("A.2") is None


def test_a_call_that_was_numbered_anew_is_the_same_leg_renamed() -> None:
    calls = BridgeCalls()
    calls.heard(told("A", "7"))
    (leg,) = calls.listed([told("A", "1")])
    assert (leg.connection_id, leg.previous_connection_id) == ("A.1", "A.7")
    (again,) = calls.listed([told("A", "1")])
    assert again.previous_connection_id is None
    assert calls.interaction_of("A.7") is None


def test_the_number_of_an_old_call_given_to_another_is_another_leg() -> None:
    calls = BridgeCalls()
    calls.heard(told("A", "1", state="IDLE"))
    leg = calls.heard(told("B", "1"))
    assert (leg.connection_id, leg.previous_connection_id) == ("B.1", None)


def test_a_call_that_comes_back_beside_its_old_interaction_is_a_leg_of_its_own() -> None:
    calls = BridgeCalls()
    calls.heard(told("A", "1", state="IDLE"))
    legs = calls.listed([told("A", "1", state="IDLE"), told("A", "2")])
    assert [(leg.connection_id, leg.state) for leg in legs] == [
        ("A.1", CallState.RELEASED),
        ("A.2", CallState.ESTABLISHED),
    ]
    assert all(leg.previous_connection_id is None for leg in legs)


def test_a_consultation_hangs_on_the_call_it_names() -> None:
    calls = BridgeCalls()
    calls.heard(told("A", "1", state="HELD"))
    consult = told("B", "2", isConsultation=True, parentInteractionId="1", caseId="")
    assert calls.heard(consult).parent_connection_id == "A.1"


def test_a_consultation_that_names_none_hangs_on_the_call_of_its_case() -> None:
    calls = BridgeCalls()
    calls.heard(told("A", "1", state="HELD"))
    calls.heard(told("X", "5", caseId="another"))
    assert calls.heard(told("B", "2", isConsultation=True)).parent_connection_id == "A.1"
    assert calls.heard(told("C", "3", isConsultation=True, caseId="")).parent_connection_id is None


def test_a_call_is_never_its_own_parent() -> None:
    calls = BridgeCalls()
    calls.heard(told("A", "1", state="IDLE"))
    leg = calls.heard(told("A", "1", isConsultation=True, parentInteractionId="1"))
    assert leg.parent_connection_id is None


def test_only_calls_that_are_over_are_forgotten() -> None:
    calls = BridgeCalls()
    calls.heard(told("FIRST", "first"))
    for number in range(400):
        calls.heard(told(f"C{number}", f"{number}", state="IDLE"))
    assert calls.interaction_of("FIRST.first") == "first"
    assert calls.interaction_of("C0.0") is None
    assert calls.interaction_of("C399.399") == "399"
    assert calls.going_on
    calls.listed([])
    assert not calls.going_on


def test_calls_without_end_fill_no_memory() -> None:
    calls = BridgeCalls()
    for number in range(256):
        calls.heard(told(f"C{number}", f"{number}"))
    with pytest.raises(UnknownMessageError, match="more calls than an agent can have"):
        calls.heard(told("C256", "256"))
    calls.heard(told("C0", "0", state="HELD"))  # one that is known goes on
    calls.heard(told("C1", "1", state="IDLE"))
    calls.heard(told("C256", "256"))
    assert calls.interaction_of("C256.256") == "256"
