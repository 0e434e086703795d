"""How a command says something: for people, or with --json for programs."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable, Mapping
from typing import Any


def say(asked: Namespace, document: Mapping[str, Any], text: str) -> None:
    """The text, or the document with --json."""
    print(json.dumps(document) if asked.json else text, flush=True)


def say_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line, for programs."""
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
