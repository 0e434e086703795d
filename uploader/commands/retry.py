"""`retry`: send what is in quarantine again."""

from __future__ import annotations

import argparse
import sys

from contract.desk_config import SPOOL
from contract.manifest import ManifestError
from uploader.commands.adding import Commands, command
from uploader.commands.exits import FAILED, MISTAKEN, OK
from uploader.config import Settings
from uploader.spool import Spool

_ALL = "all"


def add(commands: Commands) -> None:
    """Declare it."""
    parser = command(commands, "retry", "Send again what is in quarantine.")
    parser.add_argument("recording", metavar="ID", help=f"as `list` shows it; or {_ALL}")
    parser.set_defaults(run=run)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Put it back among what waits."""
    folder = settings.state / SPOOL
    spool = Spool(folder) if folder.is_dir() else None
    held = [] if spool is None else [one.recording_id for one in spool.quarantined()]
    chosen = held if asked.recording == _ALL else [one for one in held if one == asked.recording]
    if spool is None or (not chosen and asked.recording != _ALL):
        print("no such recording is in quarantine", file=sys.stderr)
        return MISTAKEN
    for recording_id in chosen:
        try:
            spool.release(recording_id)
        except (ManifestError, OSError) as error:
            print(f"{recording_id} cannot be sent again: {error}", file=sys.stderr)
            return FAILED
        print(f"{recording_id} waits again")
    return OK
