"""What the words on the command line ask of the client, and that it is done."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from agent_client.command_table import called
from agent_client.config import VERSION, Finder, Settings, asked
from agent_client.host.console import speak_to_console
from contract.desk_config import ConfigError
from uploader.start_failure import tell_failure

NO_SCREEN = 1
WRONG_SETTINGS = 2


def main() -> int:
    """Do what was asked, or be the client until somebody quits; the exit status."""
    if sys.argv[1:]:  # started at sign-in there are none
        speak_to_console()
    wish = asked(sys.argv[1:])
    if wish.selftest:
        return test_itself(as_json=wish.as_json)
    find = Finder(wish, os.environ, Path.home())
    command = called(wish.command) if wish.command is not None else None
    try:
        if command is not None:
            return command.load()(wish.rest, find)
        return tell_of_screen(find()) if wish.screen else show_in_tray(find())
    except ConfigError as error:
        if command is not None or wish.screen:
            print(f"This cannot be done.\n{error}", file=sys.stderr)
            return WRONG_SETTINGS
        tell_failure(f"Twinreel cannot start.\n{error}")
        by_hand = wish.config is not None  # who names a file looks at what is answered
        return WRONG_SETTINGS if by_hand else show_what_is_wrong(find)


def show_in_tray(settings: Settings) -> int:
    """Be the client until somebody quits."""
    from agent_client.start import run  # noqa: PLC0415 -- commands wait for neither Qt nor encoder

    return run(settings)


def show_what_is_wrong(find: Finder) -> int:
    """Say it in the tray until it is mended, and be the client then."""
    from agent_client.unconfigured import run  # noqa: PLC0415 -- as above

    return run(find, sys.argv[1:])


def tell_of_screen(settings: Settings) -> int:
    """Say how the screen would be recorded by the policy that is on this desk."""
    from datetime import UTC, datetime  # noqa: PLC0415 -- as above

    from agent_client.capture.diagnosis import diagnosed  # noqa: PLC0415 -- as above
    from agent_client.meaning import capture_settings  # noqa: PLC0415 -- as above
    from agent_client.policy_file import PolicyFile  # noqa: PLC0415 -- as above

    reading = PolicyFile(settings.state_dir, lambda: datetime.now(UTC)).read()
    capture = capture_settings(reading.policy, reading.device_id, datetime.now(UTC))
    well, said = diagnosed(capture.screen)
    if reading.problem:
        print(f"The policy on this desk: {reading.problem}")
    print(said)
    return 0 if well else NO_SCREEN


def test_itself(*, as_json: bool) -> int:
    """Say what works of all that this program is made of; it needs no configuration."""
    from agent_client.selftest import main as selftest  # noqa: PLC0415 -- as above

    return selftest(VERSION, as_json=as_json)
