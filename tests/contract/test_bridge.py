from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.bridge import (
    BODY_BYTES,
    SAID_AT_ONCE,
    Answer,
    Asked,
    Bye,
    CallsSaid,
    Said,
    ToPage,
    VoiceDone,
    VoiceOrder,
    read_said,
)

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def test_what_a_page_says_is_read() -> None:
    body = b"""{"first": 7, "said": [
        {"kind": "calls", "interactions": [{"interactionId": "1", "odd": [null]}]},
        {"kind": "ask", "ask": 1, "want": "pause", "new field": 1},
        {"kind": "voice", "order": 3, "problem": "timeout"},
        {"kind": "bye"}]}"""
    assert read_said(body) == Said(
        first=7,
        said=[
            CallsSaid(interactions=[{"interactionId": "1", "odd": [None]}]),
            Asked(ask=1, want="pause"),
            VoiceDone(order=3, problem="timeout"),
            Bye(),
        ],
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"first": 0, "said": [{"kind": "bye"}]}',
        b'{"first": 1, "said": []}',
        b'{"first": 1, "said": [{"kind": "secret"}]}',
        b'{"first": 1, "said": [{"kind": "ask", "ask": 1, "want": "stop"}]}',
        b'{"first": 1, "said": [' + b'{"kind": "bye"},' * SAID_AT_ONCE + b'{"kind": "bye"}]}',
        b'{"first": 1, "said": [{"kind": "agent", "agent": '
        + b"[" * 20_000
        + b"]" * 20_000
        + b"}]}",
        b'{"first": 1, "said": [{"kind": "bye"}]}' + b" " * BODY_BYTES,
    ],
)
def test_anything_else_is_refused_without_quoting_it(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^(not what a page says|more than a page may)") as info:
        read_said(body)
    assert "secret" not in str(info.value)


@given(_JSON)
def test_no_json_does_more_than_be_refused(document: object) -> None:
    try:
        said = read_said(msgspec.json.encode({"first": 1, "said": [document]}))
    except ValueError:
        return
    assert len(said.said) == 1


def test_a_state_is_told_as_it_was_meant() -> None:
    state = ToPage(
        number=4,
        mood="paused",
        headline="Paused: neither voice nor screen is recorded",
        may_resume=True,
        orders=(VoiceOrder(order=1, interaction="9", want="pause"),),
        answers=(Answer(ask=1, granted=True),),
    )
    assert msgspec.json.decode(msgspec.json.encode(state), type=ToPage) == state
