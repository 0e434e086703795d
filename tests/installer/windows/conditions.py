"""Windows Installer's conditions as far as our package uses them: what they come to.

NOT binds closest, then AND, then OR. Comparing with a number, what is no number is neither more
nor less than it. `<<` begins with, `><` holds; `~` before them: whatever the capitals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_TOKENS = re.compile(r'\s*(?:("[^"]*")|(\(|\))|(~?(?:<<|><|<=|>=|<>|=|<|>))|([A-Za-z0-9_.]+))')
_Compare = Callable[[str, str], bool]
_TEXTS: dict[str, _Compare] = {
    "=": lambda one, other: one == other,
    "<>": lambda one, other: one != other,
    "<<": lambda one, other: one.startswith(other),
    "><": lambda one, other: other in one,
}
_NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "=": lambda one, other: one == other,
    ">=": lambda one, other: one >= other,
    "<=": lambda one, other: one <= other,
}


def holds(condition: str, properties: Mapping[str, str]) -> bool:
    """Whether the condition is true of these properties."""
    words = _words(condition)
    truth = _either(words, properties)
    if words:
        raise ValueError(f"left over: {words}")
    return truth


def _words(condition: str) -> list[str]:
    words, at = [], 0
    while at < len(condition.rstrip()):
        found = _TOKENS.match(condition, at)
        if found is None:
            raise ValueError(f"not understood: {condition[at:]}")
        words.append(found.group().strip())
        at = found.end()
    return words


def _either(words: list[str], properties: Mapping[str, str]) -> bool:
    truth = _both(words, properties)
    while words and words[0] == "OR":
        words.pop(0)
        truth = _both(words, properties) or truth
    return truth


def _both(words: list[str], properties: Mapping[str, str]) -> bool:
    truth = _one(words, properties)
    while words and words[0] == "AND":
        words.pop(0)
        truth = _one(words, properties) and truth
    return truth


def _one(words: list[str], properties: Mapping[str, str]) -> bool:
    word = words.pop(0)
    if word == "NOT":
        return not _one(words, properties)
    if word == "(":
        truth = _either(words, properties)
        if words.pop(0) != ")":
            raise ValueError("a bracket is not closed")
        return truth
    if not words or words[0] in {"AND", "OR", ")"}:
        return bool(properties.get(word))
    return _compared(properties.get(word, ""), words.pop(0), words.pop(0))


def _compared(value: str, how: str, other: str) -> bool:
    if not other.startswith('"'):
        try:
            return _NUMBERS[how](int(value), int(other))
        except ValueError:
            return False
    text = other[1:-1]
    if how.startswith("~"):
        return _TEXTS[how[1:]](value.lower(), text.lower())
    return _TEXTS[how](value, text)
