"""`make faults`: break everything that can break, and count what is lost and what is doubled.

    make faults                               each method in full: every point, hundreds of rounds
    make faults ARGS=--short                  a sample of each, as the tests run it
    make faults ARGS="--only kill-spool"      some methods; --list names them
    make faults ARGS="--rounds 20 --json out/faults.json"

A method is a module in tests/faults/methods with NAME (the module's name, with hyphens), SHORT and
LONG (rounds; 0: all there are) and `run(rounds, folder) -> Row`. The exit status is 0 if nothing
was lost, doubled, damaged or otherwise wrong.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import pkgutil
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Protocol, cast

import tests.faults.methods
from tests.faults.table import Row, lines


class Method(Protocol):
    """One way to break things."""

    NAME: str
    SHORT: int  # rounds in the tests; 0: all there are
    LONG: int  # rounds by hand; 0: all there are

    def run(self, rounds: int, folder: Path) -> Row:
        """So many rounds in this empty folder."""


def names() -> list[str]:
    """Every method: its module's name with a hyphen for each underscore."""
    found = pkgutil.iter_modules(tests.faults.methods.__path__)
    return sorted(one.name.replace("_", "-") for one in found)


def method(name: str) -> Method:
    """The method of this name."""
    module = importlib.import_module(f"tests.faults.methods.{name.replace('-', '_')}")
    return cast("Method", module)


def carried_out(name: str, rounds: int | None, *, short: bool) -> Row:
    """Its row. What stops the method itself is a failure of it; its folder is then kept."""
    folder = Path(tempfile.mkdtemp(prefix=f"twinreel-{name}-"))
    began = time.monotonic()
    try:
        chosen = method(name)
        usual = chosen.SHORT if short else chosen.LONG
        row = chosen.run(usual if rounds is None else rounds, folder)
    except Exception as error:  # noqa: BLE001  # the other methods are still to run
        why = "".join(traceback.format_exception(error))
        row = Row(name, failures=[f"it came to no end, see {folder}: {why}"])
    row.seconds = time.monotonic() - began
    if row.passed:
        shutil.rmtree(folder, ignore_errors=True)
    return row


def main(arguments: Sequence[str] | None = None) -> int:
    known = names()
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", metavar="A,B", help=f"of {', '.join(known)}")
    parser.add_argument("--short", action="store_true", help="a sample of each")
    parser.add_argument("--rounds", type=int, metavar="N", help="for each; 0: all there are")
    parser.add_argument("--json", type=Path, metavar="FILE", help="rows, points and failures")
    parser.add_argument("--list", action="store_true", help="name the methods and end")
    asked = parser.parse_args(arguments)
    chosen = asked.only.split(",") if asked.only else known
    if unknown := [name for name in chosen if name not in known]:
        parser.error(f"not known: {', '.join(unknown)}")
    if asked.list:
        print("\n".join(chosen))
        return 0
    logging.disable(logging.WARNING)  # that programs complain of faults is no news here
    rows = []
    for name in chosen:
        rows.append(carried_out(name, asked.rounds, short=asked.short))
        print("\n".join(lines(rows[-1:])[(len(rows) > 1) :]), flush=True)
        for failure in rows[-1].failures:
            print(f"  {failure}", flush=True)
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps([asdict(row) for row in rows], indent=1)
        asked.json.write_text(text + "\n", encoding="utf-8")
    return 0 if all(row.passed for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
