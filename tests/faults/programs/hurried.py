"""The uploader itself, for which time goes faster: an hour of patience passes in a minute.

hurried.py KEYRING FACTOR ARGUMENT...

What it reads as monotonic time goes FACTOR times as fast, and it waits and is patient with sockets
for a FACTOR-th. The wall clock is left as it is.
"""

from __future__ import annotations

import asyncio  # noqa: F401 - whoever keeps `monotonic` for itself does so before it is replaced
import os
import queue  # noqa: F401 - as asyncio
import sys
import threading
import time
from pathlib import Path
from typing import Any

import keyring.backend
import requests

from tests.faults.programs.uploading import KeptKeyring
from uploader.__main__ import main as command
from uploader.credentials import ALLOWED


def hurry(factor: float) -> None:
    """From now on, in this process."""
    monotonic, sleep, send = time.monotonic, time.sleep, requests.Session.send
    waits = threading.Event.wait

    def hurried_wait(event: threading.Event, timeout: float | None = None) -> bool:
        return waits(event, None if timeout is None else timeout / factor)

    def hurried_send(
        session: requests.Session,
        request: requests.PreparedRequest,
        **options: Any,  # noqa: ANN401  # as requests has it
    ) -> requests.Response:
        if isinstance(timeouts := options.get("timeout"), tuple):
            options["timeout"] = tuple(one and max(0.2, one / factor) for one in timeouts)
        return send(session, request, **options)

    time.monotonic = lambda: monotonic() * factor
    time.sleep = lambda seconds, /: sleep(float(seconds) / factor)
    threading.Event.wait = hurried_wait  # type: ignore[method-assign,assignment]
    requests.Session.send = hurried_send  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    KeptKeyring.place = Path(sys.argv[1])
    KeptKeyring.__module__, _, KeptKeyring.__qualname__ = ALLOWED[1].rpartition(".")
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
    keyring.backend.get_all_keyring()
    if (asked := float(sys.argv[2])) != 1:
        hurry(asked)
    sys.exit(command(sys.argv[3:]))
