"""Calls and agents, in Workspace's words."""

from __future__ import annotations

from agent_client.core.call import (
    AgentPresence,
    AgentState,
    Call,
    CallDetails,
    CallState,
    WorkMode,
)


def test_a_call_is_answered_when_talking_or_on_hold() -> None:
    answered = {state for state in CallState if state.answered}
    assert answered == {CallState.ESTABLISHED, CallState.HELD}


def test_a_call_is_over_when_released_or_completed() -> None:
    over = {state for state in CallState if state.over}
    assert over == {CallState.RELEASED, CallState.COMPLETED}


def test_a_ready_with_a_stale_work_mode_is_no_wrap_up() -> None:
    assert not AgentState(AgentPresence.READY, WorkMode.AFTER_CALL_WORK).wrapping_up
    assert AgentState(AgentPresence.NOT_READY, WorkMode.AFTER_CALL_WORK).wrapping_up
    assert not AgentState(AgentPresence.NOT_READY, WorkMode.AUX_WORK).wrapping_up


def test_a_call_is_known_by_every_id_it_hangs_on() -> None:
    call = Call(
        "A",
        "a",
        CallState.HELD,
        parent_connection_id="p",
        previous_connection_id="q",
    )
    assert call.names == {"A", "a", "p", "q"}
    assert Call("", "a", CallState.HELD).names == {"a"}
    assert call.ids == ("A", "a")


def test_nothing_personal_is_shown_by_accident() -> None:
    call = Call("A", "a", CallState.HELD, details=CallDetails("0123456", "99", (("iban", "DE1"),)))
    assert "0123456" not in repr(call)
    assert "DE1" not in repr(call)
