"""The client's entry point: `twinreel-agent`, or `python -m agent_client`."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from agent_client.app import run
from agent_client.capture.diagnosis import diagnosed
from agent_client.config import Settings, asked, load
from agent_client.meaning import capture_settings
from agent_client.policy_file import PolicyFile
from contract.desk_config import ConfigError

NO_SCREEN = 1
WRONG_SETTINGS = 2


def main() -> int:
    """Run until somebody quits; the exit status, 0 if that was all."""
    wish = asked(sys.argv[1:])
    try:
        settings = load(wish, os.environ, Path.home())
    except ConfigError as error:
        print(f"Twinreel cannot start.\n{error}", file=sys.stderr)
        return WRONG_SETTINGS
    return tell_of_screen(settings) if wish.screen else run(settings)


def tell_of_screen(settings: Settings) -> int:
    """Say how the screen would be recorded by the policy that is on this desk."""
    reading = PolicyFile(settings.state_dir, lambda: datetime.now(UTC)).read()
    capture = capture_settings(reading.policy, reading.device_id, datetime.now(UTC))
    well, said = diagnosed(capture.screen)
    if reading.problem:
        print(f"The policy on this desk: {reading.problem}")
    print(said)
    return 0 if well else NO_SCREEN


if __name__ == "__main__":
    sys.exit(main())
