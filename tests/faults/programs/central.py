"""Central itself: each order is a command line of it, or its first run.

central.py CHANNEL CONFIG LISTEN
"""

from __future__ import annotations

import os
import sys
import threading
from argparse import Namespace
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.faults.programs.forking import Order, Say, serve

if TYPE_CHECKING:
    import socket


def main(config_file: str, listen: str) -> None:
    os.environ.update(TWINREEL_CENTRAL_CONFIG=config_file, TWINREEL_LISTEN=listen)
    from central import __main__ as command_line  # noqa: PLC0415 - after the environment
    from central.config import from_environment  # noqa: PLC0415
    from central.media import keys  # noqa: PLC0415

    config = from_environment(os.environ)
    keys.ensure(config.folder / "keys", datetime.now(UTC))
    os.environ["DJANGO_SETTINGS_MODULE"] = "central.settings"
    from central import console, wire  # noqa: PLC0415 - after Django can read its settings
    from central.services import start  # noqa: PLC0415

    parser = command_line._parser()

    def work(order: Order, say: Say) -> None:
        if order["do"] == "init":
            first = start.first_run(config)
            assert first is not None
            say(said="first", **asdict(first))
            return

        def told(asked: Namespace, document: Mapping[str, Any], text: str) -> None:
            del asked, text
            say(**{"said": document.get("event", "done"), **document})

        console.say = told  # type: ignore[attr-defined]  # what it prints is told over the socket
        asked = parser.parse_args(order["do"])
        listening: socket.socket | None = None
        if asked.command == "serve":
            listening = command_line._bound(config)
        say(said="rc", rc=console.run(asked, listening))

    def pools() -> list[int]:
        """The threads that touch rows and files, one for each pool: then each call has its place.

        A request at a time needs no more, so a second one is never started.
        """
        found = []
        for pool in vars(wire).values():
            if isinstance(pool, ThreadPoolExecutor):
                pool._max_workers = 1
                found.append(pool.submit(threading.get_native_id).result())
        return found

    serve(work, pools)


if __name__ == "__main__":
    main(*sys.argv[2:])
