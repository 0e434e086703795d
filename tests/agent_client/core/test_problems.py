"""Every code has words that a person can act on."""

from __future__ import annotations

import pytest

from agent_client.core.problems import PROBLEMS, problem

_PROMISED = [
    "disk-full",
    "capture-failed",
    "screen-black",
    "wayland",
    "no-policy",
    "policy-expired",
    "policy-refused",
    "no-keyring",
    "uploader-gone",
    "central-unreachable",
    "refused-recording",
    "out-of-touch",
    "voice-order-failed",
    "port-taken",
    "two-sign-ins",
    "internal-error",
    "not-remembered",
    "policy-unusable",
    "screen-unreadable",
    "encoder-failed",
    "no-display",
    "spool-failed",
    "no-keys",
]


@pytest.mark.parametrize("code", _PROMISED)
def test_the_code_has_words(code: str) -> None:
    assert code in PROBLEMS


@pytest.mark.parametrize("code", PROBLEMS)
def test_it_says_in_sentences_what_happened_and_what_to_do(code: str) -> None:
    one = problem(code)
    for text in (one.happened, one.remedy):
        assert text[0].isupper()
        assert text.endswith(".")


def test_what_mends_itself_asks_nobody_to_act() -> None:
    calm = {code for code, one in PROBLEMS.items() if not one.urgent}
    assert calm == {
        "policy-expired",
        "uploader-gone",
        "central-unreachable",
        "central-unwell",
        "out-of-touch",
    }


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert "no-such-code" in problem("no-such-code").happened
    assert problem("no-such-code").urgent
