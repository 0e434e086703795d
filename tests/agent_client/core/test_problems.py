"""Every code has words that a person can act on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_client.core.problems import PROBLEMS, problem

ROOT = Path(__file__).parents[3]

# Where a code stands in what tells of a problem: by place, or by name.
_TELLING = {
    "CaptureFailedError": 0,
    "KeyringUnavailableError": 0,
    "ProblemChanged": 0,
    "_say_problem": 0,
    "_unavailable": 0,
    "problem": 1,  # Board.problem(source, code)
    "RecordingEnded": 1,
    "Watch": 0,
    "VoiceOrderFailed": 1,
    "failures_named": 0,
}
_NAMED = {"code"}  # assigned, gone through, or handed on under this name
# what these return or yield
_ANSWERING = {"_code", "_codes", "cannot_capture", "code_of", "may_not_open"}


def _codes_told() -> Iterator[str]:
    """Every text in the desk's programs that is told as a problem's code."""
    paths = [*ROOT.glob("agent_client/**/*.py"), *ROOT.glob("uploader/**/*.py")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    constants = {
        target.id: node.value
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for tree in trees:
        for node in ast.walk(tree):
            for told in _told(node):
                yield from _texts(told, constants)


def _texts(told: ast.expr | None, constants: dict[str, ast.expr]) -> Iterator[str]:
    """What an expression may be; both sides of a condition, but not the condition itself."""
    match told:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.Name(id=name):
            yield from _texts(constants.get(name), constants)
        case ast.Tuple(elts=several):
            for one in several:
                yield from _texts(one, constants)
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, constants)
            yield from _texts(other, constants)


def _told(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        place = _TELLING.get(name)
        if place is not None and len(node.args) > place:
            yield node.args[place]
        yield from (one.value for one in node.keywords if one.arg in _NAMED)
    elif isinstance(node, ast.For) and getattr(node.target, "id", "") in _NAMED:
        yield node.iter
    elif isinstance(node, ast.arguments):
        named = [*node.args[len(node.args) - len(node.defaults) :], *node.kwonlyargs]
        for argument, default in zip(named, [*node.defaults, *node.kw_defaults], strict=True):
            if argument.arg in _NAMED and default is not None:
                yield default
    elif isinstance(node, ast.FunctionDef) and node.name in _ANSWERING:
        for one in ast.walk(node):
            if isinstance(one, ast.Return | ast.Yield) and one.value is not None:
                yield one.value
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for one, value in zip(names, values, strict=False):
                if isinstance(one, ast.Name) and one.id in _NAMED:
                    yield value


TOLD = sorted({*_codes_told()})


def test_the_codes_are_found() -> None:
    assert {"recorder-fault", "disk-full", "central-untrusted", "keyring-locked"} < {*TOLD}
    assert {"port-taken", "uploader-gone", "policy-expired", "fault", "wayland"} < {*TOLD}
    assert {"spool-failed", "screen-unreadable", "no-policy", "screen-permission"} < {*TOLD}
    assert {"screen-frozen", "capture-late", "disk-slow"} < {*TOLD}


@pytest.mark.parametrize("code", TOLD)
def test_every_code_that_is_told_has_words(code: str) -> None:
    assert code in PROBLEMS


def test_there_are_no_words_for_what_is_never_told() -> None:
    assert {*PROBLEMS} == {*TOLD}


@pytest.mark.parametrize("code", PROBLEMS)
def test_it_says_in_sentences_what_happened_and_what_to_do(code: str) -> None:
    one = problem(code)
    for text in (one.happened, one.remedy):
        assert text[0].isupper()
        assert text.endswith(".")


@pytest.mark.parametrize("code", PROBLEMS)
def test_it_stands_in_the_pages_for_it(code: str) -> None:
    pages = [(ROOT / "docs" / "it" / name).read_text("utf-8") for name in _PAGES]
    assert any(f"`{code}`" in page for page in pages)


_PAGES = ("client.md", "uploader.md")


def test_what_mends_itself_asks_nobody_to_act() -> None:
    calm = {code for code, one in PROBLEMS.items() if not one.urgent}
    assert calm == {
        "policy-expired",
        "update-waits",
        "version-old",  # IT sees it at central, too
        "uploader-gone",
        "captive-portal",
        "pac-broken",  # recordings are sent without the rules
        "proxy-unreachable",
        "central-unreachable",
        "central-unwell",
        "out-of-touch",
        "screen-frozen",
        "capture-late",
        "encoder-slow",
        "clock-jumped",
        "disk-slow",
        "picture-scaled",
        "certificate-expiring",  # a month is left
        "hotkey-taken",  # the icon pauses as well, and must go on telling the state
        "hotkey-impossible",
    }


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert "no-such-code" in problem("no-such-code").happened
    assert problem("no-such-code").urgent
