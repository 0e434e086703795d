"""`list`: what waits, and what is in quarantine with the reason."""

from __future__ import annotations

import argparse

from contract.desk_config import SPOOL
from uploader.commands.adding import Commands, command
from uploader.commands.exits import OK
from uploader.config import Settings
from uploader.spool import Spool


def add(commands: Commands) -> None:
    """Declare it."""
    parser = command(commands, "list", "What waits, and what is in quarantine with the reason.")
    parser.set_defaults(run=run)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Print it."""
    del asked
    if (settings.state / SPOOL).is_dir():
        spool = Spool(settings.state / SPOOL)
        for recording_id in spool.waiting():
            print(f"{recording_id} waiting")
        for one in spool.quarantined():
            print(f"{one.recording_id} quarantine: {one.why}")
    return OK
