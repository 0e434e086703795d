"""`service`: be the machine-wide uploader, which sends when the users have signed off."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from uploader.commands.adding import Commands, command
from uploader.commands.exits import FAILED, MISTAKEN, OK
from uploader.commands.running import log_form
from uploader.config import Settings
from uploader.service.carrying import own_state
from uploader.service.owners import NoOwnersError


def add(commands: Commands) -> None:
    """Declare it."""
    parser = command(
        commands,
        "service",
        "Be the machine's uploader, until asked to stop: send what users' sessions left, each "
        "spool as its owner. Started by the system, as root; see docs/it/desktops.md.",
    )
    parser.set_defaults(run=run, for_machine=True)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Until SIGTERM, or until the service control manager says so."""
    del asked
    try:
        if sys.platform == "win32":
            from uploader.service.windows import serve  # noqa: PLC0415  # exists only there

            serve()
        else:
            from uploader.service.posix import serve  # noqa: PLC0415  # exists only there

            _log_aloud(settings)
            serve(settings, own_state(settings, os.environ), os.environ)
    except NoOwnersError as error:
        print(error, file=sys.stderr)
        return MISTAKEN
    except OSError as error:
        print(f"the service cannot run: {error}", file=sys.stderr)
        return FAILED
    return OK


def _log_aloud(settings: Settings) -> None:
    """To stderr alone, which the system keeps: a child may open no file of root's."""
    handler = logging.StreamHandler()
    handler.setFormatter(log_form())
    root = logging.getLogger()
    root.setLevel(settings.desk.log_level.upper())
    root.addHandler(handler)
    for package in ("urllib3", "requests", "keyring", "asyncio"):
        logging.getLogger(package).setLevel(logging.WARNING)
