"""What a sub-command says to people, and to programs."""

from __future__ import annotations

import json

import msgspec
import pytest

from agent_client.core.events import Source
from agent_client.core.status import Mood
from agent_client.subcommands.reach import NoAnswerError, NotRunningError, RefusedError
from agent_client.subcommands.shown import answered, told
from agent_client.workspace.api_shapes import (
    AgentNow,
    CallNow,
    Problem,
    ProblemNow,
    RecordingNow,
    State,
)

NOTHING = State(
    number=3,
    run="r",
    version="1",
    mood=Mood.SIGNED_OUT,
    headline="Signed out",
    agent=None,
    calls=[],
    recording=None,
    may_pause=False,
    may_resume=False,
    why_not="Nobody is signed in.",
    may_record_now=False,
    uploads_waiting=2,
    problems=[],
)


def leg(
    name: str, *, selected: bool | None, recorded: bool = False, paused: bool = False
) -> CallNow:
    return CallNow(
        id=name,
        connection=name,
        call=name,
        told_by=Source.API,
        state="established",
        selected=selected,
        recorded=recorded,
        paused=paused,
    )


BUSY = msgspec.structs.replace(
    NOTHING,
    mood=Mood.RECORDING,
    headline="Recording the screen of this call",
    agent=AgentNow(id="kate", state="ready", in_touch=False),
    calls=[
        leg("c-1", selected=True, recorded=True, paused=True),
        leg("c-22", selected=True),
        leg("c-3", selected=False),
        leg("c-4", selected=None),
    ],
    recording=RecordingNow(
        id="r-1", call="c-1", capturing=False, paused_for=["asked", "locked"], wrapping_up=False
    ),
    may_resume=True,
    problems=[ProblemNow(code="disk-full", happened="It is full.", remedy="Free.", urgent=True)],
)


def refuse(error: Exception) -> State:
    raise error


def test_nothing_is_told_in_a_few_lines() -> None:
    assert told(NOTHING).splitlines() == [
        "Signed out",
        "",
        "Agent      none",
        "May not    pause: Nobody is signed in.",
        "To be sent 2",
    ]


def test_calls_are_a_table() -> None:
    text = told(BUSY)
    assert "Agent      kate, ready\n           out of touch" in text
    assert "Recording  r-1, paused: asked, locked" in text
    assert "May        resume" in text
    assert text.splitlines()[-8:] == [
        "",
        "CALL  STATE        SCREEN        PAUSED",
        "c-1   established  recorded      yes",
        "c-22  established  selected      no",
        "c-3   established  not selected  no",
        "c-4   established  not decided   no",
        "",
        "It is full. Free. [disk-full]",
    ]


def test_an_answer_is_its_headline_or_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert answered(lambda: BUSY, as_json=False) == 0
    assert capsys.readouterr().out == "Recording the screen of this call\n"
    assert answered(lambda: BUSY, as_json=False, whole=True) == 0
    assert "c-22" in capsys.readouterr().out
    assert answered(lambda: BUSY, as_json=True) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert msgspec.json.decode(line, type=State) == BUSY


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (NotRunningError("no port"), 6, "Twinreel is not running for this user (no port)."),
        (NoAnswerError("Silence."), 8, "Silence."),
        (
            RefusedError(
                Problem(type="about:blank", title="x", status=403, detail="No.", code="not-allowed")
            ),
            7,
            "No.",
        ),
    ],
)
def test_what_was_not_done_is_said_to_people_or_to_programs(
    error: Exception, status: int, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(lambda: refuse(error), as_json=False) == status
    assert capsys.readouterr() == ("", f"{text}\n")
    assert answered(lambda: refuse(error), as_json=True) == status
    said = capsys.readouterr()
    assert json.loads(said.out)["detail"] == text
    assert said.err == ""
