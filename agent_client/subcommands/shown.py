"""What a sub-command prints, and the exit status that goes with it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import IO, TypeVar

import msgspec

from agent_client.subcommands.reach import NoAnswerError, NotRunningError, RefusedError
from agent_client.workspace.api_shapes import CallNow, Problem, State

NOT_RUNNING = 6
REFUSED = 7
NO_ANSWER = 8

EXITS = (
    "exit status: 0 done; 2 wrong command or configuration; 6 Twinreel is not running for this\n"
    "user; 7 refused, and why is said; 8 no answer, or none that makes sense"
)
_Shape = TypeVar("_Shape", bound=msgspec.Struct)
_HEADS = ("CALL", "STATE", "SCREEN", "PAUSED")


def parser(name: str, description: str, epilog: str = "") -> argparse.ArgumentParser:
    """A parser whose --help tells the exit status."""
    return argparse.ArgumentParser(
        prog=name,
        description=description,
        epilog="\n\n".join(filter(None, [epilog, EXITS])),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def checked(
    kind: type[_Shape], said: Mapping[str, object], made: argparse.ArgumentParser
) -> _Shape:
    """What was typed, in its shape; ends the program if it does not fit."""
    try:
        return msgspec.convert(
            {key: value for key, value in said.items() if value is not None}, kind
        )
    except msgspec.ValidationError as error:
        made.error(str(error))


def answered(ask: Callable[[], State], *, as_json: bool, whole: bool = False) -> int:
    """Ask, and print the answer: its headline, or the `whole` state; the exit status."""
    try:
        state = ask()
    except NotRunningError as error:
        text = f"Twinreel is not running for this user ({error})."
        return _failed(NOT_RUNNING, "not-running", text, as_json=as_json)
    except NoAnswerError as error:
        return _failed(NO_ANSWER, "no-answer", str(error), as_json=as_json)
    except RefusedError as error:
        _print_problem(error.problem, as_json=as_json)
        return REFUSED
    if as_json:
        _print(msgspec.json.encode(state).decode())
    else:
        _print(told(state) if whole else state.headline)
    return 0


def told(state: State) -> str:
    """Everything, for people."""
    lines = [state.headline, ""]
    lines += [f"{name:<10} {value}" for name, value in _facts(state)]
    if state.calls:
        lines += ["", *_table([_HEADS, *(_row(call) for call in state.calls)])]
    for problem in state.problems:
        lines += ["", f"{problem.happened} {problem.remedy} [{problem.code}]"]
    return "\n".join(lines)


def _facts(state: State) -> list[tuple[str, str]]:
    agent = state.agent
    facts = [("Agent", f"{agent.id}, {agent.state or 'state unknown'}" if agent else "none")]
    if agent is not None and not agent.in_touch:
        facts.append(("", "out of touch: no new recording begins"))
    recording = state.recording
    if recording is not None:
        doing = "capturing" if recording.capturing else f"paused: {', '.join(recording.paused_for)}"
        facts.append(("Recording", f"{recording.id}, {doing}"))
    if state.may_pause or state.may_resume:
        may = {"pause": state.may_pause, "resume": state.may_resume}
        facts.append(("May", ", ".join(word for word, holds in may.items() if holds)))
    else:
        facts.append(("May not", f"pause: {state.why_not}"))
    facts.append(("To be sent", str(state.uploads_waiting)))
    return facts


def _row(call: CallNow) -> tuple[str, ...]:
    if call.recorded:
        screen = "recorded"
    elif call.selected is None:
        screen = "not decided"
    else:
        screen = "selected" if call.selected else "not selected"
    return (call.id, call.state, screen, "yes" if call.paused else "no")


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _failed(status: int, code: str, text: str, *, as_json: bool) -> int:
    problem = Problem(type="about:blank", title="Not done", status=503, detail=text, code=code)
    _print_problem(problem, as_json=as_json)
    return status


def _print_problem(problem: Problem, *, as_json: bool) -> None:
    if as_json:
        _print(msgspec.json.encode(problem).decode())
    else:
        _print(problem.detail, sys.stderr)


def _print(text: str, where: IO[str] | None = None) -> None:
    print(text, file=where or sys.stdout, flush=True)
