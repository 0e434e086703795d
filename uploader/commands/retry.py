"""`retry`: send what is in quarantine again."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import aclosing, suppress
from pathlib import Path

from contract.desk_config import SPOOL
from contract.manifest import ManifestError
from uploader.commands.adding import Commands, command
from uploader.commands.exits import FAILED, MISTAKEN, OK
from uploader.config import Settings
from uploader.desk import Spooled, watched
from uploader.spool import Spool

_ALL = "all"
_ANSWER_SECONDS = 5.0


def add(commands: Commands) -> None:
    """Declare it."""
    parser = command(commands, "retry", "Send what is in quarantine again.")
    parser.add_argument("recording", metavar="ID", help=f"as `list` shows it; or {_ALL}")
    parser.set_defaults(run=run)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Put it back among what waits."""
    folder = settings.state / SPOOL
    spool = Spool(folder) if folder.is_dir() else None
    held = [] if spool is None else [one.recording_id for one in spool.quarantined()]
    chosen = held if asked.recording == _ALL else [one for one in held if one == asked.recording]
    if asked.recording == _ALL and not chosen:
        print("nothing is in quarantine")
        return OK
    if spool is None or not chosen:
        print("no such recording is in quarantine", file=sys.stderr)
        return MISTAKEN
    for recording_id in chosen:
        try:
            spool.release(recording_id)
        except (ManifestError, OSError) as error:
            print(f"{recording_id} cannot be sent again: {error}", file=sys.stderr)
            return FAILED
        print(f"{recording_id} waits again")
    with suppress(OSError, TimeoutError):  # the uploader that runs need not wait for its next look
        asyncio.run(_told(settings.state, chosen))
    return OK


async def _told(state: Path, recordings: list[str]) -> None:
    """Tell the uploader that runs; OSError if none does."""
    news = Spooled(recording_id=recordings[0])  # one word has it look at all
    async with asyncio.timeout(_ANSWER_SECONDS), aclosing(watched(str(state), news)) as told:
        await anext(told, None)
