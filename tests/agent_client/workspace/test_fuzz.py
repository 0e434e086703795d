"""A share of the cases of `python -m bench.fuzz`, for every reader; and that the bench can find."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from agent_client.workspace.genesys_json import UnknownMessageError
from agent_client.workspace.gws_session import GwsSettings
from agent_client.workspace.gws_v2 import GwsV2Session
from agent_client.workspace.gws_v3 import GwsV3Session
from bench.fuzz import TalkativeError, main, run
from bench.fuzz_targets import NAME, PERSONAL, TARGETS, Target
from bench.stage.workspace import StageWorkspace
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.gws_staging import V2, V3, Api, in_touch, listening

_SHARE = 60  # cases for each reader


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_it_reads_or_refuses_in_words_that_tell_nothing(target: Target) -> None:
    outcomes: list[bool] = []
    run(target, _SHARE, 0, lambda _, refused: outcomes.append(refused))
    assert len(outcomes) >= _SHARE


def _talkative(message: object) -> None:
    if not isinstance(message, dict):
        raise UnknownMessageError(f"no message: {message}")


def _clumsy(message: dict[str, object]) -> None:
    message["call"]


@pytest.mark.parametrize(("read", "fault"), [(_talkative, TalkativeError), (_clumsy, Exception)])
def test_a_reader_that_tells_or_breaks_is_found(
    read: Callable[[object], None], fault: type[Exception]
) -> None:
    target = Target("a bad one", ({"call": NAME},), read, (UnknownMessageError,))
    with pytest.raises(fault):
        run(target, 2000, 0, lambda *_: None)


def test_the_bench_counts_its_cases(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cases", "40"]) == 0
    assert "40 cases, 0 faults" in capsys.readouterr().out


@pytest.mark.parametrize("api", [V3, V2], ids=["v3", "v2"])
async def test_odd_messages_leave_nothing_personal_in_the_log(
    workspace: StageWorkspace, inbox: Inbox, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    odd: list[Any] = [{"messageType": NAME}, {"messageType": "X", "call": NAME}, NAME, [], None]
    odd += [{"messageType": "CallStateChanged", "call": {"callUuid": NAME, "connId": PERSONAL[1]}}]
    odd += [{"messageType": "CallStateChangeMessage", "call": {"id": NAME, "state": NAME}}]
    async with listening(workspace, inbox, api):
        await inbox.until(in_touch)
        for data in odd:
            workspace.hub.publish("JohnSmith", api.calls, data)
        workspace.agent().ring(PERSONAL[1], user_data={"Customer": NAME})
        heard = len(inbox.events)
        await inbox.until(lambda e: len(e) > heard)
    assert "passed over" in caplog.text
    assert [one for one in PERSONAL if one in caplog.text] == []


async def test_a_session_reads_what_its_parts_read() -> None:
    for kind in (GwsV3Session, GwsV2Session):
        session = kind("http://127.0.0.1:9", GwsSettings())
        with pytest.raises(UnknownMessageError):
            session.read({"channel": "/x", "data": {}})
        await session.close()
