"""What a Bayeux server may ask of us."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_client.workspace.bayeux import Advice, Next, connect, counted, handshake, verdict


def test_advice_amends_only_what_it_names() -> None:
    advice = Advice().after({"advice": {"timeout": 45000}})
    assert advice == Advice("retry", 0.0, 45.0)
    assert advice.after({"advice": {"interval": 1500, "reconnect": "handshake"}}) == Advice(
        "handshake", 1.5, 45.0
    )


def test_a_server_cannot_put_us_to_sleep() -> None:
    advice = Advice().after({"advice": {"interval": 10**12, "timeout": 10**12}})
    assert (advice.interval, advice.timeout) == (60.0, 300.0)


@pytest.mark.parametrize("bad", [None, "5000", -1, float("nan"), True, []])
def test_advice_of_a_wrong_kind_is_passed_over(bad: object) -> None:
    advice = {"interval": bad, "timeout": bad}
    assert Advice().after({"advice": advice}) == Advice()
    assert Advice().after({"advice": bad}) == Advice()


@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        ({"successful": True}, Next.GO_ON),
        ({"successful": False, "error": "402::Unknown client"}, Next.HANDSHAKE),
        ({"successful": False, "error": "403::subscribe_failed"}, Next.SIGN_IN),
        ({"successful": False, "advice": {"reconnect": "handshake"}}, Next.HANDSHAKE),
        ({"error": "401:c:Unknown client", "advice": {"reconnect": "handshake"}}, Next.HANDSHAKE),
        ({"error": "401::no", "advice": {"reconnect": "retry"}}, Next.SIGN_IN),
        ({"channel": "/meta/handshake", "advice": {"reconnect": "handshake"}}, Next.REPEAT),
        ({"channel": "/meta/handshake", "error": "402::?"}, Next.REPEAT),
        ({"channel": "/meta/handshake", "error": "403::handshake_denied"}, Next.SIGN_IN),
        ({"successful": False, "advice": {"reconnect": "none"}}, Next.SIGN_IN),
        ({"successful": False, "advice": {"reconnect": "retry"}}, Next.REPEAT),
        ({"successful": "true"}, Next.REPEAT),
        ({}, Next.REPEAT),
    ],
)
def test_a_reply_says_what_to_do_next(reply: dict[str, Any], wanted: Next) -> None:
    assert verdict(reply) is wanted


@pytest.mark.parametrize(
    ("advice", "wanted"),
    [("retry", Next.GO_ON), ("handshake", Next.HANDSHAKE), ("none", Next.SIGN_IN)],
)
def test_advice_counts_even_when_a_connect_succeeds(advice: str, wanted: Next) -> None:
    reply = {"channel": "/meta/connect", "successful": True, "advice": {"reconnect": advice}}
    assert verdict(reply) is wanted


def test_advice_of_a_handshake_that_succeeds_does_not_go_round_in_circles() -> None:
    advice = {"reconnect": "handshake"}
    assert verdict({"channel": "/meta/handshake", "successful": True, "advice": advice}) is (
        Next.GO_ON
    )


def test_a_server_says_when_it_takes_us_for_several() -> None:
    advice = Advice().after({"advice": {"multiple-clients": True, "interval": 2000}})
    assert (advice.multiple_clients, advice.interval) == (True, 2.0)
    assert not advice.after({"advice": {"interval": 0}}).multiple_clients


def test_answers_are_counted_if_the_server_counts_them() -> None:
    assert handshake(1)["ext"] == {"ack": True}
    agreed = {"channel": "/meta/handshake", "successful": True, "ext": {"ack": True}}
    ack = counted(agreed, None)
    assert connect(2, "c", None, ack)["ext"] == {"ack": -1}
    ack = counted({"channel": "/meta/connect", "ext": {"ack": 7}}, ack)
    assert connect(3, "c", None, ack)["ext"] == {"ack": 7}


def test_nothing_is_counted_with_a_server_that_does_not() -> None:
    silent = {"channel": "/meta/handshake", "successful": True}
    assert counted(silent, 12) is None
    assert "ext" not in connect(2, "c", None, None)
    assert counted({"channel": "/meta/connect", "ext": {"ack": 7}}, None) is None


@pytest.mark.parametrize("odd", [None, True, "7", 1.5, 10**400, {}])
def test_a_count_that_is_none_changes_nothing(odd: object) -> None:
    assert counted({"channel": "/meta/connect", "ext": {"ack": odd}}, 3) == 3
    assert counted({"channel": "/meta/connect", "ext": odd}, 3) == 3
    assert counted({"channel": "/meta/subscribe", "ext": {"ack": 9}}, 3) == 3


def test_a_connect_may_ask_for_an_answer_at_once() -> None:
    assert connect(5, "c", 0.0)["advice"] == {"timeout": 0}
    assert "advice" not in connect(6, "c", None)


@given(st.dictionaries(st.sampled_from(["advice", "error", "successful"]), st.none() | st.text()))
def test_any_reply_has_a_verdict(reply: dict[str, Any]) -> None:
    assert verdict(reply) in Next
