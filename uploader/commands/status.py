"""`status`: how this desk is."""

from __future__ import annotations

import argparse
import json

from uploader.app.report import report
from uploader.commands.adding import Commands, command
from uploader.commands.exits import OK
from uploader.config import Settings


def add(commands: Commands) -> None:
    """Declare it."""
    parser = command(commands, "status", "How this desk is.")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.set_defaults(run=run)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Print it."""
    found = report(settings.state)
    if asked.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name.replace('_', ' '):20} {value}")
    return OK
