"""What both Genesys APIs have in common, value by value."""

import pytest

from agent_client.core.call import RecordingState
from agent_client.workspace.genesys_json import (
    UnknownMessageError,
    call,
    channel_word,
    id_,
    kind_word,
    mapping,
    named,
    text,
    user_data,
)


@pytest.mark.parametrize(
    "fit", ["8c41739dc018414b", "00RV9H7S6O8V3BSHAG7GK2LAES00002M", "a-b_c.d:e@f~g", "7"]
)
def test_an_id_is_fit_for_an_address_and_a_log(fit: str) -> None:
    assert id_(fit) == fit


@pytest.mark.parametrize("unfit", ["", "../x", "a/b", "+15551234567", "a b", "x" * 129, None, []])
def test_what_is_no_id_is_none(unfit: object) -> None:
    assert id_(unfit) == ""


@pytest.mark.parametrize("word", ["+15551234567", "Ann Example", "15551234567", "x\ny", "a" * 65])
def test_a_log_shows_no_value_as_a_kind_or_channel(word: str) -> None:
    assert kind_word(word) == "?"
    assert channel_word(f"/v2/{word}") == "?"


def test_a_log_shows_kinds_and_channels() -> None:
    assert kind_word("CallStateChangeMessage") == "CallStateChangeMessage"
    for channel in ("/v2/me/calls", "/workspace/v3/media/chat", "/meta/connect"):
        assert channel_word(channel) == channel


def test_only_words_that_are_known_are_named() -> None:
    assert named(RecordingState, "Paused") is RecordingState.PAUSED
    assert named(RecordingState, "paused") is None
    assert named(RecordingState, ["Paused"]) is None


def test_values_become_text() -> None:
    values = ("a", True, 8, 1.5, 10**5000, None, [1])
    assert [text(value) for value in values] == ["a", "true", "8", "1.5", "", "", ""]


def test_what_is_no_object_is_said_by_its_name() -> None:
    with pytest.raises(UnknownMessageError, match="no device"):
        mapping([1], "device")


def test_attached_data_may_be_a_list_or_an_object() -> None:
    listed = [{"key": "Order", "type": "kvlist", "value": {"Id": 7}}]
    assert user_data(listed) == user_data({"Order": {"Id": 7}}) == (("Order.Id", "7"),)


def test_a_parent_is_what_the_call_names_or_else_what_is_known() -> None:
    told = {"connId": "c", "callUuid": "u", "state": "Ringing"}
    read = [call(one, lambda _: ("", ""), "p") for one in (told, {**told, "parentConnId": "q"})]
    assert [one.parent_connection_id for one in read] == ["p", "q"]
