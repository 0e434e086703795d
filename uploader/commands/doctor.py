"""`doctor`: try the way to central step by step, and say of each what to do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict

from contract.desk_config import ConfigError
from uploader.app.signing_in import second_name
from uploader.commands.adding import Commands, command
from uploader.commands.examining import Examination, Found, Line
from uploader.commands.exits import OK, WAITING
from uploader.config import Settings
from uploader.credentials import Vault

_STEPS_AFTER = (
    "state folder, spool, enrolment, keyring, proxy, names, connection, certificate, sign-in, "
    "clock, trial upload"
)


def add(commands: Commands) -> None:
    """Declare it."""
    parser = command(
        commands,
        "doctor",
        "Try the way to central, up to an upload of 1 MB that is taken back, and say what to "
        "do about what is found. Sends no recording.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.set_defaults(run=run, unconfigured=unconfigured)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Print a line for each step, as it is done; 1 if one failed."""
    vault = Vault(f"Twinreel {settings.desk.central.url}")
    examination = Examination(settings, vault, second_name)
    well = Line("configuration", Found.OK, f"central is {settings.desk.central.url}")
    return _told((well,), examination.lines(), as_json=asked.json)


def unconfigured(error: ConfigError, asked: argparse.Namespace) -> int:
    """The configuration is wrong: every mistake of it, and that nothing else could be tried."""
    mistakes = [
        Line("configuration", Found.FAIL, f"{one.where}: {one.reason}", one.remedy)
        for one in error.mistakes
    ]
    rest = Line("the rest", Found.LEFT_OUT, f"left out: {_STEPS_AFTER}")
    return _told((*mistakes, rest), (), as_json=asked.json)


def _told(first: Iterable[Line], then: Iterable[Line], *, as_json: bool) -> int:
    lines: list[Line] = []
    for some in (first, then):
        for line in some:
            lines.append(line)
            if not as_json:
                print(f"{line.found:4} {line.step:13}  {line.told}", flush=True)
                if line.to_do:
                    print(f"{'':19} -> {line.to_do}")
    if as_json:
        print(json.dumps([{**asdict(line), "found": str(line.found)} for line in lines], indent=2))
    return WAITING if any(line.found is Found.FAIL for line in lines) else OK
