"""What is refused is logged, and nobody fills the log by being refused."""

import logging

import pytest

from agent_client.workspace.loopback_log import QuietHttp, SparingLog

_LOGGER = logging.getLogger("agent_client.workspace.test")


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_the_first_of_each_kind_are_told_and_then_how_many_more(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    clock = _Clock()
    sparing = SparingLog(_LOGGER, clock)
    for _ in range(1000):
        sparing.say("refused GET: host-not-allowed")
    sparing.say("refused PUT: host-not-allowed")
    assert len(_lines(caplog)) == 11
    clock.now = 61.0
    sparing.say("refused PUT: host-not-allowed")
    assert _lines(caplog)[11:] == [
        "refused GET: host-not-allowed: 990 times more",
        "refused PUT: host-not-allowed",
    ]


def test_what_was_received_is_not_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    quiet = QuietHttp(_LOGGER, SparingLog(_LOGGER))
    quiet.error("Error handling request %r", "Basic c2VjcmV0")
    try:
        int("Basic c2VjcmV0")
    except ValueError:
        quiet.exception("Unhandled")
    assert "c2VjcmV0" not in caplog.text
    assert _lines(caplog) == ["a request was not HTTP, or broke off"] * 2
