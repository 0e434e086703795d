"""The client's entry point: `twinreel-agent`, or `python -m agent_client`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from agent_client.app import run
from agent_client.config import asked, load
from contract.desk_config import ConfigError

WRONG_SETTINGS = 2


def main() -> int:
    """Run until somebody quits; the exit status, 0 if that was all."""
    wish = asked(sys.argv[1:])
    try:
        return run(load(wish, os.environ, Path.home()))
    except ConfigError as error:
        print(f"Twinreel cannot start.\n{error}", file=sys.stderr)
        return WRONG_SETTINGS


if __name__ == "__main__":
    sys.exit(main())
