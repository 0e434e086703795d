"""What a program finds when it tests itself: the same table, JSON and exit status from both."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any

import msgspec
import msgspec.json

_INDENT = 4
_WIDTH = 100  # characters of a line for people


class Verdict(Enum):
    """How one check ended."""

    WELL = "well"
    LACKING = "lacking"  # this session or computer lacks something; the program is as it should be
    BAD = "bad"


_SIGNS = {Verdict.WELL: "ok  ", Verdict.LACKING: "--  ", Verdict.BAD: "BAD "}


class Lacking(Exception):
    """What a check raises where it cannot be made here; the words say what is not there."""


class Check(msgspec.Struct, frozen=True):
    """One question, and how it is answered."""

    name: str
    otherwise: str  # what does not work if it is not well, as a sentence
    ask: Callable[[], str]  # what was found, in some words; raises whatever is wrong


class Finding(msgspec.Struct, frozen=True):
    """What came out of one check."""

    name: str
    verdict: Verdict
    said: str
    otherwise: str


def findings(checks: Iterable[Check]) -> list[Finding]:
    """All of them asked, one after the other; one that fails keeps no other from being asked."""
    return [_found(check) for check in checks]


def _found(check: Check) -> Finding:
    try:
        verdict, said = Verdict.WELL, check.ask()
    except Lacking as lacking:
        verdict, said = Verdict.LACKING, str(lacking)
    except Exception as error:  # noqa: BLE001  # whatever a library raises is what is to be told
        verdict, said = Verdict.BAD, f"{type(error).__name__}: {error}"
    return Finding(check.name, verdict, " ".join(said.split()), check.otherwise)


def passed(found: Sequence[Finding]) -> bool:
    """Whether nothing is bad."""
    return all(one.verdict is not Verdict.BAD for one in found)


def report(program: str, version: str, found: Sequence[Finding], *, as_json: bool) -> str:
    """What is printed."""
    if as_json:
        return msgspec.json.encode(document(program, version, found)).decode()
    return table(program, version, found)


def table(program: str, version: str, found: Sequence[Finding]) -> str:
    """For people: one line each, and below it what does not work."""
    lines = [f"{program} {version} tests itself"]
    width = max(len(one.name) for one in found)
    for one in found:
        lines.append(f"{_SIGNS[one.verdict]}{one.name:<{width}}  {one.said}")
        if one.verdict is not Verdict.WELL:
            pad = " " * _INDENT
            lines += textwrap.wrap(one.otherwise, _WIDTH, initial_indent=pad, subsequent_indent=pad)
    bad = sum(one.verdict is Verdict.BAD for one in found)
    lacking = sum(one.verdict is Verdict.LACKING for one in found)
    lines.append(f"{len(found)} checked, {bad} bad, {lacking} not possible here")
    return "\n".join(lines)


def document(program: str, version: str, found: Sequence[Finding]) -> dict[str, Any]:
    """For programs: {"program", "version", "passed", "checks": [{"name", "verdict", ...}]}."""
    return {
        "program": program,
        "version": version,
        "passed": passed(found),
        "checks": msgspec.to_builtins(found),
    }
