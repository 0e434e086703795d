"""Tray and pill in one program: prints the pill's window; it comes when a line says "pill"."""

import sys
from datetime import timedelta
from pathlib import Path
from threading import Thread

from agent_client.core.status import Mood
from agent_client.host import this_host
from agent_client.tray.house_rules import HouseRules
from agent_client.tray.shell import Hands, Shell
from tests.agent_client.tray.tray_program import STATUSES

_NOW = timedelta(hours=1)


def say(*what: object) -> None:
    print(*what, flush=True)  # noqa: T201 the test reads it


def main(folder: str) -> None:
    """The time stands still."""
    shell = Shell(
        ask=lambda ask: say(ask.value),
        clock=lambda: _NOW,
        tray_is_there=this_host().tray_is_there,
        hands=Hands(leave_out=lambda window: say("window", window)),
        folder=Path(folder),
    )

    def listen() -> None:
        for line in sys.stdin:
            if line.strip() == "pill":
                shell.bridge.publish_rules(HouseRules(pill=True))

    shell.bridge.publish(STATUSES[Mood.RECORDING])
    Thread(target=listen, daemon=True).start()
    shell.run(at_session_end=lambda: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
