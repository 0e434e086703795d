"""Bad input: whatever reads what others say, reads it or refuses it, in words that tell nothing.

    python -m bench.fuzz --cases 100000 --json FILE

Each case is one message, answer or body as Genesys, a page or a custom desktop could send it,
spoiled in up to four places (left out, of another type, huge, deep, said twice), cut off in the
middle, or anything at all. A reader may raise the errors that it is documented to raise and no
other, and what an error says holds none of the names and numbers in the message. With the same
--seed the cases are the same. The exit status is 0 if nothing was found.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bench.fuzz_targets import PERSONAL, TARGETS, Target

_ROUND = 500  # cases in one run of hypothesis, which remembers all that it has tried
_SPOILED_AT_MOST = 4
_PLACES = 300  # that may be spoiled: a monster that took the place of a value has many

Document = Any  # JSON, or what nobody would send
Steps = tuple[str | int, ...]  # the way to a place in a document
Heard = Callable[[Target, bool], None]
"""Told of each case: whose, and whether it was refused."""


class TalkativeError(AssertionError):
    """What an error says holds something of the message."""


_PLAIN = (
    st.sampled_from(PERSONAL)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["", "Paused", "Established", "Completed", "PAUSED", "\x00", "../..", "%s"])
    | st.sampled_from([2**63, -(2**63), 10**40, 1e308, -0.0])
)
_ANYTHING = st.recursive(
    _PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(PERSONAL), inner, max_size=4)
    ),
    max_leaves=8,
)


def _deep(levels: int, kind: str) -> object:
    """Nested in itself so often, in one of the ways that attached data can be."""
    value: object = PERSONAL[0]
    for _ in range(levels):
        value = {"k": value} if kind == "object" else [{"key": "k", "value": value}]
    return value


_MONSTERS = st.one_of(
    st.builds(_deep, st.sampled_from([20, 200, 900]), st.sampled_from(["object", "list"])),
    st.sampled_from([10_000, 200_000]).map(lambda length: "Ann Example " * (length // 12)),
    st.sampled_from([1000, 10_000]).map(lambda length: [None] * length),
    st.sampled_from([1000]).map(lambda length: {str(number): number for number in range(length)}),
)
_VALUES = st.integers(0, 19).flatmap(lambda dice: _MONSTERS if dice == 0 else _ANYTHING)


def _places(document: Document, steps: Steps = ()) -> Iterator[Steps]:
    yield steps
    inside: Document = ()
    if isinstance(document, dict):
        inside = document.items()
    elif isinstance(document, list):
        inside = enumerate(document)
    for step, value in inside:
        yield from _places(value, (*steps, step))


def _spoil(document: Document, steps: Steps, how: str, value: Document) -> Document:
    """The document with one place changed. What an earlier change took away stays away."""
    if not steps:
        return value if how == "replace" else document
    owner = document
    for step in steps[:-1]:
        if not _has(owner, step):
            return document
        owner = owner[step]
    last: Document = steps[-1]
    if not _has(owner, last):
        return document
    if how == "replace":
        owner[last] = value
    elif how == "leave out":
        del owner[last]
    elif isinstance(owner, list):
        owner.append(owner[last])
    else:
        owner[str(value)[:40]] = owner[last]
    return document


def _has(owner: Document, step: Document) -> bool:
    if isinstance(owner, list):
        return isinstance(step, int) and step < len(owner)
    return isinstance(owner, dict) and step in owner


@st.composite
def documents(draw: st.DrawFn, target: Target) -> Document:
    """What this reader could be given: JSON, or for some the text of it."""
    document = deepcopy(draw(st.sampled_from(target.samples)))
    if draw(st.integers(0, 9)) == 0:
        document = draw(_ANYTHING)
    else:
        for _ in range(draw(st.integers(0, _SPOILED_AT_MOST))):
            place = draw(st.sampled_from(list(islice(_places(document), _PLACES))))
            how = draw(st.sampled_from(["replace", "replace", "leave out", "say twice"]))
            value = None if how == "leave out" else draw(_VALUES)
            document = _spoil(document, place, how, value)
    return draw(_texts(document)) if target.of_bytes else document


@st.composite
def _texts(draw: st.DrawFn, document: Document) -> bytes:
    """A document as text: whole, or as it must not be."""
    text = json.dumps(document, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    where = draw(st.integers(0, len(text)))
    match draw(st.integers(0, 11)):
        case 0:
            return text[:where]
        case 1:
            return text[:where] + draw(st.binary(min_size=1, max_size=4)) + text[where:]
        case 2:
            return draw(st.binary(max_size=64))
        case 3:
            return draw(
                st.sampled_from([b"[" * 100_000, b'{"a":' * 50_000, b"\xef\xbb\xbf" + text])
            )
        case _:
            return text


def check(target: Target, document: Document) -> bool:
    """Whether it was refused, as it may be. Any other error, or one that tells, is raised."""
    try:
        target.read(document)
    except target.errors as error:
        said = target.shown(error)
        if told := [one for one in PERSONAL if one in said]:
            raise TalkativeError(f"{target.name}: the error tells {told}: {said[:300]}") from error
        return True
    return False


def run(target: Target, cases: int, number: int, heard: Heard) -> None:
    """Try so many cases; the same for the same number. Raises what a reader may not."""

    @seed(number)
    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(documents(target))
    def one_round(document: Document) -> None:
        heard(target, check(target, document))

    one_round()


def main(arguments: Sequence[str] | None = None) -> int:
    """Try them all; 0 if nothing was found."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.fuzz",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    asked = parser.parse_args(arguments)
    tried: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    def heard(target: Target, was_refused: bool) -> None:  # noqa: FBT001 -- one of two outcomes
        tried[target.name] += 1
        refused[target.name] += was_refused

    began = time.monotonic()
    faults: dict[str, str] = {}
    number = asked.seed
    while tried.total() < asked.cases and not faults:
        number += 1
        target = TARGETS[number % len(TARGETS)]
        try:
            run(target, min(_ROUND, asked.cases - tried.total()), number, heard)
        except Exception as fault:  # noqa: BLE001 -- whatever it is, it was not to be raised
            faults[target.name] = f"{type(fault).__name__}: {fault}"[:2000]
            print("\n".join(getattr(fault, "__notes__", ())), file=sys.stderr)
    seconds = time.monotonic() - began
    for name, count in tried.items():
        print(f"{count:8,d}  {refused[name] / count:6.1%} refused  {name}")
    for name, fault_text in faults.items():
        print(f"FAULT in {name}: {fault_text}")
    print(f"{tried.total():,d} cases, {len(faults)} faults, {seconds:.0f} s, seed {asked.seed}")
    if asked.json:
        figures = {
            "cases": tried.total(),
            "seconds": round(seconds, 1),
            "seed": asked.seed,
            "by_reader": {
                name: {"cases": count, "refused": refused[name]} for name, count in tried.items()
            },
            "faults": faults,
        }
        asked.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
