"""The uploader's commands: one module each.

`add` declares the command to argparse and names, as the parser's defaults, `run`: what carries it
out, given the settings and what was asked, and returns the exit status (`exits`). A command that is
of use even where the configuration is wrong also names `unconfigured`, which is given the
ConfigError in place of the settings. One that is the machine's sets `for_machine`: no user's file
is read for it.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys

from contract.desk_config import ConfigError
from uploader.commands import (
    doctor,
    listing,
    now,
    retry,
    running,
    secret,
    service,
    status,
    verify,
)
from uploader.commands.exits import EPILOG, MISTAKEN, OK
from uploader.config import load
from uploader.product import version
from uploader.start_failure import tell_failure

_COMMANDS = (status, listing, now, retry, verify, doctor, secret, service)


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command line; its exit status."""
    asked = parser().parse_args(arguments)
    if asked.selftest:
        from uploader.selftest import main as selftest  # noqa: PLC0415  # of no use to the others

        return selftest(version(), as_json=asked.as_json)
    try:
        settings = load(asked.config, os.environ, for_machine=asked.for_machine)
    except ConfigError as error:
        if asked.unconfigured is not None:
            return int(asked.unconfigured(error, asked))
        if asked.command in {None, "service"}:  # started by nobody who reads what is printed
            tell_failure(f"Twinreel's uploader cannot start.\n{error}")
        else:
            print(error, file=sys.stderr)
        return MISTAKEN
    try:
        status = int(asked.run(settings, asked))
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        if not _nobody_reads(error):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return status


def _nobody_reads(error: OSError) -> bool:
    """`status | head`: who read has enough. Windows calls that an invalid argument."""
    if isinstance(error, BrokenPipeError):
        return True
    if sys.platform != "win32" or error.errno != errno.EINVAL or sys.stdout is None:
        return False
    try:
        os.write(sys.stdout.fileno(), b"\n")
    except OSError:
        return True
    return False


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = argparse.ArgumentParser(
        prog="twinreel-uploader",
        description="Carries finished recordings to central. Without a command it runs until it "
        "is asked to stop.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument(
        "--config",
        metavar="FILE",
        help="a configuration file in place of the machine's and the user's; or TWINREEL_CONFIG "
        "in the environment",
    )
    whole.add_argument("--once", action="store_true", help="try each recording once, then end")
    whole.add_argument(
        "--selftest",
        action="store_true",
        help="say whether all that this program needs works on this computer, and end",
    )
    whole.add_argument(
        "--json", action="store_true", dest="as_json", help="with --selftest: in JSON"
    )
    whole.add_argument("--version", action="version", version=f"Twinreel {version()}")
    whole.set_defaults(run=running.run, unconfigured=None, for_machine=False)
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    for command in _COMMANDS:
        command.add(commands)
    return whole
