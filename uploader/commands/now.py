"""`now`: send what waits, whatever the schedule says, and say how it went."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from contextlib import aclosing
from pathlib import Path

from contract.desk_config import SPOOL
from uploader.app import Uploader
from uploader.commands.adding import Commands, command
from uploader.commands.amounts import size
from uploader.commands.exits import ALREADY_RUNNING, FAILED, OK, WAITING
from uploader.commands.remedies import advice
from uploader.commands.running import log_to
from uploader.config import Settings
from uploader.desk import UploadNow, Uploads, watched
from uploader.spool import AlreadyRunningError, Spool

_STILL_SECONDS = 30.0
_FIRST_SECONDS = 30.0  # an uploader that is there answers, however busy the computer is


def add(commands: Commands) -> None:
    """Declare it."""
    parser = command(
        commands,
        "now",
        "Send what waits, whatever the schedule says: by the uploader that runs, else by itself.",
    )
    parser.add_argument(
        "--still",
        metavar="SECONDS",
        type=float,
        default=_STILL_SECONDS,
        help="give up after so long without progress (default: %(default).0f)",
    )
    parser.set_defaults(run=run)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """0 if nothing waits any more and nothing is in quarantine."""
    try:
        last = asyncio.run(_asked(settings.state, asked.still))
    except OSError:
        return _by_itself(settings)
    return _said(last)


async def _asked(state: Path, still_seconds: float) -> Uploads:
    """The last word of the uploader that runs; OSError if none does, or it ends."""
    last: Uploads | None = None
    if not (state / SPOOL).is_dir():
        raise FileNotFoundError("no uploader has run here yet")
    folder, spool = str(state), Spool(state / SPOOL)
    progress = _Progress()
    async with aclosing(watched(folder, UploadNow())) as told:
        while True:
            patience: float | None = still_seconds
            if last is None:
                patience = max(_FIRST_SECONDS, still_seconds)
            elif last.total:  # one piece may take long: it ends by limits of its own
                patience = None
            try:
                async with asyncio.timeout(patience):
                    last = await anext(told)
            except (TimeoutError, StopAsyncIteration):
                if last is None:
                    raise ConnectionError("the uploader says nothing") from None
                return last
            progress.show(last)
            if last.waiting == 0 and not spool.waiting():  # it may not have looked yet
                return last


def _by_itself(settings: Settings) -> int:
    try:
        log_to(settings, aloud=False)
        uploader = Uploader(settings, told=_Progress().show)
    except AlreadyRunningError:
        print("the uploader that runs cannot be asked: is it ending?", file=sys.stderr)
        return ALREADY_RUNNING
    except OSError as error:
        print(f"the state folder cannot be used: {error}", file=sys.stderr)
        return FAILED
    uploader.once()
    return _said(uploader.uploads)


def _said(last: Uploads) -> int:
    if last.waiting:
        print(f"{last.waiting} still waiting", end="")
        print(f"; {last.problem}: {advice(last.problem)}" if last.problem else "")
    else:
        print("nothing waits")
    if last.quarantined:
        print(f"{last.quarantined} in quarantine: `list` says why")
    return WAITING if last.waiting or last.quarantined else OK


class _Progress:
    """A line now and then on a terminal's stderr, and nothing elsewhere."""

    def __init__(self) -> None:
        self._shown = 0.0

    def show(self, uploads: Uploads) -> None:
        """At most four times a second."""
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self._shown < 0.25:  # noqa: PLR2004  # as said
            return
        self._shown = now
        part = f", {size(uploads.sent)} of {size(uploads.total)}" if uploads.total else ""
        print(f"\r\x1b[K{uploads.waiting} wait{part} ", end="", file=sys.stderr, flush=True)
