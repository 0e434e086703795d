"""`twinreel-agent make-way`: have every user's client and uploader end, for a package's scripts."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType

from agent_client.certificate import is_admin
from agent_client.clearing import Clearing, take_back
from agent_client.command_table import program
from agent_client.config import Settings
from contract.desk_config import ConfigError
from contract.make_way import Purpose
from uploader import make_way

CLEAR = 0  # no client and no uploader runs; the marker stands, and is yours to take away
STILL_THERE = 6  # some could not be ended; no marker stands. Not 1: so ends what is broken, too
NO_ADMINISTRATOR = 3
NO_MARKER = 4  # it cannot be written
INTERRUPTED = 5  # by a signal; no marker stands

_MOST_MINUTES = 480
_USUAL = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class _Asked:
    wait: timedelta | None  # for the end of a call that is recorded; None: as configured
    purpose: Purpose


def _asked(arguments: Sequence[str]) -> _Asked:
    parser = argparse.ArgumentParser(
        prog=program("make-way"),
        description="Has the clients and uploaders of all users end, and waits until they have: "
        "for scripts that replace or remove the program's files, as an administrator.",
        epilog=f"exit status: {CLEAR} none runs, and none begins while the marker stands: remove "
        f"that when you are done; {STILL_THERE} some could not be ended; "
        f"2 the command line is wrong; {NO_ADMINISTRATOR} only an administrator may; "
        f"{NO_MARKER} the marker cannot be written; {INTERRUPTED} interrupted. "
        "After all but the first no marker is left. See docs/it/upgrades.md.",
    )
    parser.add_argument(
        "--wait",
        metavar="MINUTES",
        type=_minutes,
        help="how long a call that is recorded may go on; else upgrade.wait_minutes, as configured",
    )
    parser.add_argument(
        "--for",
        dest="purpose",
        choices=[one.value for one in Purpose],
        default=Purpose.UPGRADE.value,
        help="what the desk's user is told; upgrade, if nothing is said",
    )
    found = parser.parse_args(arguments)
    return _Asked(found.wait, Purpose(found.purpose))


def _minutes(text: str) -> timedelta:
    minutes = float(text)
    if not 0 <= minutes <= _MOST_MINUTES:
        raise argparse.ArgumentTypeError(f"it must be 0 to {_MOST_MINUTES}")
    return timedelta(minutes=minutes)


def main(arguments: Sequence[str], find: Callable[[], Settings]) -> int:
    """Until nobody runs; the exit status."""
    asked = _asked(arguments)
    if not is_admin():
        print("Only an administrator can have other users' programs end.", file=sys.stderr)
        return NO_ADMINISTRATOR
    place = Path(make_way.PLACE)
    clear = False
    try:
        for one in _ENDINGS:
            signal.signal(one, _interrupted)
        wait = asked.wait if asked.wait is not None else _configured(find)
        clear = Clearing(place, _say).clear(wait, asked.purpose)
    except OSError as error:
        print(f"Nobody can be asked to make way: {error}", file=sys.stderr)
        return NO_MARKER
    except _InterruptedError:
        return INTERRUPTED
    finally:
        if not clear:
            take_back(place)
    return CLEAR if clear else STILL_THERE


def _configured(find: Callable[[], Settings]) -> timedelta:
    """A configuration that is wrong must not keep the package from mending it."""
    try:
        return timedelta(minutes=find().upgrade.wait_minutes)
    except ConfigError:
        minutes = _USUAL // timedelta(minutes=1)
        _say(f"The configuration is wrong or missing, so a call has {minutes} minutes to end.")
        return _USUAL


def _say(line: str) -> None:
    print(f"twinreel: {line}", flush=True)


class _InterruptedError(Exception):
    """Who called gives up."""


def _interrupted(number: int, frame: FrameType | None) -> None:
    del frame
    raise _InterruptedError(number)


if sys.platform == "win32":
    _ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGBREAK)
else:
    _ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
