"""The client's entry point: `twinreel-agent`, or `python -m agent_client`."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from agent_client.command_table import called
from agent_client.config import Finder, Settings, asked
from agent_client.policy_file import PolicyFile
from contract.desk_config import ConfigError

NO_SCREEN = 1
WRONG_SETTINGS = 2


def main() -> int:
    """Do what was asked, or be the client until somebody quits; the exit status."""
    wish = asked(sys.argv[1:])
    find = Finder(wish, os.environ, Path.home())
    command = called(wish.command) if wish.command is not None else None
    try:
        if command is not None:
            return command.load()(wish.rest, find)
        settings = find()
    except ConfigError as error:
        undone = "Twinreel cannot start" if command is None else "This cannot be done"
        print(f"{undone}.\n{error}", file=sys.stderr)
        return WRONG_SETTINGS
    return tell_of_screen(settings) if wish.screen else show_in_tray(settings)


def show_in_tray(settings: Settings) -> int:
    """Be the client until somebody quits."""
    from agent_client.start import run  # noqa: PLC0415 -- commands wait for neither Qt nor encoder

    return run(settings)


def tell_of_screen(settings: Settings) -> int:
    """Say how the screen would be recorded by the policy that is on this desk."""
    from agent_client.capture.diagnosis import diagnosed  # noqa: PLC0415 -- as above
    from agent_client.meaning import capture_settings  # noqa: PLC0415 -- as above

    reading = PolicyFile(settings.state_dir, lambda: datetime.now(UTC)).read()
    capture = capture_settings(reading.policy, reading.device_id, datetime.now(UTC))
    well, said = diagnosed(capture.screen)
    if reading.problem:
        print(f"The policy on this desk: {reading.problem}")
    print(said)
    return 0 if well else NO_SCREEN


if __name__ == "__main__":
    sys.exit(main())
