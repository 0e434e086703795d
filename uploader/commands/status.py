"""`status`: how this desk is, at a glance."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any

from uploader.app.report import report
from uploader.commands.adding import Commands, command
from uploader.commands.amounts import counted, length, moment, size
from uploader.commands.exits import OK
from uploader.commands.remedies import advice, waited_for
from uploader.config import Settings
from uploader.product import version

_CLOCK_WRONG_US = 60_000_000
_QUARANTINE_SHOWN = 10


def add(commands: Commands) -> None:
    """Declare it."""
    parser = command(commands, "status", "Show how this desk is, at a glance.")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.set_defaults(run=run)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Print it."""
    found = report(settings.state, version())
    if asked.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in rows(found):
            print(f"{name:12} {value}".rstrip())
    return OK


def rows(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a person is shown, line by line."""
    yield "uploader", _running(found)
    yield "central", _central(found)
    yield "waiting", _waiting(found)
    if found["sending_bytes"]:
        yield "sending", f"{size(found['sent_bytes'])} of {size(found['sending_bytes'])}"
    if found["held"]:
        until = f", until {moment(found['until'])}" if found["until"] else ""
        yield "held", f"uploads wait for {waited_for(found['held'])}{until}"
    if found["problem"]:
        yield "problem", f"{found['problem']}: {advice(found['problem'])}"
        if not found["running"]:
            yield "", f"as of {moment(found['known_at'])}, when the uploader last ran"
    sent = found["last_sent"]
    yield (
        "last sent",
        f"{moment(str(sent['stored_at']))}, {sent['recording_id']}, {size(int(sent['size'] or 0))}"
        if sent
        else "nothing yet",
    )
    if found["quarantined"]:
        yield "quarantine", counted(found["quarantined"])
        for one in found["quarantine"][:_QUARANTINE_SHOWN]:
            yield "", f"{one['recording_id']}: {one['why']}"
        if found["quarantined"] > _QUARANTINE_SHOWN:
            yield "", f"and {found['quarantined'] - _QUARANTINE_SHOWN} more: `list`"
    yield "device", found["device_id"] or "not enrolled"
    yield "policy", f"version {found['policy_version']}" if found["policy_version"] else "none yet"
    if found["clock_offset_us"] is not None:
        yield "clock", _clock(found["clock_offset_us"])
    yield "version", _version(found)


def _running(found: Mapping[str, Any]) -> str:
    if not found["running"]:
        return "does not run"
    return "runs, as the machine's service" if found["by"] == "service" else "runs"


def _central(found: Mapping[str, Any]) -> str:
    where = found["central"] or "not known yet"
    if not found["running"] or found["connected"] is None:
        return str(where)
    return f"{where}, {'connected' if found['connected'] else 'NOT connected'}"


def _waiting(found: Mapping[str, Any]) -> str:
    if not found["waiting"]:
        return "nothing"
    oldest = f", the oldest for {length(found['oldest_seconds'])}" if found["oldest_at"] else ""
    return f"{counted(found['waiting'])}, {size(found['waiting_bytes'])}{oldest}"


def _clock(offset_us: int) -> str:
    off = abs(offset_us) / 1_000_000
    if abs(offset_us) < _CLOCK_WRONG_US:
        return f"{off:.3f} s off central's"
    way = "behind" if offset_us > 0 else "ahead of"
    return f"WRONG: {length(off)} {way} central's; set it, or mend its time server"


def _version(found: Mapping[str, Any]) -> str:
    running = found["uploader_version"]
    if running and running != found["version"]:
        return f"{found['version']}; {running} still runs: sign out and in again"
    return str(found["version"])
