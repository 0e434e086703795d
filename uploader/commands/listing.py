"""`list`: every recording in the spool, how old, how large, and what becomes of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contract.desk_config import SPOOL
from uploader.app.standing_file import last_standing
from uploader.commands.adding import Commands, command
from uploader.commands.amounts import counted, length, size
from uploader.commands.exits import OK
from uploader.config import Settings
from uploader.spool import Spool


def add(commands: Commands) -> None:
    """Declare it."""
    parser = command(
        commands,
        "list",
        "Show every recording in the spool: what waits, what is in quarantine and why.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.set_defaults(run=run)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Print it, oldest first."""
    found = list(listed(settings.state))
    if asked.json:
        print(json.dumps(found, indent=2))
        return OK
    for one in found:
        age = "" if one["age_seconds"] is None else length(one["age_seconds"])
        tries = f"tried {counted(one['attempts'], 'time')}" if one["attempts"] else ""
        told = one["why"] or tries
        row = (
            f"{one['recording_id']}  {one['state']:10}  {age:>10}  {size(one['bytes']):>9}  {told}"
        )
        print(row.rstrip())
    if not found:
        print("the spool is empty")
    return OK


def listed(state: Path) -> Iterator[dict[str, Any]]:
    """Of each recording: recording_id, state, age_seconds, bytes, attempts, why."""
    if not (state / SPOOL).is_dir():
        return
    spool, last, now = Spool(state / SPOOL), last_standing(state), datetime.now(UTC)
    attempts = {} if last is None else last.attempts
    for recording_id in spool.waiting():
        try:
            age = max(0, int((now - spool.ready_at(recording_id)).total_seconds()))
        except OSError:
            continue  # it left just now
        tried = attempts.get(recording_id, 0)
        yield _row(spool, recording_id, "waiting", age=age, attempts=tried)
    for recording_id in spool.abandoned():
        yield _row(spool, recording_id, "recording")
    for one in spool.quarantined():
        yield _row(spool, one.recording_id, "quarantine", why=one.why)


def _row(  # noqa: PLR0913  # the columns
    spool: Spool,
    recording_id: str,
    state: str,
    *,
    age: int | None = None,
    attempts: int = 0,
    why: str = "",
) -> dict[str, Any]:
    return {
        "recording_id": recording_id,
        "state": state,
        "age_seconds": age,
        "bytes": spool.size_of(recording_id),
        "attempts": attempts,
        "why": why,
    }
