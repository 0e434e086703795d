"""`verify`: read every byte of the spool, and say what would be lost."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from contract.desk_config import SPOOL
from uploader.commands.adding import Commands, command
from uploader.commands.amounts import counted
from uploader.commands.exits import OK, WAITING
from uploader.config import Settings
from uploader.spool import Spool


def add(commands: Commands) -> None:
    """Declare it."""
    parser = command(
        commands,
        "verify",
        "Read every byte of the spool and say what would be lost, and why. Changes nothing.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.set_defaults(run=run)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Print it; 1 if something that was recorded is gone."""
    looked = 0

    def count() -> None:
        nonlocal looked
        looked += 1
        if sys.stderr.isatty():
            print(f"\r{counted(looked)}", end="", file=sys.stderr, flush=True)

    there = (settings.state / SPOOL).is_dir()
    found = Spool(settings.state / SPOOL).verify(count) if there else []
    lost = [one for one in found if one.lost]
    if looked and sys.stderr.isatty():
        print(file=sys.stderr)
    if asked.json:
        findings = [{**asdict(one), "place": str(one.place)} for one in found]
        print(json.dumps({"looked_at": looked, "findings": findings}, indent=2))
    else:
        for one in found:
            what = "LOST" if one.lost else "waits for a person"
            print(f"{one.recording_id}  {one.place}  {what}: {one.why}")
        cut = len({one.recording_id for one in lost})
        told = f"{cut} of them would lose something" if cut else "nothing would be lost"
        print(f"{counted(looked)} looked at: {told}.")
    return WAITING if lost else OK
